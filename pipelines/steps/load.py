"""Step `load`: a day's files through the quality gate into the warehouse, and the switch."""

from pathlib import Path

from pipelines.job import Job
from pipelines.steps.day_files import read_day
from pipelines.steps.intake import is_whole, records_read
from pipelines.warehouse.load import load
from pipelines.warehouse.protocol import Warehouse
from schemas.day import Day


def load_day(job: Job, warehouse: Warehouse, day: Day, work: Path) -> dict[str, int]:
    """The day's tables become the visible ones, all at once; rows per table. GateError loads nothing."""
    loaded = load(
        warehouse,
        day=day,
        definition=job.rules.name,
        run=f"{job.rules.name}/{day.date}",
        tables=read_day(job, day.date),
        read=records_read(work) if is_whole(work) else None,
        page=job.workspace.gate_page(day.date, job.definition.name),
    )
    return loaded.rows
