"""Arrow columns as places in a buffer, so that tables are read by the same scanners as lines."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.clocks import LATEST_MS
from ingest.mapping import Civil
from ingest.scan import Spans, frozen
from ingest.stamps import LOCAL

_PER_MS = {"s": 1, "ms": 1, "us": 1000, "ns": 1_000_000}
_TEXTS = (pa.types.is_string, pa.types.is_binary, pa.types.is_large_string, pa.types.is_large_binary)


def spans_of(column: pa.Array) -> Spans:
    """The texts of a column; null = empty. Numbers are written out without an exponent, other types are empty."""
    text = _text(_one(column))
    start, stop = _bounds(text)
    if text.null_count:
        stop = np.where(np.asarray(text.is_valid()), stop, start)
    data = text.buffers()[2]
    buf = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return Spans(frozen(buf), start, stop)


def nothing(n: int) -> Spans:
    """A column of n empty values."""
    return Spans(frozen(np.zeros(0, np.uint8)), np.zeros(n, np.int64), np.zeros(n, np.int64))


def civil_of(column: pa.Array) -> Civil:
    """A timestamp column: with a zone its values are UTC, without one they are civil time."""
    array = _one(column)
    good = np.asarray(array.is_valid())
    raw = np.asarray(pc.fill_null(array.cast(pa.int64()), 0), np.int64)
    if array.type.unit == "s":
        raw = np.clip(raw, -LATEST_MS, LATEST_MS) * 1000  # what is clipped is no time of ours
    offset = np.full(len(array), LOCAL if array.type.tz is None else 0, np.int16)
    return Civil(raw // _PER_MS[array.type.unit], offset, good)


def number_text(value: float) -> str:
    """A number as a log would write it: three decimals at most, no exponent, 7.0 as 7."""
    return str(value) if isinstance(value, int) else f"{value:.3f}".rstrip("0").rstrip(".")


def as_texts(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """The same values with texts in place of numbers, where `kind`, of the same nesting, has texts, or bool."""
    if pa.types.is_struct(kind):
        inner = [as_texts(array.field(k), child.type) for k, child in enumerate(kind)]
        return pa.StructArray.from_arrays(inner, fields=list(kind), mask=array.is_null())
    if pa.types.is_list(kind):
        items = as_texts(array.values, kind.value_type)
        return pa.ListArray.from_arrays(array.offsets, items, type=kind, mask=array.is_null())
    return _flag(array) if pa.types.is_boolean(kind) else _text(array)


def _flag(array: pa.Array) -> pa.Array:
    """Of texts `true` and `false` what they say; null where there is another."""
    if pa.types.is_boolean(array.type):
        return array
    text = _text(array).cast(pa.binary())
    flags = pa.array([b"true", b"false"], pa.binary())
    return pc.if_else(pc.is_in(text, flags), pc.equal(text, b"true"), pa.scalar(None, pa.bool_()))


def _one(column: Any) -> pa.Array:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _text(array: pa.Array) -> pa.Array:
    kind = array.type
    if any(is_text(kind) for is_text in _TEXTS):
        return array
    if pa.types.is_integer(kind):
        return array.cast(pa.string())
    if pa.types.is_floating(kind):
        return pa.array([None if value is None else number_text(value) for value in array.to_pylist()], pa.string())
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        return array.cast(pa.large_binary())
    return pa.nulls(len(array), pa.string())


def _bounds(text: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    is_large = pa.types.is_large_string(text.type) or pa.types.is_large_binary(text.type)
    width = np.int64 if is_large else np.int32
    buffer = text.buffers()[1]
    if buffer is None or not len(text):
        return np.zeros(len(text), np.int64), np.zeros(len(text), np.int64)
    offsets = np.frombuffer(buffer, width)[text.offset : text.offset + len(text) + 1].astype(np.int64)
    return offsets[:-1].copy(), offsets[1:].copy()
