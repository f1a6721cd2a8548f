"""A period of days as one report: pages, CSV and Excel from the sums of its days; no visit is read again."""

import datetime
import hashlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipelines.job import Job
from pipelines.members import Members
from pipelines.run_record import record_of
from pipelines.steps.report import made_at, write_files
from pipelines.warehouse.member_tables import remember
from pipelines.warehouse.protocol import Parameters, Warehouse
from pipelines.warehouse.texts import sql
from privacy.consent import in_force
from reports.facts import CountedDay, PeriodFacts
from reports.period import PERIOD_FIGURES, settled_period
from reports.period_members import PERIOD_MEMBER_SQL
from reports.period_page import period_pages
from schemas import InputError


def report_period(
    job: Job, warehouse: Warehouse, members: Members, dates: Sequence[datetime.date], now_ms: int
) -> tuple[Path, PeriodFacts]:
    """The path of the English page, beside which its sister, CSV and Excel lie; and what it says of its days.

    InputError if none of `dates`, which follow one another, can be counted.
    """
    facts = _facts(job, warehouse, dates, now_ms)
    if not facts.those("final", "provisional"):
        days = f"{dates[0]} to {dates[-1]}"
        raise InputError(
            f"no day from {days} can be counted under {facts.definition}", "run the days, or name others; see `status`"
        )
    _know_members(job, warehouse, members, dates[-1])
    asked = _parameters(job, dates)
    remember(warehouse, "period_member", PERIOD_MEMBER_SQL, asked)
    tables = {figure.name: warehouse.query(figure.sql, asked) for figure in PERIOD_FIGURES}
    return _written(job, tables, facts), facts


def newest_day(job: Job, warehouse: Warehouse) -> datetime.date:
    """The last day that is visible under the job's definition; InputError if there is none."""
    found = warehouse.query(sql("visible_days"), {"district": job.district_name, "layer": "facts"}).to_pylist()
    days = [row["day"] for row in found if row["definition"] == job.rules.name]
    if not days:
        raise InputError(f"{job.workspace.data}: no day is loaded under {job.rules.name}", "run `shangquan run` first")
    return max(days)


def _know_members(job: Job, warehouse: Warehouse, members: Members, last: datetime.date) -> None:
    """As the profile of the last day: devices and consent as they are at its end."""
    day = job.calendar.day(last)
    agreed = sorted(in_force(members.consents, "location", day.end_ms)) if members.key is not None else []
    warehouse.replace_members(job.district_name, members.devices_before(day.window_end_ms), agreed)


def _parameters(job: Job, dates: Sequence[datetime.date]) -> Parameters:
    about = {"district": job.district_name, "definition": job.rules.name, "from": dates[0], "until": dates[-1]}
    return {**about, **job.definition.limits.parameters}


def _facts(job: Job, warehouse: Warehouse, dates: Sequence[datetime.date], now_ms: int) -> PeriodFacts:
    runs = warehouse.query(sql("period_runs"), _parameters(job, dates)).to_pylist()
    by_day = {row["day"]: row for row in runs}
    days = tuple(_counted_day(job, date, by_day.get(date)) for date in dates)
    named = "\n".join(f"{day.day} {day.run}" for day in days)
    return PeriodFacts(
        district=job.config.district.title or job.district_name,
        day=dates[-1],
        definition=job.rules.name,
        provisional=any(day.state == "provisional" for day in days),
        made=made_at(now_ms),
        min_dwell_ms=job.definition.min_dwell_ms,
        day_start=job.day_start.strftime("%H:%M"),
        threshold=job.config.privacy.operator_k,
        zones=job.district.registry.zones,
        days=days,
        snapshot=hashlib.blake2b(named.encode(), digest_size=6).hexdigest(),
    )


def _counted_day(job: Job, date: datetime.date, loaded: dict[str, object] | None) -> CountedDay:
    if loaded is None:
        return CountedDay(date, "missing")
    if loaded["limits"] != job.definition.limits.parameters["limits"]:
        return CountedDay(date, "other-limits", str(loaded["run"]))
    record = record_of(job.workspace, date, job.definition.name)
    is_final = record is not None and record.is_final
    return CountedDay(date, "final" if is_final else "provisional", str(loaded["run"]))


def _written(job: Job, tables: dict[str, pa.Table], facts: PeriodFacts) -> Path:
    figures = settled_period(tables, job.config.privacy.operator_k)
    place = job.workspace.period(facts.when, job.definition.name)
    return write_files(place, period_pages(figures, facts), figures, facts, PERIOD_FIGURES)
