"""Presence: what each row says about where its subject is, and that steps make no difference to rows in order."""

import pyarrow as pa
import pytest
from hypothesis import given

from sessionize.advance import advance, close
from sessionize.presence import presence
from sessionize.state import start
from sessionize.visits import visits
from tests.laws import visit_law
from tests.laws.streams import TICK, Arrival, arrivals, day, instant, law, places, rules, sightings, step_sizes

LEFT, IDLE, JOINED, SEEN = range(4)
ZONES = {"a1": "a", "B1": "b", "b2": "b", "c1": "c"}
Event = tuple[int, str, str, int, int]  # at, event, zone, until, start of the visit; in units of time


def events(table: pa.Table, subject: int = 1) -> list[Event]:
    def units(ms: int) -> int:
        return (ms - instant(0)) // TICK

    return [
        (units(row["at_ms"]), row["event"], row["zone"], units(row["until_ms"]), units(row["visit_start_ms"]))
        for row in table.to_pylist()
        if row["subject"] == subject
    ]


CASES = {
    "linked, overheard elsewhere, left": (
        [(0, "a1", JOINED), (5, "B1", SEEN), (9, "a1", LEFT)],
        [(0, "entered", "a", 20, 0), (9, "left", "a", 9, 0)],
    ),
    "roam: left the old zone, then entered the new one": (
        [(0, "a1", JOINED), (5, "B1", JOINED), (5, "a1", LEFT)],
        [(0, "entered", "a", 20, 0), (5, "left", "a", 5, 0), (5, "entered", "b", 25, 0)],
    ),
    "roam inside the zone": (
        [(0, "B1", JOINED), (5, "b2", JOINED)],
        [(0, "entered", "b", 20, 0), (5, "there", "b", 25, 0)],
    ),
    "not linked: the zone last seen": (
        [(0, "a1", SEEN), (4, "a1", SEEN), (6, "B1", SEEN)],
        [(0, "entered", "a", 6, 0), (4, "there", "a", 10, 0), (6, "left", "a", 6, 0), (6, "entered", "b", 12, 0)],
    ),
    "it ends by itself: no row says so": (
        [(0, "a1", SEEN), (7, "a1", SEEN)],
        [(0, "entered", "a", 6, 0), (7, "entered", "a", 13, 7)],
    ),
    "gone from the zone, back within the visit": (
        [(0, "a1", JOINED), (3, "a1", LEFT), (8, "a1", JOINED)],
        [(0, "entered", "a", 20, 0), (3, "left", "a", 3, 0), (8, "entered", "a", 28, 0)],
    ),
    "heard in the zone when the link ends": (
        [(0, "a1", JOINED), (18, "a1", SEEN), (22, "a1", SEEN)],
        [(0, "entered", "a", 20, 0), (18, "there", "a", 24, 0), (22, "there", "a", 28, 0)],
    ),
    "the link ends before the visit that another AP heard": (
        [(0, "a1", JOINED), (18, "B1", SEEN), (22, "a1", SEEN)],
        [(0, "entered", "a", 20, 0), (22, "entered", "a", 28, 0)],
    ),
    "a leave without its join, of the zone and of another": (
        [(0, "a1", SEEN), (2, "B1", LEFT), (4, "a1", LEFT)],
        [(0, "entered", "a", 6, 0), (4, "left", "a", 4, 0)],
    ),
    "a leave of nobody": ([(0, "a1", LEFT), (1, "a1", IDLE)], []),
    "an unknown AP is a zone": ([(0, "zz-unknown", SEEN)], [(0, "entered", "unknown", 6, 0)]),
}


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    rows, expected = CASES[case]
    found = presence(sightings([Arrival(1, *row) for row in rows]), places(plain=True), rules())
    assert events(found) == expected


class Law(visit_law.Rules):
    hold_joined, hold_seen, hold_left, hold_idle, longest = 20, 6, 5, 9, 45


