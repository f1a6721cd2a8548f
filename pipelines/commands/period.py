"""`shangquan period`: several days as one report."""

import datetime
from collections.abc import Callable
from typing import Annotated

import typer

from pipelines.calendar import ONE_DAY, date_of, days_of
from pipelines.commands.options import ConfigOption, DataOption, DefinitionOption, JsonOption
from pipelines.summary import Reporter, Summary
from schemas import ConfigError

LONGEST = 3660


def period(
    config: ConfigOption,
    days: Annotated[
        str, typer.Option("--days", help="2026-10-25..2026-11-23; or how many, e.g. 30, 90 or 365, up to --until")
    ] = "30",
    until: Annotated[
        str | None,
        typer.Option("--until", help="the last of them, or 3d for days ago; the newest loaded day if not given"),
    ] = None,
    data: DataOption = None,
    definition: DefinitionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Several days as one page, CSV and Excel, added up from the sums of each day; members are counted as people."""
    from pipelines.clock import now_ms
    from pipelines.job import make_job
    from pipelines.members import people_of
    from pipelines.steps.period import newest_day, report_period
    from pipelines.warehouse.opening import open_warehouse

    job = make_job(config=config, raw=None, data=data, definition=definition, shards=1)
    members = people_of(job, None)
    with open_warehouse(job) as warehouse:
        dates = dates_of(days, until, lambda: newest_day(job, warehouse), job.calendar.date_of(now_ms()))
        page, facts = report_period(job, warehouse, members, dates, now_ms())
    counts = {state: len(facts.those(state)) for state in ("final", "provisional", "missing", "other-limits")}
    head = f"{job.district_name} {facts.when}"
    Reporter(as_json=as_json).say(Summary({state: count for state, count in counts.items() if count}, page, head=head))


def dates_of(
    days: str, until: str | None, newest: Callable[[], datetime.date], today: datetime.date
) -> tuple[datetime.date, ...]:
    """The days of "2026-10-25..2026-11-23", or so many ("30") that end with `until`, else with the `newest`."""
    if days.isdecimal() and 0 < int(days) <= LONGEST:
        last = date_of("--until", until, today) if until else newest()
        return tuple(last - place * ONE_DAY for place in reversed(range(int(days))))
    named = None if days == "all" or days.isdecimal() else days_of(days)
    if named is None:
        raise ConfigError(f"--days {days}: no period", "write 2026-10-25..2026-11-23, or a number of days like 30")
    if until:
        raise ConfigError(f"--days {days} goes without --until", "take one way to name the days")
    return named
