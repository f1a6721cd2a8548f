"""Plain tables named as the warehouse's visible views, in a chDB of their own, and every figure read from them."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from chdb.session import Session

import schemas
from reports.figures import FIGURES

TABLES = {
    table.name: table
    for table in (
        schemas.VISIT,
        schemas.STAY,
        schemas.FLAP,
        schemas.PUBLISHED,
        schemas.LEDGER,
        schemas.ZONE_HOUR,
        schemas.AP_HOUR,
        schemas.PASSAGE,
        schemas.CLOCK_OFFSET,
    )
}
LABELS = "district LowCardinality(String), definition LowCardinality(String)"


def figures_of(
    folder: Path, tables: Mapping[str, list[pa.Table]], parameters: Mapping[str, object]
) -> dict[str, pa.Table]:
    """Each figure's result over `tables` (name -> batches, labelled or not); a table that is missing is empty."""
    session = Session(str(folder))
    try:
        for table in TABLES.values():
            _load(session, table, tables.get(table.name, []))
        texts = {name: str(value) for name, value in parameters.items()}
        return {figure.name: session.query(figure.sql, "ArrowTable", params=texts) for figure in FIGURES}
    finally:
        session.close()


def labelled(rows: pa.Table, district: str, definition: str) -> pa.Table:
    for name, value in (("definition", definition), ("district", district)):
        rows = rows.add_column(0, name, pa.array([value] * len(rows), pa.string()))
    return rows


def _load(session: Session, table: schemas.Table, batches: list[pa.Table]) -> None:
    columns = ", ".join(f"{column.name} {column.clickhouse}" for column in table.columns)
    columns += "" if "day" in table.names else ", day Date"
    session.query(f"CREATE OR REPLACE TABLE visible_{table.name} ({LABELS}, {columns}) ENGINE = Memory")
    names = ", ".join(["district", "definition", *table.names])
    for batch in batches:
        rows = batch.unify_dictionaries()  # noqa: F841 (chDB finds it by this name)
        session.query(f"INSERT INTO visible_{table.name} ({names}) SELECT {names} FROM Python(rows)")
