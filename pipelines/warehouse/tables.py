"""The warehouse's tables: those of `schemas` with labels in front, a pointer to the visible runs, and a view of each.

    table visit            rows of every run        (district, definition, run, ...)
    table pointer          one row per switch       the highest `seq` wins
    view  published        the run that is visible  per district, day, definition and layer
    view  visible_visit    what readers read
    table migration        what was done to the tables since they were made
    table member_device, consented                  in memory only, filled for one run's profiles

The sums of a day (`SUMS`) are computed here, from the run's own visits: `pipelines.warehouse.sums`.

A layer is the tables that one switch moves together. Facts come first; profiles are computed from visible facts, and
audiences from visible profiles, so each has its own pointer.
"""

from collections.abc import Iterator
from string import Template

import numpy as np
import pyarrow as pa

from pipelines.warehouse.texts import sql
from schemas import (
    AP_HOUR,
    AUDIENCE_MEMBER,
    CLOCK_OFFSET,
    DEVICE_DAY,
    DEVICE_ZONE_DAY,
    DWELL_DAY,
    FEED_HOUR,
    FLAP,
    LEDGER,
    LINE_SHAPE,
    MEMBER_DEVICE,
    MOVE_DAY,
    PASSAGE,
    PLACE_DAY,
    PROFILE,
    PROFILE_ZONE,
    PUBLISHED,
    REJECTED,
    STAY,
    TRIGGER,
    VISIT,
    ZONE_HOUR,
    Column,
    Table,
)

SUMS: tuple[Table, ...] = (DEVICE_DAY, DEVICE_ZONE_DAY, MOVE_DAY, DWELL_DAY, PLACE_DAY)
LAYERS: dict[str, tuple[Table, ...]] = {
    "facts": (
        *(VISIT, STAY, FLAP, PUBLISHED, ZONE_HOUR, AP_HOUR, PASSAGE, LEDGER, FEED_HOUR),
        *(LINE_SHAPE, REJECTED, CLOCK_OFFSET),
        *SUMS,
    ),
    "triggers": (TRIGGER,),
    "profiles": (PROFILE, PROFILE_ZONE),
    "audiences": (AUDIENCE_MEMBER,),
}
TABLES: dict[str, Table] = {table.name: table for tables in LAYERS.values() for table in tables}
LAYER_OF: dict[str, str] = {table.name: layer for layer, tables in LAYERS.items() for table in tables}

_DISTRICT = Column("district", "word", "district of the run")
_DEFINITION = Column("definition", "word", "definition of a visit that the run used, with its version")
_DAY = Column("day", "date", "trading day of the run")
_RUN = Column("run", "text", "the load that wrote the row")
_PARTITION = "PARTITION BY (district, day, definition, run)"
# clickhouse-driver misreads sparse columns of truth values (0.2.11): none is made.
NOT_SPARSE = "SETTINGS ratio_of_defaults_for_sparse_serialization = 1"


def table_statements() -> Iterator[str]:
    """Everything that holds rows, made or left as it is. An older warehouse is brought here by `migrations/`."""
    yield sql("pointer")
    yield sql("migration")
    for table in TABLES.values():
        yield table_statement(table)


def table_statement(table: Table) -> str:
    """One run is one partition, so that it goes at once; rows lie in the order of the key."""
    order = f"ORDER BY ({', '.join(table.key)})"
    return table.clickhouse(labels_of(table), f"ENGINE = MergeTree {_PARTITION} {order} {NOT_SPARSE}")


def view_statements() -> Iterator[str]:
    """What readers read, made anew: a view knows the columns that its table had when it was made."""
    yield sql("published")
    for table in TABLES.values():
        yield Template(sql("visible")).substitute(table=table.name, layer=LAYER_OF[table.name])


def member_statements() -> Iterator[str]:
    """The tables of `pipelines.warehouse.member_tables`, empty."""
    yield sql("consented")
    devices = MEMBER_DEVICE.clickhouse((_DISTRICT,), "ENGINE = Memory")
    yield devices.replace("CREATE TABLE IF NOT EXISTS", "CREATE OR REPLACE TEMPORARY TABLE", 1)


def labels_of(table: Table) -> tuple[Column, ...]:
    """The columns that the warehouse puts in front: district, definition, the day where rows lack it, and the run."""
    return (_DISTRICT, _DEFINITION, *(() if "day" in table.names else (_DAY,)), _RUN)


def types_of(table: Table) -> dict[str, str]:
    """The ClickHouse types of a table's columns in the warehouse, in order."""
    return {column.name: column.clickhouse for column in (*labels_of(table), *table.columns)}


def columns_of(table: Table) -> list[str]:
    """All column names of a table in the warehouse, in order."""
    return [*(label.name for label in labels_of(table)), *table.names]


def fitted(table: str, rows: pa.Table) -> pa.Table:
    """`rows`, numbers and dates in the types of `table`; ArrowInvalid for a value that does not fit: none is cut."""
    known = TABLES.get(table)
    wanted = {column.name: column.arrow.type for column in (*labels_of(known), *known.columns)} if known else {}
    for place, column in enumerate(rows.schema):
        kind = wanted.get(column.name, column.type)
        if pa.types.is_date32(kind):
            _ = rows.column(place).cast(pa.int32()).cast(pa.uint16())  # all that ClickHouse keeps of a date
        if kind != column.type and not (pa.types.is_string(kind) or pa.types.is_dictionary(kind)):
            rows = rows.set_column(place, column.name, rows.column(place).cast(kind, safe=True))
    return rows


def constant(value: object, rows: int) -> pa.Array:
    """A label's column: one value, `rows` times."""
    if not isinstance(value, str):
        return pa.repeat(pa.scalar(value), rows)
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), [value])
