"""Trading days as instants: local days from `day_start`, never cut at midnight, 23 or 25 hours where clocks change."""

import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from pipelines.calendar import TradingCalendar, days_of
from schemas import ConfigError

HOUR = 3_600_000


def calendar(zone: str = "Asia/Shanghai", start: int = 5, memory_h: float = 14.5, tail_h: float = 6) -> TradingCalendar:
    return TradingCalendar("d", zone, datetime.time(start), round(memory_h * HOUR), round(tail_h * HOUR))


def ms(text: str, zone: str = "Asia/Shanghai") -> int:
    return round(datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-21 05:00", "2026-11-21"),
        ("2026-11-21 23:59", "2026-11-21"),
        ("2026-11-22 00:00", "2026-11-21"),
        ("2026-11-22 04:59", "2026-11-21"),
        ("2026-11-22 05:00", "2026-11-22"),
        ("2027-01-01 02:00", "2026-12-31"),
    ],
)
def test_an_instant_belongs_to_the_day_that_began_before_it(at: str, day: str) -> None:
    assert calendar().date_of(ms(at)) == date(day)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-28", 23), ("2026-03-29", 24), ("2026-10-24", 25), ("2026-10-25", 24)]
)
def test_a_day_in_which_clocks_change_has_23_or_25_hours(day: str, hours: int) -> None:
    found = calendar("Europe/Berlin").day(date(day))
    assert (found.end_ms - found.start_ms) / HOUR == hours


def test_a_window_reaches_from_the_memory_to_the_tail() -> None:
    day = calendar().day(date("2026-11-21"))
    assert day.window_start_ms == ms("2026-11-20 14:30")
    assert day.window_end_ms == ms("2026-11-22 11:00")


@pytest.mark.parametrize(
    ("at", "days"),
    [
        ("2026-11-21 12:00", ["2026-11-21"]),
        ("2026-11-21 10:30", ["2026-11-20", "2026-11-21"]),
        ("2026-11-21 15:00", ["2026-11-21", "2026-11-22"]),
    ],
)
def test_an_instant_touches_each_day_whose_window_it_lies_in(at: str, days: list[str]) -> None:
    touched = calendar().touched_by(np.array([ms(at)]))
    assert [str(day.date) for day in touched] == days


def test_one_instant_far_off_brings_its_own_days_and_none_between() -> None:
    touched = calendar().touched_by(np.array([ms("1999-06-01 12:00"), ms("2026-11-21 12:00")]))
    assert [str(day.date) for day in touched] == ["1999-06-01", "2026-11-21"]


def test_days_are_one_a_range_or_all() -> None:
    assert days_of("all") is None
    assert days_of("2026-11-21") == (date("2026-11-21"),)
    assert days_of("2026-12-31..2027-01-01") == (date("2026-12-31"), date("2027-01-01"))


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "2026-11-22..2026-11-21", "2026-11-21..", "2026-11-31"]
)
def test_anything_else_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(ConfigError, match=r"2026-11-01\.\.2026-11-14"):
        days_of(text)


@pytest.mark.parametrize(
    ("zone", "start", "day", "begins"),
    [
        ("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T03:00+02:00"),
        ("Europe/Berlin", "02:00", "2026-03-29", "2026-03-29T03:00+02:00"),
        ("Europe/Berlin", "02:30", "2026-10-25", "2026-10-25T02:30+02:00"),  # the first of two
        ("Africa/Cairo", "00:00", "2026-04-24", "2026-04-24T01:00+03:00"),
        ("Pacific/Apia", "05:00", "2011-12-30", "2011-12-31T00:00+14:00"),
    ],
)
def test_a_start_that_the_clock_skips_is_the_first_instant_after(zone: str, start: str, day: str, begins: str) -> None:
    found = TradingCalendar("d", zone, datetime.time.fromisoformat(start), 0, 0).start_ms(date(day))
    assert found == datetime.datetime.fromisoformat(begins).timestamp() * 1000


def test_a_date_without_an_instant_is_no_trading_day() -> None:
    apia = calendar("Pacific/Apia", start=0)
    touched = apia.touched_by(np.array([ms("2011-12-31 01:00", "Pacific/Apia")]))
    assert [str(day.date) for day in touched] == ["2011-12-29", "2011-12-31"]
    assert touched[0].end_ms == touched[1].start_ms
    with pytest.raises(ConfigError, match="2011-12-30"):
        apia.day(date("2011-12-30"))
