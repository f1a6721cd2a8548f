"""The shapes of a few lines of a piece that nobody understood; `privacy.line_shapes` says what may be in one."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ingest.reading import Reading
from pipelines.sources.chunks import Chunk
from privacy.line_shapes import WIDTH, shape_of

Shape = tuple[str, str, str]  # status, reason, shape
MESSAGES = ("other-message", "other-kind")  # reasons of ignored lines that a new firmware may have
SAMPLED = 8  # lines of each reason in a piece

_NEWLINE = 10


def shapes_in(piece: Chunk, reading: Reading) -> Counter[Shape]:
    """How many of the lines looked at have which shape; rows of tables and frames of captures have none."""
    lines = list(_not_understood(reading))
    if not lines or not isinstance(piece.data, bytes):
        return Counter()
    ends = np.flatnonzero(np.frombuffer(piece.data, np.uint8) == _NEWLINE)
    shapes: Counter[Shape] = Counter()
    for status, reason, line in lines:
        text = _line(piece.data, ends, line - piece.first_line)
        shapes[status, reason, shape_of(text.decode("utf-8", "replace"))] += 1
    return shapes


def _not_understood(reading: Reading) -> Iterator[tuple[str, str, int]]:
    """(status, reason, line) of at most SAMPLED lines for each reason, spread over the piece."""
    found = [("rejected", reject.reason, reject.line) for reject in reading.rejects]
    found += [("ignored", name, reading.ignored_lines[name]) for name in MESSAGES if name in reading.ignored_lines]
    for status, reason, lines in found:
        for line in lines[:: -(-lines.size // SAMPLED)].tolist():
            yield status, reason, line


def _line(data: bytes, ends: NDArray[np.int64], at: int) -> bytes:
    start = int(ends[at - 1]) + 1 if 0 < at <= ends.size else 0
    end = int(ends[at]) if at < ends.size else len(data)
    return data[start : min(end, start + 4 * WIDTH)]
