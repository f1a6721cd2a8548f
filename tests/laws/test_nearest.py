"""Of access points that hear one probe the loudest counts: by a law on plain rows, in any order, in any steps."""

import random
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import SIGHTING
from schemas.day import Day
from sessionize.advance import Step, advance, close
from sessionize.kernel import FATE_IGNORED, FATE_OVERHEARD
from sessionize.nearest import SECOND_MS, is_overheard, overheard
from sessionize.presence import presence
from sessionize.rules import VisitRules
from sessionize.signal import visits_by_signal
from sessionize.state import State, start
from sessionize.visits import visits
from tests.builders import clock_ms, spans
from tests.builders import day as whole_day
from tests.builders import places as town
from tests.builders import sightings as written
from tests.laws.streams import APS, Arrival, arrivals, day, law, places, rules, scopes, step_sizes, steps
from tests.laws.streams import sightings as plain

SEEN = 3
OF = day(60, 130, 0, 190)
DBM = (None, -60, -60, -70, -80)
Heard = tuple[int, int, int, int]  # subject, instant, rank of the AP, strength: 0 where unknown

small_steps = st.lists(st.integers(1, 12), min_size=1, max_size=8)
heard_rows = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([0, 1, 999, 1000, 1500]), st.integers(0, 3), st.integers(0, 3)),
    max_size=14,
)


def is_overheard_by_law(row: Heard, rows: list[Heard]) -> bool:
    subject, at, ap, strength = row
    others = [
        (when, loud, name)
        for who, when, name, loud in rows
        if who == subject and name != ap and loud and when <= at and when // SECOND_MS == at // SECOND_MS
    ]
    louder = any(loud > strength or (when == at and loud == strength and name > ap) for when, loud, name in others)
    return bool(strength) and louder


@law(400)
@given(heard_rows)
def test_a_row_is_overheard_as_the_law_says(rows):
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    assert is_overheard(*columns.copy()).tolist() == [is_overheard_by_law(row, rows) for row in rows]


def heard(rows: list[Arrival]) -> pa.Table:
    """The rows with signals, by which no two copies of a row need agree."""
    dbm = [DBM[(7 * row.subject + 3 * row.at + 5 * APS.index(row.ap) + row.delay) % len(DBM)] for row in rows]
    place = SIGHTING.names.index("signal_dbm")
    return plain(rows).set_column(place, SIGHTING.arrow.field(place), pa.array(dbm, pa.int16()))


