"""The laws of a day: order, repeats, shards and how often it ran make no difference to what its tables say."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.simulate.simulation import Simulated
from tests.integration.days import DAY, Folder

Lines = list[bytes]


@pytest.mark.parametrize("shards", [1, 4])
def test_the_number_of_shards_makes_no_difference(undisturbed: Folder, tmp_path: Path, shards: int):
    other = Folder(undisturbed.made, tmp_path / "data").with_keys_of(undisturbed)
    other.load(shards=shards)
    assert other.digest() == undisturbed.digest()


def test_the_order_of_files_and_rows_makes_no_difference(undisturbed: Folder, tmp_path: Path):
    rng = random.Random(5)

    def shuffled(lines: Lines) -> Lines:
        return rng.sample(lines, len(lines))

    raw = rewritten(undisturbed.made, tmp_path / "raw", shuffled, rename=rng)
    other = Folder(undisturbed.made, tmp_path / "data").with_keys_of(undisturbed)
    other.load(raw)
    assert other.digest() == undisturbed.digest()


def test_repeated_lines_are_counted_and_change_nothing_else(undisturbed: Folder, tmp_path: Path):
    rng = random.Random(6)

    def repeated(lines: Lines) -> Lines:
        return [line for line in lines for _ in range(1 + (rng.random() < 0.2))]

    raw = rewritten(undisturbed.made, tmp_path / "raw", repeated)
    other = Folder(undisturbed.made, tmp_path / "data").with_keys_of(undisturbed)
    other.sessionize(raw)
    for name in ("visits", "stays", "flaps", "sightings", "zone_hours", "ap_hours", "triggers"):
        assert table(other, name) == table(undisturbed, name), name
    assert records(other, "kept") == records(undisturbed, "kept")
    assert records(other, "repeat") > records(undisturbed, "repeat")


def test_a_second_run_doubles_nothing(undisturbed: Folder, tmp_path: Path):
    other = Folder(undisturbed.made, tmp_path / "data").with_keys_of(undisturbed)
    other.load()
    other.load()
    assert other.digest() == undisturbed.digest()
    assert other.stored() == other.visible() == undisturbed.visible()


def test_the_day_holds_something_to_compare(undisturbed: Folder):
    rows = undisturbed.visible()
    assert all(rows[name] for name in ("visit", "stay", "flap", "sighting", "trigger", "ledger", "rejected", "profile"))


def rewritten(
    made: Simulated, folder: Path, change: Callable[[Lines], Lines], rename: random.Random | None = None
) -> Path:
    """The raw folder with the lines of each log changed; a CSV keeps its header, `rename` gives files new names."""
    for path in sorted(made.raw.rglob("*.*")):
        feed = path.parent.name
        name = f"{rename.randrange(10**6):06}-{path.name}" if rename else path.name
        target = folder / feed / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if feed == "portal":
            shutil.copy(path, target)
            continue
        *lines, rest = path.read_bytes().split(b"\n")
        assert not rest
        header = lines[:1] if path.suffix == ".csv" else []
        target.write_bytes(b"".join(line + b"\n" for line in [*header, *change(lines[len(header) :])]))
    return folder


def table(folder: Folder, name: str) -> list[tuple[object, ...]]:
    """The rows of a table of the day, sorted, without the place where a line stood."""
    rows = pq.read_table(folder.data / name / f"day={DAY}" / "default.parquet", partitioning=None)
    columns = [rows[column].to_pylist() for column in rows.column_names if column not in ("file", "line")]
    return sorted(zip(*columns, strict=True), key=repr)


def records(folder: Folder, status: str) -> int:
    ledger = pq.read_table(folder.data / "ledger" / f"day={DAY}" / "default.parquet", partitioning=None)
    return sum(row["records"] for row in ledger.to_pylist() if row["status"] == status)
