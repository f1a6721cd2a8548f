"""Trading days of a district: local days that begin at `day_start`, as instants, DST and year ends included."""

import datetime
import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from schemas import ConfigError
from schemas.day import Day
from sessionize.rules import HOUR_MS

_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")
_DAYS_AGO = re.compile(r"(\d{1,4})d")
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class TradingCalendar:
    """Where each trading day of a district begins, and the window that its job reads."""

    district: str
    time_zone: str
    day_start: datetime.time
    memory_ms: int
    tail_ms: int

    def day(self, date: datetime.date) -> Day:
        """The trading day that begins on `date`; 23 or 25 hours long where the clocks change inside it.

        ConfigError for a date that has no instant, as 2011-12-30 in Pacific/Apia from 00:00.
        """
        start, end = self.start_ms(date), self.start_ms(date + ONE_DAY)
        if start == end:
            raise ConfigError(f"{date}: {self.time_zone} has no such day", "ask for the days before and after it")
        return Day(self.district, date, start, end, start - self.memory_ms, end + self.tail_ms)

    def start_ms(self, date: datetime.date) -> int:
        """The instant of `day_start`: the first of two where clocks go back, the first after a gap that it falls in."""
        local = datetime.datetime.combine(date, self.day_start, ZoneInfo(self.time_zone))
        at, on_the_later_offset = local.timestamp(), local.replace(fold=1).timestamp()
        if on_the_later_offset < at:  # only inside a gap: the clock change lies between the two
            return _clock_change(math.floor(on_the_later_offset), math.ceil(at), ZoneInfo(self.time_zone)) * 1000
        return round(at * 1000)

    def date_of(self, at_ms: int) -> datetime.date:
        """The trading day in which an instant lies."""
        local = datetime.datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.time_zone))
        date = local.date() + ONE_DAY
        while self.start_ms(date) > at_ms:
            date -= ONE_DAY
        return date

    def touched_by(self, at_ms: np.ndarray) -> list[Day]:
        """Every day whose window touches an hour of one of these instants, in order; nothing between them."""
        hours = np.unique(at_ms // HOUR_MS) * HOUR_MS
        days = {day.date: day for hour in hours.tolist() for day in self._touched(hour, hour + HOUR_MS - 1)}
        return [days[date] for date in sorted(days)]

    def _touched(self, first_ms: int, last_ms: int) -> Iterator[Day]:
        date = self.date_of(first_ms - self.tail_ms) - ONE_DAY
        while (start := self.start_ms(date)) - self.memory_ms <= last_ms:
            end = self.start_ms(date + ONE_DAY)
            if end > start and end + self.tail_ms > first_ms:
                yield self.day(date)
            date += ONE_DAY


def _clock_change(before: int, after: int, zone: ZoneInfo) -> int:
    """The first second with the offset of `after`; one change lies between."""

    def is_changed(at: int) -> bool:
        first, here, last = (datetime.datetime.fromtimestamp(s, zone).utcoffset() for s in (before, at, after))
        return here == last != first

    return before + bisect_left(range(before, after + 1), True, key=is_changed)


def days_of(text: str) -> tuple[datetime.date, ...] | None:
    """Dates of "2026-11-21" or "2026-11-01..2026-11-14" (inclusive); None for "all"."""
    if text == "all":
        return None
    match = _RANGE.fullmatch(text)
    try:
        first = datetime.date.fromisoformat(match[1]) if match else None
        last = datetime.date.fromisoformat(match[2] or match[1]) if match else None
    except ValueError:
        first = last = None
    if first is None or last is None or last < first:
        raise ConfigError(f"--days {text!r} names no days", "write 2026-11-21, 2026-11-01..2026-11-14 or all")
    return tuple(first + i * ONE_DAY for i in range((last - first).days + 1))


def date_of(option: str, text: str, today: datetime.date) -> datetime.date:
    """The day of "2026-11-21", or of "3d": three trading days ago."""
    if ago := _DAYS_AGO.fullmatch(text):
        return today - int(ago[1]) * ONE_DAY
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{option} {text!r} names no day", "write 2026-11-21, or 3d for three days ago") from None
