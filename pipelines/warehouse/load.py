"""A day goes in whole or not at all: beside the old run, checked there, made visible by one switch.

    rows -> row gate -> [drop leftovers] -> insert -> count -> sums -> batch gate -> SWITCH -> [drop the old run]
                                     killed here: nothing visible changed   ^        ^ killed here: a leftover

One loader per district, day and definition at a time; readers need not stop. On a server the old run stays until the
day's next load: a query that began before the switch may still read it.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipelines.engines.local import in_order
from pipelines.quality import Gate, Outcome
from pipelines.warehouse.batch_checks import facts_of
from pipelines.warehouse.protocol import Run, Warehouse
from pipelines.warehouse.sums import write_sums
from pipelines.warehouse.tables import LAYER_OF, LAYERS, SUMS, TABLES, constant, labels_of
from pipelines.warehouse.texts import for_each, sql
from reports.figure import USUAL_LIMITS, Limits
from schemas import SinkError
from schemas.day import Day


@dataclass(frozen=True)
class Loaded:
    """What became visible: the run's full name and its rows per table."""

    run: str
    rows: dict[str, int]


def load(
    warehouse: Warehouse,
    *,
    day: Day,
    definition: str,
    run: str,
    tables: Mapping[str, pa.Table],
    read: Mapping[str, int] | None = None,
    page: Path | None = None,
    feeds: Sequence[Outcome] = (),
    limits: Limits = USUAL_LIMITS,
) -> Loaded:
    """Replace the day's visible rows by `tables`; again with the same rows, or after a kill, it gives the same rows.

    All layers that `tables` touches move together; a table of a touched layer that is not given is empty from now on.

    Args:
        run: any name for the run; what makes it unique is added: rows of an insert that was cut off may come later
            than its successor's.
        tables: by name, with the columns of `schemas`; cast safely, so a value that does not fit raises.
        read: records read per feed; the ledger must add up to it.
        feeds: what was found of the day's feeds, to be held with the rest.
        limits: by which the day's sums are counted; they are computed here.
        page: where a failed gate writes what it found, as HTML.
    Raises:
        GateError: the rows or the batch break a rule; nothing that readers see has changed.
        SinkError: the warehouse failed, or did not keep the rows it was given.
    """
    layers = sorted({LAYER_OF[name] for name in tables})
    wanted = [table for layer in layers for table in LAYERS[layer] if table not in SUMS]
    given = {t.name: t.cast(tables[t.name]) if t.name in tables else t.empty() for t in wanted}
    gate = Gate(f"{day.district} {day.date} {definition}", page)
    gate.feeds(feeds)
    gate.rows([(TABLES[name], rows) for name, rows in given.items()], day.date)
    staged = Run(day.district, day.date, definition, f"{run}.{secrets.token_hex(4)}")

    def check() -> None:
        if "facts" in layers:
            write_sums(warehouse, staged, limits)
        gate.batch(facts_of(warehouse, staged, layers, day, read))

    put(warehouse, staged, given, check)
    return Loaded(staged.name, {name: rows.num_rows for name, rows in given.items()})


def put(warehouse: Warehouse, staged: Run, given: Mapping[str, pa.Table], check: Callable[[], object]) -> None:
    """Insert all tables of some layers as the run `staged`, never used before, `check` them there, and switch to it.

    What `check` raises is raised, and the staged rows are gone.
    """
    layers = sorted({LAYER_OF[name] for name in given})
    moved = [table.name for layer in layers for table in LAYERS[layer]]
    _drop_hidden(warehouse, staged, moved)
    _insert(warehouse, staged, given)
    try:
        check()
    except BaseException:
        _drop_hidden(warehouse, staged, moved)
        raise
    warehouse.publish(staged, layers)
    if not warehouse.keeps_old_run:
        _drop_hidden(warehouse, staged, moved)


def _drop_hidden(warehouse: Warehouse, run: Run, tables: Sequence[str]) -> None:
    """Remove from `tables` what no pointer names of this day: runs that were killed or refused, and the old one."""
    hidden = for_each("hidden_runs", [{"table": table, "layer": LAYER_OF[table]} for table in tables])
    for one in warehouse.query(hidden, run.parameters).to_pylist():
        warehouse.execute(sql("drop_run"), {**run.parameters, **one})


def _insert(warehouse: Warehouse, run: Run, tables: Mapping[str, pa.Table]) -> None:
    """Insert all tables under the run's labels, two at a time where the warehouse can, and count them there."""
    largest_first = sorted(tables, key=lambda name: -tables[name].num_rows)
    filled = [name for name in largest_first if tables[name].num_rows]
    for _ in in_order(lambda name: warehouse.insert(name, _labelled(tables[name], run, name)), filled, workers=2):
        pass
    counts = warehouse.query(for_each("count_run", [{"table": name} for name in tables]), run.parameters).to_pylist()
    kept = {one["table"]: one["rows"] for one in counts}
    for name, rows in tables.items():
        if kept[name] != rows.num_rows:
            raise SinkError(f"warehouse: {name} was given {rows.num_rows} rows of {run.day} and holds {kept[name]}")


def _labelled(rows: pa.Table, run: Run, table: str) -> pa.Table:
    """`rows` with the warehouse's labels in front."""
    labels = labels_of(TABLES[table])
    columns = [constant(run.parameters[label.name], rows.num_rows) for label in labels]
    return pa.table([*columns, *rows.columns], names=[*(label.name for label in labels), *rows.column_names])