def by_the_law(rows: list[Arrival]) -> list[Event]:
    """Presence of one subject on plain tuples: the rows that the law's walk counts, each taken for what it says."""
    kinds = (visit_law.LEFT, visit_law.IDLE, visit_law.JOINED, visit_law.SEEN)
    found: list[Event] = []
    for first, _, counted in visit_law.visits([(row.at, row.ap, kinds[row.kind]) for row in rows], Law()):
        zone, heard, link, reach = None, -1, None, -1
        for at, ap, kind in counted:
            link = link if at <= reach else None
            zone = zone if at <= max(heard, reach) else None
            there = ZONES.get(ap, "unknown")
            if kind in (visit_law.LEFT, visit_law.IDLE):
                if zone and (ap == link or (link is None and there == zone)):
                    found.append((at, "left", zone, at, first))
                    zone, heard, link, reach = None, -1, None, -1
                continue
            if kind == visit_law.SEEN and link and there != zone:
                continue
            if zone and zone != there:
                found.append((at, "left", zone, at, first))
            heard = max(heard, at + 6) if zone == there else at + 6
            link, reach = (ap, at + 20) if kind == visit_law.JOINED else (link, reach if link else -1)
            found.append((at, "there" if zone == there else "entered", there, max(heard, reach), first))
            zone = there
    return found


@law(60)
@given(arrivals)
def test_presence_is_what_the_counted_rows_say(rows):
    found = presence(sightings(rows), places(plain=True), rules())
    for subject in {row.subject for row in rows}:
        assert events(found, subject) == by_the_law([row for row in rows if row.subject == subject])


@law(50)
@given(arrivals, step_sizes)
def test_steps_make_no_difference_to_rows_in_order(rows, sizes):
    """Also where a step ends within an instant, a row comes twice, or the watermark follows closely."""
    state = start(places(), rules(), day(0, 250))
    waiting = sorted(rows, key=lambda row: (row.at, row.ap, row.kind, row.subject))
    found = []
    while waiting:
        size = sizes[len(found) % len(sizes)]
        taken, waiting = waiting[:size], waiting[size:]
        step = advance(state, sightings(taken), instant(taken[-1].at))
        assert step.counts.out_of_order == 0
        found += step.presence.to_pylist()
    assert found == presence(sightings(rows), places(), rules()).to_pylist()


@law(20)
@given(arrivals, step_sizes)
def test_presence_of_members_only_is_that_of_all_without_the_others(rows, sizes):
    every, members, none = (
        start(places(), rules(), day(0, 250), presence_of=whom) for whom in ("all", "members", "none")
    )
    for i in range(0, len(rows), sizes[0]):
        taken, watermark = sightings(rows[i : i + sizes[0]]), instant(0)
        expected = [row for row in advance(every, taken, watermark).presence.to_pylist() if row["subject"] < 0]
        assert advance(members, taken, watermark).presence.to_pylist() == expected
        assert len(advance(none, taken, watermark).presence) == 0


@law(20)
@given(arrivals)
def test_a_presence_belongs_to_a_visit_in_the_district_whatever_the_scope(rows):
    walked = visits(sightings(rows), places(), rules(), None, threads=1).visits.to_pylist()
    starts = {(row["subject"], row["start_ms"]) for row in walked}
    found = presence(sightings(rows), places(), rules("site"))
    assert {(row["subject"], row["visit_start_ms"]) for row in found.to_pylist()} == starts
    assert found == presence(sightings(rows), places(), rules("district"))


def test_a_row_older_than_the_newest_changes_nothing_live_but_is_walked():
    state = start(places(), rules(), day(0, 250))
    advance(state, sightings([Arrival(1, 10, "a1", JOINED)]), instant(0))
    step = advance(state, sightings([Arrival(1, 8, "B1", SEEN), Arrival(2, 8, "B1", SEEN)]), instant(0))
    assert step.counts.out_of_order == 1
    assert [row["subject"] for row in step.presence.to_pylist()] == [2]
    assert close(state).visits["start_ms"].to_pylist() == [instant(8), instant(8)]
