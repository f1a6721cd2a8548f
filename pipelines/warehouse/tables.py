"""The warehouse's tables: those of `schemas` with labels in front, a pointer to the visible runs, and a view of each.

    table visit            rows of every run        (district, definition, run, ...)
    table pointer          one row per switch       the highest `seq` wins
    view  published        the run that is visible  per district, day, definition and layer
    view  visible_visit    what readers read
    table member_device, consented                  in memory only, filled for one run's profiles

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
    FLAP,
    LEDGER,
    MEMBER_DEVICE,
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

LAYERS: dict[str, tuple[Table, ...]] = {
    "facts": (VISIT, STAY, FLAP, PUBLISHED, ZONE_HOUR, AP_HOUR, LEDGER, REJECTED, CLOCK_OFFSET),
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


def statements() -> Iterator[str]:
    """Everything that makes an empty warehouse, or leaves an existing one as it is."""
    yield sql("pointer")
    yield sql("published")
    yield sql("consented")
    yield MEMBER_DEVICE.clickhouse((_DISTRICT,), "ENGINE = Memory")
    for table in TABLES.values():
        yield table.clickhouse(labels_of(table), f"ENGINE = MergeTree {_PARTITION} ORDER BY ({', '.join(table.key)})")
        yield Template(sql("visible")).substitute(table=table.name, layer=LAYER_OF[table.name])


def labels_of(table: Table) -> tuple[Column, ...]:
    """The columns that the warehouse puts in front: district, definition, the day where rows lack it, and the run."""
    return (_DISTRICT, _DEFINITION, *(() if "day" in table.names else (_DAY,)), _RUN)


def columns_of(table: Table) -> list[str]:
    """All column names of a table in the warehouse, in order."""
    return [*(label.name for label in labels_of(table)), *table.names]


def constant(value: object, rows: int) -> pa.Array:
    """A label's column: one value, `rows` times."""
    if not isinstance(value, str):
        return pa.repeat(pa.scalar(value), rows)
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), [value])
