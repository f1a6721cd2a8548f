"""`clocks list` and `clocks estimate`: what is known of each clock, and finding it out before a first run."""

import datetime
from collections.abc import Iterable, Iterator

import typer

from pipelines.calendar import ONE_DAY, days_of
from pipelines.clock_offsets import ClockOffsets
from pipelines.job import Job, claim
from pipelines.summary import Reporter, Summary
from schemas import InputError
from schemas.clock_offset import DECLARED, RIGHT, ROAM_PAIRS, TWO_CLOCKS

RADIUS = ("freeradius", "radacct")
_SOURCES = {TWO_CLOCKS: "two clocks", ROAM_PAIRS: "roam pairs", "": "-"}
_MOVED = (TWO_CLOCKS, ROAM_PAIRS)


def list_clocks(*, job: Job, days: str, reporter: Reporter) -> None:
    """A line for each clock and day: what is added to its times, how sure that is, and where it comes from."""
    clocks = ClockOffsets(job)
    dates = days_of(days) or _last_known(job)
    rows = [row for date in dates for row in clocks.rows(date).to_pylist()]
    _tell(job, reporter, rows, {"listed": len(rows)})


def estimate_clocks(*, job: Job, days: str, reporter: Reporter) -> None:
    """The offsets of `days`, each from the raw lines of the day before it, frozen now unless they are already.

    InputError where no line and no pair tells anything, whatever offsets.csv declares.
    """
    dates = days_of(days)
    if dates is None:
        raise InputError("--days all: not understood", "name the days whose clocks to find, e.g. --days 2026-11-21")
    claim(job)
    clocks = ClockOffsets(job)
    rows = [row for date in dates for row in clocks.estimated(date).to_pylist()]
    if not any(row["method"] != DECLARED or row["samples"] for row in rows):
        before = f"{dates[0] - ONE_DAY} to {dates[-1] - ONE_DAY}" if dates[1:] else str(dates[0] - ONE_DAY)
        raise InputError(
            f"{job.raw}: nothing tells of any clock on {before}",
            "name the folder of that day's logs with --raw, or declare what you know in offsets.csv",
        )
    _tell(job, reporter, rows, {"estimated": sum(row["method"] != DECLARED for row in rows)})


def told_of_clocks(job: Job) -> Iterator[Summary]:
    """How many clocks are right, corrected, declared, not known as of late; nothing where nothing is known."""
    for date in _last_known(job):
        yield Summary(_counts(ClockOffsets(job).rows(date).to_pylist()), head=f"clocks  {date}")


def _last_known(job: Job) -> tuple[datetime.date, ...]:
    """The day whose clocks are shown if none is named: the last that is frozen, else the last declared, else none."""
    return _frozen_days(job) or _declared_days(job)


def _frozen_days(job: Job) -> tuple[datetime.date, ...]:
    """The last day of which any clock is known, if there is one."""
    days = [date for feed in job.config.feeds for date in job.workspace.days("clocks", feed.name)]
    return (max(days),) if days else ()


def _declared_days(job: Job) -> tuple[datetime.date, ...]:
    """The day from which on all that offsets.csv says is in force."""
    return tuple({max(one.since for one in job.district.offsets)} if job.district.offsets else ())


def _tell(job: Job, reporter: Reporter, rows: list[dict[str, object]], counts: dict[str, int]) -> None:
    if not reporter.as_json:
        for row in rows:
            typer.echo(_line(job, row))
    for feed in job.config.feeds:
        if not any(row["feed"] == feed.name for row in rows):
            reporter.note(f"{feed.name}: nothing is known of its clocks yet: its times are as stamped")
    reporter.say(Summary(counts | _counts(rows), job.workspace.data / "clocks", head=job.district_name))


def _counts(rows: Iterable[dict[str, object]]) -> dict[str, int]:
    methods = [row["method"] for row in rows]
    corrected, declared, right = (
        sum(method in _MOVED for method in methods),
        methods.count(DECLARED),
        methods.count(RIGHT),
    )
    not_known = len(methods) - corrected - declared - right
    return {"corrected": corrected, "declared": declared, "right": right, "not known": not_known}


def _line(job: Job, row: dict[str, object]) -> str:
    """`2026-11-03  relay  AC-1  +95.9 s  +20.1 ppm  +-0.1 s  two-clocks  from 150 of 2026-11-02 (two clocks)`."""
    day, error = row["day"], row["error_ms"]
    sure = "" if error is None else f"±{int(str(error)) / 1000:.1f} s  "
    told = f"{row['day']}  {row['feed']}  {row['clock'] or '(its own)'}  {_offset(row)}  {sure}{row['method']}"
    if row["method"] == DECLARED or not isinstance(day, datetime.date):
        return f"{told}  from offsets.csv"
    return f"{told}  from {row['samples']:,} of {day - ONE_DAY}  {_source(job, row)}"


def _offset(row: dict[str, object]) -> str:
    return f"{int(str(row['offset_ms'])) / 1000:+.1f} s  {float(str(row['drift_ppm'])):+.1f} ppm"


def _source(job: Job, row: dict[str, object]) -> str:
    formats = {feed.name: feed.format for feed in job.config.feeds}
    if row["source"] == TWO_CLOCKS and formats[str(row["feed"])] in RADIUS:
        return "RADIUS delay"
    return _SOURCES[str(row["source"])]
