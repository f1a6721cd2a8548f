"""Several definitions over one reading: each gets the bytes that a run of its own gives it, whatever runs beside it."""

from pathlib import Path

import pytest

from pipelines.simulate.simulation import Simulated
from pipelines.warehouse.digest import digest
from pipelines.warehouse.embedded import Embedded
from tests.integration.days import DAY, DISTRICT, Folder
from tests.product.command import shangquan

BESIDE = ("meraki", "cisco-spaces")  # by signal with a shorter memory, and a longer one
NAMES = ("default", *BESIDE)


def run(folder: Folder, definition: str, raw: Path | None = None) -> Folder:
    shangquan("run", *folder.asked(raw), "--definition", definition).done()
    return folder


@pytest.fixture(scope="module")
def together(made: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return run(Folder(made, tmp_path_factory.mktemp("together") / "data"), ",".join(NAMES))


@pytest.fixture(scope="module")
def alone(made: Simulated, together: Folder, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """One definition after another, the day's key as the others had it."""
    folder = Folder(made, tmp_path_factory.mktemp("alone") / "data").with_keys_of(together)
    for name in reversed(NAMES):
        run(folder, name)
    return folder


def files_of(folder: Folder, definition: str) -> dict[str, bytes]:
    """What a definition left in the data folder, less what says when it ran.

    Sightings lie there in the order in which threads read them: their rows are compared in the warehouse's digest.
    """
    left_out = ("runs", "reports", "sightings")
    found = {
        str(path.relative_to(folder.data)): path.read_bytes()
        for path in sorted(folder.data.glob(f"*/day={DAY}/{definition}.*"))
        if path.parts[-3] not in left_out
    }
    return found | {"figures": (folder.data / "reports" / f"day={DAY}" / f"{definition}.csv").read_bytes()}


def warehouse_of(folder: Folder, definition: str) -> str:
    with Embedded(folder.data / "warehouse") as warehouse:
        return digest(warehouse, DISTRICT, definition)


@pytest.mark.parametrize("name", NAMES)
def test_each_definition_has_the_bytes_of_a_run_of_its_own(together: Folder, alone: Folder, name: str) -> None:
    found = files_of(together, name)
    assert {path.partition("/")[0] for path in found} >= {"visits", "stays", "flaps", "zone_hours", "ledger"}
    assert found == files_of(alone, name)
    assert warehouse_of(together, f"{name}@1") == warehouse_of(alone, f"{name}@1")


def test_definitions_differ_and_each_number_names_its_own(together: Folder) -> None:
    visits = {name: files_of(together, name)[f"visits/day={DAY}/{name}.parquet"] for name in NAMES}
    assert len(set(visits.values())) == len(NAMES)
    for name in NAMES:
        lines = files_of(together, name)["figures"].decode("utf-8-sig").splitlines()[1:]
        assert {line.split(",")[1] for line in lines} == {f"{name}@1"}
        for page in (f"{name}.html", f"{name}.zh.html"):
            assert f"{name}@1" in (together.data / "reports" / f"day={DAY}" / page).read_text(encoding="utf-8")


def test_switching_to_another_definition_and_back_changes_no_byte(made: Simulated, together: Folder) -> None:
    before = {name: (files_of(together, name), warehouse_of(together, f"{name}@1")) for name in NAMES}
    run(together, "meraki")
    run(together, "default,meraki")
    assert {name: (files_of(together, name), warehouse_of(together, f"{name}@1")) for name in NAMES} == before


def test_sightings_lie_on_the_disk_once_between_the_steps(made: Simulated, tmp_path: Path) -> None:
    folder = Folder(made, tmp_path / "data")
    shangquan("ingest", *folder.asked(), "--definition", "default,meraki").done()
    work = folder.data / "work" / f"day={DAY}"
    links = {path.stat().st_nlink for path in work.glob("*/shard-*.spill")}
    assert sorted(path.name for path in work.iterdir()) == ["default", "meraki"]
    assert links == {2}


def test_a_name_that_is_no_definition_is_a_mistake_that_names_those_there_are(made: Simulated, tmp_path: Path) -> None:
    told = shangquan("run", *Folder(made, tmp_path / "data").asked(), "--definition", "default,moon")
    assert "no definition 'moon'" in told.refused(10) and "cloud4wi" in told.err
