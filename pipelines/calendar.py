"""Trading days of a district: local days that begin at `day_start`, as instants, DST and year ends included."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from schemas import ConfigError
from schemas.day import Day
from sessionize.rules import HOUR_MS

_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")
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
        """The trading day that begins on `date`; 23 or 25 hours long where the clocks change inside it."""
        start, end = self.start_ms(date), self.start_ms(date + ONE_DAY)
        return Day(self.district, date, start, end, start - self.memory_ms, end + self.tail_ms)

    def start_ms(self, date: datetime.date) -> int:
        local = datetime.datetime.combine(date, self.day_start, ZoneInfo(self.time_zone))
        return round(local.timestamp() * 1000)

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
        while (day := self.day(date)).window_start_ms <= last_ms:
            if day.window_end_ms > first_ms:
                yield day
            date += ONE_DAY


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
