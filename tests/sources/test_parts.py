"""A large plain file in parts: the same chunks, lines and numbers as of the whole, however it is cut."""

import gzip
import random
from pathlib import Path

import pytest

from ingest.feed import Feed
from pipelines.sources.chunks import Chunk, chunks_of
from pipelines.sources.folder import RawFile
from pipelines.sources.parts import parts_of
from pipelines.sources.pieces import cut, tasks_of
from pipelines.sources.streams import WHOLE

CHUNK = 1 << 17
PART = 4 * CHUNK


def written(folder: Path, data: bytes, name: str = "a.log") -> RawFile:
    (folder / name).write_bytes(data)
    return RawFile(folder / name, name)


def lines(total: int, longest: int, seed: int = 1) -> bytes:
    chance, found, size = random.Random(seed), [], 0
    while size < total:
        found.append(b"%d " % len(found) + b"x" * chance.randrange(longest) + b"\n")
        size += len(found[-1])
    return b"".join(found)


def in_parts(file: RawFile) -> list[Chunk]:
    found = [piece for part in parts_of(file, PART) for piece in chunks_of(file, CHUNK, part=part)]
    assert all(isinstance(piece, Chunk) for piece in found)
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("end", [b"", b"no end", b"\n\n\n"])
@pytest.mark.parametrize("longest", [2, 200, 50_000])
def test_the_chunks_of_all_parts_are_those_of_the_whole(tmp_path: Path, longest: int, end: bytes) -> None:
    file = written(tmp_path, lines(3_000_000, longest) + end)
    assert len(parts_of(file, PART)) == 6
    assert in_parts(file) == list(chunks_of(file, CHUNK))


def test_a_line_that_ends_at_a_border_is_whole(tmp_path: Path) -> None:
    """The end of a line on either side of a multiple, and just there."""
    for before in (PART - 1, PART, PART + 1):
        data = b"x" * (before - 1) + b"\n" + lines(PART, 90)
        file = written(tmp_path, data)
        assert b"".join(piece.data for piece in in_parts(file)) == data
        assert in_parts(file) == list(chunks_of(file, CHUNK))


def test_a_line_longer_than_a_part_is_read_once(tmp_path: Path) -> None:
    data = lines(PART, 90) + b"y" * (3 * PART) + b"\n" + lines(PART, 90, seed=2)
    found = in_parts(written(tmp_path, data))
    assert b"".join(piece.data for piece in found) == data
    before = 0
    for piece in found:
        assert piece.first_line == before + 1
        before += piece.data.count(b"\n")


def test_what_cannot_be_cut_is_whole(tmp_path: Path) -> None:
    data = lines(3_000_000, 90)
    small, packed = written(tmp_path, data[:1000], "small"), written(tmp_path, gzip.compress(data, 1), "packed")
    assert packed.path.stat().st_size < len(data)
    assert parts_of(small, PART) == [WHOLE]
    assert parts_of(packed, 1000) == [WHOLE]


def test_a_feed_is_cut_where_a_line_is_a_record(tmp_path: Path) -> None:
    file = written(tmp_path, lines(3_000_000, 90))
    assert len(cut(Feed("a", "hostapd", "UTC"), file, PART)) == 6
    for name in ("freeradius", "capture", "parquet", "kismet"):
        assert cut(Feed("a", name, "UTC"), file, PART) == [WHOLE]


def test_a_part_is_read_by_the_head_of_its_file(tmp_path: Path) -> None:
    """The columns of a table stand in its first line alone."""
    rows = "".join(f"{n},02:00:00:00:00:01,ap,seen\n" for n in range(1_700_000_000, 1_700_060_000))
    file = written(tmp_path, f"at,device,ap,kind\n{rows}".encode())
    feed = Feed("a", "csv", "UTC", time_format="epoch_s")
    parts = cut(feed, file, PART)
    assert len(parts) > 2
    read = []
    for part in parts:
        for task in tasks_of(feed, file, 0, part=part):
            reading = task.parser.parse(task.piece.data, task.piece.first_line, task.near_ms)  # type: ignore[union-attr]
            assert not reading.rejects
            read += zip(reading.line.tolist(), (reading.at_ms // 1000).tolist(), strict=True)
    assert read == [(n + 2, 1_700_000_000 + n) for n in range(60_000)]
