"""A raw file as streams of plain bytes: decompressed, archives opened, both told by their first bytes, not by name.

Cutting bytes into lines lives in `pipelines.sources.chunks`. Nothing is unpacked: a file passes through block by block.
"""

import hashlib
import io
import lzma
import os
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import IO, Any, Protocol, cast

import zstandard

from pipelines.sources.folder import RawFile
from pipelines.sources.vanished import unreadable
from schemas import InputError

BLOCK = 1 << 16  # bytes read at once
CHUNK_BYTES = 16 << 20  # a chunk ends with the last record before each multiple
HEAD_BYTES = 1 << 10  # tell what a file is, and one from another
_GZIP = 16 + zlib.MAX_WBITS
_TAR_MAGIC = slice(257, 262)
_DAMAGE = (EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, tarfile.TarError)


class Decoder(Protocol):
    """One compressed stream of a file that may hold several in a row."""

    eof: bool
    unused_data: bytes

    def decompress(self, data: bytes, /) -> bytes: ...


_DECODERS: dict[bytes, Callable[[], Decoder]] = {
    b"\x1f\x8b": lambda: cast(Decoder, zlib.decompressobj(_GZIP)),
    b"\xfd7zXZ\x00": lambda: cast(Decoder, lzma.LZMADecompressor(lzma.FORMAT_XZ)),
    b"\x28\xb5\x2f\xfd": lambda: cast(Decoder, zstandard.ZstdDecompressor().decompressobj()),
}


@dataclass
class Stream:
    """The plain bytes of one file, or of one member of an archive (`name` = `archive!member`).

    `is_damaged` is true once `blocks` has ended early: the file is cut or damaged, and what could be read was given.
    """

    name: str
    blocks: Iterator[bytes]
    is_damaged: bool = field(default=False)


@dataclass(frozen=True)
class ByteRange:
    """Bytes of a plain file from `start` to `end`, to the file's end if None; `pipelines.sources.ranges` finds them.

    `after`: the multiple of CHUNK_BYTES at or before which `start` lies. `first_line`: the number of its first line,
    from 1. `head`: a digest of the beginning of the file that was counted.
    """

    start: int = 0
    end: int | None = None
    after: int = 0
    first_line: int = 1
    head: bytes = b""


WHOLE = ByteRange()


def streams_of(file: RawFile, within: ByteRange = WHOLE) -> Iterator[Stream]:
    """The streams of a file, to be read in order, each before the next is asked for; InputError if it cannot be opened.

    A range of a plain file is one stream. An archive that is cut between two members ends with a damaged stream of its
    own name, without bytes.
    """
    if within != WHOLE:
        yield Stream(file.name, _read(file, within))
        return
    whole = _opened(file.name, _read(file))
    head, whole.blocks = _peeked(whole.blocks, _TAR_MAGIC.stop)
    if head[_TAR_MAGIC] == b"ustar":
        yield from _members(whole)
    else:
        yield whole


def is_plain(head: bytes) -> bool:
    """Whether a file that begins with `head` is neither compressed nor an archive."""
    return head[_TAR_MAGIC] != b"ustar" and not head.startswith(tuple(_DECODERS))


def _read(file: RawFile, within: ByteRange = WHOLE) -> Iterator[bytes]:
    """The bytes of a range; `within.after` lies between two blocks."""
    at = within.start
    try:
        with file.path.open("rb") as raw:
            if within != WHOLE:
                _require_same(file, raw, within)
                raw.seek(at)
            while block := raw.read(_size_at(at, within)):
                at += len(block)
                yield block
    except OSError as error:
        raise unreadable(file.path, file.name, error) from error


def _require_same(file: RawFile, raw: IO[bytes], within: ByteRange) -> None:
    """InputError for a file that was put in place of the one whose lines were counted, or begins anew in it."""
    if head_of(raw) != within.head or raw.seek(0, os.SEEK_END) < (within.end or within.start):
        raise InputError(f"{file.name}: is another file than when the run began", "run again")


def head_of(raw: IO[bytes]) -> bytes:
    """What tells a file that grows from another in its place, on whatever machine it is read."""
    raw.seek(0)
    return hashlib.blake2b(raw.read(HEAD_BYTES), digest_size=8).digest()


def _size_at(at: int, within: ByteRange) -> int:
    size = within.after - at if at < within.after else BLOCK
    return size if within.end is None else min(size, within.end - at)


def _opened(name: str, blocks: Iterator[bytes]) -> Stream:
    """The stream of `blocks`, decompressed if its first bytes say so."""
    head, blocks = _peeked(blocks, 6)
    for magic, new_decoder in _DECODERS.items():
        if head.startswith(magic):
            blocks = _decompressed(blocks, new_decoder)
    stream = Stream(name, iter(()))
    stream.blocks = _until_damage(blocks, stream)
    return stream


def _decompressed(blocks: Iterator[bytes], new_decoder: Callable[[], Decoder]) -> Iterator[bytes]:
    """Plain bytes of compressed streams in a row, with zero padding between them; EOFError if the last is cut."""
    decoder: Decoder | None = None
    for block in blocks:
        rest = block
        while rest := rest if decoder else rest.lstrip(b"\0"):
            decoder = decoder or new_decoder()
            yield decoder.decompress(rest)
            rest = decoder.unused_data if decoder.eof else b""
            decoder = None if decoder.eof else decoder
    if decoder:
        raise EOFError


def _until_damage(blocks: Iterable[bytes], stream: Stream) -> Iterator[bytes]:
    try:
        yield from blocks
    except _DAMAGE:
        stream.is_damaged = True


def _members(archive: Stream) -> Iterator[Stream]:
    """The regular files of a tar, in its order. Behind its end there may be zeros only; else the rest is damaged."""
    readable = io.BufferedReader(BlockFile(archive.blocks), BLOCK)
    stream = archive
    try:
        with tarfile.open(fileobj=readable, mode="r|") as tar:
            for member in tar:
                base = member.name.rpartition("/")[2]
                if member.isfile() and not base.startswith("._"):
                    name = f"{archive.name}!{member.name.removeprefix('./')}"
                    stream = _opened(name, _member_blocks(tar, member))
                    yield stream
        while rest := readable.read(BLOCK):
            archive.is_damaged |= bool(rest.strip(b"\0"))
    except tarfile.TarError:
        archive.is_damaged = True
    if archive.is_damaged and (stream is archive or not stream.is_damaged):
        yield Stream(archive.name, iter(()), is_damaged=True)


def _member_blocks(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    file = tar.extractfile(member)
    while file and (block := file.read(BLOCK)):
        yield block


class BlockFile(io.RawIOBase):
    """An iterator of blocks as a file, for readers that want one."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._pending = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._pending:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._pending = memoryview(block)
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size


def _peeked(blocks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first `size` bytes, and an iterator that still gives them."""
    held = b""
    while len(held) < size and (block := next(blocks, None)) is not None:
        held += block
    return held[:size], chain([held] if held else [], blocks)
