"""History from one warehouse to another: every visible day of a district, by the same path as a load, then compared.

A day whose digest is the same on both sides is left alone: a copy that was killed goes on where it ended.
"""

import datetime
import secrets
from collections.abc import Callable, Iterator
from string import Template

import pyarrow as pa

from pipelines.warehouse.digest import digest
from pipelines.warehouse.load import put
from pipelines.warehouse.protocol import Run, Warehouse
from pipelines.warehouse.tables import LAYERS, TABLES
from pipelines.warehouse.texts import sql
from schemas import SinkError

Copied = Callable[[datetime.date, str, int | None], object]


def copy(source: Warehouse, target: Warehouse, district: str, on_day: Copied) -> int:
    """How many days were copied; `on_day` is called with each day, its definition and rows (None: it was there).

    SinkError if a day is not the same afterwards, or if `target` shows a day that `source` does not.
    """
    days, strange = _days(source, district), _days(target, district).keys() - _days(source, district).keys()
    if strange:
        date, definition = min(strange)
        what = f"{target.name}: shows {date} {definition}, which {source.name} does not have"
        raise SinkError(what, "copy into a warehouse that holds no other days of this district")
    copied = 0
    for (date, definition), layers in days.items():
        rows = _copy_day(source, target, Run(district, date, definition, f"copy.{secrets.token_hex(4)}"), layers)
        copied += rows is not None
        on_day(date, definition, rows)
    return copied


def _copy_day(source: Warehouse, target: Warehouse, run: Run, layers: list[str]) -> int | None:
    wanted = digest(source, run.district, run.definition, run.day)
    if digest(target, run.district, run.definition, run.day) == wanted:
        return None
    given = {table.name: _rows(source, run, table.name) for layer in layers for table in LAYERS[layer]}
    put(target, run, given, lambda: None)
    if digest(target, run.district, run.definition, run.day) != wanted:
        raise SinkError(
            f"{target.name}: {run.day} {run.definition} is not what {source.name} holds",
            "let nothing else load into either while days are copied, and copy again",
        )
    return sum(rows.num_rows for rows in given.values())


def _rows(source: Warehouse, run: Run, name: str) -> pa.Table:
    table = TABLES[name]
    text = Template(sql("visible_rows")).substitute(table=name, columns=", ".join(table.names))
    return table.cast(source.query(text, run.parameters))


def _days(warehouse: Warehouse, district: str) -> dict[tuple[datetime.date, str], list[str]]:
    """The visible days and definitions, in order, each with its visible layers."""
    found: dict[tuple[datetime.date, str], list[str]] = {}
    for day, layer in _visible(warehouse, district):
        found.setdefault(day, []).append(layer)
    return dict(sorted(found.items()))


def _visible(warehouse: Warehouse, district: str) -> Iterator[tuple[tuple[datetime.date, str], str]]:
    for layer in LAYERS:
        days = warehouse.query(sql("visible_days"), {"district": district, "layer": layer})
        for row in days.to_pylist():
            yield (row["day"], row["definition"]), layer
