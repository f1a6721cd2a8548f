"""Row checks: every row of a batch against its table's columns, as one Arrow-fast bitmask of reasons.

Nullability, allowed words and bounds come from `schemas`; rules between rows live in
`pipelines.warehouse.batch_checks`.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas import Column, Table

Mask = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class RowCheck:
    """One rule of one column; `broken` gives the rows that break it (null: not broken), or None if none can."""

    name: str
    column: str
    broken: Callable[[pa.ChunkedArray], pa.ChunkedArray | None]


def faults_of(table: Table, rows: pa.Table, day: datetime.date | None = None) -> tuple[Mask, dict[str, int]]:
    """Per row the bits of the checks that it breaks (bit i: the i-th of `checks_of`), and per broken check its rows."""
    mask = np.zeros(rows.num_rows, np.uint64)
    counts = {}
    for bit, check in enumerate(checks_of(table, day)):
        broken = check.broken(rows[check.column])
        if broken is None:
            continue
        flags = pc.fill_null(broken, False).to_numpy()
        if flags.any():
            mask |= flags.astype(np.uint64) << np.uint64(bit)
            counts[check.name] = int(flags.sum())
    return mask, counts


def checks_of(table: Table, day: datetime.date | None = None) -> list[RowCheck]:
    """The checks of a table in the order of its columns; with `day`, its rows must be of that day. At most 64."""
    checks = [check for column in table.columns for check in _checks(column)]
    if day is not None and "day" in table.names:
        checks.append(RowCheck("day-not-allowed", "day", lambda values: pc.not_equal(values, pa.scalar(day))))
    return checks


def _checks(column: Column) -> list[RowCheck]:
    checks = []
    if not column.nullable:
        checks.append(RowCheck(f"{column.name}-missing", column.name, _missing))
    if column.allowed:
        checks.append(RowCheck(f"{column.name}-not-allowed", column.name, _outside_set(column.allowed)))
    if column.low is not None or column.high is not None:
        checks.append(RowCheck(f"{column.name}-out-of-bounds", column.name, _outside_bounds(column.low, column.high)))
    return checks


def _missing(values: pa.ChunkedArray) -> pa.ChunkedArray | None:
    return values.is_null() if values.null_count or pa.types.is_dictionary(values.type) else None


def _outside_set(allowed: tuple[str, ...]) -> Callable[[pa.ChunkedArray], pa.ChunkedArray]:
    words = pa.array(allowed)

    def outside(values: pa.ChunkedArray) -> pa.ChunkedArray:
        known = pc.is_in(values, value_set=words)
        return pc.and_(pc.invert(known), pc.is_valid(values))

    return outside


def _outside_bounds(low: int | None, high: int | None) -> Callable[[pa.ChunkedArray], pa.ChunkedArray | None]:
    def outside(values: pa.ChunkedArray) -> pa.ChunkedArray | None:
        found = pc.min_max(values).as_py()
        below = low is not None and found["min"] is not None and found["min"] < low
        above = high is not None and found["max"] is not None and found["max"] > high
        if not below and not above:
            return None
        least = pc.less(values, low) if low is not None else pa.scalar(False)
        return pc.or_(least, pc.greater(values, high)) if high is not None else least

    return outside
