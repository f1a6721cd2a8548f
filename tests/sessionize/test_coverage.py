"""Hours of places and access points: hand-made days, and random ones against counting instant by instant."""

import datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import AP_HOUR, PLACE, SIGHTING, STAY, ZONE_HOUR
from schemas.day import Day
from sessionize.coverage import ap_hours, zone_hours
from sessionize.hours import hours_of

DATE = datetime.date(2026, 11, 21)
MIN = 60_000
HOUR = 60 * MIN
START = 1_795_000_000_000 - 1_795_000_000_000 % HOUR
DAY = Day("d", DATE, START, START + 3 * HOUR, START - HOUR, START + 4 * HOUR)
SITES = {"a": "mall", "b": "mall", "c": "street", "between": "", "unknown": "unknown"}


def stays(*rows: tuple[int, str, int, int]) -> pa.Table:
    """STAY rows from (subject, zone, from, to), times in ms after the day's start."""
    n = len(rows)
    return STAY.table(
        day=[DATE] * n,
        visit_id=list(range(n)),
        ordinal=[0] * n,
        site=[SITES[zone] for _, zone, _, _ in rows],
        zone=[zone for _, zone, _, _ in rows],
        subject=[subject for subject, _, _, _ in rows],
        from_ms=[START + begin for _, _, begin, _ in rows],
        to_ms=[START + end for _, _, _, end in rows],
    )


def hours_by_place(table: pa.Table) -> dict[tuple[str, str, str], list[tuple[int, int, int]]]:
    """(level, site, zone) -> (devices, presence_ms, peak) of each hour."""
    assert table.schema == ZONE_HOUR.arrow
    found: dict[tuple[str, str, str], list[tuple[int, int, int]]] = {}
    for row in table.to_pylist():
        place = (row["level"], row["site"], row["zone"])
        assert row["hour_ms"] == START + len(found.setdefault(place, [])) * HOUR
        found[place].append((row["devices"], row["presence_ms"], row["peak"]))
    assert list(found) == sorted(found)
    return found


def test_a_visit_begun_the_day_before_counts_from_the_days_start() -> None:
    found = hours_by_place(zone_hours(stays((1, "a", -30 * MIN, 30 * MIN)), DAY))
    assert found["zone", "mall", "a"] == [(1, 30 * MIN, 1), (0, 0, 0), (0, 0, 0)]
    assert found["district", "", ""] == found["zone", "mall", "a"]


def test_between_is_in_the_district_only() -> None:
    day = stays((1, "a", 0, 10 * MIN), (1, "between", 10 * MIN, 20 * MIN), (1, "b", 20 * MIN, 25 * MIN))
    found = hours_by_place(zone_hours(day, DAY))
    assert found["district", "", ""][0] == (1, 25 * MIN, 1)
    assert found["site", "mall", ""][0] == (1, 15 * MIN, 1)
    assert {place for place in found if place[0] == "zone"} == {("zone", "mall", "a"), ("zone", "mall", "b")}


def test_a_lone_row_is_a_device_without_time_and_the_end_is_exclusive() -> None:
    found = hours_by_place(zone_hours(stays((1, "a", HOUR, HOUR), (2, "a", 0, HOUR)), DAY))
    assert found["zone", "mall", "a"] == [(1, HOUR, 1), (1, 0, 1), (0, 0, 0)]


def test_the_peak_is_the_fullest_minute_not_the_hour() -> None:
    found = hours_by_place(zone_hours(stays((1, "a", 0, MIN), (2, "a", MIN, 2 * MIN), (3, "a", MIN, 3 * MIN)), DAY))
    assert found["zone", "mall", "a"][0] == (3, 4 * MIN, 2)


def test_an_empty_day_has_the_districts_hours() -> None:
    assert hours_by_place(zone_hours(STAY.empty(), DAY)) == {("district", "", ""): [(0, 0, 0)] * 3}


def test_hours_must_fit_the_day() -> None:
    with pytest.raises(ValueError, match="day's start"):
        zone_hours(STAY.empty(), DAY, hours_of(DAY) + MIN)


some_stay = st.builds(
    lambda subject, zone, begin, length: (subject, zone, begin * 20_000, (begin + length) * 20_000),
    st.integers(-2, 2),
    st.sampled_from(sorted(SITES)),
    st.integers(-200, 650),
    st.one_of(st.just(0), st.integers(0, 400)),
)


