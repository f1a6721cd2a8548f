"""What a visit is, in examples: joins, leaves, zones, sites, holds, flags, the day."""

import numpy as np
import pyarrow as pa
import pytest

from schemas import DEVICE, PLACE
from sessionize.kernel import FATE_IGNORED, FATE_OTHER_DAY, FATE_REPEAT
from sessionize.marks import with_random
from sessionize.rules import VisitRules
from sessionize.visits import Walked, visits
from tests.builders import day, places, sightings, spans

DISTRICT = VisitRules()
SITES = VisitRules(scope="site")
TOWN = places("A food", "A2 food", "B toys", "C shoes", "X cinema arcade")


def walked(*subjects: str, town: pa.Table = TOWN, rules: VisitRules = DISTRICT, of=None, **how) -> Walked:
    return visits(sightings(*subjects), town, rules, of, **how)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A 09:00 joined 12:00 left", ["09:00-12:00"]),
        ("A 09:00 09:15 | B 09:30:00.001", ["09:00-09:15", "09:30:00.001-09:30:00.001"]),
        ("A 09:00 joined | B 13:00", ["09:00-13:00"]),
        ("A 09:00 joined | B 13:00:00.001", ["09:00-09:00", "13:00:00.001-13:00:00.001"]),
        ("A 09:00 joined 23:00 left", ["09:00-23:00"]),
        ("A 09:00 joined 23:00:00.001 left", ["09:00-09:00"]),
        ("A 09:00 left", []),
    ],
)
def test_visits_end_after_exactly_the_hold(rows, expected):
    assert spans(walked(rows).visits) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A 09:00 joined | B 09:02 | A 10:00 left", ["food 09:00-10:00"]),
        ("A 09:00 joined | A2 09:10 joined 09:20 left", ["food 09:00-09:20"]),
        ("A 09:00 joined 09:20 left | Q 09:34", ["food 09:00-09:20", "between 09:20-09:34", "unknown 09:34-09:34"]),
    ],
)
def test_stays_follow_the_link(rows, expected):
    assert spans(walked(rows).stays) == expected


def test_a_join_elsewhere_leaves_the_site():
    found = walked("A 09:00 joined | X 09:30 joined 10:00 left | A 09:40", rules=SITES)
    assert found.visits["site"].to_pylist() == ["arcade", "mall"]
    assert spans(found.visits) == ["09:30-10:00", "09:00-09:40"]
    assert spans(found.stays) == ["cinema 09:30-10:00", "food 09:00-09:30", "between 09:30-09:40", "food 09:40-09:40"]
    assert found.visits["sightings"].to_pylist() == [2, 3]  # the join at X counts in both


def test_an_ap_that_moves_keeps_the_zone_of_the_join():
    town = places("A food mall -09:30", "A toys mall 09:30-", "B shoes")
    found = walked("A 09:00 joined 09:40 left", "A 09:00 joined 09:35 joined 09:40 left", town=town)
    assert spans(found.stays) == ["food 09:00-09:40", "food 09:00-09:35", "toys 09:35-09:40"]


def test_zones_of_one_name_in_two_sites_are_two_zones():
    town = places("A hall north", "B hall south")
    assert walked("A 09:00 | B 09:05", town=town).stays["site"].to_pylist() == ["north", "south"]


def test_a_feed_has_its_own_holds():
    town = places("A food seen=2", "B toys joined=30", "C shoes left=1", "D bags idle=1")
    found = walked("A 09:00 09:02 09:05", "B 09:00 joined 09:31", "C 09:00 joined 10:00 left 10:02", town=town)
    assert spans(found.visits) == [
        *("09:00-09:02", "09:05-09:05"),
        *("09:00-09:00", "09:31-09:31"),
        *("09:00-10:00", "10:02-10:02"),
    ]
    assert spans(walked("D 09:00 joined 10:00 idle 10:02", town=town).visits) == ["09:00-10:00", "10:02-10:02"]


def test_folded_moves_are_kept():
    found = walked("A 09:00 joined | B 09:00:06 joined | A2 09:00:12 joined | B 09:00:18 joined | C 09:10 joined")
    assert spans(found.stays) == ["food 09:00-09:00:18", "toys 09:00:18-09:10", "shoes 09:10-09:10"]
    moves = zip(*(found.flaps[name].to_pylist() for name in ("from_ap", "to_ap")), strict=True)
    assert list(moves) == [("A", "B"), ("B", "A2")]
    assert found.flaps["visit_id"].to_pylist() == found.visits["visit_id"].to_pylist() * 2


