"""A feed's files piece by piece, each with the parser that its file's head asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.feed import Feed
from ingest.formats import FORMATS, Parser
from pipelines.sources.captures import captures_of
from pipelines.sources.chunks import LINE_ENDS, Chunk, Truncated, chunks_of
from pipelines.sources.folder import RawFile, named_ms
from pipelines.sources.ranges import RANGE_BYTES, ranges_of
from pipelines.sources.streams import CHUNK_BYTES, WHOLE, ByteRange
from pipelines.sources.tables import rows_of
from pipelines.sources.vanished import Vanished, passed_over_if_vanished

Piece = Chunk | Truncated


@dataclass(frozen=True)
class Task:
    """One piece of one file, and the instant near which its times without a year lie."""

    feed: Feed
    parser: Parser
    piece: Piece
    near_ms: int


def tasks_of(
    feed: Feed, file: RawFile, near_ms: int, chunk_bytes: int = CHUNK_BYTES, within: ByteRange = WHOLE
) -> Iterator[Task]:
    """Every piece of `file`, or of a range of it, in order; none if it has vanished.

    `near_ms`: for files whose names say no date. A range is parsed by the head of its file.
    """
    name, parser = "", FORMATS[feed.format].prepare(b"", feed)
    for piece in _while_there(_pieces(feed, file, chunk_bytes, within)):
        if within.start and not name:
            name, parser = piece.file, FORMATS[feed.format].prepare(_head(feed, file, chunk_bytes), feed)
        if isinstance(piece, Chunk) and isinstance(piece.data, bytes) and piece.file != name:
            name, parser = piece.file, FORMATS[feed.format].prepare(piece.data, feed)
        named = named_ms(piece.file)
        yield Task(feed, parser, piece, near_ms if named is None else named)


def _while_there(pieces: Iterator[Piece]) -> Iterator[Piece]:
    with passed_over_if_vanished():
        yield from pieces


def ranges_for(feed: Feed, file: RawFile, range_bytes: int = RANGE_BYTES) -> list[ByteRange]:
    """The ranges that several workers may read of `file`; it is whole where a record may have several lines."""
    form = FORMATS[feed.format]
    if form.unit != "lines" or form.record_ends != LINE_ENDS:
        return [WHOLE]
    try:
        return ranges_of(file, range_bytes)
    except Vanished:
        return [WHOLE]  # whoever reads it says so


def _head(feed: Feed, file: RawFile, chunk_bytes: int) -> bytes:
    for piece in _while_there(_pieces(feed, file, chunk_bytes, WHOLE)):
        if isinstance(piece, Chunk) and isinstance(piece.data, bytes):
            return piece.data
    return b""


def _pieces(feed: Feed, file: RawFile, chunk_bytes: int, within: ByteRange) -> Iterator[Piece]:
    form = FORMATS[feed.format]
    if form.unit == "table":
        return (Chunk(rows.file, rows.first_row, rows.batch) for rows in rows_of(file))
    if form.unit == "capture":
        return captures_of(file)
    return chunks_of(file, chunk_bytes, record_ends=form.record_ends, within=within)
