"""The figures as they may be drawn or written: small cells hidden (privacy R14).

Which cells of one table have to go is said in privacy.suppression; what one figure tells of another, here.

A hidden row keeps its keys and has null in every other column; `people` columns are never null otherwise.
"""

from collections.abc import Mapping
from typing import Any, NewType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from privacy.suppression import hidden_in_matrix, suppress
from reports.figure import Figure
from reports.figures import BY_NAME, FIGURES

# Only `settled` makes one; page, CSV and workbook take nothing else.
Settled = NewType("Settled", dict[str, pa.Table])


def settled(tables: Mapping[str, pa.Table], k: int) -> Settled:
    """The result of each figure's SQL with all groups under `k` people hidden, and what would give them away.

    A figure that shows less of what another shows more of is hidden with it: bins with their band, pairs of sites and
    zones with their site, moves between zones with those between their sites. Raises ValueError if a figure is missing.
    """
    if missing := [figure.name for figure in FIGURES if figure.name not in tables]:
        raise ValueError(f"figures without a result: {', '.join(missing)}")
    safe = {figure.name: hide_small(figure, plain(tables[figure.name]), k) for figure in FIGURES}
    _hide_below(safe, "dwell", "bands", ("band", "counted"), ("band", "counted"))
    _hide_below(safe, "zones", "sites", ("site",), ("site",))
    _hide_below(safe, "zone_moves", "site_moves", ("from_site", "to_site"), ("from_site", "to_site"))
    for column in ("site", "other"):
        _hide_below(safe, "shared", "sites", (column,), ("site",))
    return Settled(safe)


def is_hidden(figure: Figure, row: Mapping[str, Any]) -> bool:
    return bool(figure.people) and row[figure.people] is None


def has_hidden(figure: Figure, table: pa.Table) -> bool:
    return bool(figure.people) and table[figure.people].null_count > 0


def hide_small(figure: Figure, table: pa.Table, k: int) -> pa.Table:
    """`table` with the rows hidden that tell of fewer than `k` people, and what would give them away within it."""
    if not figure.people or not len(table):
        return table
    if figure.grid:
        return _blank(figure, table, _hidden_cells(figure, table, k))
    others = [name for name in table.column_names if name not in (*figure.keys, figure.people)]
    return suppress(table, figure.people, k, within=figure.within, with_it=others)


def hide_with(
    figure: Figure,
    table: pa.Table,
    keys: tuple[str, ...],
    parent: Figure,
    shown: pa.Table,
    parent_keys: tuple[str, ...],
) -> pa.Table:
    """`table` with the rows hidden whose `keys` name a hidden row of the figure `parent`, of which `shown` is left."""
    gone = {tuple(row[key] for key in parent_keys) for row in shown.to_pylist() if is_hidden(parent, row)}
    rows = table.select(keys).to_pylist()
    return _blank(figure, table, [tuple(row[key] for key in keys) in gone for row in rows])


def plain(table: pa.Table) -> pa.Table:
    """The engine's types as four: text, int64, float64, bool."""
    return pa.table({name: _plain_column(table[name]) for name in table.column_names})


def _hide_below(
    safe: dict[str, pa.Table], name: str, parent: str, keys: tuple[str, ...], parent_keys: tuple[str, ...]
) -> None:
    """Figure `name` shows more of what `parent` shows."""
    safe[name] = hide_with(BY_NAME[name], safe[name], keys, BY_NAME[parent], safe[parent], parent_keys)


def _hidden_cells(figure: Figure, table: pa.Table, k: int) -> list[bool]:
    """Which rows of a matrix in long form to hide. A pair without a row counts nobody."""
    assert figure.grid
    rows, columns = (table[key].to_pylist() for key in figure.grid)
    places = {name: place for place, name in enumerate(sorted({*rows, *columns}))}
    at = ([places[name] for name in rows], [places[name] for name in columns])
    counts = np.zeros((len(places), len(places)), np.int64)
    counts[at] = table[figure.people].to_numpy()
    return [bool(cell) for cell in hidden_in_matrix(counts, k).cells[at]]


def _blank(figure: Figure, table: pa.Table, hidden: list[bool]) -> pa.Table:
    mask = pa.array(hidden, pa.bool_())
    for position, name in enumerate(table.column_names):
        if name not in figure.keys:
            column = table[name]
            table = table.set_column(position, name, pc.if_else(mask, pa.scalar(None, column.type), column))
    return table


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind) or pa.types.is_binary(kind) or pa.types.is_large_string(kind):
        return column.cast(pa.string())
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    return column.cast(pa.float64()) if pa.types.is_floating(kind) or pa.types.is_decimal(kind) else column