def louder(rows: list[Arrival]) -> list[Arrival]:
    """The rows as of two subjects, more of them probes, and many within a second: a unit of time is 700 ms."""
    return [
        replace(row, subject=row.subject % 2, at=60 + row.at % 64 // 8 * 8 + row.at % 2, kind=_more_seen(row))
        for row in rows
    ]


def _more_seen(row: Arrival) -> int:
    return SEEN if row.delay % 3 else row.kind


def rows_of(tables: list[pa.Table]) -> list[str]:
    return sorted(str(row) for table in tables for row in table.to_pylist())


def staged(state: State, rows: list[Arrival], sizes: list[int], *, resumed: bool = False) -> list[Step]:
    found = []
    for taken, watermark in steps(rows, sizes):
        found.append(advance(state, heard(taken), watermark))
        state = State.from_bytes(state.to_bytes()) if resumed else state
    return [*found, close(state)]


def inside(rows: list[Arrival], of: Day) -> pa.Table:
    whole = heard(rows)
    at = whole["at_ms"].to_numpy()
    return whole.filter(pa.array((at >= of.window_start_ms) & (at < of.window_end_ms)))


@law(40)
@given(arrivals, small_steps, scopes, st.booleans())
def test_any_steps_give_the_visits_of_the_batch(rows, sizes, scope, resumed):
    rows = louder(rows)
    found = staged(start(places(), rules(scope), OF), rows, sizes, resumed=resumed)
    whole = visits_by_signal(inside(rows, OF), places(), rules(scope), OF)
    for name in ("visits", "stays", "flaps"):
        assert rows_of([getattr(step, name) for step in found]) == rows_of([getattr(whole, name)])
    counts = {name: sum(getattr(step.counts, name) for step in found) for name in ("late", "kept", "ignored")}
    set_aside = int(np.isin(whole.fate, [FATE_IGNORED, FATE_OVERHEARD]).sum())
    assert counts == {"late": 0, "kept": int((whole.fate >= 0).sum()), "ignored": set_aside}


@law(30)
@given(arrivals, scopes, st.integers(0, 99))
def test_the_order_of_rows_makes_no_difference_and_overheard_rows_none_at_all(rows, scope, seed):
    sightings = inside(louder(rows), OF)
    found = visits_by_signal(sightings, places(), rules(scope), OF)
    shuffled = sightings.take(pa.array(random.Random(seed).sample(range(len(sightings)), len(sightings)), pa.int64()))
    assert visits_by_signal(shuffled, places(), rules(scope), OF).stays.equals(found.stays)
    loudest = sightings.filter(pa.array(found.fate != FATE_OVERHEARD))
    assert overheard(loudest) is None
    assert visits(loudest, places(), rules(scope), OF).visits.equals(found.visits)


@law(30)
@given(arrivals, step_sizes)
def test_presence_in_steps_is_presence_at_once_where_rows_come_in_order(rows, sizes):
    rows = [replace(row, delay=0) for row in louder(rows)]
    rows = sorted(rows, key=lambda row: (row.at, row.ap, row.kind))
    state = start(places(), rules(), day(0, 250))
    told, done = [], 0
    while done < len(rows):
        taken = rows[done : done + sizes[len(told) % len(sizes)]]
        told.append(advance(state, heard(taken), 0).presence)
        done += len(taken)
    assert rows_of(told) == rows_of([presence(heard(rows), places(), rules())])


HEARD = {
    "the louder one, whatever its name": ("A 09:00 | B 09:00", (-50, -70), ["A"], ["food 09:00-09:00"]),
    "named last, and louder": ("A 09:00 | B 09:00", (-70, -50), ["B"], ["toys 09:00-09:00"]),
    "as loud: by name, as it is told": ("A 09:00 | B 09:00", (-60, -60), ["B"], ["toys 09:00-09:00"]),
    "within the second, after it": ("A 09:00 | B 09:00:00.400", (-50, -70), ["A"], ["food 09:00-09:00"]),
    "before it was louder elsewhere": ("A 09:00 | B 09:00:00.400", (-70, -50), ["A", "B"], None),
    "in the next second": ("A 09:00 | B 09:00:01", (-50, -70), ["A", "B"], None),
    "nobody knows how loud": ("A 09:00 | B 09:00", (None, -70), ["A", "B"], None),
    "a join is no probe": ("A 09:00 joined | B 09:00", (-90, -50), ["A", "B"], ["food 09:00-09:00"]),
}


@pytest.mark.parametrize(("text", "dbm", "counted", "stays"), HEARD.values(), ids=HEARD)
def test_who_counts(text, dbm, counted, stays):
    rows = written(text)
    rows = rows.set_column(4, SIGHTING.arrow.field("signal_dbm"), pa.array(dbm, pa.int16()))
    found = visits_by_signal(rows, town("A food", "B toys"), VisitRules(), whole_day())
    assert [ap for ap, fate in zip(rows["ap"].to_pylist(), found.fate, strict=True) if fate >= 0] == counted
    if stays:
        assert spans(found.stays) == stays


def test_presence_is_where_it_was_loudest_within_the_second():
    rows = written("A 09:00 | B 09:00:00.400 09:00:00.500 09:00:01")
    rows = rows.set_column(4, SIGHTING.arrow.field("signal_dbm"), pa.array((-60, -70, -50, -70), pa.int16()))
    told = presence(rows, town("A food", "B toys"), VisitRules())
    assert [f"{row['event']} {row['zone']}" for row in told.to_pylist()] == [
        "entered food",
        "left food",
        "entered toys",
        "there toys",
    ]
    assert told["at_ms"].to_pylist()[1] == clock_ms("09:00:00.500")


def test_a_definition_may_count_every_row():
    rows = written("A 09:00 | B 09:00")
    rows = rows.set_column(4, SIGHTING.arrow.field("signal_dbm"), pa.array((-50, -70), pa.int16()))
    found = visits_by_signal(rows, town("A food", "B toys"), VisitRules(nearest=False), whole_day())
    assert found.visits["sightings"].to_pylist() == [2]
