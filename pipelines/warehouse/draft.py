"""For developers: `python -m pipelines.warehouse.draft "why"` writes the migration that `schemas` still lacks.

It makes a warehouse by the migrations alone and compares: new tables are created, new columns added in their place.
What it cannot know (a column renamed, gone, or of another type) it refuses: that migration is written by hand.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipelines.warehouse.embedded import Embedded
from pipelines.warehouse.protocol import Warehouse
from pipelines.warehouse.tables import TABLES, table_statement, types_of
from pipelines.warehouse.versions import FOLDER, columns_in, migrations
from schemas import Table


def main(why: str) -> None:
    """Write migrations/NNNN_why.sql; exits with a message if there is nothing to write."""
    with tempfile.TemporaryDirectory() as folder:
        found = columns_by_migrations(Path(folder))
    statements = [text for table in TABLES.values() for text in _lacking(table, found.get(table.name, {}))]
    if not statements:
        raise SystemExit("the migrations make the tables of schemas: nothing to write")
    name = re.sub(r"\W+", "_", why.strip().lower())
    path = Path(str(FOLDER)) / f"{migrations()[-1].number + 1:04}_{name}.sql"
    path.write_text(f"-- {why}\n" + ";\n\n".join(statements) + ";\n", encoding="utf-8")
    sys.stdout.write(f"{path}\n")


def columns_by_migrations(folder: Path) -> dict[str, dict[str, str]]:
    """Columns and types, by table, of a warehouse that all migrations made, run twice over, in `folder`."""
    with Embedded(folder / "warehouse", as_it_is=True) as warehouse:
        for _ in range(2):
            _run_all(warehouse)
        return columns_in(warehouse)


def _run_all(warehouse: Warehouse) -> None:
    for migration in migrations():
        for statement in migration.statements:
            warehouse.execute(statement)


def _lacking(table: Table, found: dict[str, str]) -> Iterator[str]:
    wanted = types_of(table)
    if not found:
        yield table_statement(table)
        return
    if strange := {name for name, kind in found.items() if wanted.get(name) != kind}:
        raise SystemExit(f"{table.name}: {', '.join(sorted(strange))} changed or went: write that migration by hand")
    names = list(wanted)
    for place, name in enumerate(names):
        if name not in found:
            yield f"ALTER TABLE {table.name} ADD COLUMN IF NOT EXISTS {name} {wanted[name]} AFTER {names[place - 1]}"


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
