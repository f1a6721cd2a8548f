"""One step of a trading day on its own: it takes over what the step before left in the data folder or the warehouse."""

import datetime
from collections.abc import Sequence
from pathlib import Path

from pipelines.calendar import days_of
from pipelines.day import DayRun
from pipelines.days import tell_of_days_without_records
from pipelines.job import Job
from pipelines.passes import passes
from pipelines.refusals import refusals
from pipelines.steps.audience import profile_day
from pipelines.steps.export import export_day
from pipelines.steps.intake import records_read
from pipelines.steps.report import report_day
from pipelines.summary import Reporter, Summary
from pipelines.warehouse.opening import path_of
from schemas import InputError


def run_step(*, step: str, jobs: Sequence[Job], days: str, reporter: Reporter) -> None:
    """One step for each of `days` under each of `jobs`, one district's; raw logs are read once for each pass.

    `all` means every day that the step before has left; InputError if there is none.
    """
    asked = days_of(days)
    if step == "ingest":
        for first, *others in passes(jobs):
            _ingest(DayRun(first, reporter, others), asked)
        return
    with refusals(reporter.note) as refused:
        for job in jobs:
            run = DayRun(job, reporter)
            for date in asked or _days_left_for(step, job):
                with refused.kept():
                    counts, path = _STEPS[step](run, date)
                    reporter.say(Summary(counts, path, head=_head(date, step, job, jobs)))


def _ingest(run: DayRun, asked: tuple[datetime.date, ...] | None) -> None:
    dates = run.ingest(frozenset(asked) if asked else None)
    tell_of_days_without_records(run, asked, dates)
    for date in dates:
        for job in run.jobs:
            folder = run.work(date, job)
            run.reporter.say(Summary(records_read(folder), folder, head=_head(date, "ingest", job, run.jobs)))


def _head(date: datetime.date, step: str, job: Job, jobs: Sequence[Job]) -> str:
    return f"{date} {step} {job.rules.name}" if len(jobs) > 1 else f"{date} {step}"


def _days_left_for(step: str, job: Job) -> list[datetime.date]:
    name = job.definition.name
    before = "ingest" if step == "sessionize" else "sessionize"
    days = job.workspace.days_at_work(name) if step == "sessionize" else job.workspace.days("visits", name)
    if not days:
        raise InputError(f"{job.workspace.data}: no day is there to {step}", f"run `shangquan {before}` first")
    return days


Outcome = tuple[dict[str, int], Path | None]


def _sessionize(run: DayRun, date: datetime.date) -> Outcome:
    return run.sessionize(date)[0], run.job.workspace.table("visits", date, run.job.definition.name)


def _load(run: DayRun, date: datetime.date) -> Outcome:
    with run.warehouse() as warehouse:
        return run.load(warehouse, date), path_of(run.job)


def _report(run: DayRun, date: datetime.date) -> Outcome:
    with run.warehouse() as warehouse:
        return {}, report_day(run.job, warehouse, run.job.calendar.day(date), run.now_ms, run.members)


def _audience(run: DayRun, date: datetime.date) -> Outcome:
    with run.warehouse() as warehouse:
        counts = profile_day(run.job, warehouse, run.job.calendar.day(date), run.members)
    return counts, path_of(run.job)


def _export(run: DayRun, date: datetime.date) -> Outcome:
    with run.warehouse() as warehouse:
        counts = export_day(run.job, warehouse, run.job.calendar.day(date), run.members, run.now_ms)
    return counts, run.job.workspace.exports(date)


_STEPS = {
    "sessionize": _sessionize,
    "load": _load,
    "report": _report,
    "audience": _audience,
    "export": _export,
}
