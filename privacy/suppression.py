"""Small cells of a figure, hidden so that neither the cell nor a difference shows a group below k (privacy R14).

Hiding only the small cells is not enough: beside a published total, one hidden cell is a subtraction. So further
("complementary") cells are hidden until every total leaves at least two hidden cells of at least k together, and, in a
matrix, until no hidden cell follows from all rows and columns taken together. A guard over repeated queries does not
live here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from privacy.bridges import bridges_of

OPERATOR_K = 10
MERCHANT_K = 20

Hidden = NDArray[np.bool_]


def suppress(table: pa.Table, count: str, k: int, within: Sequence[str] = (), with_it: Sequence[str] = ()) -> pa.Table:
    """`table` with null in `count` where the cell is hidden, rows and their order as given.

    Args:
        count: a column of whole numbers; 0 < count < k is a small cell, null counts as hidden already.
        within: the columns that name a group whose total is published too; none: all rows are one group.
        with_it: columns that tell something of the same people (minutes, a median), hidden together with `count`.
    """
    counts = table[count].combine_chunks().cast(pa.int64())
    hidden = np.zeros(len(table), np.bool_)
    for rows in _groups(table, within):
        hidden[rows] = hidden_in_group(counts.fill_null(0).to_numpy()[rows], k, counts.is_null().to_numpy(False)[rows])
    for name in (count, *with_it):
        column = table[name]
        blanked = pc.if_else(pa.array(hidden), pa.scalar(None, column.type), column)
        position = table.schema.get_field_index(name)
        table = table.set_column(position, table.schema.field(name).with_nullable(True), blanked)
    return table


def hidden_in_group(counts: NDArray[np.int64], k: int, hidden: Hidden | None = None) -> Hidden:
    """Which cells of one group to hide, its total being known; `hidden` ones stay so.

    The smallest further cells are taken, zeros last: an empty cell beside one hidden cell protects little. A group of
    less than k in all is hidden whole; its total is then a small cell too, which whoever publishes it must hide.
    """
    small = (counts > 0) & (counts < k)
    result = small if hidden is None else small | hidden
    by_size = np.lexsort((counts, counts == 0))
    for cell in by_size:
        if not result.any() or (result.sum() > 1 and counts[result].sum() >= k):
            break
        result[cell] = True
    return result


@dataclass(frozen=True)
class HiddenMatrix:
    """What to hide of a matrix and its margins."""

    cells: Hidden
    row_totals: Hidden
    column_totals: Hidden
    total: bool


def hidden_in_matrix(counts: NDArray[np.int64], k: int) -> HiddenMatrix:
    """Which cells and which totals of a matrix to hide, all other cells and totals being published."""
    framed = _with_totals(counts)
    hidden: Hidden = (framed > 0) & (framed < k)
    while (exposed := _exposed(framed, hidden, k)) is not None:
        hidden[exposed] = True
    return HiddenMatrix(hidden[:-1, :-1], hidden[:-1, -1], hidden[-1, :-1], bool(hidden[-1, -1]))


def _groups(table: pa.Table, within: Sequence[str]) -> list[NDArray[np.int64]]:
    if not within:
        return [np.arange(len(table))]
    rows = table.select(within).append_column("_row", pa.array(np.arange(len(table))))
    listed = rows.group_by(list(within)).aggregate([("_row", "list")])["_row_list"]
    return [np.array(group.as_py(), np.int64) for group in listed]


def _with_totals(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The matrix with a last column of row totals and a last row of column totals: each line sums to its last cell."""
    wide = np.hstack([counts, counts.sum(axis=1, keepdims=True)])
    return np.vstack([wide, wide.sum(axis=0, keepdims=True)])


def _exposed(framed: NDArray[np.int64], hidden: Hidden, k: int) -> tuple[int, int] | None:
    """The next visible cell to hide, or None when no hidden cell can be computed from what is visible."""
    return _line_too_thin(framed, hidden, k) or _behind_a_bridge(framed, hidden)


def _line_too_thin(framed: NDArray[np.int64], hidden: Hidden, k: int) -> tuple[int, int] | None:
    """The smallest visible cell of a row or column that has one hidden cell, or hidden ones below k in all."""
    for axis, line in _lines(framed.shape):
        values, gone = _line(framed, axis, line), _line(hidden, axis, line)
        total_is_seen = not gone[-1]
        if gone.any() and (gone.sum() == 1 or (total_is_seen and values[gone].sum() < k)) and not gone.all():
            return _cell(axis, line, _smallest(values, gone))
    return None


def _behind_a_bridge(framed: NDArray[np.int64], hidden: Hidden) -> tuple[int, int] | None:
    """A further cell beside one that follows from all lines together.

    Rows and columns are nodes, hidden cells edges: a hidden cell follows from the sums exactly if its edge lies on
    no cycle (Gusfield 1988, "A graph theoretic approach to statistical data security").
    """
    for row, column in bridges_of(hidden):
        for axis, line in ((0, row), (1, column)):
            gone = _line(hidden, axis, line)
            if not gone.all():
                return _cell(axis, line, _smallest(_line(framed, axis, line), gone))
    return None


def _lines(shape: Sequence[int]) -> list[tuple[int, int]]:
    return [(axis, line) for axis in (0, 1) for line in range(shape[axis])]


def _line(matrix: NDArray[Any], axis: int, line: int) -> NDArray[Any]:
    return matrix[line] if axis == 0 else matrix[:, line]


def _cell(axis: int, line: int, place: int) -> tuple[int, int]:
    return (line, place) if axis == 0 else (place, line)


def _smallest(values: NDArray[np.int64], gone: Hidden) -> int:
    """The smallest visible cell, an inner one before a total, zeros last."""
    is_total = np.arange(len(values)) == len(values) - 1
    return int(np.lexsort((values, is_total, values == 0, gone))[0])
