"""The spill: rows come back as they went in, unreadable without the key, and damage is found out."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipelines.spill import Spill, partition
from schemas import SIGHTING, SinkError

KEY = b"s" * 32


def sightings(subjects: range, ap: str = "ap-1") -> pa.Table:
    n = len(subjects)
    return SIGHTING.table(
        at_ms=list(subjects), subject=list(subjects), ap=[ap] * n, kind=[2] * n, signal_dbm=[None] * n, feed=["f"] * n,
        file=["a.log"] * n, line=[1] * n, time_quality=[0] * n,
    )  # fmt: skip


@pytest.mark.parametrize("budget", [0, 100, 1 << 20])
def test_rows_come_back_in_order_whatever_the_budget(tmp_path: Path, budget: int):
    spill = Spill(tmp_path / "work", KEY, budget)
    for at in range(0, 50, 5):
        spill.append("shard-0", sightings(range(at, at + 5), f"ap-{at}"))
        spill.append("shard-1", sightings(range(at, at + 1)))
    spill.close()
    again = Spill(tmp_path / "work", KEY)
    assert again.names() == ["shard-0", "shard-1"]
    rows = again.read("shard-0", SIGHTING.arrow)
    assert rows["subject"].to_pylist() == list(range(50))
    assert rows["ap"][49].as_py() == "ap-45"
    assert again.read("shard-1", SIGHTING.arrow)["subject"].to_pylist() == list(range(0, 50, 5))
    assert rows.schema == SIGHTING.arrow


def test_a_part_without_rows_and_one_that_never_was(tmp_path: Path):
    spill = Spill(tmp_path / "work", KEY)
    spill.append("empty", SIGHTING.empty())
    spill.close()
    assert len(spill.read("empty", SIGHTING.arrow)) == len(spill.read("other", SIGHTING.arrow)) == 0


def test_nothing_on_disk_is_readable_and_only_the_owner_may_try(tmp_path: Path):
    spill = Spill(tmp_path / "work", KEY)
    spill.append("shard-0", sightings(range(1000), "a-telling-name"))
    spill.close()
    (file,) = (tmp_path / "work").iterdir()
    assert b"a-telling-name" not in file.read_bytes()
    assert KEY not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    with pytest.raises(SinkError, match="of another key"):
        Spill(tmp_path / "work", b"q" * 32).read("shard-0", SIGHTING.arrow)


def swapped(folder: Path) -> None:
    one, other = folder / "shard-0.spill", folder / "shard-1.spill"
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)


def flipped(folder: Path) -> None:
    data = bytearray((folder / "shard-0.spill").read_bytes())
    data[50] ^= 1
    (folder / "shard-0.spill").write_bytes(data)


def end_cut_off(folder: Path) -> None:
    data = (folder / "shard-0.spill").read_bytes()
    (folder / "shard-0.spill").write_bytes(data[: -(20 + 16)])  # the whole last chunk: head and tag


def first_cut_out(folder: Path) -> None:
    data = (folder / "shard-0.spill").read_bytes()
    (folder / "shard-0.spill").write_bytes(data[8 + int.from_bytes(data[:8], "little") :])


@pytest.mark.parametrize("damage", [swapped, flipped, end_cut_off, first_cut_out])
def test_damage_is_found_out(tmp_path: Path, damage):
    spill = Spill(tmp_path, KEY, budget=0)
    for name in ("shard-0", "shard-1", "shard-0"):
        spill.append(name, sightings(range(10)))
    spill.close()
    damage(tmp_path)
    with pytest.raises(SinkError, match="damaged") as refused:
        spill.read("shard-0", SIGHTING.arrow)
    assert refused.value.exit_code == 13


def test_a_run_begins_without_what_a_killed_one_left(tmp_path: Path):
    killed = Spill(tmp_path, KEY, budget=0)
    killed.append("shard-0", sightings(range(10)))
    killed.append("shard-7", sightings(range(10)))
    spill = Spill(tmp_path, KEY)
    spill.append("shard-0", sightings(range(3)))
    spill.close()
    assert spill.names() == ["shard-0"]
    assert len(spill.read("shard-0", SIGHTING.arrow)) == 3
    spill.delete()
    assert spill.names() == []


def test_threads_may_append_at_once(tmp_path: Path):
    spill = Spill(tmp_path, KEY, budget=1000)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda at: spill.append(f"shard-{at % 3}", sightings(range(at, at + 1))), range(200)))
    spill.close()
    subjects = [s for name in spill.names() for s in spill.read(name, SIGHTING.arrow)["subject"].to_pylist()]
    assert sorted(subjects) == list(range(200))


def test_a_spill_that_cannot_be_written_is_a_sink_error(tmp_path: Path):
    (tmp_path / "work").write_text("a file where the folder should be")
    spill = Spill(tmp_path / "work", KEY)
    spill.append("shard-0", sightings(range(1)))
    with pytest.raises(SinkError):
        spill.close()


@pytest.mark.parametrize("shards", [1, 4, 16])
def test_a_subject_has_one_shard_and_keeps_its_order(shards: int):
    subjects = np.random.default_rng(1).integers(-50, 50, 1000)
    table = pa.table({"subject": subjects, "row": np.arange(1000)})
    parts = partition(table, shards)
    assert len(parts) == shards
    for shard, part in enumerate(parts):
        assert {subject % 2**64 % shards for subject in part["subject"].to_pylist()} <= {shard}
        assert part["row"].to_pylist() == sorted(part["row"].to_pylist())
    assert sum(len(part) for part in parts) == 1000
