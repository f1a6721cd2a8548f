"""The steps of trading days from raw logs to the warehouse, each usable alone; in their order they run in `days`."""

import datetime
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from pipelines.clock import now_ms
from pipelines.clock_notes import clock_notes
from pipelines.clock_offsets import ClockOffsets
from pipelines.declared import require_as_declared
from pipelines.files import remove_parts
from pipelines.job import Job, claim
from pipelines.members import Members, people_of
from pipelines.passes import widest
from pipelines.raw_hours import RawHours
from pipelines.spill import Spill, remove_spills
from pipelines.steps.day_files import DayFiles, day_files
from pipelines.steps.ingest import Dates, ingest
from pipelines.steps.intake import Handoff, Intake, Window, forget, taken_over
from pipelines.steps.load import load_day
from pipelines.steps.sessionize import DayTables, parts_of, sessionize
from pipelines.steps.tally import FileTally
from pipelines.steps.walking import Part
from pipelines.summary import Reporter
from pipelines.usual import watch_of
from pipelines.warehouse.opening import open_warehouse
from pipelines.warehouse.protocol import Warehouse
from privacy.keys import DayKey, spill_key
from schemas import PrivacyError
from schemas.day import Day

SPILL_BYTES = 64 << 20  # of each day, in memory before any goes to disk


