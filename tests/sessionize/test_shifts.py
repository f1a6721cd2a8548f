"""Staff by one day: who is there over a shift, in one visit or in several."""

import pytest

from sessionize.marks import with_shifts
from sessionize.rules import VisitRules
from sessionize.visits import visits
from tests.builders import day, places, sightings

RULES = VisitRules()
TOWN = places("A shop mall", "B stall street")


def flags(rows: str, rules: VisitRules = RULES) -> list[bool]:
    """`staff` of the visits of one subject, by start."""
    found = visits(sightings(rows), TOWN, rules, day("05:00", "29:00")).visits
    return with_shifts(found, rules, day("05:00", "29:00"))["staff"].to_pylist()


@pytest.mark.parametrize(
    ("rows", "staff"),
    [
        ("A 09:00 joined 12:59 left 13:30 joined 17:00 left", [True, True]),  # a meal elsewhere
        ("A 09:00 joined 12:00 left 13:30 joined 16:59 left", [False, False]),  # a minute short of eight hours
        ("A 09:00 joined 09:30 left 16:50 joined 17:30 left", [False, False]),  # twice, and seldom there
        ("A 09:00 joined 12:59 left 17:00 joined 17:02 left", [True, True]),  # there for half of it
        ("A 09:00 joined 12:58 left 17:00 joined 17:01 left", [False, False]),
    ],
)
def test_a_shift_is_from_the_first_to_the_last_and_half_of_it_there(rows: str, staff: list[bool]) -> None:
    assert flags(rows) == staff


def test_time_at_two_sites_at_once_is_there_once() -> None:
    """Two of eight hours, heard by both."""
    hours = " ".join(f"{hour:02}:{minute:02}" for hour in (9, 10) for minute in (0, 15, 30, 45)) + " 11:00"
    assert flags(f"A {hours} 17:00 17:10 | B {hours}", VisitRules(scope="site")) == [False] * 3
    assert flags(f"A {hours} 13:00 joined 17:10 left", VisitRules(scope="site")) == [True] * 2
