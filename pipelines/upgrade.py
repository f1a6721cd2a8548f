"""What an older version left in a data folder, brought to the tables of this one. The warehouse has its own way.

A day's Parquet files carry their columns, a stream's snapshot its version: what is behind is seen by looking.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files import write_table
from pipelines.job import Job
from pipelines.live.follow import SNAPSHOT
from pipelines.live.snapshot import is_of_this_version
from pipelines.steps.day_files import FOLDERS
from schemas import InputError, Table

_ZEROS = {"text": "", "word": "", "bool": False, "date": datetime.date(1970, 1, 1)}  # as ClickHouse fills a column


def files_behind(job: Job) -> dict[Path, Table]:
    """The day files, missing ones included, that lack columns of today's tables, each with its table.

    InputError for a file with a column that this version does not know: a newer one wrote it.
    """
    return {path: table for path, table in _day_files(job) if _is_behind(path, table)}


def upgrade_files(job: Job) -> int:
    """How many day files were rewritten, each whole or not at all; a column they lacked is null, zero or empty."""
    behind = files_behind(job)
    for path, table in behind.items():
        found = pq.read_table(path, partitioning=None) if path.exists() else table.empty()
        write_table(path, _upgraded(found, table))
    return len(behind)


def snapshot_behind(job: Job) -> Path | None:
    """The stream's snapshot if another version wrote it."""
    path = job.workspace.stream / SNAPSHOT
    return path if path.exists() and not is_of_this_version(path) else None


def upgrade_snapshot(job: Job) -> bool:
    """Whether an old snapshot was taken away: the stream's next start makes it anew from its journal and the logs."""
    path = snapshot_behind(job)
    if path:
        path.unlink()
    return path is not None


def _day_files(job: Job) -> Iterator[tuple[Path, Table]]:
    for definition in job.config.definitions:
        for date in job.workspace.days("visits", definition.name):
            for folder, table in FOLDERS.items():
                yield job.workspace.table(folder, date, definition.name), table


def _is_behind(path: Path, table: Table) -> bool:
    if not path.exists():
        return True
    names = pq.read_schema(path).names
    if unknown := [name for name in names if name not in table.names]:
        raise InputError(
            f"{path}: has a column {unknown[0]} that this version does not know", "install a newer version"
        )
    return names != table.names


def _upgraded(found: pa.Table, table: Table) -> pa.Table:
    """`found` with the columns of `table`."""
    for column in table.columns:
        if column.name not in found.column_names:
            zero = None if column.nullable else _ZEROS.get(column.kind, 0)
            kind = pa.string() if column.kind == "word" else column.arrow.type
            found = found.append_column(column.name, pa.repeat(pa.scalar(zero, kind), found.num_rows))
    return table.cast(found)
