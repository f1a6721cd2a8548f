"""A raw file as chunks of whole records, each knowing its place: the unit that parsers take."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.scan import LINE_FEED
from pipelines.sources.folder import RawFile
from pipelines.sources.streams import CHUNK_BYTES, WHOLE, ByteRange, Stream, streams_of

LINE_BYTES = 64 << 20
LINE_ENDS = (b"\n",)  # a record's end has 3 bytes at most


@dataclass(frozen=True)
class Chunk:
    """Whole records of one file, rows of a table, or frames of a capture.

    `first_line` counts from 1; only the last line of a file may lack its line end.
    """

    file: str
    first_line: int
    data: Any


@dataclass(frozen=True)
class Truncated:
    """The file ends early: compressed data cut off or damaged. One refused record, at the line that was cut."""

    file: str
    line: int


def chunks_of(
    file: RawFile,
    chunk_bytes: int = CHUNK_BYTES,
    line_bytes: int = LINE_BYTES,
    record_ends: tuple[bytes, ...] = LINE_ENDS,
    within: ByteRange = WHOLE,
) -> Iterator[Chunk | Truncated]:
    """Everything that can be read of `file`, or of a range of it, in order; InputError if it cannot be opened.

    A line over `line_bytes` is given cut to that length, its rest dropped, for the parser to refuse. Where no record
    ends within as much, a chunk ends with a line. Of a file that ends early, the record in which it ends is left out,
    for it may be cut.
    """
    for stream in streams_of(file, within):
        line = within.first_line
        for data in _whole_records(stream, chunk_bytes, line_bytes, record_ends, within):
            yield Chunk(stream.name, line, data)
            line += int(np.count_nonzero(np.frombuffer(data, np.uint8) == LINE_FEED))
        if stream.is_damaged:
            yield Truncated(stream.name, line)


def _whole_records(
    stream: Stream, chunk_bytes: int, line_bytes: int, record_ends: tuple[bytes, ...], within: ByteRange
) -> Iterator[bytes]:
    """Pieces cut after the last record before each multiple of `chunk_bytes` of the stream.

    Each block is searched once, so a long line costs no more.
    """
    whole: list[bytes] = []  # whole records
    begun: list[bytes] = []  # the beginning of the next one
    at, cut = within.start, within.after + chunk_bytes
    open_bytes, before = 0, b""  # before: what a record's end in a block may have begun with
    for size, block in _cut(stream.blocks, line_bytes):
        ends = record_ends if open_bytes < line_bytes else LINE_ENDS
        end = max(_after_last(before, block, mark) for mark in ends)
        if end:
            whole += [*begun, block[:end]]
            begun, open_bytes = [], 0
        begun.append(block[end:])
        open_bytes += len(block) - end
        before = block[-2:] if len(block) > 1 else (before + block)[-2:]
        at += size
        if at >= cut:
            if whole:
                yield b"".join(whole)
            whole, cut = [], (at // chunk_bytes + 1) * chunk_bytes
    end = sum(map(len, whole))
    data = b"".join([*whole, *begun])
    if stream.is_damaged:
        data = data[:end]
    if data:
        yield data


def _after_last(before: bytes, block: bytes, mark: bytes) -> int:
    """The place in `block` after the last `mark`, whose beginning may lie `before` it; 0 if none ends in it."""
    overlap = before[max(0, len(before) - len(mark) + 1) :]
    found = (overlap + block).rfind(mark) if overlap else block.rfind(mark)
    return max(0, found + len(mark) - len(overlap)) if found >= 0 else 0


def _cut(blocks: Iterable[bytes], line_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Of each block its size, and its bytes without what a line has beyond `line_bytes`."""
    length = 0  # of the line so far
    for block in _shorter(blocks, line_bytes):
        first = block.find(b"\n")
        if length + (len(block) if first < 0 else first) > line_bytes:
            kept = max(0, line_bytes - length)
            yield len(block), block[:kept] + (block[first:] if first >= 0 else b"")
        else:
            yield len(block), block
        length = length + len(block) if first < 0 else len(block) - block.rfind(b"\n") - 1


def _shorter(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    for block in blocks:
        yield from [block] if len(block) <= size else (block[at : at + size] for at in range(0, len(block), size))
