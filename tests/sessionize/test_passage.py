"""Who passed and who came in: hand-made numbers, random days against sets in plain Python, and shards that add up."""

from collections import defaultdict
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import PASSAGE
from schemas.sighting import JOINED
from sessionize.passage import Passed, passages, summed_passages
from sessionize.rules import VisitRules
from sessionize.signal import visits_by_signal
from tests.builders import clock_ms, day, places, sightings

DAY = day("05:00", "29:00")
PLACES = places("A shop mall", "B food mall", "C street street")
MIN_DWELL_MS = 5 * 60_000
RULES = VisitRules(staff_ms=6 * 3_600_000)
Key = tuple[str, str, str, str]
Counts = tuple[int, int, int]
WHERE = {row["ap"]: row for row in PLACES.select(["ap", "site", "zone"]).to_pylist()}
WHERE["ghost"] = {"site": "unknown", "zone": "unknown"}


def passed_of(rows: pa.Table, rules: VisitRules = RULES) -> Passed:
    walked = visits_by_signal(rows, PLACES, rules, None)
    return Passed(rows, PLACES, walked.visits, walked.stays)


def counted(*tables: pa.Table) -> dict[Key, Counts]:
    """(level, site, zone, hour or `day`) -> (passers-by, visitors, connected); without the places where nobody was."""
    found = {}
    for row in summed_passages(tables, [], DAY).to_pylist():
        when = "day" if row["span"] == "day" else f"{(row['hour_ms'] - clock_ms('00:00')) // 3_600_000:02d}"
        counts = (row["passers_by"], row["visitors"], row["connected"])
        if any(counts):
            found[row["level"], row["site"], row["zone"], when] = counts
    return found


def counts_of(*subjects: str, rules: VisitRules = RULES) -> dict[Key, Counts]:
    return counted(passages(passed_of(sightings(*subjects), rules), DAY, MIN_DWELL_MS))


def test_a_hundred_passers_by_and_twenty_five_visitors() -> None:
    """U4. Those who came in passed by first."""
    found = counts_of(*["A 10:00 10:05"] * 25, *["A 10:00 10:04:59"] * 50, *["A 10:30"] * 25)
    assert found["site", "mall", "", "day"] == (100, 25, 0)
    assert found["zone", "mall", "shop", "10"] == (100, 25, 0)


def test_where_nobody_passed_there_are_zeros_for_the_district_and_its_sites() -> None:
    empty = summed_passages([], ["mall"], DAY).to_pylist()
    assert len(empty) == 2 * 25  # the day and its hours
    assert {row["passers_by"] for row in empty} == {0}
    assert PASSAGE.cast(summed_passages([], ["mall"], DAY)).num_rows == 50


def test_a_visitor_of_the_mall_passes_by_on_the_street() -> None:
    """The minimum is asked of the time at the place: the street saw a minute of a visit of half an hour."""
    found = counts_of("C 10:00 | A 10:01 10:15 10:30")
    assert found["district", "", "", "day"] == found["site", "mall", "", "day"] == (1, 1, 0)
    assert found["site", "street", "", "day"] == (1, 0, 0)


def test_two_short_stays_of_a_visit_are_one_time_at_the_site() -> None:
    found = counts_of("A 10:00 | B 10:03 10:06")
    assert found["site", "mall", "", "day"] == (1, 1, 0)
    assert found["zone", "mall", "shop", "day"] == found["zone", "mall", "food", "day"] == (1, 0, 0)


def test_a_visitor_counts_in_every_hour_of_the_stay() -> None:
    found = counts_of("A 10:50 joined 12:10 left")
    hours = {key[3]: counts for key, counts in found.items() if key[:3] == ("site", "mall", "")}
    assert hours == {"10": (1, 1, 1), "11": (1, 1, 0), "12": (1, 1, 0), "day": (1, 1, 1)}


def test_who_is_there_from_the_day_before_passes_in_this_day() -> None:
    found = counts_of("A 04:30 joined 05:20 left")
    assert found["site", "mall", "", "day"] == found["site", "mall", "", "05"] == (1, 1, 0)


def test_time_before_the_day_is_time_of_the_visit() -> None:
    """A quarter of an hour in the mall, all but its last row on the day before."""
    assert counts_of("A 04:45 | B 05:00")["site", "mall", "", "day"] == (1, 1, 0)


def test_a_signal_too_weak_for_a_visit_passes_by() -> None:
    """Two thresholds of a preset: who is heard through the window, who comes in, and who hangs about outside (U3)."""
    rows = sightings("A 10:00 10:06", "A 10:00 10:06", "A 10:00 10:06")
    signal = pa.array([-60, -60, -80, -80, -60, -90], pa.int16())
    rows = rows.set_column(rows.column_names.index("signal_dbm"), "signal_dbm", signal)
    rules = VisitRules(enter_dbm=-65, stay_dbm=-75)
    assert counted(passages(passed_of(rows, rules), DAY, MIN_DWELL_MS))["site", "mall", "", "day"] == (3, 1, 0)