class DayRun:
    """The steps of trading days, each usable alone. Keys and members are looked up once.

    `others`: the same job under other definitions, of one pass with it (`pipelines.passes`).
    """

    def __init__(self, job: Job, reporter: Reporter, others: Sequence[Job] = ()) -> None:
        self.job = job
        self.jobs = (job, *others)
        self.calendar = widest(self.jobs)
        self.reporter = reporter
        self.now_ms = now_ms()
        self._keyring = job.keyring
        self._keys: dict[datetime.date, DayKey] = {}
        self._keyring.shred_expired(self.now_ms)
        _ = job.district  # every fault of the district's files, before any work
        claim(job)
        remove_parts(job.workspace.data)
        self._forget_unreadable()
        self.members = self._members()
        self.refused: list[datetime.date] = []

    def _forget_unreadable(self) -> None:
        """What was ingested and never loaded, refused by the gate say, goes with its day's key; its tally stays, for
        a later load is held against it."""
        for date, key in self._keyring.keys().days.items():
            if key.secret is None:
                remove_spills(self.job.workspace.work_of_day(date))

    def _members(self) -> Members:
        members = people_of(self.job, self.job.raw)
        for file in members.unreadable:
            self.reporter.note(f"portal: {file}: no login in it could be read; check [members.portal] and its encoding")
        return members

    def ingest(self, dates: Dates) -> list[datetime.date]:
        """Raw files to each day's folder under work/; the days that have records of their own, in order."""
        for line in self.job.recognised:
            self.reporter.note(line)
        hours = RawHours(self.job)  # before they are read: what grows meanwhile is found changed by the next run
        intakes, told = self.intakes(dates)
        mute = [file for file in told if file.is_mute]
        require_as_declared(self.job, mute)
        for file in (file for file in mute if file.is_unreadable):
            self.reporter.note(f"{file.feed}: {file.file}: {_what_was_rejected(file)}")
        for intake in intakes:
            self._hand_on(intake)
        hours.learn([one for key, one in hours.on_disk.items() if key not in self.job.passed_over], told)
        hours.save()
        return [intake.day.date for intake in intakes if intake.own]

    def intakes(self, dates: Dates) -> tuple[list[Intake], list[FileTally]]:
        """What each day takes in, by day, and what each file held."""
        total = sum(file.stat().st_size for feed in self.job.config.feeds for file in self.job.files(feed))
        with self.reporter.progress("reading raw files", total) as moved_on:
            return ingest(self.job, self.calendar, dates, self.begin if dates else self._begin_if_allowed, moved_on)

    def _hand_on(self, intake: Intake) -> None:
        """What the day takes in goes to its folders, if any of it is its own; else nothing of it stays on the disk."""
        date = intake.day.date
        if intake.own:
            self._keyring.store(self._keys[date])
            intake.hand_on({self.work(date, job): job.calendar.day(date) for job in self.jobs})
        else:
            for job in self.jobs:
                shutil.rmtree(self.work(date, job), ignore_errors=True)

    def begin(self, day: Day) -> Intake:
        """An empty intake of the day under its key; PrivacyError if that was destroyed."""
        secret = self.key(day)
        for job in self.jobs:
            forget(self.work(day.date, job))
        spill = Spill(self.work(day.date), spill_key(secret), SPILL_BYTES)
        own = dict.fromkeys(job.calendar.day(day.date) for job in self.jobs)
        windows = tuple(Window.of(one) for one in own)
        return Intake(day, self.members.subjects(secret, day), spill, self.job.shards, windows)

    def _begin_if_allowed(self, day: Day) -> Intake | None:
        """As `begin`; None, and noted, for a day whose key was destroyed: its late files are too late."""
        try:
            return self.begin(day)
        except PrivacyError:
            self.refused.append(day.date)
            return None

    def key(self, day: Day, fresh: bytes | None = None) -> bytes:
        """The secret of the day's key; a new one (`fresh`) is stored only once the day turns out to have records."""
        if day.date not in self._keys:
            ttl_ms = self.job.config.privacy.key_ttl
            was_used = self.job.workspace.is_published(day.date)
            self._keys[day.date] = self._keyring.day_key(
                day.date, self.now_ms, day.end_ms, ttl_ms, store=False, was_used=was_used, fresh=fresh
            )
        return self._keys[day.date].secret

    def sessionize(self, date: datetime.date) -> list[dict[str, int]]:
        """The folders under work/ to the day's Parquet files; how many rows each has, by job."""
        handoffs = [self._taken_over(job, date) for job in self.jobs]
        clocks = ClockOffsets(self.job).rows(date)
        with ExitStack() as stack:
            files = [stack.enter_context(day_files(job, date)) for job in self.jobs]
            told = zip(self.jobs, handoffs, files, strict=True)
            sessionize(self.parts(handoffs), [self._tables(*one) for one in told])
            for one in files:
                one.add("clock_offset", clocks)
        for text in clock_notes(clocks):
            self.reporter.note(f"{date}: {text}")
        return [dict(one.rows) for one in files]

    def _taken_over(self, job: Job, date: datetime.date) -> Handoff:
        day = job.calendar.day(date)
        return taken_over(self.work(date, job), day, spill_key(self.key(day)))

    def _tables(self, job: Job, handoff: Handoff, files: DayFiles) -> DayTables:
        return DayTables(watch_of(job, handoff, self.now_ms), handoff, files)

    def parts(self, handoffs: Sequence[Handoff]) -> Iterator[Sequence[Part]]:
        """What the day's shards give to each job, each walked as it is asked for."""
        return parts_of(self.jobs, handoffs, self.now_ms)

    def warehouse(self) -> Warehouse:
        return open_warehouse(self.job)

    def load(self, warehouse: Warehouse, date: datetime.date, job: Job | None = None) -> dict[str, int]:
        """Through the gate into the warehouse; what lay under work/ is no longer needed. `job`: the first if None."""
        job = job or self.job
        rows = load_day(job, warehouse, job.calendar.day(date), self.work(date, job), self.reporter.note)
        shutil.rmtree(self.work(date, job), ignore_errors=True)
        return rows

    def end(self) -> None:
        """Every day is done that could be."""

    def work(self, date: datetime.date, job: Job | None = None) -> Path:
        """The folder of the day under the definition of `job`, of the first if None."""
        return self.job.workspace.work(date, (job or self.job).definition.name)


def _what_was_rejected(file: FileTally) -> str:
    reasons = ", ".join(f"{reason} {records:,}" for reason, records in sorted(file.rejected.items()))
    return f"nothing in it could be read ({reasons}); check the feed's format and the file's encoding"
