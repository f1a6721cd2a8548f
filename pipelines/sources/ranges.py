"""Ranges of a large plain file, read by several workers of an engine at once: their chunks are those of the whole.

    0        16 MiB    32 MiB            128 MiB           256 MiB
    |--------|--|------|--|--- .. ----|--|--- .. --------|--|---
             a chunk ends with the last record before each multiple, and a range with a chunk

Whoever lists the files reads a large one once, to count its lines: a line is named by its number in the file.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ingest.scan import LINE_FEED
from pipelines.sources.folder import RawFile
from pipelines.sources.streams import CHUNK_BYTES, HEAD_BYTES, WHOLE, ByteRange, head_of, is_plain
from pipelines.sources.vanished import unreadable

RANGE_BYTES = 8 * CHUNK_BYTES


def ranges_of(file: RawFile, range_bytes: int = RANGE_BYTES) -> list[ByteRange]:
    """`file`, each line of which is a record, in ranges of about `range_bytes`, a multiple of CHUNK_BYTES.

    The whole, if it is not larger, compressed, an archive, or in remote storage: it could not be cut, or its lines not
    be counted without a way over the network. InputError if it cannot be read.
    """
    try:
        if not isinstance(file.path, Path) or file.stat().st_size <= range_bytes:
            return [WHOLE]
        with file.path.open("rb") as raw:
            is_whole = not is_plain(raw.read(HEAD_BYTES))
        return [WHOLE] if is_whole else list(_ranges(file.path, range_bytes))
    except OSError as error:
        raise unreadable(file.path, file.name, error) from error


def _ranges(path: Path, range_bytes: int) -> Iterator[ByteRange]:
    start, after, first_line, head = 0, 0, 1, b""
    for multiple, lines, end, head in _counted(path, range_bytes):
        if end > start:
            yield ByteRange(start, end, after, first_line, head)
            start, after, first_line = end, multiple, lines + 1
    yield ByteRange(start, None, after, first_line, head)


def _counted(path: Path, range_bytes: int) -> Iterator[tuple[int, int, int, bytes]]:
    """Each multiple of `range_bytes` in the file, how many lines end before it, where the last of them ends, and the
    digest of the file's head."""
    at, lines, end = 0, 0, 0
    with path.open("rb") as raw:
        head = head_of(raw)
        raw.seek(0)
        while block := raw.read(min(CHUNK_BYTES, range_bytes - at % range_bytes)):
            lines += int(np.count_nonzero(np.frombuffer(block, np.uint8) == LINE_FEED))
            found = block.rfind(b"\n")
            end = at + found + 1 if found >= 0 else end
            at += len(block)
            if at % range_bytes == 0:
                yield at, lines, end, head
