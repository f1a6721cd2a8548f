"""Visits by signal are those of the visit law over the rows that it would call strong enough, on random logs."""

import random
from dataclasses import replace

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.day import Day
from sessionize.kernel import FATE_WEAK
from sessionize.signal import visits_by_signal
from sessionize.visits import visits
from tests.builders import DATE
from tests.laws import visit_law
from tests.laws.logs import SMALL, SMALL_SITES, Row, random_logs, table, town

ENTER, STAY = -65, -75
RULES = replace(SMALL, enter_dbm=ENTER, stay_dbm=STAY)
SITE_RULES = replace(SMALL_SITES, enter_dbm=ENTER, stay_dbm=STAY)
Heard = tuple[Row, int]  # and its signal

row = st.tuples(
    st.integers(0, 260), st.sampled_from("AaBCD"), st.sampled_from(["joined", "left", "seen", "seen", "seen"])
)
heard = st.lists(st.tuples(row, st.sampled_from([-60, -70, -80])), min_size=1, max_size=30)


def strong_by_law(rows: list[Heard]) -> list[Row]:
    """Row by row: a `seen` row that is not weak for what it does counts; what it does is asked of the visit law."""
    best = {one: max(dbm for other, dbm in rows if other == one) for one, _ in rows}
    counted: list[Row] = []
    opened = -(10**9)  # the last row that could have opened a visit
    for one in sorted(best, key=lambda row: (row[0], row[1], visit_law.ORDER[row[2]])):
        at, _, kind = one
        small = visit_law.Small()
        opens = len(visit_law.visits([*counted, one], small)) > len(visit_law.visits(counted, small))
        if kind == "seen" and best[one] < ENTER:
            if best[one] < STAY or opens or at > opened + small.longest:
                continue
        elif kind in ("seen", "joined"):
            opened = at
        counted.append(one)
    return counted


def with_signals(rows: list[tuple[int, Row]], signals: list[int]) -> pa.Table:
    return table(rows).append_column("signal_dbm", pa.array(signals, pa.int16()))


@settings(max_examples=300, deadline=None)
@given(heard)
def test_one_subject_is_as_the_law_says(rows):
    sightings = with_signals([(7, one) for one, _ in rows], [dbm for _, dbm in rows])
    found = visits_by_signal(sightings, town(), RULES, None).visits
    expected = [
        (start, end, len(used)) for start, end, used in visit_law.visits(strong_by_law(rows), visit_law.Small())
    ]
    assert list(zip(*(found[c].to_pylist() for c in ("start_ms", "end_ms", "sightings")), strict=True)) == expected


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1 << 32), st.booleans())
def test_the_order_of_rows_makes_no_difference_and_weak_rows_none_at_all(seed, by_site):
    rows, rules = random_logs(seed, subjects=60), SITE_RULES if by_site else RULES
    rnd = random.Random(seed)
    sightings = with_signals(rows, [rnd.choice([-60, -70, -80]) for _ in rows])
    found = visits_by_signal(sightings, town(), rules, None)
    shuffled = sightings.take(pa.array(rnd.sample(range(len(rows)), len(rows))))
    assert visits_by_signal(shuffled, town(), rules, None).visits.equals(found.visits)
    strong = sightings.filter(pa.array(found.fate != FATE_WEAK))
    assert visits(strong, town(), rules, None).visits.equals(found.visits)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 32), st.booleans(), st.integers(110, 160))
def test_nothing_older_than_the_memory_matters(seed, by_site, start):
    rules, rnd = SITE_RULES if by_site else RULES, random.Random(seed)
    memory = rules.memory_for(max(rules.hold_seen_ms, rules.hold_left_ms, rules.hold_idle_ms))
    of = Day("spec", DATE, start, start + 60, start - memory, start + 90)
    rows = random_logs(seed, subjects=120)
    sightings = with_signals(rows, [rnd.choice([-60, -70, -70, -70]) for _ in rows])
    inside = sightings.filter(pa.array(np.array(sightings["at_ms"]) >= of.window_start_ms))
    found, all_read = (visits_by_signal(one, town(), rules, of).visits for one in (inside, sightings))
    assert found.to_pylist() == all_read.to_pylist()
