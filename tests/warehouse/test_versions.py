"""Older warehouses become today's by numbered files; what is newer, older or odd is refused with a cure."""

from pathlib import Path

import pytest

from pipelines.warehouse.digest import digest
from pipelines.warehouse.draft import columns_by_migrations
from pipelines.warehouse.embedded import Embedded
from pipelines.warehouse.load import load
from pipelines.warehouse.tables import TABLES, columns_of, types_of, view_statements
from pipelines.warehouse.versions import migrate, migrations, standing_of
from schemas import SinkError
from tests.warehouse.small_day import day_of, tables_of


def test_the_migrations_make_the_tables_of_the_schemas(tmp_path: Path) -> None:
    """Fails after a change of `schemas`? `python -m pipelines.warehouse.draft "why"` writes the missing file."""
    made = columns_by_migrations(tmp_path)
    assert {name: made.get(name) for name in TABLES} == {name: types_of(table) for name, table in TABLES.items()}
    assert [list(made[name]) for name in TABLES] == [columns_of(table) for table in TABLES.values()]


def test_migrations_are_numbered_without_a_gap_and_say_why() -> None:
    assert [one.number for one in migrations()] == list(range(1, len(migrations()) + 1))
    assert all(one.statements for one in migrations())


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder as 0.1.0 left it, with a day in it."""
    with Embedded(tmp_path / "old", as_it_is=True) as warehouse:
        for statement in migrations()[0].statements:
            warehouse.execute(statement)
        warehouse.execute(
            "INSERT INTO pointer (district, day, definition, layer, run, seq) VALUES "
            "('d', '2026-11-21', 'x', 'facts', 'r.1', 1)"
        )
        warehouse.execute(
            "INSERT INTO visit (district, definition, run, day, visit_id) VALUES "
            "('d', 'x', 'r.1', '2026-11-21', 7), ('d', 'x', 'gone', '2026-11-21', 8)"
        )
    return tmp_path / "old"


def test_an_old_folder_is_refused_then_migrated_and_keeps_its_rows(old: Path) -> None:
    with pytest.raises(SinkError, match="older version of shangquan") as raised:
        Embedded(old)
    assert "shangquan db migrate" in raised.value.cure
    with Embedded(old, as_it_is=True) as warehouse:
        pending = list(standing_of(warehouse).pending)
        assert len(pending) == len(migrations()) - 1
        assert migrate(warehouse) == [*pending, "sums of days: 1"]
        assert migrate(warehouse) == []
    with Embedded(old) as warehouse:
        assert warehouse.query("SELECT visit_id FROM visible_visit")["visit_id"].to_pylist() == [7]
        load(warehouse, day=day_of("d"), definition="x", run="r", tables=tables_of(3))
        assert digest(warehouse, "d")


def test_a_migration_killed_before_its_record_is_done_again(old: Path) -> None:
    with Embedded(old, as_it_is=True) as warehouse:
        for migration in migrations()[1:]:
            for statement in migration.statements:
                warehouse.execute(statement)
        assert len(migrate(warehouse)) == len(migrations())  # all but the first, and the sums of its day
        assert standing_of(warehouse).is_current


def test_a_folder_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with Embedded(tmp_path / "new") as warehouse:
        warehouse.execute("INSERT INTO migration (number, name, views) VALUES (9999, 'later', '')")
    with pytest.raises(SinkError, match="newer version of shangquan"):
        Embedded(tmp_path / "new")
    with Embedded(tmp_path / "new", as_it_is=True) as warehouse, pytest.raises(SinkError, match="newer version"):
        migrate(warehouse)


def test_other_columns_than_the_schemas_are_named(tmp_path: Path) -> None:
    with Embedded(tmp_path / "odd") as warehouse:
        warehouse.execute("ALTER TABLE stay ADD COLUMN odd Int8")
    with pytest.raises(SinkError, match="table stay: column odd"):
        Embedded(tmp_path / "odd")


def test_a_kill_while_a_warehouse_is_made_is_harmless(tmp_path: Path) -> None:
    with Embedded(tmp_path / "half", as_it_is=True) as warehouse:
        for statement in list(migrations()[0].statements)[:4]:
            warehouse.execute(statement)
    with Embedded(tmp_path / "half") as warehouse:
        assert standing_of(warehouse).is_current
        assert len(list(view_statements())) == len(TABLES) + 1
