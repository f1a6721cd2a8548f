"""The batch kernel is the visit law: its cases, its stays, and random logs of many subjects against it, row for row."""

import random
from collections import Counter
from dataclasses import replace
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import PLACE
from schemas.day import Day
from schemas.sighting import KIND_NAMES
from sessionize.kernel import FATE_IGNORED, FATE_OTHER_DAY, FATE_REPEAT
from sessionize.rules import VisitRules
from sessionize.visits import Walked, visits
from tests.builders import DATE, places
from tests.laws import visit_law
from tests.laws.logs import SMALL, SMALL_SITES, assert_lawful, kernel, random_logs, table, town

MINUTE = 60_000


@pytest.mark.parametrize(("what", "rows", "expected"), visit_law.CASES)
def test_cases(what, rows, expected):
    found = visits(table([(1, (at * MINUTE, ap, kind)) for at, ap, kind in rows]), PLACE.empty(), VisitRules(), None)
    spans = zip(*(np.array(found.visits[name]) / MINUTE for name in ("start_ms", "end_ms")), strict=True)
    assert list(spans) == expected


@pytest.mark.parametrize(("what", "rows", "expected"), visit_law.STAYS)
def test_stays(what, rows, expected):
    whole = [(1, (round(at * MINUTE), ap, kind)) for at, ap, kind in rows]
    found = visits(table(whole), places("A A", "B B", "C C"), VisitRules(), None).stays.to_pylist()
    stays = [(stay["zone"], stay["from_ms"], stay["to_ms"]) for stay in found]
    assert stays == [(zone or "between", round(begin * MINUTE), round(end * MINUTE)) for zone, begin, end in expected]


row = st.tuples(st.integers(0, 260), st.sampled_from("AaBCD?"), st.sampled_from(KIND_NAMES))


@settings(max_examples=300, deadline=None)
@given(st.lists(row, min_size=1, max_size=30), st.booleans())
def test_one_subject_is_as_the_law_says(rows, by_site):
    log = [(7, row) for row in rows]
    assert_lawful(log, by_site, kernel(log, by_site))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 32), st.booleans(), st.sampled_from([1, 4, 16, None]), st.sampled_from([1, 2]))
def test_many_subjects_are_as_the_law_says(seed, by_site, shards, threads):
    rows = random_logs(seed)
    assert_lawful(rows, by_site, kernel(rows, by_site, shards=shards, threads=threads))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1 << 32), st.booleans())
def test_order_shards_threads_and_chunks_make_no_difference(seed, by_site):
    rows = random_logs(seed)
    first = kernel(rows, by_site, shards=1, threads=1)
    for shards, threads in ((4, 2), (16, 3)):
        shuffled = random.Random(seed + shards).sample(rows, len(rows))
        assert_same(kernel(shuffled, by_site, shards=shards, threads=threads, fate=False), first)
    chunks = pa.concat_tables([table(rows[i::3]) for i in range(3)])  # three dictionaries
    assert_same(visits(chunks, town(), SMALL_SITES if by_site else SMALL, None), first)


def assert_same(found: Walked, expected: Walked) -> None:
    for name in ("visits", "stays", "flaps"):
        assert getattr(found, name).to_pylist() == getattr(expected, name).to_pylist()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1 << 32), st.booleans(), st.integers(2, 16))
def test_parts_of_the_subjects_give_parts_of_the_visits(seed, by_site, parts):
    """The unit of work of every engine: unsigned subject mod P."""
    rows = random_logs(seed)
    pieces = [kernel([r for r in rows if r[0] % (1 << 64) % parts == part], by_site) for part in range(parts)]
    whole = kernel(rows, by_site)
    together = pa.concat_tables([piece.visits for piece in pieces]).to_pylist()
    assert sorted(together, key=itemgetter("subject", "site", "start_ms")) == whole.visits.to_pylist()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1 << 32), st.booleans(), st.integers(110, 160))
def test_nothing_older_than_the_memory_matters(seed, by_site, start):
    rules = SMALL_SITES if by_site else SMALL
    memory = rules.memory_for(max(rules.hold_seen_ms, rules.hold_left_ms, rules.hold_idle_ms))
    of = Day("spec", DATE, start, start + 60, start - memory, start + 90)
    rows = random_logs(seed)
    inside = [row for row in rows if row[1][0] >= of.window_start_ms]
    found, all_read = (visits(table(r), town(), rules, of) for r in (inside, rows))
    assert_same(found, all_read)
    assert all(start <= at < start + 60 for at in found.visits["start_ms"].to_pylist())


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1 << 32), st.booleans())
def test_every_row_has_one_fate(seed, by_site):
    rows = random_logs(seed)
    fate = kernel(rows, by_site).fate
    assert (fate == FATE_REPEAT).sum() == len(rows) - len(set(rows))
    assert {rows[i][1][2] for i in np.flatnonzero(fate == FATE_IGNORED)} <= {"left", "idle"}
    assert not (fate == FATE_OTHER_DAY).any()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1 << 32), st.booleans())
def test_flaps_are_the_moves_that_no_stay_shows(seed, by_site):
    """Unsmoothed, each move is a stay: what smoothing takes from the stays, and nothing else, is found in the flaps."""
    rows = random_logs(seed)
    rules = SMALL_SITES if by_site else SMALL
    rough = visits(table(rows), town(), replace(rules, flap_ms=0), None)
    smooth = visits(table(rows), town(), rules, None)
    ids = rough.visits["visit_id"].to_pylist()
    assert ids == smooth.visits["visit_id"].to_pylist()
    begins = {(stay["visit_id"], stay["from_ms"]) for stay in rough.stays.to_pylist()}
    moves = [(flap["visit_id"], flap["at_ms"]) for flap in smooth.flaps.to_pylist()]
    assert len(rough.flaps) == 0
    assert set(moves) <= begins
    folded = Counter(visit for visit, _ in moves)
    fewer = np.subtract(rough.visits["stays"], smooth.visits["stays"]).tolist()
    assert [folded[visit] for visit in ids] == fewer
