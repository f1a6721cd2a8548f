"""Trading days from raw logs to report and audiences: the steps in their order, for one day or many."""

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path

from pipelines.calendar import days_of
from pipelines.day import DayRun
from pipelines.job import Job
from pipelines.raw_hours import RawHours
from pipelines.refusals import refusals
from pipelines.run_record import run_now, write_record
from pipelines.steps.audience import profile_day, profiled_days
from pipelines.steps.day_files import records_by_status
from pipelines.steps.export import export_day
from pipelines.steps.publish import publish_day
from pipelines.summary import Reporter, Summary
from pipelines.warehouse.protocol import Warehouse
from schemas import InputError, PrivacyError

Days = str | tuple[datetime.date, ...]
LOOKS_BACK = datetime.timedelta(days=90)  # of a profile: `marketing.profile`


def run_days(
    *,
    job: Job,
    days: Days,
    reporter: Reporter,
    others: Sequence[Job] = (),
    on: Callable[[Job, Reporter, Sequence[Job]], DayRun] = DayRun,
) -> None:
    """Every step for each of `days`, a line of counts a day. InputError if no record lies in any of them.

    What the quality gate refuses, a day under one definition, stays as it was; the others are loaded, and then
    GateError tells of all that was refused.

    `days`: as `--days` names them, or dates that a plan has chosen; it is no error if none of those has a record.
    `others`: the job under further definitions, over the same reading; each gets what a run of its own would give it.
    `on`: what runs the steps, by default the local engine.
    """
    asked = days_of(days) if isinstance(days, str) else days
    run = on(job, reporter, others)
    dates = run.ingest(frozenset(asked) if asked else None)
    for one in run.jobs:
        _record_empty(run, one, [date for date in asked or () if date not in dates])
    if dates or isinstance(days, str):
        tell_of_days_without_records(run, asked, dates)
    done: dict[str, dict[datetime.date, Path]] = {one.rules.name: {} for one in run.jobs}
    with refusals(reporter.note) as refused:
        with run.warehouse() as warehouse:
            for date in dates:
                for one, rows in zip(run.jobs, run.sessionize(date), strict=True):
                    name = one.rules.name
                    with refused.kept():
                        counts, done[name][date] = _rest_of_day(run, one, warehouse, date, rows)
                        reporter.say(Summary(counts, head=f"{date} {name}" if others else str(date)))
            for one in run.jobs:
                _profile_later_days(run, one, warehouse, list(done[one.rules.name]))
        run.end()
        for name, pages in done.items():
            if pages or not dates:
                last = pages[max(pages)] if pages else None
                reporter.say(Summary({"days": len(pages)}, last, head=f"{job.district_name} {name}"))


def _rest_of_day(
    run: DayRun, job: Job, warehouse: Warehouse, date: datetime.date, rows: dict[str, int]
) -> tuple[dict[str, int], Path]:
    """What follows `sessionize`; the day's counts and the path of its report."""
    day = job.calendar.day(date)
    records = records_by_status(job, date)
    counts = {"read": sum(records.values()), **records, "visits": rows["visit"], "triggers": rows["trigger"]}
    run.load(warehouse, date, job)
    page, restated = publish_day(job, warehouse, day, run.now_ms, run.members, counts)
    counts |= {"restated": restated} if restated else {}
    if run.members.key is not None:
        profile_day(job, warehouse, day, run.members)
        counts["exported"] = export_day(job, warehouse, day, run.members, run.now_ms)["exported"]
    return counts, page


def _record_empty(run: DayRun, job: Job, dates: list[datetime.date]) -> None:
    """That no record lies in a day is known from now on, as long as its files stay as they are."""
    hours = RawHours(job)
    for date in dates:
        if not job.workspace.is_published(date):
            record = run_now(job, hours, job.calendar.day(date), run.now_ms)
            write_record(job.workspace, date, job.definition.name, record)


def _profile_later_days(run: DayRun, job: Job, warehouse: Warehouse, dates: list[datetime.date]) -> None:
    """Anew: the profiles of days that look back on one of `dates`, so that the order in which days run is all one."""
    if run.members.key is None or not dates:
        return
    profiled = profiled_days(job, warehouse)
    later = [date for date in profiled if date not in dates and dates[0] < date <= dates[-1] + LOOKS_BACK]
    for date in later:
        profile_day(job, warehouse, job.calendar.day(date), run.members)
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
