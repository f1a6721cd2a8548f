"""A large plain file by ranges: the same chunks, lines and numbers as of the whole, however it is cut."""

import gzip
import random
from pathlib import Path

import pytest

from ingest.feed import Feed
from pipelines.sources.chunks import Chunk, chunks_of
from pipelines.sources.folder import RawFile
from pipelines.sources.pieces import ranges_for, tasks_of
from pipelines.sources.ranges import ranges_of
from pipelines.sources.streams import WHOLE
from schemas import InputError

CHUNK = 1 << 17
RANGE = 4 * CHUNK


def written(folder: Path, data: bytes, name: str = "a.log") -> RawFile:
    (folder / name).write_bytes(data)
    return RawFile(folder / name, name)


def lines(total: int, longest: int, seed: int = 1) -> bytes:
    chance, found, size = random.Random(seed), [], 0
    while size < total:
        found.append(b"%d " % len(found) + b"x" * chance.randrange(longest) + b"\n")
        size += len(found[-1])
    return b"".join(found)


def in_ranges(file: RawFile) -> list[Chunk]:
    found = [piece for one in ranges_of(file, RANGE) for piece in chunks_of(file, CHUNK, within=one)]
    assert all(isinstance(piece, Chunk) for piece in found)
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("end", [b"", b"no end", b"\n\n\n"])
@pytest.mark.parametrize("longest", [2, 200, 50_000])
def test_the_chunks_of_all_ranges_are_those_of_the_whole(tmp_path: Path, longest: int, end: bytes) -> None:
    file = written(tmp_path, lines(3_000_000, longest) + end)
    assert len(ranges_of(file, RANGE)) == 6
    assert in_ranges(file) == list(chunks_of(file, CHUNK))


def test_a_line_that_ends_at_a_border_is_whole(tmp_path: Path) -> None:
    """The end of a line on either side of a multiple, and just there."""
    for before in (RANGE - 1, RANGE, RANGE + 1):
        data = b"x" * (before - 1) + b"\n" + lines(RANGE, 90)
        file = written(tmp_path, data)
        assert b"".join(piece.data for piece in in_ranges(file)) == data
        assert in_ranges(file) == list(chunks_of(file, CHUNK))


def test_a_line_longer_than_a_range_is_read_once(tmp_path: Path) -> None:
    data = lines(RANGE, 90) + b"y" * (3 * RANGE) + b"\n" + lines(RANGE, 90, seed=2)
    file = written(tmp_path, data)
    found = in_ranges(file)
    assert b"".join(piece.data for piece in found) == data
    assert found == list(chunks_of(file, CHUNK))


def test_of_a_line_that_is_too_long_the_rest_is_dropped_and_nothing_after_it_moves(tmp_path: Path) -> None:
    file = written(tmp_path, lines(RANGE, 90) + b"y" * (3 * CHUNK) + b"\n" + lines(3 * RANGE, 90, seed=2))
    found = [piece for one in ranges_of(file, RANGE) for piece in chunks_of(file, CHUNK, CHUNK, within=one)]
    assert found == list(chunks_of(file, CHUNK, CHUNK))


def test_a_file_that_takes_the_place_of_the_one_counted_is_not_read(tmp_path: Path) -> None:
    """Renamed and begun anew, or cut off in place; one that has only grown is the same."""
    data = lines(3_000_000, 90)
    file = written(tmp_path, data)
    *_, before, last = ranges_of(file, RANGE)
    for other in (lines(3_000_000, 80), data[: before.start]):
        file.path.write_bytes(other)
        with pytest.raises(InputError, match=r"a\.log: is another file than when the run began"):
            list(chunks_of(file, CHUNK, within=before))
    file.path.write_bytes(data + b"and more\n")
    assert b"".join(piece.data for piece in chunks_of(file, CHUNK, within=last)).endswith(b"and more\n")


def test_what_cannot_be_cut_is_whole(tmp_path: Path) -> None:
    data = lines(3_000_000, 90)
    small, packed = written(tmp_path, data[:1000], "small"), written(tmp_path, gzip.compress(data, 1), "packed")
    assert packed.path.stat().st_size < len(data)
    assert ranges_of(small, RANGE) == [WHOLE]
    assert ranges_of(packed, 1000) == [WHOLE]


def test_a_feed_is_cut_where_a_line_is_a_record(tmp_path: Path) -> None:
    file = written(tmp_path, lines(3_000_000, 90))
    assert len(ranges_for(Feed("a", "hostapd", "UTC"), file, RANGE)) == 6
    for name in ("freeradius", "capture", "parquet", "kismet"):
        assert ranges_for(Feed("a", name, "UTC"), file, RANGE) == [WHOLE]


def test_a_range_is_read_by_the_head_of_its_file(tmp_path: Path) -> None:
    """The columns of a table stand in its first line alone."""
    rows = "".join(f"{n},02:00:00:00:00:01,ap,seen\n" for n in range(1_700_000_000, 1_700_060_000))
    file = written(tmp_path, f"at,device,ap,kind\n{rows}".encode())
    feed = Feed("a", "csv", "UTC", time_format="epoch_s")
    ranges = ranges_for(feed, file, RANGE)
    assert len(ranges) > 2
    read = []
    for one in ranges:
        for task in tasks_of(feed, file, 0, within=one):
            reading = task.parser.parse(task.piece.data, task.piece.first_line, task.near_ms)  # type: ignore[union-attr]
            assert not reading.rejects
            read += zip(reading.line.tolist(), (reading.at_ms // 1000).tolist(), strict=True)
    assert read == [(n + 2, 1_700_000_000 + n) for n in range(60_000)]
