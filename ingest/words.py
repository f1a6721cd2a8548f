"""Text columns: from places in a buffer to codes into distinct values, so that Python sees each value once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.eight_bytes import byte_at, short_word_at, text_of, word_at
from ingest.scan import Spans
from schemas.compiled import compiled

_EMPTY = -1
_HASH, _START, _STOP = range(3)
UTF_8, GB18030 = "utf-8", "gb18030"
ENCODINGS = {UTF_8: (UTF_8,), GB18030: (GB18030,), "auto": (UTF_8, GB18030)}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # of bytes, `_gathered` finds them
_PRIME = np.uint64(0x9E37_79B9_7F4A_7C15)


@dataclass(frozen=True)
class Words:
    """A text column. `codes[i]` is the place of value i in `values`, -1 where it is empty.

    `values` are distinct and in order of first appearance. `bad` marks those that are no text: not in the encoding, or
    control characters; they stand as empty strings in `values`.
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


def words_of(spans: Spans, encoding: str = UTF_8) -> Words:
    """The text column at `spans`; encoding: utf-8, gb18030, or auto: what is valid UTF-8 is that, all else GB18030.

    `auto` goes by the value, not by the file: where a file is cut makes no difference, and a file may hold both. A
    short GB18030 name can be valid UTF-8 by chance (its bytes are of few forms); who meets one says gb18030.
    """
    codes, start, stop = _encoded(spans)
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(stop - start))).astype(np.int32)
    data, bad = _gathered(spans.buf, start, stop, offsets)
    values = pa.StringArray.from_buffers(len(start), pa.py_buffer(offsets), pa.py_buffer(data))
    if encoding != GB18030 and not bad.any() and _is_utf8(values):
        return Words(codes, values, bad)
    words = _with_bad_values(codes, offsets, data.tobytes(), bad, encoding)
    return words.mapped(str) if encoding == "auto" else words  # one name in both encodings is one


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
    codes: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int32],
    data: bytes,
    bad: npt.NDArray[np.bool_],
    encoding: str,
) -> Words:
    texts = []
    for k in range(len(bad)):
        text = None if bad[k] else decoded(data[offsets[k] : offsets[k + 1]], encoding)
        bad[k] = text is None
        texts.append(text or "")
    return Words(codes, pa.array(texts, pa.string()), bad)


def decoded(value: bytes, encoding: str) -> str | None:
    """The text of a value in an encoding as of `words_of`; None if it is none, or GB18030 of control characters."""
    for one in ENCODINGS[encoding]:
        try:
            text = value.decode(one)
        except UnicodeDecodeError:
            continue
        return text if one == UTF_8 or not _CONTROLS.search(text) else None
    return None


def _encoded(spans: Spans) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(code of each value, -1 if empty; start and stop of each distinct value where it first appears)."""
    codes, entries = np.empty(spans.start.size, np.int32), np.empty((1024, 3), np.uint64)
    row, count = 0, 0
    while True:
        row, count = _encode(*spans, row, codes, entries, count, _table_of(entries, count))
        if row == codes.size:
            return codes, entries[:count, _START].astype(np.int64), entries[:count, _STOP].astype(np.int64)
        entries = np.resize(entries, (4 * len(entries), 3))


@compiled
def _encode(buf: Any, start: Any, stop: Any, row: Any, codes: Any, entries: Any, count: Any, table: Any) -> Any:
    """Code the values from `row` on, until all are or `entries` (hash, start, stop) is full: (next row, count)."""
    text = text_of(buf)
    for i in range(row, start.size):
        s, e = start[i], stop[i]
        if e <= s:
            codes[i] = _EMPTY
            continue
        value = mixed(text, s, e)
        slot = np.int64(value & np.uint64(table.size - 1))
        while table[slot] != _EMPTY:
            code = table[slot]
            if entries[code, _HASH] == value and is_equal(
                text, s, e, np.int64(entries[code, _START]), np.int64(entries[code, _STOP])
            ):
                break
            slot = (slot + 1) & (table.size - 1)
        if table[slot] == _EMPTY:
            if count == len(entries):
                return i, count
            table[slot] = count
            entries[count, _HASH], entries[count, _START], entries[count, _STOP] = value, s, e
            count += 1
        codes[i] = table[slot]
    return start.size, count


@compiled
def mixed(text: Any, s: Any, e: Any) -> Any:
    """A 64-bit hash of s..e, the same in every process."""
    value = np.uint64(e - s) * _PRIME
    while e - s > 8:
        value = (value ^ word_at(text, s)) * _PRIME
        value ^= value >> np.uint64(29)
        s += 8
    value = (value ^ short_word_at(text, s, e - s)) * _PRIME
    value = (value ^ (value >> np.uint64(32))) * _PRIME  # a word's last bytes reach its upper bits only
    return value ^ (value >> np.uint64(32))


@compiled
def is_equal(text: Any, s: Any, e: Any, other_s: Any, other_e: Any) -> Any:
    """Whether two places of a text hold the same bytes."""
    if e - s != other_e - other_s:
        return False
    differs = np.uint64(0)
    while e - s > 8:
        differs |= word_at(text, s) ^ word_at(text, other_s)
        s, other_s = s + 8, other_s + 8
    differs |= short_word_at(text, s, e - s) ^ short_word_at(text, other_s, e - s)
    return differs == 0


@compiled
def _table_of(entries: Any, count: Any) -> Any:
    """A table with room for as many as `entries` has, a quarter full at most, with the first `count` in it."""
    table = np.full(4 * len(entries), _EMPTY, np.int32)
    for code in range(count):
        slot = np.int64(entries[code, _HASH] & np.uint64(table.size - 1))
        while table[slot] != _EMPTY:
            slot = (slot + 1) & (table.size - 1)
        table[slot] = code
    return table


@compiled
def _gathered(buf: Any, start: Any, stop: Any, offsets: Any) -> Any:
    """(the values laid end to end, which of them hold control characters)."""
    text = text_of(buf)
    data, bad = np.empty(offsets[-1], np.uint8), np.zeros(start.size, np.bool_)
    for i in range(start.size):
        at = offsets[i]
        for place in range(start[i], stop[i]):
            byte = byte_at(text, place)
            bad[i] |= byte < 32 or byte == 127
            data[at] = byte
            at += 1
    return data, bad
