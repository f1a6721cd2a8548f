"""Step `load`: a day's files through the quality gate into the warehouse, and the switch."""

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from pipelines.drift import drift_of
from pipelines.job import Job
from pipelines.quality import Outcome
from pipelines.steps.day_files import read_day
from pipelines.steps.intake import is_whole, records_read
from pipelines.warehouse.load import load
from pipelines.warehouse.protocol import Parameters, Warehouse
from pipelines.warehouse.texts import sql
from schemas import FEED_HOUR
from schemas.day import Day


def load_day(
    job: Job, warehouse: Warehouse, day: Day, work: Path, note: Callable[[str], None] = lambda _: None
) -> dict[str, int]:
    """The day's tables become the visible ones, all at once; rows per table. GateError loads nothing.

    `note` is told what the gate lets pass with a warning.
    """
    tables = read_day(job, day.date)
    feeds = _drift(job, warehouse, day.date, tables)
    for outcome in feeds:
        if outcome.warned:
            note(f"{day.date}: {outcome.column}: {outcome.finding}")
    loaded = load(
        warehouse,
        day=day,
        definition=job.rules.name,
        run=f"{job.rules.name}/{day.date}",
        tables=tables,
        read=records_read(work) if is_whole(work) else None,
        page=job.workspace.gate_page(day.date, job.definition.name),
        feeds=feeds,
        limits=job.definition.limits,
    )
    return loaded.rows


def _drift(job: Job, warehouse: Warehouse, date: datetime.date, tables: Mapping[str, pa.Table]) -> list[Outcome]:
    """What differs in the day's feeds from the visible days before it."""
    limits = job.config.quality
    since = date - datetime.timedelta(days=limits.history_days)
    asked: Parameters = {"district": job.district_name, "definition": job.rules.name, "since": since, "day": date}
    before = FEED_HOUR.cast(warehouse.query(sql("feed_history"), asked))
    time_zone = job.config.district.time_zone
    return drift_of(tables["feed_hour"], before, tables["line_shape"], limits, time_zone)
