"""The law of `advance`: in any steps, any order within the lateness, with any repeats, it is `visits`."""

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given

from schemas import PLACE, InputError
from schemas.day import Day
from sessionize import snapshot
from sessionize.advance import Counts, Step, advance, close
from sessionize.kernel import FATE_IGNORED, FATE_OTHER_DAY, FATE_REPEAT
from sessionize.state import State, start
from sessionize.visits import Walked, visits
from tests.laws import visit_law
from tests.laws.streams import (
    TICK,
    Arrival,
    arrivals,
    day,
    instant,
    law,
    places,
    rules,
    scopes,
    sightings,
    step_sizes,
    steps,
)

DAYS = (day(60, 130, 0, 190), day(130, 200, 70, 250))  # neighbours: their windows overlap
JOINED, SEEN, LEFT = 2, 3, 0


def staged(state: State, rows: list[Arrival], sizes: list[int]) -> list[Step]:
    found = [advance(state, sightings(taken), watermark) for taken, watermark in steps(rows, sizes)]
    return [*found, close(state)]


def at_once(rows: list[Arrival], scope: str, of: Day) -> Walked:
    inside = [row for row in rows if of.window_start_ms <= instant(row.at) < of.window_end_ms]
    return visits(sightings(inside), places(), rules(scope), of, threads=1)


def rows_of(tables: list[pa.Table]) -> list[str]:
    """The rows of all tables, in an order that does not depend on theirs."""
    return sorted(str(row) for table in tables for row in table.to_pylist())


def total(found: list[Step]) -> dict[str, int]:
    return {name: sum(getattr(step.counts, name) for step in found) for name in Counts.__dataclass_fields__}


@law(50)
@given(arrivals, step_sizes, scopes)
def test_any_staging_gives_the_batch(rows, sizes, scope):
    for of in DAYS:
        found = staged(start(places(), rules(scope), of), rows, sizes)
        whole = at_once(rows, scope, of)
        assert rows_of([step.visits for step in found]) == rows_of([whole.visits])
        assert rows_of([step.stays for step in found]) == rows_of([whole.stays])
        assert rows_of([step.flaps for step in found]) == rows_of([whole.flaps])


@law(40)
@given(arrivals, step_sizes, scopes)
def test_every_row_is_counted_as_in_the_batch(rows, sizes, scope):
    of = DAYS[0]
    counts = total(staged(start(places(), rules(scope), of), rows, sizes))
    fate = at_once(rows, scope, of).fate
    assert counts["late"] == 0
    assert counts["outside"] == len(rows) - len(fate)
    assert counts["kept"] == (fate >= 0).sum()
    assert counts["other_day"] == (fate == FATE_OTHER_DAY).sum()
    assert counts["ignored"] == (fate == FATE_IGNORED).sum()
    assert counts["repeat"] == (fate == FATE_REPEAT).sum()


def untouched(step: Step) -> Step:
    """Without the cost: a restored walk stands in the wheel where it is due, not where it once was."""
    return replace(step, counts=replace(step.counts, touched=0))


@law(40)
@given(arrivals, step_sizes, scopes)
def test_a_snapshot_at_every_step_changes_nothing(rows, sizes, scope):
    straight = staged(start(places(), rules(scope), DAYS[0]), rows, sizes)
    state = start(places(), rules(scope), DAYS[0])
    found = []
    for taken, watermark in steps(rows, sizes):
        state = State.from_bytes(state.to_bytes())
        found.append(advance(state, sightings(taken), watermark))
    found.append(close(State.from_bytes(state.to_bytes())))
    for restored, step in zip(found, straight, strict=True):
        assert untouched(restored) == untouched(step)


LawRow = tuple[int, str, str]


class Law(visit_law.Rules):
    hold_joined, hold_seen, hold_left, hold_idle, longest = (x * TICK for x in (20, 6, 5, 9, 45))


def law_row(row: Arrival) -> LawRow:
    kinds = (visit_law.LEFT, visit_law.IDLE, visit_law.JOINED, visit_law.SEEN)
    return instant(row.at), row.ap, kinds[row.kind]


@law(40)
@given(arrivals, step_sizes)
def test_a_visit_closes_in_the_step_in_which_the_law_closes_it(rows, sizes):
    state = start(places(plain=True), rules(), day(0, 250))
    open_rows: dict[int, list[LawRow]] = {row.subject: [] for row in rows}
    for taken, watermark in steps(rows, sizes):
        expected = []
        for subject, kept in open_rows.items():
            new = [law_row(row) for row in taken if row.subject == subject]
            open_rows[subject], closed = visit_law.advance(kept, new, watermark, Law())
            expected += [(subject, begin, end) for begin, end, _ in closed]
        found = advance(state, sightings(taken), watermark).visits
        columns = (found[name].to_pylist() for name in ("subject", "start_ms", "end_ms"))
        assert sorted(zip(*columns, strict=True)) == sorted(expected)


