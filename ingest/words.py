"""Text columns: from places in a buffer to codes into distinct values, so that Python touches a value once, not once a row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from ingest.scan import Spans

_EMPTY = -1
_PRIME = np.uint64(0x9E37_79B9_7F4A_7C15)


@dataclass(frozen=True)
class Words:
    """A text column. `codes[i]` is the place of value i in `values`, -1 where it is empty.

    `values` are distinct and in order of first appearance. `bad` marks those that are no text: invalid UTF-8 or control
    characters; they stand as empty strings in `values`.
    """

    codes: npt.NDArray[np.int32]
    values: pa.StringArray
    bad: npt.NDArray[np.bool_]

    def is_bad(self) -> npt.NDArray[np.bool_]:
        """Of each row, whether its value is no text."""
        return np.append(self.bad, False)[self.codes]

    def mapped(self, change: Callable[[str], str]) -> "Words":
        """The same column with every distinct value changed; values that become equal become one."""
        places: dict[str, int] = {}
        code_of = [places.setdefault(change(text), len(places)) for text in self.values.to_pylist()]
        bad = np.zeros(len(places), np.bool_)
        bad[np.array(code_of, np.int64)[self.bad]] = True
        codes = np.array([*code_of, _EMPTY], np.int32)[self.codes]
        return Words(codes, pa.array(list(places), pa.string()), bad)

    def taken(self, rows: npt.NDArray[np.bool_]) -> pa.DictionaryArray:
        """The rows as dictionary<int32, string>, null where empty; only values that occur are in the dictionary."""
        codes = self.codes[rows]
        used = np.zeros(len(self.values) + 1, np.bool_)
        used[codes] = True
        used[-1] = False
        if used.sum() == len(self.values):
            values = self.values
        else:
            values = self.values.take(pa.array(np.flatnonzero(used)))
            codes = np.append(np.cumsum(used[:-1], dtype=np.int32) - 1, np.int32(_EMPTY))[codes].astype(np.int32)
        empty = codes == _EMPTY
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=empty if empty.any() else None), values)


def words_of(spans: Spans) -> Words:
    """The text column at `spans`."""
    codes, first = _encoded(spans.buf, spans.start, spans.stop)
    start, stop = spans.start[first], spans.stop[first]
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(stop - start))).astype(np.int32)
    data, bad = _gathered(spans.buf, start, stop, offsets)
    values = pa.StringArray.from_buffers(len(first), pa.py_buffer(offsets), pa.py_buffer(data))
    if not bad.any() and _is_utf8(values):
        return Words(codes, values, bad)
    return _with_bad_values(codes, offsets, data.tobytes(), bad)


def words_from(index: npt.NDArray[np.int64], values: list[str]) -> Words:
    """A text column from places in a list of distinct values; -1 = empty."""
    return Words(index.astype(np.int32), pa.array(values, pa.string()), np.zeros(len(values), np.bool_))


def _is_utf8(values: pa.StringArray) -> bool:
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _with_bad_values(
    codes: npt.NDArray[np.int32], offsets: npt.NDArray[np.int32], data: bytes, bad: npt.NDArray[np.bool_]
) -> Words:
    texts = []
    for k in range(len(bad)):
        try:
            text = data[offsets[k] : offsets[k + 1]].decode()
        except UnicodeDecodeError:
            bad[k] = True
        texts.append("" if bad[k] else text)
    return Words(codes, pa.array(texts, pa.string()), bad)


@njit(cache=True, nogil=True)
def _encoded(buf: Any, start: Any, stop: Any) -> Any:
    """(code of each value, row of first appearance of each distinct value), by an open-addressing table that grows."""
    codes, first = np.empty(start.size, np.int32), np.empty(1024, np.int64)
    hashes, table = np.empty(1024, np.uint64), np.full(4096, _EMPTY, np.int32)
    count = 0
    for i in range(start.size):
        s, e = start[i], stop[i]
        if e <= s:
            codes[i] = _EMPTY
            continue
        value = _mixed(buf, s, e)
        slot = np.int64(value & np.uint64(table.size - 1))
        while table[slot] != _EMPTY:
            code = table[slot]
            if hashes[code] == value and _equal(buf, s, e, start[first[code]], stop[first[code]]):
                break
            slot = (slot + 1) & (table.size - 1)
        if table[slot] == _EMPTY:
            if count == first.size:
                first, hashes, table = _grown(first, hashes)
                slot = _free_slot(table, value)
            table[slot], first[count], hashes[count] = count, i, value
            count += 1
        codes[i] = table[slot]
    return codes, first[:count].copy()


@njit(cache=True, nogil=True)
def _word64(buf: Any, at: Any) -> Any:
    value = np.uint64(0)
    for k in range(8):
        value |= np.uint64(buf[at + k]) << np.uint64(8 * k)
    return value


@njit(cache=True, nogil=True)
def _mixed(buf: Any, s: Any, e: Any) -> Any:
    value = np.uint64(e - s) * _PRIME
    while e - s >= 8:
        value = (value ^ _word64(buf, s)) * _PRIME
        value ^= value >> np.uint64(29)
        s += 8
    rest = np.uint64(0)
    while s < e:
        rest = (rest << np.uint64(8)) | np.uint64(buf[s])
        s += 1
    value = (value ^ rest) * _PRIME
    return value ^ (value >> np.uint64(32))


@njit(cache=True, nogil=True)
def _equal(buf: Any, s: Any, e: Any, other_s: Any, other_e: Any) -> Any:
    if e - s != other_e - other_s:
        return False
    while e - s >= 8:
        if _word64(buf, s) != _word64(buf, other_s):
            return False
        s, other_s = s + 8, other_s + 8
    while s < e:
        if buf[s] != buf[other_s]:
            return False
        s, other_s = s + 1, other_s + 1
    return True


@njit(cache=True, nogil=True)
def _free_slot(table: Any, value: Any) -> Any:
    slot = np.int64(value & np.uint64(table.size - 1))
    while table[slot] != _EMPTY:
        slot = (slot + 1) & (table.size - 1)
    return slot


@njit(cache=True, nogil=True)
def _grown(first: Any, hashes: Any) -> Any:
    """The same entries in arrays four times as large, and a new table a quarter full at most."""
    larger_first, larger_hashes = np.empty(4 * first.size, np.int64), np.empty(4 * first.size, np.uint64)
    table = np.full(16 * first.size, _EMPTY, np.int32)
    for code in range(first.size):
        larger_first[code], larger_hashes[code] = first[code], hashes[code]
        table[_free_slot(table, hashes[code])] = code
    return larger_first, larger_hashes, table


@njit(cache=True, nogil=True)
def _gathered(buf: Any, start: Any, stop: Any, offsets: Any) -> Any:
    """(the values laid end to end, which of them hold control characters)."""
    data, bad = np.empty(offsets[-1], np.uint8), np.zeros(start.size, np.bool_)
    for i in range(start.size):
        at = offsets[i]
        for place in range(start[i], stop[i]):
            byte = buf[place]
            bad[i] |= byte < 32 or byte == 127
            data[at] = byte
            at += 1
    return data, bad
