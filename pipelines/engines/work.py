"""All that a worker of any engine must know of a job, as one value that pickles. The keyring stays on the driver.

It holds keys: it travels as broadcast bytes or inside a pickled function, and is never configuration, environment,
log or file.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ingest.feed import Feed
from ingest.registry import Registry
from ingest.subjects import Subjects
from pipelines.calendar import TradingCalendar
from pipelines.clock_offsets import FrozenClocks
from pipelines.members import Members
from pipelines.sealing import Sealer
from pipelines.sources.folder import RawFile
from pipelines.sources.pieces import Task, tasks_of
from pipelines.sources.remote import RawPath
from pipelines.sources.streams import ByteRange
from pipelines.steps.walking import Walk
from privacy.keys import fresh_day_key, spill_key
from schemas.day import Day


@dataclass(frozen=True)
class Piece:
    """A raw file or a range of it, the unit of reading. `near_ms`: near which instant its times without a year lie."""

    feed: Feed
    path: RawPath
    name: str
    near_ms: int
    within: ByteRange

    def tasks(self) -> Iterator[Task]:
        """Its chunks in order, each with its parser."""
        return tasks_of(self.feed, RawFile(self.path, self.name), self.near_ms, within=self.within)


@dataclass(frozen=True)
class DaySecrets:
    """The secret of each day's key: those that exist, and for any other day one that follows from the run's own.

    `run` is random, lives in memory for one run, and is None where the days are all known beforehand.
    """

    known: dict[datetime.date, bytes] = field(repr=False)
    refused: frozenset[datetime.date] = frozenset()
    run: bytes | None = field(default=None, repr=False)

    def of(self, date: datetime.date) -> bytes | None:
        """The secret of a day; None for one that is not asked for, or whose key was destroyed."""
        if date in self.known:
            return self.known[date]
        return None if self.run is None or date in self.refused else fresh_day_key(self.run, date)


@dataclass(frozen=True)
class Work:
    """One job of days: what to read, what each day's key and members are, what a visit is under each definition.

    `walks` and `calendars` are those of the definitions of one pass; `calendar` is as wide as the widest of them.
    `tally_key`: seals what is of no day.
    """

    pieces: tuple[Piece, ...]
    walks: tuple[Walk, ...]
    calendars: tuple[TradingCalendar, ...]
    calendar: TradingCalendar
    shards: int
    clocks: FrozenClocks
    members: Members = field(repr=False)
    secrets: DaySecrets
    tally_key: bytes = field(repr=False)

    @property
    def registry(self) -> Registry:
        """The places of the district."""
        return self.walks[0].district.registry

    def days(self, date: datetime.date) -> tuple[Day, ...]:
        """The day as each definition sees it."""
        return tuple(calendar.day(date) for calendar in self.calendars)

    def subjects(self, day: Day) -> Subjects:
        """Whose is whose on a day that is asked for; to be made once by each worker."""
        return self.members.subjects(self._secret(day.date), day)

    def sealer(self, date: datetime.date) -> Sealer:
        """Seals and opens what is of that day, as `pipelines.spill` does on a disk."""
        return Sealer(spill_key(self._secret(date)))

    @cached_property
    def tally_sealer(self) -> Sealer:
        return Sealer(self.tally_key)

    def _secret(self, date: datetime.date) -> bytes:
        secret = self.secrets.of(date)
        if secret is None:
            raise ValueError(f"{date} is no day of this work")
        return secret
