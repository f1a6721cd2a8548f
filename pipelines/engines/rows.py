"""What travels between the workers of an engine: rows that tell nothing but their place, and sealed Arrow batches.

    (day, shard, kind, sealed)     kind: what is inside, sightings, devices, a table of the day, ...

Spark's shuffle and spill files, Beam's, and the folder of results hold only this (architecture §2).
"""

import datetime
from typing import NamedTuple

import pyarrow as pa

from pipelines.sealing import Sealer
from pipelines.spill import to_ipc

SCHEMA = pa.schema(
    [
        pa.field("day", pa.date32(), nullable=False),
        pa.field("shard", pa.int32(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("sealed", pa.binary(), nullable=False),
    ]
)
NO_DAY = datetime.date(1970, 1, 1)  # of rows that are of no day

# Kinds of rows between reading and walking; those of results are NUMBER/TABLE: the definition's, then what is in it.
SIGHTING, DEVICE, CONTROLLERS, TOLD = "sighting", "device", "controllers", "told"


class Row(NamedTuple):
    """One sealed batch on its way."""

    day: datetime.date
    shard: int
    kind: str
    sealed: bytes


def sealed_row(sealer: Sealer, day: datetime.date, shard: int, kind: str, plain: bytes) -> Row:
    """`plain`, to be opened only as what it is: another day's, shard's or kind's is found out."""
    return Row(day, shard, kind, sealer.seal(plain, _place(day, shard, kind)))


def sealed_table(sealer: Sealer, day: datetime.date, shard: int, kind: str, table: pa.Table) -> Row:
    return sealed_row(sealer, day, shard, kind, to_ipc(table.unify_dictionaries()))


def opened(sealer: Sealer, row: Row) -> bytes:
    """What was sealed; Broken if the row is damaged, moved or under another key."""
    return sealer.open(row.sealed, _place(row.day, row.shard, row.kind))


def opened_table(sealer: Sealer, row: Row) -> pa.Table:
    return pa.ipc.open_stream(opened(sealer, row)).read_all()


def batch_of(rows: list[Row]) -> pa.RecordBatch:
    """Rows as engines take them, schema SCHEMA."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(SCHEMA)
    return pa.RecordBatch.from_arrays(
        [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def rows_of(batch: pa.RecordBatch | pa.Table) -> list[Row]:
    """The rows of a batch of SCHEMA."""
    return [Row(*values) for values in zip(*(column.to_pylist() for column in batch.columns), strict=True)]


def _place(day: datetime.date, shard: int, kind: str) -> bytes:
    return f"{day}/{shard}/{kind}".encode()
