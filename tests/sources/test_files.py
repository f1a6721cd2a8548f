"""Files appear whole or not at all, on a full disk too."""

import errno
import os
import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.files import remove_parts, whole_file, write_bytes, write_table
from schemas import SinkError


def test_bytes_and_tables_come_back(tmp_path: Path):
    write_bytes(tmp_path / "new" / "a.bin", b"abc", mode=0o600)
    write_table(tmp_path / "new" / "a.parquet", pa.table({"n": [1, 2]}))
    assert (tmp_path / "new" / "a.bin").read_bytes() == b"abc"
    assert stat.S_IMODE((tmp_path / "new" / "a.bin").stat().st_mode) == 0o600
    assert pq.read_table(tmp_path / "new" / "a.parquet").to_pydict() == {"n": [1, 2]}
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["a.bin", "a.parquet"]


@pytest.mark.parametrize(
    ("error", "seen_as"),
    [
        pytest.param(OSError(errno.ENOSPC, "No space left on device"), SinkError, id="disk full"),
        pytest.param(ZeroDivisionError(), ZeroDivisionError, id="a bug stays a bug"),
        pytest.param(KeyboardInterrupt(), KeyboardInterrupt, id="ctrl-c"),
    ],
)
def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path, error, seen_as):
    path = tmp_path / "report.html"
    write_bytes(path, b"yesterday's")
    with pytest.raises(seen_as), whole_file(path) as file:
        file.write(b"half of to")
        raise error
    assert path.read_bytes() == b"yesterday's"
    assert list(tmp_path.iterdir()) == [path]


def test_nobody_sees_half_a_file(tmp_path: Path):
    with whole_file(tmp_path / "a.csv") as file:
        file.write(b"half")
        file.flush()
        assert not (tmp_path / "a.csv").exists()
        assert not list(tmp_path.glob("*.csv"))


def test_a_full_disk_is_one_line_with_a_cure():
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(SinkError, match=r"/dev/full/report.html: cannot be written.*\n.*space") as refused:
        write_bytes(full / "report.html", b"x")
    assert refused.value.exit_code == 13


def test_a_table_that_does_not_fit_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pipelines.files.os.fsync", full)
    with pytest.raises(SinkError, match="no space left on device"):
        write_table(tmp_path / "a.parquet", pa.table({"n": [1]}))
    assert not list(tmp_path.iterdir())


DEAD = 2**22 + 1  # above every process number of Linux


def test_what_a_living_writer_is_at_stays(tmp_path: Path):
    (tmp_path / f".a.csv.{os.getppid()}.part").touch()
    remove_parts(tmp_path)
    assert list(tmp_path.iterdir())


def test_what_killed_writers_left_is_swept(tmp_path: Path):
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / f".a.csv.{DEAD}.part").touch()
    (tmp_path / "day" / "a.csv").touch()
    remove_parts(tmp_path)
    assert [path.name for path in (tmp_path / "day").iterdir()] == ["a.csv"]
