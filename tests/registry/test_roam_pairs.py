"""Clocks that no line can measure, measured by devices that walk from one controller to another (N7)."""

import numpy as np
import pyarrow as pa
import pytest

from ingest.clock_links import links_of
from ingest.feed import Feed
from ingest.reading import NO_MAC, NO_SIGNAL, Reading
from ingest.registry import from_data
from ingest.roam_pairs import ThinnedEvents, events_of, pairs_of
from ingest.skew import Line
from ingest.subjects import Subjects
from privacy.listed import Listed, pseudonyms_of
from schemas.day import Day
from schemas.sighting import JOINED, LEFT, SEEN
from tests.registry.town import AC_1, AC_2, AC_3, BEFORE, DATE, DAY, HOUR, START, Town, off_by

KEY = bytes(32)


@pytest.mark.parametrize("behind_s", [94, -94, 5, 400])
@pytest.mark.parametrize("seed", range(3))
def test_a_clock_without_a_second_one_is_recovered_within_a_second_all_day_long(behind_s: float, seed: int):
    planted = (behind_s * 1000, 20e-6)
    found = Town(seed, two=planted).walk(AC_1, AC_2, guests=3_000).offsets()[AC_2]
    assert (found["method"], found["source"]) == ("roam-pairs", "roam-pairs")
    assert off_by(found, *planted) < 1
    assert abs(found["offset_ms"] - planted[0]) <= found["error_ms"]


def test_joins_that_access_point_and_controller_both_tell_need_no_way_back():
    found = Town(two=(94_000, 20e-6)).told_twice(AC_1, AC_2).offsets()[AC_2]
    assert off_by(found, 94_000, 20e-6) < 1
    assert found["error_ms"] < 1000


def test_a_clock_is_reached_over_another_and_by_the_better_way():
    town = Town(two=(94_000, 0.0), three=(-30_000, 0.0)).walk(AC_1, AC_2).told_twice(AC_2, AC_3)
    found = town.offsets()
    assert found[AC_2]["offset_ms"] == pytest.approx(94_000, abs=700)
    assert found[AC_3]["offset_ms"] == pytest.approx(-30_000, abs=700)
    assert found[AC_3]["error_ms"] >= found[AC_2]["error_ms"]
    town.told_twice(AC_1, AC_3)
    assert town.offsets()[AC_2]["error_ms"] < found[AC_2]["error_ms"]


def test_a_clock_that_is_right_is_left_alone():
    found = Town().walk(AC_1, AC_2).offsets()[AC_2]
    assert (found["method"], found["offset_ms"], found["source"]) == ("right", 0, "roam-pairs")


def test_without_a_known_clock_all_stay_as_stamped_and_say_so():
    found = Town(two=(94_000, 0.0)).walk(AC_1, AC_2).offsets({})
    assert {(row["method"], row["offset_ms"], row["behind_ms"]) for row in found.values()} == {("no-anchor", 0, None)}


@pytest.mark.parametrize(
    ("town", "method"),
    [
        (Town(two=(94_000, 0.0)).walk(AC_1, AC_2, guests=20), "ambiguous"),
        (Town(two=(94_000, 0.0)).walk(AC_1, AC_2, mean_s=60), "ambiguous"),
        (Town(two=(94_000, 900e-6)).walk(AC_1, AC_2), "ambiguous"),
        (Town(two=(602_000, 100e-6)).walk(AC_1, AC_2), "too-far"),
    ],
    ids=["few guests", "walks of minutes", "no quartz", "over ten minutes by morning"],
)
def test_what_pairs_do_not_say_plainly_moves_nothing(town: Town, method: str):
    assert [(row["method"], row["offset_ms"]) for row in town.offsets().values()] == [(method, 0)]


def test_leaves_that_one_controller_tells_minutes_later_move_nothing():
    rng, guests = np.random.default_rng(5), np.arange(500)
    town = Town()
    at = BEFORE + rng.uniform(4 * HOUR, 15 * HOUR, guests.size)
    town._add(AC_1, "a", LEFT, guests, at)
    town._add(AC_2, "b", JOINED, guests, at + rng.exponential(1000, guests.size))
    town._add(AC_2, "b", LEFT, guests, at + 900_000 + 300_000)
    town._add(AC_1, "a", JOINED, guests, at + 900_000)
    assert town.offsets()[AC_2]["method"] == "ambiguous"