def by_instants(rows: list[tuple[int, str, int, int]], member: set[str]) -> list[tuple[int, int, int]]:
    """(devices, presence_ms, peak) per hour by visiting every step of 20 s, the grain of `some_stay`."""
    there: dict[int, set[int]] = {}
    heard: dict[int, set[int]] = {}
    for subject, zone, begin, end in rows:
        if zone in member:
            for at in range(begin, end, 20_000):
                there.setdefault(at, set()).add(subject)
            heard.setdefault(begin, set()).add(subject)
    hours = []
    for hour in range(0, 3 * HOUR, HOUR):
        steps = range(hour, hour + HOUR, 20_000)
        present = [there.get(at, set()) | heard.get(at, set()) for at in steps]
        minutes = [set().union(*present[i : i + 3]) for i in range(0, len(present), 3)]
        time = sum(len(there.get(at, set())) for at in steps) * 20_000
        hours.append((len(set().union(*present)), time, max(len(minute) for minute in minutes)))
    return hours


@settings(deadline=None, max_examples=60)
@given(st.lists(some_stay, max_size=12))
def test_hours_equal_counting_every_instant(rows: list[tuple[int, str, int, int]]) -> None:
    found = hours_by_place(zone_hours(stays(*rows), DAY))
    empty = [(0, 0, 0)] * 3
    assert found["district", "", ""] == by_instants(rows, set(SITES))
    for zone, site in SITES.items():
        if zone != "between":
            assert found.get(("zone", site, zone), empty) == by_instants(rows, {zone})
            assert found.get(("site", site, ""), empty) == by_instants(rows, {z for z, s in SITES.items() if s == site})


def sightings(*rows: tuple[int, str, int, int]) -> pa.Table:
    """SIGHTING rows from (subject, ap, ms after the day's start, kind)."""
    n = len(rows)
    return SIGHTING.table(
        at_ms=[START + at for _, _, at, _ in rows],
        subject=[subject for subject, _, _, _ in rows],
        ap=[ap for _, ap, _, _ in rows],
        kind=[kind for _, _, _, kind in rows],
        signal_dbm=[None] * n,
        feed=["f"] * n,
        file=["x.log"] * n,
        line=list(range(1, n + 1)),
        time_quality=[0] * n,
    )


def places(*rows: tuple[str, int, int, str]) -> pa.Table:
    """PLACE rows from (ap, from, until, zone), times in ms after the day's start."""
    holds = {f"hold_{kind}_ms": [None] * len(rows) for kind in ("joined", "seen", "left", "idle")}
    return PLACE.table(
        ap=[ap for ap, _, _, _ in rows],
        from_ms=[START + begin for _, begin, _, _ in rows],
        until_ms=[START + end for _, _, end, _ in rows],
        site=["mall"] * len(rows),
        zone=[zone for _, _, _, zone in rows],
        feed=[""] * len(rows),
        **holds,
    )


def ap_rows(table: pa.Table) -> list[tuple[str, str, str, int, int]]:
    assert table.schema == AP_HOUR.arrow
    return [(r["ap"], r["site"], r["zone"], (r["hour_ms"] - START) // HOUR, r["sightings"]) for r in table.to_pylist()]


def test_an_ap_that_moved_has_the_zone_it_had_first_in_the_hour() -> None:
    moved = places(("p", -HOUR, 90 * MIN, "a"), ("p", 90 * MIN, 9 * HOUR, "b"))
    rows = sightings((1, "p", 5, 3), (1, "p", HOUR + 1, 3), (1, "p", 2 * HOUR, 3), (1, "q", 2 * HOUR, 3))
    assert ap_rows(ap_hours(rows, moved, DAY)) == [
        ("p", "mall", "a", 0, 1),
        ("p", "mall", "a", 1, 1),
        ("p", "mall", "b", 2, 1),
        ("q", "unknown", "unknown", 2, 1),
    ]


some_row = st.tuples(st.integers(0, 2), st.sampled_from("pqr"), st.sampled_from([-1, 0, 1, HOUR, 3 * HOUR]), st.just(3))


@settings(deadline=None, max_examples=60)
@given(st.lists(some_row, max_size=30))
def test_ap_hours_count_distinct_rows_inside_the_day(rows: list[tuple[int, str, int, int]]) -> None:
    counts: dict[tuple[str, int], int] = {}
    for _, ap, at, _ in {row for row in rows if 0 <= row[2] < 3 * HOUR}:
        counts[ap, at // HOUR] = counts.get((ap, at // HOUR), 0) + 1
    found = ap_rows(ap_hours(sightings(*rows), PLACE.empty(), DAY))
    assert [(ap, hour, n) for ap, _, _, hour, n in found] == [(*key, n) for key, n in sorted(counts.items())]
