"""A trading day's tables as Parquet files in the data folder: written part by part, read whole."""

import datetime
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files import table_file
from pipelines.job import Job
from schemas import (
    AP_HOUR,
    CLOCK_OFFSET,
    FEED_HOUR,
    FLAP,
    LEDGER,
    LINE_SHAPE,
    PASSAGE,
    PUBLISHED,
    REJECTED,
    STAY,
    TRIGGER,
    VISIT,
    ZONE_HOUR,
    InputError,
)
from schemas.ledger import STATUSES

FOLDERS = {
    "visits": VISIT,
    "stays": STAY,
    "flaps": FLAP,
    "sightings": PUBLISHED,
    "zone_hours": ZONE_HOUR,
    "ap_hours": AP_HOUR,
    "passages": PASSAGE,
    "triggers": TRIGGER,
    "ledger": LEDGER,
    "feed_hours": FEED_HOUR,
    "line_shapes": LINE_SHAPE,
    "rejected": REJECTED,
    "clock_offsets": CLOCK_OFFSET,
}
_SCHEMAS = {schema.name: schema for schema in FOLDERS.values()}


@dataclass
class DayFiles:
    """The open files of one day, by the name of their schema; `rows` counts what was added."""

    _writers: dict[str, pq.ParquetWriter]
    rows: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, rows: pa.Table) -> None:
        self._writers[name].write_table(_SCHEMAS[name].cast(rows))
        self.rows[name] += rows.num_rows


@contextmanager
def day_files(job: Job, date: datetime.date) -> Iterator[DayFiles]:
    """All files of the day; they appear when the block ends, `visits` last: where it is, the others are."""
    with ExitStack() as stack:
        writers = {}
        for folder, schema in FOLDERS.items():
            path = job.workspace.table(folder, date, job.definition.name)
            writers[schema.name] = stack.enter_context(table_file(path, schema.arrow))
        yield DayFiles(writers)


def read_day(job: Job, date: datetime.date) -> dict[str, pa.Table]:
    """What `day_files` holds, by the name of the schema; InputError if it is not there."""
    try:
        paths = {schema: job.workspace.table(folder, date, job.definition.name) for folder, schema in FOLDERS.items()}
        return {schema.name: schema.cast(pq.read_table(path, partitioning=None)) for schema, path in paths.items()}
    except FileNotFoundError:
        raise InputError(f"{date}: nothing is sessionized", f"run `shangquan sessionize --day {date}` first") from None


def records_by_status(job: Job, date: datetime.date) -> dict[str, int]:
    """The day's ledger over all feeds: records by how they ended; "outside" is left out, being other days' business."""
    ledger = pq.read_table(job.workspace.table("ledger", date, job.definition.name), partitioning=None)
    summed = ledger.group_by("status").aggregate([("records", "sum")])
    counts = dict(zip(summed["status"].to_pylist(), summed["records_sum"].to_pylist(), strict=True))
    return {status: counts[status] for status in STATUSES if status in counts and status != "outside"}
