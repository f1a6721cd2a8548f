"""Parts of a large plain file, read by several workers of an engine at once: their chunks are those of the whole.

    0        16 MiB    32 MiB            128 MiB           256 MiB
    |--------|--|------|--|--- .. ----|--|--- .. --------|--|---
             a chunk ends with the last record before each multiple, and a part with a chunk

Whoever lists the files reads a large one once, to count its lines: a line is named by its number in the file.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ingest.scan import LINE_FEED
from pipelines.sources.folder import RawFile
from pipelines.sources.streams import CHUNK_BYTES, WHOLE, Part, is_plain
from pipelines.sources.vanished import unreadable

PART_BYTES = 8 * CHUNK_BYTES
_HEAD_BYTES = 1 << 10


def parts_of(file: RawFile, part_bytes: int = PART_BYTES) -> list[Part]:
    """`file`, each line of which is a record, in parts of about `part_bytes`, a multiple of CHUNK_BYTES.

    The whole, if it is not larger, compressed, an archive, or in remote storage: it could not be cut, or its lines not
    be counted without a way over the network. InputError if it cannot be read.
    """
    try:
        if not isinstance(file.path, Path) or file.stat().st_size <= part_bytes or not _is_plain(file.path):
            return [WHOLE]
        return list(_parts(file.path, part_bytes))
    except OSError as error:
        raise unreadable(file.path, file.name, error) from error


def _is_plain(path: Path) -> bool:
    with path.open("rb") as raw:
        return is_plain(raw.read(_HEAD_BYTES))


def _parts(path: Path, part_bytes: int) -> Iterator[Part]:
    start, after, first_line = 0, 0, 1
    for multiple, lines, end in _counted(path, part_bytes):
        if end > start:
            yield Part(start, end, after, first_line)
            start, after, first_line = end, multiple, lines + 1
    yield Part(start, None, after, first_line)


def _counted(path: Path, part_bytes: int) -> Iterator[tuple[int, int, int]]:
    """Each multiple of `part_bytes` in the file, how many lines end before it, and where the last of them ends."""
    at, lines, end = 0, 0, 0
    with path.open("rb") as raw:
        while block := raw.read(min(CHUNK_BYTES, part_bytes - at % part_bytes)):
            lines += int(np.count_nonzero(np.frombuffer(block, np.uint8) == LINE_FEED))
            found = block.rfind(b"\n")
            end = at + found + 1 if found >= 0 else end
            at += len(block)
            if at % part_bytes == 0:
                yield at, lines, end
