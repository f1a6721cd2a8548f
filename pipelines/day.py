"""A trading day from raw logs to report and audiences: the steps in their order, for one day or many."""

import datetime
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from pipelines.calendar import days_of
from pipelines.clock import now_ms
from pipelines.clock_notes import clock_notes
from pipelines.clock_offsets import ClockOffsets
from pipelines.declared import require_as_declared
from pipelines.files import remove_parts
from pipelines.job import Job, claim
from pipelines.members import Members, people_of
from pipelines.raw_hours import RawHours
from pipelines.run_record import run_now, write_record
from pipelines.spill import Spill
from pipelines.steps.audience import profile_day, profiled_days
from pipelines.steps.day_files import day_files, records_by_status
from pipelines.steps.export import export_day
from pipelines.steps.ingest import Dates, ingest
from pipelines.steps.intake import Handoff, Intake, forget, taken_over
from pipelines.steps.load import load_day
from pipelines.steps.publish import publish_day
from pipelines.steps.sessionize import Part, parts_of, sessionize
from pipelines.steps.tally import DayTally, FileTally
from pipelines.summary import Reporter, Summary
from pipelines.warehouse.opening import open_warehouse
from pipelines.warehouse.protocol import Warehouse
from privacy.keys import DayKey, spill_key
from schemas import InputError, PrivacyError
from schemas.day import Day

Days = str | tuple[datetime.date, ...]
SPILL_BYTES = 64 << 20  # of each day, in memory before any goes to disk
LOOKS_BACK = datetime.timedelta(days=90)  # of a profile: `marketing.profile`


class DayRun:
    """The steps of trading days, each usable alone. Keys and members are looked up once."""

    def __init__(self, job: Job, reporter: Reporter) -> None:
        self.job = job
        self.reporter = reporter
        self.now_ms = now_ms()
        self._keyring = job.keyring
        self._keys: dict[datetime.date, DayKey] = {}
        self._keyring.shred_expired(self.now_ms)
        _ = job.district  # every fault of the district's files, before any work
        claim(job)
        remove_parts(job.workspace.data)
        self.members = self._members()
        self.refused: list[datetime.date] = []

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
        total = sum(file.path.stat().st_size for feed in self.job.config.feeds for file in self.job.files(feed))
        with self.reporter.progress("reading raw files", total) as moved_on:
            return ingest(self.job, dates, self.begin if dates else self._begin_if_allowed, moved_on)

    def _hand_on(self, intake: Intake) -> None:
        """What the day takes in goes to its folder, if any of it is its own; else nothing of it stays on the disk."""
        folder = self.work(intake.day.date)
        if intake.own:
            self._keyring.store(self._keys[intake.day.date])
            intake.hand_on(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)

    def begin(self, day: Day) -> Intake:
        """An empty intake of the day under its key; PrivacyError if that was destroyed."""
        secret = self.key(day)
        forget(self.work(day.date))
        spill = Spill(self.work(day.date), spill_key(secret), SPILL_BYTES)
        return Intake(day, self.members.subjects(secret, day), spill, self.job.shards, DayTally(day))

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

    def sessionize(self, date: datetime.date) -> dict[str, int]:
        """The folder under work/ to the day's Parquet files; how many rows each has."""
        day = self.job.calendar.day(date)
        handoff = taken_over(self.work(date), day, spill_key(self.key(day)))
        clocks = ClockOffsets(self.job).rows(date)
        with day_files(self.job, date) as files:
            sessionize(self.parts(handoff), day, handoff.tally, files)
            files.add("clock_offset", clocks)
        for text in clock_notes(clocks):
            self.reporter.note(f"{date}: {text}")
        return dict(files.rows)

    def parts(self, handoff: Handoff) -> Iterator[Part]:
        """What the day's shards give, each walked as it is asked for."""
        return parts_of(self.job, handoff, self.now_ms)

    def warehouse(self) -> Warehouse:
        return open_warehouse(self.job)

    def load(self, warehouse: Warehouse, date: datetime.date) -> dict[str, int]:
        """Through the gate into the warehouse; what lay under work/ is no longer needed."""
        rows = load_day(self.job, warehouse, self.job.calendar.day(date), self.work(date), self.reporter.note)
        shutil.rmtree(self.work(date), ignore_errors=True)
        return rows

    def work(self, date: datetime.date) -> Path:
        return self.job.workspace.work(date, self.job.definition.name)