def test_a_day_keeps_the_visits_that_start_in_it():
    rows = "A 08:55 09:00 09:10", "A 09:00", "A 16:59 joined 18:00 left", "A 17:00"
    found = walked(*rows, of=day("09:00", "17:00"))
    assert found.visits["subject"].to_pylist() == [2, 3]
    assert found.fate.tolist() == [FATE_OTHER_DAY] * 3 + [0, 1, 1, FATE_OTHER_DAY]


@pytest.mark.parametrize(
    ("rows", "cut"),
    [
        ("A 23:00 joined", True),  # its link reaches 13:00 the day after
        ("A 23:00 joined 29:40 left", False),
        ("A 23:00 joined 29:50 left", True),
        ("A 23:00 joined | A 29:59", False),  # the next visit ended it
    ],
)
def test_cut_says_that_the_tail_was_too_short(rows, cut):
    assert walked(rows, of=day()).visits["cut"].to_pylist()[0] is cut


def test_fate_of_each_row():
    found = walked("A 09:00 joined 09:00 joined | B 09:05 left | A 09:10 left | C 20:00 left")
    assert found.fate.tolist() == [0, FATE_REPEAT, FATE_IGNORED, 0, FATE_IGNORED]
    assert walked("A 09:00", fate=False).fate is None


def test_flags():
    rows = "A 09:00 09:04", "A 09:00 09:05", "A 09:00 joined 17:00 left"
    static = "A 00:00 joined | " + " | ".join(f"A {hour}:00 joined" for hour in range(2, 16))
    table = walked(*rows, static).visits
    assert table["bounce"].to_pylist() == [True, False, False, False]
    assert table["staff"].to_pylist() == [False, False, True, False]
    assert table["static"].to_pylist() == [False, False, False, True]


def test_random_comes_from_the_devices():
    table = walked("A 09:00", "A 09:00", "A 09:00").visits
    assert table["random"].null_count == 3
    marked = with_random(table, DEVICE.table(subject=[3, 1], random=[True, False]))
    assert marked["random"].to_pylist() == [False, None, True]
    assert marked.schema == table.schema


def test_nothing_gives_nothing():
    found = walked(of=day())
    assert (len(found.visits), len(found.stays), len(found.flaps), len(found.fate)) == (0, 0, 0, 0)
    assert len(walked("A 09:00 left").visits) == 0


def test_a_null_is_refused():
    rows = sightings("A 09:00").drop(["at_ms"]).append_column("at_ms", pa.array([None], pa.int64()))
    with pytest.raises(ValueError, match="null"):
        visits(rows, TOWN, DISTRICT, None)


def test_instants_too_far_apart_are_refused():
    rows = sightings("A 09:00 09:05")
    far = rows.set_column(0, "at_ms", pa.array([-(1 << 62), 1 << 62]))
    with pytest.raises(OverflowError, match="far apart"):
        visits(far, PLACE.empty(), DISTRICT, None)


def test_several_feeds_read_one_after_another():
    """A device's rows far out of order take the sorted path; the fate still names the right row."""
    times = [f"{h:02d}:{m:02d}" for h in range(8, 18) for m in range(0, 60, 2)]
    backwards = sightings("A " + " ".join(reversed(times)) + " | B " + " ".join(times))
    found = visits(backwards, TOWN, DISTRICT, None)
    assert spans(found.visits) == ["08:00-17:58"]
    assert np.unique(found.fate).tolist() == [0]


def test_parts_that_are_read_when_asked_for():
    """Row groups in any order, one of them empty, each with APs of its own; fates count through all of them."""
    whole = sightings("A 09:00 09:05 | B 09:10 10:40 | C 08:00 left | A 08:59 left")
    pieces = [whole.slice(4), whole.slice(0, 0), whole.slice(1, 3), whole.slice(0, 1)]
    expected = visits(pa.concat_tables(pieces), TOWN, DISTRICT, None)
    for shards in (None, 3):
        found = visits([lambda piece=piece: piece for piece in pieces], TOWN, DISTRICT, None, shards=shards)
        assert found.visits.equals(expected.visits)
        assert found.fate.tolist() == expected.fate.tolist()
    assert len(visits([whole.slice(0, 0).combine_chunks], TOWN, DISTRICT, None).visits) == 0


def test_subjects_far_outside_the_first_part():
    first = sightings("A 09:00 09:05").set_column(1, "subject", pa.array([5, 5], pa.int64()))
    ends = sightings("A 08:00 09:01").set_column(1, "subject", pa.array([-(1 << 63), (1 << 63) - 1], pa.int64()))
    found = visits([lambda: first, lambda: ends], PLACE.empty(), DISTRICT, None, shards=16)
    assert found.visits["subject"].to_pylist() == [-(1 << 63), 5, (1 << 63) - 1]
