"""Where things lie in a data folder. Raw logs and keys lie beside it, never in it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Workspace:
    """The layout of one data folder `OUT` (architecture §9)."""

    data: Path

    def table(self, name: str, date: datetime.date, definition: str) -> Path:
        """One table of one day under one definition, e.g. OUT/visits/day=2026-11-21/default.parquet."""
        return self.data / name / f"day={date}" / f"{definition}.parquet"

    def report(self, date: datetime.date, definition: str, suffix: str) -> Path:
        return self.data / "reports" / f"day={date}" / f"{definition}{suffix}"

    def period(self, days: str, definition: str) -> Path:
        """The report of several days, e.g. OUT/reports/period=2026-10-25..2026-11-23/default, without its ending."""
        return self.data / "reports" / f"period={days}" / definition

    def exports(self, date: datetime.date) -> Path:
        return self.data / "exports" / f"day={date}"

    def work(self, date: datetime.date, definition: str) -> Path:
        """What a day's steps hand on: encrypted window, counts. Removed when the day is loaded."""
        return self.work_of_day(date) / definition

    def work_of_day(self, date: datetime.date) -> Path:
        """The same under every definition."""
        return self.data / "work" / f"day={date}"

    @property
    def engine(self) -> Path:
        """What an engine's workers hand back, sealed; here until the run ends."""
        return self.data / "work" / "engine"

    def gate_page(self, date: datetime.date, definition: str) -> Path:
        return self.data / "quality" / f"day={date}" / f"{definition}.html"

    def clock_offsets(self, date: datetime.date, feed: str) -> Path:
        """What a feed's clocks are corrected by on a day, frozen; no run overwrites it."""
        return self.data / "clocks" / f"day={date}" / f"{feed}.parquet"

    def usual(self, date: datetime.date, definition: str) -> Path:
        """When access points usually speak, by the days before, frozen; no run overwrites it."""
        return self.data / "usual" / f"day={date}" / f"{definition}.parquet"

    @property
    def raw_hours(self) -> Path:
        """In which hours each raw file has rows."""
        return self.data / "raw_hours.parquet"

    def run_record(self, date: datetime.date, definition: str) -> Path:
        """What the day's last run read, by what settings, and when."""
        return self.data / "runs" / f"day={date}" / f"{definition}.json"

    def restatement(self, date: datetime.date, definition: str, number: int) -> Path:
        """What a run has changed in the day's published figures; the first is 1."""
        return self.data / "restatements" / f"day={date}" / f"{definition}-{number}.csv"

    @property
    def owner(self) -> Path:
        """The name of the one district whose days lie here."""
        return self.data / "district.txt"

    @property
    def logins(self) -> Path:
        """Portal logins under the members' key: they outlive the raw logs."""
        return self.data / "logins.parquet"

    @property
    def opt_outs(self) -> Path:
        """Who must not be stored, under the opt-out key."""
        return self.data / "opt_outs.parquet"

    @property
    def own_devices(self) -> Path:
        """Phones of staff and machines of the operator's, under a key of their own."""
        return self.data / "own_devices.parquet"

    @property
    def stream(self) -> Path:
        return self.data / "stream"

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse"

    @property
    def keys(self) -> Path:
        """The keyring's folder: beside the data folder, so that a copy of the data holds no key (privacy R11)."""
        return self.data.with_name(self.data.name + ".keys")

    def days(self, name: str, definition: str) -> list[datetime.date]:
        """The days that have that table, in order."""
        return _days_of((self.data / name).glob(f"day=*/{definition}.parquet"))

    def runs_of(self, definition: str) -> list[datetime.date]:
        """The days of which a run has left a record, in order."""
        return _days_of((self.data / "runs").glob(f"day=*/{definition}.json"))

    def is_published(self, date: datetime.date) -> bool:
        """Whether the day has visits, under any definition."""
        return any((self.data / "visits" / f"day={date}").glob("*.parquet"))

    def days_at_work(self, definition: str) -> list[datetime.date]:
        """The days that are ingested and not loaded yet, in order."""
        return _days_of((self.data / "work").glob(f"day=*/{definition}"))


def _days_of(paths: Iterable[Path]) -> list[datetime.date]:
    return sorted(datetime.date.fromisoformat(path.parent.name.removeprefix("day=")) for path in paths)