def _what_was_rejected(file: FileTally) -> str:
    reasons = ", ".join(f"{reason} {records:,}" for reason, records in sorted(file.rejected.items()))
    return f"nothing in it could be read ({reasons}); check the feed's format and the file's encoding"


def run_days(*, job: Job, days: Days, reporter: Reporter, on: Callable[[Job, Reporter], DayRun] = DayRun) -> None:
    """Every step for each of `days`, a line of counts a day. InputError if no record lies in any of them.

    `days`: as `--days` names them, or dates that a plan has chosen; it is no error if none of those has a record.
    `on`: what runs the steps, by default the local engine.
    """
    asked = days_of(days) if isinstance(days, str) else days
    run = on(job, reporter)
    dates = run.ingest(frozenset(asked) if asked else None)
    _record_empty(run, [date for date in asked or () if date not in dates])
    if dates or isinstance(days, str):
        tell_of_days_without_records(run, asked, dates)
    page = None
    with run.warehouse() as warehouse:
        for date in dates:
            counts, page = _rest_of_day(run, warehouse, date)
            reporter.say(Summary(counts, head=str(date)))
        _profile_later_days(run, warehouse, dates)
    reporter.say(Summary({"days": len(dates)}, page, head=f"{job.district_name} {job.rules.name}"))


def _rest_of_day(run: DayRun, warehouse: Warehouse, date: datetime.date) -> tuple[dict[str, int], Path]:
    """What follows `ingest`; the day's counts and the path of its report."""
    day = run.job.calendar.day(date)
    rows = run.sessionize(date)
    records = records_by_status(run.job, date)
    counts = {"read": sum(records.values()), **records, "visits": rows["visit"], "triggers": rows["trigger"]}
    run.load(warehouse, date)
    page, restated = publish_day(run.job, warehouse, day, run.now_ms, run.members, counts)
    counts |= {"restated": restated} if restated else {}
    if run.members.key is not None:
        profile_day(run.job, warehouse, day, run.members)
        counts["exported"] = export_day(run.job, warehouse, day, run.members, run.now_ms)["exported"]
    return counts, page


def _record_empty(run: DayRun, dates: list[datetime.date]) -> None:
    """That no record lies in a day is known from now on, as long as its files stay as they are."""
    hours = RawHours(run.job)
    for date in dates:
        if not run.job.workspace.is_published(date):
            record = run_now(run.job, hours, run.job.calendar.day(date), run.now_ms)
            write_record(run.job.workspace, date, run.job.definition.name, record)


def _profile_later_days(run: DayRun, warehouse: Warehouse, dates: list[datetime.date]) -> None:
    """Anew: the profiles of days that look back on one of `dates`, so that the order in which days run is all one."""
    if run.members.key is None:
        return
    profiled = profiled_days(run.job, warehouse)
    later = [date for date in profiled if date not in dates and dates[0] < date <= dates[-1] + LOOKS_BACK]
    for date in later:
        profile_day(run.job, warehouse, run.job.calendar.day(date), run.members)
    if later:
        run.reporter.note(f"profiles of {len(later)} later days made anew; `shangquan export` makes their files")


def tell_of_days_without_records(
    run: DayRun, asked: tuple[datetime.date, ...] | None, dates: list[datetime.date]
) -> None:
    for date in run.refused:
        run.reporter.note(f"{date}: too late, its key was destroyed: what is published stays as it is")
    empty = [date for date in asked or () if date not in dates]
    if not dates and run.refused:
        raise PrivacyError("every day of these files is too late: their keys were destroyed")
    if not dates:
        when = f"in {', '.join(map(str, empty))}" if empty else "in any day"
        raise InputError(f"{run.job.raw}: no record lies {when}", "check --raw, --day and the feeds' time zones")
    for date in empty:
        run.reporter.note(f"{date}: no record lies in this day")