def crowd(n: int) -> State:
    """A state with `n` open visits, none of which is due soon."""
    state = start(places(), rules(), day(0, 250))
    advance(state, sightings([Arrival(subject, 10, "a1", JOINED) for subject in range(1000, 1000 + n)]), instant(20))
    assert state.open_visits == n
    return state


def test_a_step_touches_what_arrives_and_closes_and_not_what_is_open():
    rows = [Arrival(subject, 20 + subject % 5, "a1", kind) for subject in range(40) for kind in (LEFT, JOINED, SEEN)]
    leaves = [Arrival(subject, 26, "a1", LEFT) for subject in range(40)]
    touched = []
    for n in (10, 3000):
        state = crowd(n)
        found = [advance(state, sightings(rows), instant(26)), advance(state, sightings(leaves), instant(33))]
        assert [len(step.visits) for step in found] == [0, 40]
        touched.append([step.counts.touched for step in found])
    assert touched[0] == touched[1] == [120, 80]


def test_a_state_holds_no_more_than_its_open_rows():
    state = crowd(500)
    full = len(state.to_bytes())
    advance(state, sightings([]), instant(200))
    assert (state.open_visits, state.rows) == (0, 0)
    assert len(state.to_bytes()) < full / 10


def test_a_row_below_the_watermark_is_late_and_one_outside_the_window_is_not_of_this_day():
    state = start(places(), rules(), day(0, 100, 0, 150))
    advance(state, sightings([]), instant(50))
    step = advance(state, sightings([Arrival(1, at, "a1", SEEN) for at in (49, 50, 149, 150)]), instant(50))
    assert (step.counts.late, step.counts.outside) == (1, 1)
    assert [row["start_ms"] for row in close(state).visits.to_pylist()] == [instant(50)]


def test_the_watermark_never_goes_back():
    state = start(places(), rules(), day(0, 100))
    advance(state, sightings([]), instant(50))
    advance(state, sightings([]), instant(10))
    assert state.watermark_ms == instant(50)
    assert advance(state, sightings([Arrival(1, 30, "a1", SEEN)]), instant(50)).counts.late == 1


def test_a_visit_is_cut_if_the_tail_ended_before_it_was_settled():
    """2 is due in the tail; 3 is linked beyond it; 4 as well, but its next visit began in the tail."""
    state = start(places(), rules(), day(0, 100, 0, 120))
    rows = [Arrival(2, 99, "a1", SEEN), Arrival(3, 99, "a1", JOINED), Arrival(4, 90, "a1", JOINED)]
    advance(state, sightings(rows), instant(105))
    advance(state, sightings([Arrival(4, 115, "a1", SEEN)]), instant(105))
    cut = {row["subject"]: row["cut"] for row in close(state).visits.to_pylist()}
    assert cut == {2: False, 3: True, 4: False}


def test_unknown_aps_may_turn_up_at_any_time_and_sort_by_name():
    """Within an instant the order of the walk is that of names: z-late is linked last, so m-late's leave is an echo."""
    state = start(places(), rules(), day(0, 250))
    advance(state, sightings([Arrival(1, 1, "z-late", JOINED)]), instant(0))
    rows = [Arrival(1, 2, "m-late", JOINED), Arrival(1, 2, "z-late", JOINED), Arrival(1, 3, "m-late", LEFT)]
    advance(state, sightings(rows), instant(2))
    step = close(state)
    assert step.visits["sightings"].to_pylist() == [3]
    assert step.stays["zone"].to_pylist() == ["unknown"]


def test_a_snapshot_of_another_version_or_of_something_else_is_refused(monkeypatch):
    data = start(PLACE.empty(), rules(), DAYS[0]).to_bytes()
    of, then = snapshot.VERSION, snapshot.VERSION + 1
    monkeypatch.setattr(snapshot, "VERSION", then)
    with pytest.raises(InputError, match=f"has version {of}; this program reads version {then}"):
        State.from_bytes(data)
    for junk in (b"", b"no snapshot", data[: len(data) // 2]):
        with pytest.raises(InputError, match=r"damaged|version"):
            State.from_bytes(junk)
