"""A run that knows what is done: `shangquan run --since`. It says which days it touches, and why, before it starts.

What is new or changed is decided in `pipelines.plan`; the days then run as any others (`pipelines.days`).
"""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

from pipelines.calendar import date_of
from pipelines.clock import now_ms
from pipelines.clock_offsets import ClockOffsets
from pipelines.engine_run import run_days_on
from pipelines.job import Job, claim
from pipelines.plan import Planned, plan_of
from pipelines.raw_hours import RawHours
from pipelines.refusals import refusals
from pipelines.summary import Reporter, Summary
from schemas import ConfigError


def run_changed(
    *,
    engine: str,
    options: Sequence[str],
    jobs: Sequence[Job],
    since: str | None,
    until: str | None,
    is_plan: bool,
    reporter: Reporter,
) -> None:
    """Run the days from `since` to `until` that are new or changed, in order; with `is_plan` only say which.

    `jobs`: one district's, under each definition that is asked for; what is new under one may not be under another.
    """
    now, first_job = now_ms(), jobs[0]
    today = first_job.calendar.date_of(now)
    first = date_of("--since", since, today) if since else datetime.date.min
    last = date_of("--until", until, today) if until else today
    if last < first:
        raise ConfigError(f"--since {since} lies after --until {last}", "name the earlier day first")
    hours = known_now(first_job, reporter, keeps=not is_plan)
    to_run: dict[datetime.date, list[Job]] = defaultdict(list)
    for job in jobs:
        planned = plan_of(job, hours, first, last, now)
        for day in planned:
            reporter.say(Summary(head=f"{day.line()}{f'  {job.rules.name}' if len(jobs) > 1 else ''}"))
        dates = [day.date for day in planned if not day.hindrance]
        reporter.say(_closing(job, planned, dates, is_plan))
        for date in dates:
            to_run[date].append(job)
    if is_plan:
        return
    with refusals(reporter.note) as refused:
        for together, dates in _together(to_run):
            passed_over = frozenset.intersection(*(hours.passed_over(job.calendar, dates) for job in together))
            ready = [dataclasses.replace(job, passed_over=passed_over) for job in together]
            with refused.kept():
                run_days_on(engine=engine, options=options, jobs=ready, days=dates, reporter=reporter)


def _together(to_run: dict[datetime.date, list[Job]]) -> list[tuple[list[Job], tuple[datetime.date, ...]]]:
    """The days in order, those that follow one another under the same definitions together."""
    runs = groupby(sorted(to_run), lambda date: [job.definition.name for job in to_run[date]])
    found = [tuple(dates) for _, dates in runs]
    return [(to_run[dates[0]], dates) for dates in found]


def known_now(job: Job, reporter: Reporter, *, keeps: bool) -> RawHours:
    """The hours of all raw files, those that are new or changed read for it now; with `keeps` the next run knows them.

    Without, the data folder stays as it is.
    """
    hours = RawHours(job)
    unread = hours.unread()
    with reporter.progress("reading new raw files", sum(one.bytes for one in unread)) as moved_on:
        if keeps:
            claim(job)
        hours.read(ClockOffsets(job, freezes=keeps), moved_on)
    if keeps:
        hours.save()
    return hours


def _closing(job: Job, planned: list[Planned], dates: list[datetime.date], is_plan: bool) -> Summary:
    head = f"{job.district_name} {job.rules.name}"
    if not planned:
        return Summary(head=f"{head}: nothing new or changed, nothing to do")
    counts = {"days to run": len(dates), "stay as they are": len(planned) - len(dates)}
    return Summary(counts, head=f"{head}{': plan' if is_plan else ''}")
