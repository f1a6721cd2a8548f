"""Lines put together column by column: every piece is a table of texts and a position in it for each line."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.simulate.columns import SECOND_MS, Array

BINARY = pa.large_binary()
_EMPTY = pa.scalar(b"", BINARY)


def texts(values: Sequence[str | bytes]) -> pa.Array:
    return pa.array([value.encode() if isinstance(value, str) else value for value in values], BINARY)


def chosen(table: pa.Array, position: Array) -> pa.Array:
    """The text of `table` at each position."""
    return table.take(pa.array(position))


def glued(*pieces: pa.Array | str) -> pa.Array:
    """One text per row: its pieces one after the other; a plain string is the same in every row."""
    parts = [pa.scalar(piece.encode(), BINARY) if isinstance(piece, str) else piece for piece in pieces]
    return pc.binary_join_element_wise(*parts, _EMPTY)


def grouped(rows: pa.Array, offsets: Array, between: str) -> pa.Array:
    """One text per group of neighbouring rows: those in `offsets[i]:offsets[i + 1]`, with `between` between them."""
    lists = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), rows)
    return pc.binary_join(lists, pa.scalar(between.encode(), BINARY))


def seconds_text(at_ms: Array, spell: Callable[[list[str]], Sequence[str]]) -> pa.Array:
    """Each instant as `spell` writes it, spelled once per second; it gets ISO texts such as `2026-11-21T09:00:01`."""
    seconds, position = np.unique(at_ms // SECOND_MS, return_inverse=True)
    iso = np.datetime_as_string(seconds.astype("datetime64[s]"), "s")
    return chosen(texts(spell(iso.tolist())), position)


def raw_bytes(rows: pa.Array) -> memoryview:
    """All rows one after the other, without a copy; `rows` is one unsliced array."""
    offsets = np.frombuffer(rows.buffers()[1], np.int64)
    return memoryview(rows.buffers()[2] or b"")[: int(offsets[len(rows)])]
