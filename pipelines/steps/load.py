"""Steps on the data folder and the warehouse: write a day's tables as Parquet, load them through the gate, switch."""

import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files import write_table
from pipelines.job import Job
from pipelines.steps.intake import records_read
from pipelines.warehouse.load import load
from pipelines.warehouse.protocol import Warehouse
from schemas import AP_HOUR, FLAP, LEDGER, PUBLISHED, REJECTED, STAY, TRIGGER, VISIT, ZONE_HOUR, InputError
from schemas.day import Day
from schemas.ledger import STATUSES

# Where a day's tables lie in the data folder.
FOLDERS = {
    "visits": VISIT,
    "stays": STAY,
    "flaps": FLAP,
    "sightings": PUBLISHED,
    "zone_hours": ZONE_HOUR,
    "ap_hours": AP_HOUR,
    "triggers": TRIGGER,
    "ledger": LEDGER,
    "rejected": REJECTED,
}


def write_day(job: Job, date: datetime.date, tables: dict[str, pa.Table]) -> None:
    """The day's tables as Parquet files; `visits` last, whose presence says that the others are there."""
    for folder, schema in reversed(FOLDERS.items()):
        write_table(job.workspace.table(folder, date, job.definition.name), schema.cast(tables[schema.name]))


def read_day(job: Job, date: datetime.date) -> dict[str, pa.Table]:
    """What `write_day` wrote, by the name of the schema; InputError if it is not there."""
    try:
        return {
            schema.name: schema.cast(
                pq.read_table(job.workspace.table(folder, date, job.definition.name), partitioning=None)
            )
            for folder, schema in FOLDERS.items()
        }
    except FileNotFoundError:
        raise InputError(f"{date}: nothing is sessionized", f"run `shangquan sessionize --day {date}` first") from None


def load_day(job: Job, warehouse: Warehouse, day: Day, work: Path) -> dict[str, int]:
    """The day's tables become the visible ones, all at once; rows per table. GateError loads nothing."""
    name = job.definition.name
    read = records_read(work) if work.exists() else None
    loaded = load(
        warehouse,
        day=day,
        definition=job.rules.name,
        run=f"{job.rules.name}/{day.date}",
        tables=read_day(job, day.date),
        read=read,
        page=job.workspace.gate_page(day.date, name),
    )
    return loaded.rows


def records_by_status(job: Job, date: datetime.date) -> dict[str, int]:
    """The day's ledger over all feeds: records by how they ended; "outside" is left out, being other days' business."""
    ledger = pq.read_table(job.workspace.table("ledger", date, job.definition.name), partitioning=None)
    summed = ledger.group_by("status").aggregate([("records", "sum")])
    counts = dict(zip(summed["status"].to_pylist(), summed["records_sum"].to_pylist(), strict=True))
    return {status: counts[status] for status in STATUSES if status in counts and status != "outside"}
