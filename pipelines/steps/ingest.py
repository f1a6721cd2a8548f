"""Step `ingest`: raw files, read once for any number of trading days, into each day's encrypted shards and tally.

    files -> chunks -> [parse -> clocks -> each touched day: clip, pseudonymise, partition -> spill]   several at once
                   `-> one tally a file -> the ledger of each day that the file touches

Which days are asked for may be open (`all`): then a day comes into being with its first record, and stays if a record
lies inside the day itself.
"""

import datetime
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import groupby

import numpy as np

from pipelines.calendar import TradingCalendar
from pipelines.clock_offsets import ClockOffsets, time_of_file
from pipelines.engines.local import in_order
from pipelines.job import Job
from pipelines.sources.folder import RawFile
from pipelines.sources.pieces import Task, tasks_of
from pipelines.steps.intake import Intake
from pipelines.steps.taking import taken
from pipelines.steps.tally import FileTally
from pipelines.summary import Advance
from schemas.day import Day

Dates = frozenset[datetime.date] | None


@dataclass
class Intakes:
    """The days of one reading, made as they are met. `dates` None: whatever days the files hold."""

    dates: Dates
    days_touched: Callable[[np.ndarray], list[Day]]
    begin: Callable[[Day], Intake | None]
    by_date: dict[datetime.date, Intake | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def touched_by(self, at_ms: np.ndarray) -> Iterator[Intake]:
        """The intakes in whose window an instant of `at_ms` lies."""
        for day in self.days_touched(at_ms):
            if (self.dates is None or day.date in self.dates) and (intake := self.of(day)):
                yield intake

    def all(self) -> list[Intake]:
        """Every intake begun so far, by day."""
        return [intake for _, intake in sorted(self.by_date.items()) if intake]

    def of(self, day: Day) -> Intake | None:
        """The intake of `day`, begun at need; None for a day that `begin` refuses."""
        with self._lock:
            if day.date not in self.by_date:
                self.by_date[day.date] = self.begin(day)
            return self.by_date[day.date]


def ingest(
    job: Job, calendar: TradingCalendar, dates: Dates, begin: Callable[[Day], Intake | None], moved_on: Advance
) -> tuple[list[Intake], list[FileTally]]:
    """What each day takes in from all feeds, in the order of days, and what each file held, its rejects left out.

    InputError if a feed's glob matches no file. A day that was asked for by its date is there even if no record
    touches it. `calendar`: how wide a window each day has.
    """
    intakes = Intakes(dates, calendar.touched_by, begin)
    for date in sorted(dates or ()):
        intakes.of(calendar.day(date))
    clocks = ClockOffsets(job, lambda file: near_ms(job, dates, file))
    registry = job.district.registry
    parts = in_order(lambda task: taken(task, registry, clocks, intakes.touched_by), _tasks(job, dates, moved_on))
    mute: list[FileTally] = []
    told: list[FileTally] = []
    for tally in _by_file(parts):
        if tally.is_mute:
            mute.append(tally)  # counted last: a day may still come into being
        else:
            _count(tally, intakes)
        told.append(replace(tally, rejects=[]))
    for tally in mute:
        _count(tally, intakes)
    return intakes.all(), told


def _by_file(parts: Iterator[FileTally]) -> Iterator[FileTally]:
    """Each file's tally once its last piece has been read."""
    for _, pieces in groupby(parts, key=lambda part: (part.feed, part.file)):
        yield reduce(FileTally.plus, pieces)


def _count(tally: FileTally, intakes: Intakes) -> None:
    for intake in intakes.all():
        intake.add_file(tally)


def _tasks(job: Job, dates: Dates, moved_on: Advance) -> Iterator[Task]:
    for settings in job.config.feeds:
        feed = job.config.feed(settings)
        for file in job.files(settings):
            yield from tasks_of(feed, file, near_ms(job, dates, file))
            moved_on(file.stat().st_size)


def near_ms(job: Job, dates: Dates, file: RawFile) -> int:
    """Near which instant times without a year lie, in a file whose name says no date."""
    return job.calendar.start_ms(min(dates)) if dates else time_of_file(file)
