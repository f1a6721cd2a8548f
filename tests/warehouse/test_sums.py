"""A day's sums are what its visits come to, and are switched with them."""

from pipelines.warehouse.protocol import Warehouse
from tests.warehouse.summed import BEFORE, by_hand, put, visible


def test_the_sums_are_what_the_visits_come_to(warehouse: Warehouse) -> None:
    put(warehouse, "hand", 1)
    assert visible(warehouse, "hand") == by_hand(1)
    assert all(len(rows) > 1 for rows in by_hand(1).values())


def test_a_restated_day_changes_its_own_sums_and_no_others(warehouse: Warehouse) -> None:
    put(warehouse, "again", 1, BEFORE)
    put(warehouse, "again", 2)
    put(warehouse, "again", 3, BEFORE)
    assert visible(warehouse, "again", BEFORE) == by_hand(3, BEFORE)
    assert visible(warehouse, "again") == by_hand(2)


def test_a_day_without_visits_is_summed_too(warehouse: Warehouse) -> None:
    put(warehouse, "empty", 1)
    put(warehouse, "empty", 1, count=0)
    assert {name: len(rows) for name, rows in visible(warehouse, "empty").items()} == {
        "device_day": 0,
        "device_zone_day": 0,
        "move_day": 0,
        "dwell_day": 0,
        "place_day": 1,
    }
