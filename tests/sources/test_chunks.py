"""Raw files of every packing as chunks of whole lines; damage costs what is lost and nothing more."""

import gzip
import io
import lzma
import random
import tarfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from pipelines.sources.chunks import Chunk, Truncated, chunks_of
from pipelines.sources.folder import RawFile

LINES = b"".join(b"line %d of an invented log\n" % n for n in range(1, 5001))
NOISE = b"".join(b"%032x\n" % random.Random(n).getrandbits(128) for n in range(60_000))  # compresses badly

COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}
PACKED = {"plain": bytes, **COMPRESSED}


def tar_of(*members: tuple[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
        folder = tarfile.TarInfo("logs")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return raw.getvalue()


@pytest.fixture
def raw(tmp_path: Path) -> Callable[..., RawFile]:
    def write(data: bytes, name: str = "a.log") -> RawFile:
        (tmp_path / name).write_bytes(data)
        return RawFile(tmp_path / name, name)

    return write


def read(file: RawFile, **sizes: int) -> tuple[dict[str, bytes], list[Truncated]]:
    """Each stream's bytes put together, and the damage; chunks must follow one another without a gap."""
    whole: dict[str, bytes] = {}
    damage = []
    for piece in chunks_of(file, **sizes):
        if isinstance(piece, Truncated):
            damage.append(piece)
            continue
        before = whole.get(piece.file, b"")
        assert piece.first_line == before.count(b"\n") + 1
        assert before == b"" or before.endswith(b"\n")
        whole[piece.file] = before + piece.data
    return whole, damage


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("chunk_bytes", [1, 1000, 1 << 24])
def test_every_packing_gives_the_same_lines(raw, packing, chunk_bytes):
    """Told by the content: the name says nothing of it."""
    assert read(raw(PACKED[packing](LINES)), chunk_bytes=chunk_bytes) == ({"a.log": LINES}, [])


@pytest.mark.parametrize("packing", PACKED)
def test_every_packing_of_a_tar_gives_its_regular_files(raw, packing):
    tar = tar_of(("logs/b.csv", LINES), ("logs/._b.csv", b"mac"), ("./c.csv.gz", gzip.compress(b"x\n")), ("d.csv", b""))
    whole, damage = read(raw(PACKED[packing](tar)))
    assert (whole, damage) == ({"a.log!logs/b.csv": LINES, "a.log!c.csv.gz": b"x\n"}, [])


@pytest.mark.parametrize("packing", COMPRESSED)
def test_streams_in_a_row_are_one(raw, packing):
    pack = COMPRESSED[packing]
    padding = b"\0" * 4 if packing == "xz" else b""
    assert read(raw(pack(b"a\nb") + padding + pack(b"c\nd\n"))) == ({"a.log": b"a\nbc\nd\n"}, [])


def test_a_chunk_is_about_as_large_as_asked_for(raw):
    sizes = [len(piece.data) for piece in chunks_of(raw(NOISE), chunk_bytes=500_000) if isinstance(piece, Chunk)]
    assert len(sizes) == 4
    assert max(sizes) < 600_000


@pytest.mark.parametrize("data", [b"a\nb", b"a\n\nb\n", b"\n", b"b"])
def test_a_last_line_without_its_end_is_given_as_it_is(raw, data):
    assert read(raw(data), chunk_bytes=1) == ({"a.log": data}, [])


def test_an_empty_file_has_no_chunk(raw):
    assert read(raw(b"")) == ({}, [])


def test_binary_junk_passes_as_lines_for_the_parser_to_refuse(raw):
    junk = random.Random(7).randbytes(100_000)
    assert read(raw(junk, "junk.gz")) == ({"junk.gz": junk}, [])


@pytest.mark.parametrize("packing", COMPRESSED)
@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_file_gives_its_whole_lines_and_the_place_where_it_ends(raw, packing, damage):
    packed = COMPRESSED[packing](NOISE)
    middle = len(packed) // 2
    broken = packed[:middle] if damage == "cut" else packed[:middle] + zlib.compress(b"?") * 20 + packed[middle + 400 :]
    whole, found = read(raw(broken), chunk_bytes=100_000)
    given = whole.get("a.log", b"")
    lines = given.count(b"\n")
    assert found == [Truncated("a.log", lines + 1)]
    assert given.endswith(b"\n") or not given
    if damage == "cut":
        assert NOISE.startswith(given)
        assert len(given) > len(NOISE) * (0.1 if packing == "xz" else 0.4)


@pytest.mark.parametrize("packing", ["plain", "gz", "zst"])
def test_of_a_cut_archive_all_earlier_members_are_whole(raw, packing):
    other = NOISE[::-1]
    tar = tar_of(("b.csv", NOISE), ("c.csv", other))
    packed = PACKED[packing](tar)
    whole, found = read(raw(packed[: len(packed) * 3 // 4]))
    assert whole["a.log!b.csv"] == NOISE
    assert other.startswith(whole["a.log!c.csv"])
    assert found == [Truncated("a.log!c.csv", whole["a.log!c.csv"].count(b"\n") + 1)]


def test_what_lies_behind_a_broken_member_header_is_not_lost_in_silence(raw):
    tar = bytearray(tar_of(("b.csv", b"b\n"), ("c.csv", NOISE)))
    header = tar.index(b"c.csv")
    tar[header : header + 512] = b"?" * 512
    assert read(raw(bytes(tar))) == ({"a.log!b.csv": b"b\n"}, [Truncated("a.log", 1)])


def test_a_line_of_ten_megabytes_costs_no_more_than_its_length(raw):
    line = b"x" * (10 << 20)
    begin = time.perf_counter()
    assert read(raw(b"a\n" + line + b"\nb\n"), chunk_bytes=1 << 16)[0] == {"a.log": b"a\n" + line + b"\nb\n"}
    assert time.perf_counter() - begin < 2


@pytest.mark.parametrize("end", [b"\nb\n", b"\n", b""])
def test_a_line_beyond_the_longest_is_cut_and_its_place_kept(raw, end):
    data = b"a\n" + b"x" * 200_000 + end
    assert read(raw(data), chunk_bytes=1000, line_bytes=70_000)[0] == {"a.log": b"a\n" + b"x" * 70_000 + end}


def test_the_blocks_that_a_file_happens_to_be_read_in_do_not_matter(raw):
    lines = b"".join(b"y" * n + b"\n" for n in range(0, 1200, 7))
    longest = 500
    expected = b"".join(line[:longest] + b"\n" for line in lines.split(b"\n")[:-1])
    assert read(raw(lines), chunk_bytes=300, line_bytes=longest)[0] == {"a.log": expected}


RECORDS = b"".join(b"head %d\n\tattr = %d\n%s\n" % (n, n, b"\r" * (n % 2)) for n in range(400))
DETAIL = {"record_ends": (b"\n\n", b"\n\r\n")}


@pytest.mark.parametrize("chunk_bytes", [1, 1000])
@pytest.mark.parametrize("block", [1, 2, 7, 1 << 16])
def test_records_of_several_lines_are_never_cut(raw, monkeypatch, chunk_bytes, block):
    """Whatever blocks the file is read in: the end of a record may lie in two of them."""
    monkeypatch.setattr("pipelines.sources.streams.BLOCK", block)
    pieces = list(chunks_of(raw(RECORDS), chunk_bytes=chunk_bytes, **DETAIL))
    assert b"".join(piece.data for piece in pieces) == RECORDS
    assert all(piece.data.startswith(b"head") and piece.data.endswith((b"\n\n", b"\n\r\n")) for piece in pieces)
    assert len(pieces) > 1 or block > len(RECORDS)


def test_of_a_file_cut_in_a_record_the_whole_records_are_given(raw):
    packed = gzip.compress(NOISE.replace(b"\n", b"\n\n"))
    whole, found = read(raw(packed[: len(packed) // 2]), chunk_bytes=100_000, **DETAIL)
    assert whole["a.log"].endswith(b"\n\n")
    assert found == [Truncated("a.log", whole["a.log"].count(b"\n") + 1)]


def test_a_file_without_any_end_of_a_record_is_cut_at_lines(raw):
    sizes = [len(piece.data) for piece in chunks_of(raw(NOISE), chunk_bytes=1000, line_bytes=200_000, **DETAIL)]
    assert sum(sizes) == len(NOISE)
    assert max(sizes) < 400_000