def test_devices_that_live_or_work_there_are_in_no_count() -> None:
    """15 h: static; 7 h: a shift. What the same device did elsewhere on the day is left out with it."""
    assert (
        counts_of(
            "A 05:00 joined 08:30 joined 12:00 joined 15:30 joined 20:00 left | C 23:00",
            "A 09:00 joined 12:30 joined 16:00 left | C 23:00",
        )
        == {}
    )


def test_a_shift_of_another_day_leaves_nobody_out() -> None:
    """Yesterday's shift, and tomorrow's, in the tail: today the device is a visitor, as its visit of today says."""
    assert counts_of("A -9:00 joined -6:00 joined -2:00 left | B 10:00 10:10")["site", "mall", "", "day"] == (1, 1, 0)
    assert counts_of("B 10:00 10:10 | A 29:00 joined 32:00 joined 35:00 left")["site", "mall", "", "day"] == (1, 1, 0)
    assert counts_of("A 01:00 joined 04:00 joined 07:00 left | B 10:00 10:10") == {}


def test_unknown_access_points_are_in_the_district_alone_and_a_leave_is_no_sign() -> None:
    assert set(counts_of("ghost 10:00", "A 11:00 left")) == {("district", "", "", "day"), ("district", "", "", "10")}


@pytest.mark.parametrize("minimum", [0, 60_000])
def test_a_preset_without_a_minimum_makes_whoever_has_a_visit_a_visitor(minimum: int) -> None:
    found = counted(passages(passed_of(sightings("A 10:00")), DAY, minimum))
    assert found["site", "mall", "", "day"] == (1, int(minimum == 0), 0)


some_device = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", "ghost"]),
        st.integers(4 * 60, 31 * 60),
        st.sampled_from(["seen", "joined", "left"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=80)
@given(st.lists(some_device, min_size=1, max_size=5), st.integers(1, 3))
def test_counts_equal_sets_in_plain_python_and_shards_add_up(
    devices: list[list[tuple[str, int, str]]], shards: int
) -> None:
    texts = [
        " | ".join(f"{ap} {at // 60:02d}:{at % 60:02d} {kind}" for ap, at, kind in sorted(rows, key=lambda r: r[1]))
        for rows in devices
    ]
    rows = sightings(*texts)
    passed = passed_of(rows)
    parts = [rows.filter(pa.array([s % shards == i for s in rows["subject"].to_pylist()])) for i in range(shards)]
    assert counted(*(passages(passed_of(part), DAY, MIN_DWELL_MS) for part in parts)) == by_sets(passed)


def by_sets(passed: Passed) -> dict[Key, Counts]:
    """The law in plain Python, minute by minute."""
    visits, stays = passed.visits.to_pylist(), passed.stays.to_pylist()
    today = [visit for visit in visits if visit["end_ms"] >= DAY.start_ms and visit["start_ms"] < DAY.end_ms]
    out = {visit["subject"] for visit in today if visit["static"] or visit["staff"]}
    found: defaultdict[Key, tuple[set[int], set[int], set[int]]] = defaultdict(lambda: (set(), set(), set()))

    def mark(row: dict[str, Any], at: int, *which: int) -> None:
        if row["subject"] in out or not DAY.start_ms <= at < DAY.end_ms:
            return
        for place in at_levels(row):
            for when in ("day", f"{(at - clock_ms('00:00')) // 3_600_000:02d}"):
                for one in which:
                    if one != 1 or spent[row.get("visit_id"), place] >= MIN_DWELL_MS:
                        found[(*place, when)][one].add(row["subject"])

    spent: defaultdict[tuple[int | None, tuple[str, str, str]], int] = defaultdict(int)
    for stay in stays:
        for place in at_levels(stay):
            spent[stay["visit_id"], place] += stay["to_ms"] - stay["from_ms"]
    for row in passed.sightings.to_pylist():
        if row["kind"] >= JOINED:
            mark(row | WHERE[row["ap"]], row["at_ms"], *((0, 2) if row["kind"] == JOINED else (0,)))
    for stay in stays:
        for at in range(stay["from_ms"], max(stay["to_ms"], stay["from_ms"] + 1), 60_000):
            mark(stay, at, 0, 1)
    return {key: (len(sets[0]), len(sets[1]), len(sets[2])) for key, sets in found.items()}


def at_levels(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    elsewhere = [("zone", row["site"], row["zone"]), ("site", row["site"], "")]
    return [("district", "", ""), *(elsewhere if row["zone"] not in ("between", "unknown") else [])]