def test_a_clock_that_was_set_in_the_afternoon_moves_nothing():
    town = Town(two=(94_000, 0.0)).walk(AC_1, AC_2)
    events = town.events
    was_set = (events["at_ms"].to_numpy() > BEFORE + 13 * HOUR) & (np.array(events["feed"].to_pylist()) == "two")
    at_ms = events["at_ms"].to_numpy() + np.where(was_set, 94_000, 0)
    moved = events.set_column(events.column_names.index("at_ms"), "at_ms", pa.array(at_ms))
    assert links_of(pairs_of(moved), START, START + DAY) == []


def test_links_that_contradict_each_other_move_nothing():
    known = {AC_1: Line(0.0, 0.0), AC_3: Line(50_000.0, 0.0)}
    assert Town(two=(94_000, 0.0)).told_twice(AC_1, AC_2).told_twice(AC_2, AC_3).offsets(known)[AC_2]["offset_ms"] == 0


def reading(clock: str | None, rows: list[tuple[str, int, int]]) -> Reading:
    devices, at_ms, kinds = zip(*rows, strict=True)
    n = len(rows)
    return Reading(
        at_ms=np.array(at_ms, np.int64),
        mac=np.full(n, NO_MAC, np.uint64),
        opaque=pa.array(devices).dictionary_encode(),
        ap=pa.array(["a1"] * n).dictionary_encode(),
        kind=np.array(kinds, np.int8),
        signal_dbm=np.full(n, NO_SIGNAL, np.int16),
        line=np.arange(1, n + 1),
        rejects=[],
        ignored={},
        read=n,
        clock=None if clock is None else pa.array([clock] * n).dictionary_encode(),
    )


def test_events_bear_pseudonyms_and_only_joins_and_leaves_of_the_day_count():
    day = Day("mall", DATE, START, START + DAY, START, START + DAY)
    rows = [("guest", START, JOINED), ("guest", START + 1, SEEN), ("guest", START + DAY, LEFT), ("other", START, LEFT)]
    registry, feed = from_data(["a1"]), Feed("mall", "csv")
    events = events_of(reading("AC-1", rows), feed, registry, day, Subjects(KEY))
    assert events["at_ms"].to_pylist() == [START, START]
    assert len(set(events["subject"].to_pylist())) == 2
    other_key = events_of(reading("AC-1", rows), feed, registry, day, Subjects(bytes([1]) * 32))
    assert set(other_key["subject"].to_pylist()).isdisjoint(events["subject"].to_pylist())
    assert events_of(reading("00:00:5e:00:53:01", rows), feed, registry, day, Subjects(KEY)).num_rows == 0
    listed = Listed(bytes([2]) * 32, pseudonyms_of(bytes([2]) * 32, np.zeros(0, np.uint64), ["other"]))
    without = events_of(reading("AC-1", rows), feed, registry, day, Subjects(KEY, opt_outs=listed))
    assert without["subject"].to_pylist() == events["subject"].to_pylist()[:1]


def kept_of(*parts: pa.Table) -> list[str]:
    events = ThinnedEvents()
    for part in parts:
        events.add(part)
    return sorted(map(str, events.table().to_pylist()))


def test_too_many_devices_are_thinned_alike_in_any_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingest.roam_pairs.MOST_EVENTS", 500)
    events = Town().walk(AC_1, AC_2).events
    kept = kept_of(events)
    few, many = events.slice(0, 200), events.slice(200)
    assert 100 < len(kept) <= 500
    assert (
        kept
        == kept_of(many, few)
        == kept_of(few, many)
        == kept_of(*(events.slice(at, 90) for at in range(0, 2400, 90)))
    )
    assert kept_of(few) == sorted(map(str, few.to_pylist()))


def test_devices_whose_address_is_no_mac_are_thinned_one_by_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingest.roam_pairs.MOST_EVENTS", 500)
    day = Day("mall", DATE, START, START + DAY, START, START + DAY)
    rows = [(f"guest {number % 600}", START + number, JOINED) for number in range(1_200)]
    events = ThinnedEvents()
    events.add(events_of(reading("AC-1", rows), Feed("mall", "csv"), from_data(["a1"]), day, Subjects(KEY)))
    kept = events.table()["subject"].to_pylist()
    assert 100 < len(kept) <= 500
    assert len(kept) == 2 * len(set(kept))
