"""Days that an older version loaded get their sums when the warehouse is migrated."""

from pathlib import Path

import pytest

from pipelines.warehouse.digest import digest
from pipelines.warehouse.embedded import Embedded
from pipelines.warehouse.protocol import Run, Warehouse
from pipelines.warehouse.sums import write_sums
from pipelines.warehouse.tables import SUMS
from pipelines.warehouse.versions import migrate, standing_of
from reports.figure import Limits
from tests.warehouse.summed import BEFORE, by_hand, put, visible
from tests.warehouse.summed_day import LIMITS


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A warehouse as it was before there were sums, with two days."""
    with Embedded(tmp_path / "old") as warehouse:
        put(warehouse, "d", 1, BEFORE)
        put(warehouse, "d", 2)
        for table in SUMS:
            warehouse.execute(f"DROP TABLE {table.name}")
        warehouse.execute("ALTER TABLE migration DELETE WHERE number > 4 SETTINGS mutations_sync = 2")
        warehouse.execute("INSERT INTO migration (number, name, views) VALUES (4, 'before_the_sums', '')")
    return tmp_path / "old"


def test_an_older_warehouse_gets_the_sums_of_its_days(old: Path) -> None:
    with Embedded(old, as_it_is=True) as warehouse:
        assert not standing_of(warehouse).is_current
        assert migrate(warehouse, {"x@1": LIMITS})[-1] == "sums of days: 2"
    with Embedded(old) as warehouse:
        assert visible(warehouse, "d", BEFORE) == by_hand(1, BEFORE)
        assert visible(warehouse, "d") == by_hand(2)
        whole = digest(warehouse, "d")
        put(warehouse, "d", 2)
        assert digest(warehouse, "d") == whole


def killed_in_its_second_call(warehouse: Warehouse, run: Run, limits: Limits | None) -> None:
    """As `write_sums`, but the second day's are cut off before the last table."""
    write_sums(warehouse, run, limits if run.day == BEFORE else None)
    if run.day != BEFORE:
        raise KeyboardInterrupt


def test_a_kill_while_sums_are_filled_in_is_harmless(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Embedded(old, as_it_is=True) as warehouse:
        with monkeypatch.context() as patched:
            patched.setattr("pipelines.warehouse.sums.write_sums", killed_in_its_second_call)
            with pytest.raises(KeyboardInterrupt):
                migrate(warehouse, {"x@1": LIMITS})
        assert not standing_of(warehouse).is_current
        assert migrate(warehouse, {"x@1": LIMITS}) == ["views made anew", "sums of days: 1"]
        assert visible(warehouse, "d") == by_hand(2)
