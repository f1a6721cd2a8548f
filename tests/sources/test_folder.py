"""Which files a feed has, and the one line that an operator reads when it has none."""

import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.sources.chunks import chunks_of
from pipelines.sources.folder import RawFile, files_of, named_ms
from pipelines.sources.tables import rows_of
from schemas import InputError


def test_files_are_named_relative_to_the_folder_and_ordered(tmp_path: Path):
    for name in ("b/2.log", "b/10.log", "a.log", "b/._2.log", "b/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.log").mkdir()
    assert [file.name for file in files_of(tmp_path, "**/*.log")] == ["a.log", "b/10.log", "b/2.log"]


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        pytest.param("*.log", "no file matches", id="no match"),
        pytest.param("../*.log", "leads out of the raw folder", id="above"),
        pytest.param("/etc/*", "leads out of the raw folder", id="absolute"),
        pytest.param("", "Unacceptable pattern", id="empty"),
    ],
)
def test_a_glob_that_finds_nothing(tmp_path: Path, glob: str, expected: str):
    with pytest.raises(InputError, match=expected) as refused:
        files_of(tmp_path, glob)
    assert refused.value.exit_code == 11
    assert refused.value.cure


def test_a_missing_folder(tmp_path: Path):
    with pytest.raises(InputError, match=r"no such folder\n.*--raw"):
        files_of(tmp_path / "raw", "*.log")


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path):
    (tmp_path / "a.log").symlink_to(tmp_path / "gone.log")
    (file,) = files_of(tmp_path, "*.log")
    with pytest.raises(InputError, match=r"^a.log: no such file"):
        list(chunks_of(file))


def test_parquet_rows_know_their_place(tmp_path: Path):
    pq.write_table(pa.table({"n": range(250)}), tmp_path / "a.parquet")
    batches = list(rows_of(RawFile(tmp_path / "a.parquet", "a.parquet"), batch_rows=100))
    assert [(rows.first_row, rows.batch.num_rows) for rows in batches] == [(1, 100), (101, 100), (201, 50)]
    assert [rows.batch["n"][0].as_py() for rows in batches] == [0, 100, 200]


@pytest.mark.parametrize("keep", [0, 7, -30])
def test_what_is_no_parquet_is_refused_as_a_whole(tmp_path: Path, keep: int):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"n": range(250)}), path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"^a.parquet: is no readable Parquet file"):
        list(rows_of(RawFile(path, "a.parquet")))


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("ac/2025-11-21.log", "2025-11-21"),
        ("ac/syslog-20251121.gz", "2025-11-21"),
        ("ac/20251121093000.log", "2025-11-21"),
        ("day=2025-11-21/part-0.log", "2025-11-21"),
        ("2025/11/21/ac.log", "2025-11-21"),
        ("2024/archive.tar!ac_2025.11.21.log", "2025-11-21"),
        ("2025-11-20/2025-11-21.log", "2025-11-21"),
        ("ac-2025.log", None),
        ("ac-20251399.log", None),
        ("ac-120251121.log", None),
        ("ac-2025112.log", None),
        ("detail", None),
    ],
)
def test_the_date_in_a_files_name(name: str, date: str | None):
    noon = date and datetime.datetime.fromisoformat(f"{date}T12:00+00:00").timestamp() * 1000
    assert named_ms(name) == noon
