"""Which version of the tables a warehouse has, and how an older one becomes today's: numbered files, only ever added.

    new      no day was ever made visible    all tables as `schemas` says
    older    behind the newest file          refused, until `shangquan db migrate` has run what is missing, in order
    newer    ahead of the newest file        refused: a newer version of the product made it

A statement of a migration may run twice (IF NOT EXISTS, IF EXISTS): a kill between it and its record is harmless.
Views hold no rows: they are made anew after every migration; then days get the sums that they lack, before any use.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from pipelines.warehouse.protocol import Warehouse
from pipelines.warehouse.sums import fill_sums
from pipelines.warehouse.tables import TABLES, table_statements, types_of, view_statements
from pipelines.warehouse.texts import sql
from reports.figure import Limits
from schemas import SinkError

FOLDER = resources.files("pipelines.warehouse") / "migrations"
BASELINE = 1  # what a warehouse is that was made before migrations were recorded


@dataclass(frozen=True)
class Migration:
    """One file NNNN_what.sql: a first line that says why, then statements that end in `;`."""

    number: int
    name: str
    statements: tuple[str, ...]


@cache
def migrations() -> tuple[Migration, ...]:
    """All of them, in order."""
    return tuple(_read(file) for file in sorted(FOLDER.iterdir(), key=lambda file: file.name))


def _read(file: Traversable) -> Migration:
    number, _, name = file.name.removesuffix(".sql").partition("_")
    text = "\n".join(line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("--"))
    return Migration(int(number), name, tuple(part.strip() for part in f"{text}\n".split(";\n") if part.strip()))


@dataclass(frozen=True)
class Standing:
    """How a warehouse stands to this version of the product; `number` None: it is new."""

    number: int | None
    pending: tuple[str, ...]
    is_ahead: bool
    has_old_views: bool
    differing: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        return self.number is not None and not (self.pending or self.is_ahead or self.has_old_views or self.differing)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What keeps it from being current, each in a line."""
        if self.number is None:
            return ()
        ahead = (f"migration {self.number} is of a newer version",) if self.is_ahead else ()
        pending = tuple(f"migration {name} is to come" for name in self.pending)
        views = ("its views are to be made anew",) if self.has_old_views and not self.is_ahead else ()
        return (*ahead, *pending, *views, *self.differing)


def prepare(warehouse: Warehouse) -> None:
    """Make the tables of a new warehouse; SinkError if it is one of another version."""
    standing = standing_of(warehouse)
    if standing.number is None:
        _make(warehouse)
    elif standing.is_ahead:
        what = f"{warehouse.name}: was made by a newer version of shangquan (migration {standing.number})"
        raise SinkError(what, "install that version")
    elif standing.pending or standing.has_old_views:
        what = f"{warehouse.name}: was made by an older version of shangquan (migration {standing.number})"
        raise SinkError(what, "run `shangquan db migrate --config D`")
    elif standing.differing:
        raise SinkError(
            f"{warehouse.name}: {standing.differing[0]}",
            "it was made between two versions: load the days into a new one",
        )


def standing_of(warehouse: Warehouse) -> Standing:
    """What `warehouse` has, against what this version makes; nothing is changed."""
    found = columns_in(warehouse)
    number, views = _recorded(warehouse, found)
    newest = migrations()[-1].number
    return Standing(
        number=number,
        pending=tuple(f"{m.number:04} {m.name}" for m in migrations() if number is not None and m.number > number),
        is_ahead=number is not None and number > newest,
        has_old_views=number is not None and views != _views_mark(),
        differing=tuple(_differences(found)) if number == newest else (),
    )


def migrate(warehouse: Warehouse, limits: Mapping[str, Limits] | None = None) -> list[str]:
    """Bring `warehouse` to this version and name what was done; again, it does nothing.

    `limits`: of each definition, for its days that have no sums yet.
    """
    standing = standing_of(warehouse)
    if standing.number is None:
        _make(warehouse)
        return ["made new"]
    if standing.is_ahead or standing.is_current:
        prepare(warehouse)
        return []
    done = [_migrated(warehouse, m) for m in migrations() if m.number > standing.number]
    filled = _make_views(warehouse, limits or {})
    prepare(warehouse)
    return (done or ["views made anew"]) + ([f"sums of days: {filled}"] if filled else [])


def _migrated(warehouse: Warehouse, migration: Migration) -> str:
    for statement in migration.statements:
        warehouse.execute(statement)
    warehouse.execute(sql("migration"))
    _record(warehouse, migration, "")
    return f"{migration.number:04} {migration.name}"


def _make(warehouse: Warehouse) -> None:
    """Tables and views of a new warehouse, the record last: a kill before it leaves a new one."""
    for statement in table_statements():
        warehouse.execute(statement)
    for migration in migrations()[BASELINE:]:  # one that was made and never used may have older tables
        for statement in migration.statements:
            warehouse.execute(statement)
    _make_views(warehouse, {})


def _make_views(warehouse: Warehouse, limits: Mapping[str, Limits]) -> int:
    """Views, sums, and the record that opens the warehouse; how many days got sums."""
    for statement in view_statements():
        warehouse.execute(statement)
    filled = fill_sums(warehouse, limits)
    _record(warehouse, migrations()[-1], _views_mark())
    return filled


def _record(warehouse: Warehouse, migration: Migration, views: str) -> None:
    about = {"number": migration.number, "name": migration.name, "views": views}
    warehouse.execute(sql("record_migration"), about)


def _recorded(warehouse: Warehouse, found: dict[str, dict[str, str]]) -> tuple[int | None, str]:
    """The newest migration on record and the mark of its views; None for a new warehouse."""
    if "migration" in found:
        row = warehouse.query(sql("last_migration")).to_pylist()[0]
        if row["newest"]:
            return row["newest"], row["mark"]
    has_days = "pointer" in found and warehouse.query(sql("has_switched"))["switches"][0].as_py()
    return (BASELINE, "") if has_days else (None, "")


@cache
def _views_mark() -> str:
    return hashlib.blake2b("\n".join(view_statements()).encode(), digest_size=8).hexdigest()


def columns_in(warehouse: Warehouse) -> dict[str, dict[str, str]]:
    """By table and column: the type, in order."""
    columns: dict[str, dict[str, str]] = {}
    for row in warehouse.query(sql("all_columns")).to_pylist():
        columns.setdefault(row["table"], {})[row["name"]] = row["type"]
    return columns


def _differences(found: dict[str, dict[str, str]]) -> Iterator[str]:
    for table in TABLES.values():
        has, wanted = list(found.get(table.name, {}).items()), list(types_of(table).items())
        if has != wanted:
            one = next((pair for pair in [*wanted, *has] if pair not in has or pair not in wanted), wanted[0])
            yield f"table {table.name}: column {one[0]} is not as this version has it"
