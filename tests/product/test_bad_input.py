"""What an operator can get wrong, each tried from the command line: a clear line, its exit code, nothing half made."""

import gzip
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.simulate.simulation import Simulated
from tests.product.command import Ended, process, shangquan
from tests.product.conftest import DAY, District

CONFIGURATION, INPUT, SINK = 10, 11, 13
LONG = 10_000_000


@pytest.fixture
def raw(plain: Simulated, tmp_path: Path) -> Path:
    """A raw folder of one's own to spoil."""
    return Path(shutil.copytree(plain.raw, tmp_path / "raw"))


@pytest.fixture
def config(plain: Simulated, tmp_path: Path) -> Path:
    return Path(shutil.copytree(plain.district, tmp_path / "district"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def asked(config: Path, raw: Path, data: Path) -> list[object]:
    return ["--config", config, "--raw", raw, "--data", data, "--day", DAY]


def nothing_made(data: Path) -> bool:
    """No table, page, export or warehouse.

    Whose folder it is, members' logins, what is known of raw files and done with them stay whatever becomes of a day.
    """
    known = {"district.txt", "logins.parquet", "raw_hours.parquet", "runs"}
    return not data.exists() or {path.name for path in data.iterdir()} <= known


def says(ended: Ended, code: int, *words: str) -> None:
    """It ended with `code` and one message that holds these words: what, where, and the cure on a line of its own."""
    message = ended.refused(code)
    assert all(word in message for word in words), message
    assert len(message.splitlines()) <= 2, message


# --- nothing to read -------------------------------------------------------------------------------------------------


def test_a_missing_district(plain: Simulated, data: Path):
    ended = process("run", *asked(plain.district / "nowhere", plain.raw, data))
    says(ended, CONFIGURATION, "nowhere/district.toml: no such file", "shangquan init")
    assert nothing_made(data)


def test_a_missing_raw_folder(plain: Simulated, data: Path):
    says(shangquan("run", *asked(plain.district, plain.raw / "nowhere", data)), INPUT, "no such folder", "--raw")
    assert nothing_made(data)


def test_a_feed_without_files(plain: Simulated, raw: Path, data: Path):
    shutil.rmtree(raw / "mall-c")
    says(shangquan("run", *asked(plain.district, raw, data)), INPUT, "no file matches mall-c/*.json*", "glob")
    assert nothing_made(data)


def test_an_empty_day(plain: Simulated, data: Path):
    arguments = [*asked(plain.district, plain.raw, data)[:-1], "2026-12-24"]
    says(shangquan("run", *arguments), INPUT, "no record lies in 2026-12-24", "--day")
    assert nothing_made(data)


def test_files_without_a_byte(plain: Simulated, raw: Path, data: Path):
    for path in raw.rglob("*.*"):
        path.write_bytes(b"")
    says(shangquan("run", *asked(plain.district, raw, data)), INPUT, f"no record lies in {DAY}")
    assert nothing_made(data)


# --- files that cannot be read, whole or in part ---------------------------------------------------------------------


def truncated_gzip(path: Path) -> str:
    packed = gzip.compress(path.read_bytes())
    path.unlink()
    path.with_name(path.name + ".gz").write_bytes(packed[: len(packed) * 2 // 3])
    return "truncated"


def binary_junk(path: Path) -> str:
    path.write_bytes(bytes(range(256)) * 300)
    return "not-the-format"


def utf_16(path: Path) -> str:
    path.write_text(path.read_text(), encoding="utf-16")
    return "not-the-format"


def gbk(path: Path) -> str:
    path.write_text(path.read_text().replace("hall", "大厅"), encoding="gbk")
    return "bad-encoding"


def a_line_of_10_mb(path: Path) -> str:
    head, rest = path.read_text().split("\n", 1)
    path.write_text(f"{head}\n{'x' * LONG}\n{rest}")
    return "line-too-long"


@pytest.mark.parametrize("spoil", [truncated_gzip, binary_junk, utf_16, gbk, a_line_of_10_mb])
def test_a_spoilt_file_is_counted_in_the_ledger(plain: Simulated, raw: Path, data: Path, spoil: Callable[[Path], str]):
    reason = spoil(raw / "mall-d" / f"{DAY}.csv")
    said = shangquan("ingest", *asked(plain.district, raw, data))
    shangquan("sessionize", *asked(plain.district, raw, data)).done()
    assert "mall-d" in said.done()
    assert ("nothing in it could be read" in said.err) == (spoil in (binary_junk, utf_16))
    assert ledger(data)["mall-d", "rejected", reason] > 0
    rejected = pq.read_table(day_file(data, "rejected"), partitioning=None).to_pylist()
    assert {row["file"].removesuffix(".gz") for row in rejected} == {f"mall-d/{DAY}.csv"}
    assert len(rejected) == sum(n for (_, status, _), n in ledger(data).items() if status == "rejected")


def test_the_ledger_adds_up_to_what_was_read(plain: Simulated, raw: Path, data: Path):
    binary_junk(raw / "mall-a" / f"{DAY}.log")
    said = shangquan("ingest", *asked(plain.district, raw, data), "--json").done()
    shangquan("sessionize", *asked(plain.district, raw, data)).done()
    for feed in ("mall-a", "mall-b", "mall-c", "mall-d", "market", "streets"):
        counted = sum(records for (name, _, _), records in ledger(data).items() if name == feed)
        assert f'"{feed}": {counted},' in said


def day_file(data: Path, table: str) -> Path:
    return data / table / f"day={DAY}" / "default.parquet"


def ledger(data: Path) -> Counter[tuple[str, str, str]]:
    rows = pq.read_table(day_file(data, "ledger"), partitioning=None).to_pylist()
    return Counter({(row["feed"], row["status"], row["reason"]): row["records"] for row in rows})


# --- a district that contradicts itself ------------------------------------------------------------------------------


def edited(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    path.write_text("\n".join(change(path.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")


def test_an_unknown_zone(config: Path, plain: Simulated, data: Path):
    edited(config / "aps.csv", lambda lines: [*lines, "ghost-ap,,ghost-zone,,,"])
    line = len((config / "aps.csv").read_text().splitlines())
    ended = shangquan("run", *asked(config, plain.raw, data))
    says(ended, CONFIGURATION, f'aps.csv line {line}: unknown zone "ghost-zone"', "add it to zones.csv")
    assert nothing_made(data)


def test_overlapping_validity(config: Path, plain: Simulated, data: Path):
    edited(config / "aps.csv", lambda lines: [*lines, lines[-1]])
    line = len((config / "aps.csv").read_text().splitlines())
    ended = shangquan("check", "--config", config, "--raw", plain.raw)
    says(ended, CONFIGURATION, f"aps.csv line {line}", f"also valid by line {line - 1}", "let one end")
    says(shangquan("run", *asked(config, plain.raw, data)), CONFIGURATION, "also valid by line")
    assert nothing_made(data)


def test_every_fault_at_once(config: Path, plain: Simulated, data: Path):
    edited(config / "aps.csv", lambda lines: [*lines, "ghost-ap,,ghost-zone,,,", lines[-1]])
    campaign = next((config / "campaigns").glob("*.toml"))
    edited(campaign, lambda lines: [line.replace("event = ", "event = 1 #") for line in lines])
    message = shangquan("run", *asked(config, plain.raw, data)).refused(CONFIGURATION)
    assert all(word in message for word in ("ghost-zone", "also valid by line", campaign.name))


@pytest.mark.parametrize("name", ["district.toml", "zones.csv", "members.csv"])
def test_a_setting_in_another_encoding(config: Path, plain: Simulated, data: Path, name: str):
    text = (config / name).read_text(encoding="utf-8")
    (config / name).write_text(text + "# 中文\n", encoding="utf-16")
    ended = shangquan("run", *asked(config, plain.raw, data))
    says(ended, INPUT if name == "members.csv" else CONFIGURATION, name, "UTF-8")
    assert nothing_made(data)


def test_a_raw_folder_inside_the_data_folder(plain: Simulated, raw: Path):
    says(shangquan("run", *asked(plain.district, raw, raw.parent)), CONFIGURATION, "inside the data folder")


# --- nowhere to write ------------------------------------------------------------------------------------------------


@pytest.fixture
def full_disk(district: District, tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with a day that has been run, and not a byte left."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("a full disk needs a tmpfs of its own, which needs root")
    try:
        shutil.copytree(district.data, disk / "data", symlinks=True)
        shutil.copytree(district.data.with_name("data.keys"), disk / "data.keys")
        filled(disk)
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def filled(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(1 << 16))
        except OSError:
            pass


def contents(data: Path, *folders: str) -> dict[Path, bytes]:
    paths = (path for folder in folders for path in (data / folder).rglob("*"))
    return {path.relative_to(data): path.read_bytes() for path in paths if path.is_file()}


def test_a_full_disk_leaves_what_was_there(district: District, full_disk: Path):
    data = full_disk / "data"
    before = contents(data, "exports", "reports", "visits", "quality")
    for step in ("export", "report", "ingest", "load"):
        says(shangquan(step, *district.asked(data=data)), SINK, str(data), "no space left on device", "free space")
    assert contents(data, "exports", "reports", "visits", "quality") == before
    (full_disk / "filler").unlink()
    shangquan("load", *district.asked(data=data)).done()
    shangquan("export", *district.asked(data=data)).done()
    assert contents(data, "exports").keys() == contents(district.data, "exports").keys()


def test_a_data_folder_that_is_a_file(plain: Simulated, data: Path):
    data.write_text("in the way")
    says(shangquan("run", *asked(plain.district, plain.raw, data)), SINK, str(data), "cannot be written")
    assert data.read_text() == "in the way"
