"""Which days a scheduled run has to run, and why: the one place that decides what is new or changed.

    what the last run of a day read, and by what settings   (`run_record`)
    what it would read now                                   (`raw_hours`)   -> reasons, or nothing to do

A day whose key was destroyed, or whose raw files are gone, stays as it is: running it would lose what is published.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.job import Job
from pipelines.raw_hours import RawHours
from pipelines.run_record import FileRead, RunRecord, record_of, run_now

NEW, NO_RECORD, TO_FINAL = "new", "no record of its run", "provisional -> final"


@dataclass(frozen=True)
class Planned:
    """A day that is new or changed; `hindrance` says why it stays as it is nevertheless."""

    date: datetime.date
    reasons: tuple[str, ...]
    hindrance: str = ""

    def line(self) -> str:
        """E.g. `2026-11-21  late files: 2`."""
        return f"{self.date}  {self.waiting()}"

    def waiting(self) -> str:
        """The line without its day."""
        stays = f"  stays as it is: {self.hindrance}" if self.hindrance else ""
        return " · ".join(self.reasons) + stays


def plan_of(job: Job, hours: RawHours, since: datetime.date, until: datetime.date, now_ms: int) -> list[Planned]:
    """The days from `since` to `until` that are new or changed under the job's definition, in order."""
    run = job.workspace.runs_of(job.definition.name)
    dates = sorted({date for date in (*hours.dates(job.calendar), *run) if since <= date <= until})
    return list(_planned(job, hours, dates, now_ms))


def _planned(job: Job, hours: RawHours, dates: Sequence[datetime.date], now_ms: int) -> Iterator[Planned]:
    destroyed = _without_key(job, dates, now_ms)
    for date in dates:
        was = record_of(job.workspace, date, job.definition.name)
        now = run_now(job, hours, job.calendar.day(date), now_ms)
        is_published = date in job.workspace.days("visits", job.definition.name)
        if reasons := reasons_to_run(was, now, is_published):
            gone = _gone(was, now, hours) if was else []
            hindrance = f"raw files are gone: {len(gone)}" if gone else ""
            yield Planned(date, reasons, "too late, its key was destroyed" if date in destroyed else hindrance)


def reasons_to_run(was: RunRecord | None, now: RunRecord, is_published: bool) -> tuple[str, ...]:
    """Why a day is to be run, in words; nothing if it would be what it is."""
    if was is None:
        return (NO_RECORD if is_published else NEW,) if now.files else ()
    known, names = {one.mark for one in was.files}, {(one.feed, one.file) for one in was.files}
    other = [one for one in now.files if one.mark not in known]
    changed = [one for one in other if (one.feed, one.file) in names]
    counts = {"late files" if was.is_final else "new files": len(other) - len(changed), "changed files": len(changed)}
    reasons = [f"{what}: {count}" for what, count in counts.items() if count]
    reasons += [f"{what} changed" for what, mark in now.settings.items() if was.settings.get(what, mark) != mark]
    if not was.is_final and now.is_final:
        reasons.append(TO_FINAL)
    return tuple(reasons)


def _gone(was: RunRecord, now: RunRecord, hours: RawHours) -> list[FileRead]:
    """What the day was made from and lies in no raw file any more, under whatever name."""
    marks = {one.mark for one in now.files}
    return [one for one in was.files if one.mark not in marks and (one.feed, one.file) not in hours.on_disk]


def _without_key(job: Job, dates: Sequence[datetime.date], now_ms: int) -> set[datetime.date]:
    """The days that can no longer be run: their keys were destroyed or have expired, or are lost."""
    if not job.workspace.keys.exists():
        return {date for date in dates if job.workspace.is_published(date)}
    keys = job.keyring.keys().days
    ended = {date for date in dates if date in keys and (not keys[date].secret or keys[date].expires_at_ms <= now_ms)}
    return ended | {date for date in dates if date not in keys and job.workspace.is_published(date)}
