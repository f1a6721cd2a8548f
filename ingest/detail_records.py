"""The records of FreeRADIUS `detail` files as columns of places in their bytes; what they mean is in the format.

Tue Mar 23 13:51:45 2021          header, at the margin: not read
<TAB>Acct-Status-Type = Start     attributes, indented; a value may be quoted
<empty line>                      ends the record; so does the next header
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, next_byte, text_of
from ingest.feed import Feed
from ingest.mapping import Civil
from ingest.reading import KEPT, LONGEST_LINE, NO_TIME, refused
from ingest.scan import SPACE, Spans, lines_of, thousandths
from ingest.stamps import LOCAL, bsd_stamp, times_of
from ingest.words import words_of
from ingest.zone_names import named_times
from schemas.compiled import compiled

ATTRIBUTES = (
    "Acct-Status-Type",
    "Timestamp",
    "Event-Timestamp",
    "Acct-Delay-Time",
    "Calling-Station-Id",
    "Called-Station-Id",
    "NAS-Identifier",
    "NAS-IP-Address",
    "WISPr-Location-Name",
    "Aruba-Location-Id",
    "User-Name",
    "Acct-Session-Time",
    "Acct-Terminate-Cause",
    "Idle-Timeout",
)
_TAB, _EQUALS, _QUOTE = 9, 61, 34
_TOO_LONG, _NOT_THE_FORMAT = refused("line-too-long"), refused("not-the-format")
_MOST_MS = 1000 << 32  # what a count of seconds can be

_NAMES = [f"{name} = ".encode() for name in ATTRIBUTES]
_ROWS = max(len(name) for name in _NAMES) // 8 + 2
_SIZES = np.array([1 + -(-len(name) // 8) for name in _NAMES], np.int64)
_WORDS = np.zeros((len(_NAMES), _ROWS), np.uint64)
for _k, _name in enumerate(_NAMES):
    _WORDS[_k, 0] = len(_name)
    _WORDS[_k, 1 : _SIZES[_k]] = np.frombuffer(_name + bytes(-len(_name) % 8), np.dtype("<u8"))

Int64s = npt.NDArray[np.int64]
Columns = dict[str, Spans]


def columns_of(chunk: bytes, first_line: int) -> tuple[Columns, npt.NDArray[np.int8], Int64s]:
    """(each of ATTRIBUTES over all records, the verdict on each record's form, the line of its header)."""
    lines = lines_of(chunk, first_line)
    n = _count(*lines)
    verdict, line, start, stop = _scanned(*lines, n)
    columns = {name: Spans(lines.buf, start[k], stop[k]) for k, name in enumerate(ATTRIBUTES)}
    return columns, verdict, first_line + line


def seconds_ms(spans: Spans, missing: int) -> Int64s:
    """Counts of seconds, in ms; `missing` where there is none that could be one."""
    ms: Int64s = _seconds_ms(*spans, missing)
    return ms


def event_times(spans: Spans, feed: Feed) -> Int64s:
    """UTC ms of `Mar 23 2021 13:50:39 EDT`, an ISO stamp or an epoch; NO_TIME where there is none, or none of ours."""
    civil_ms, offset_min, good, zone_start = _stamps(*spans)
    other = Spans(spans.buf, spans.start, np.where(good, spans.start, spans.stop))
    iso_ms, iso_offset, is_iso = times_of(other, "any")
    civil = Civil(
        np.where(good, civil_ms, iso_ms), np.where(good, offset_min, iso_offset).astype(np.int16), good | is_iso
    )
    verdict = np.zeros(good.size, np.int8)
    names = words_of(Spans(spans.buf, np.where(good, zone_start, spans.stop), spans.stop))
    at_ms = named_times(civil, names, verdict, feed)
    return np.where(verdict == KEPT, at_ms, NO_TIME)


@compiled
def _count(buf: Any, start: Any, stop: Any) -> Any:
    text = text_of(buf)
    records, is_open = 0, False
    for i in range(start.size):
        s, e = start[i], stop[i]
        records += s < e and (not is_open or not _is_indented(text, s))
        is_open = s < e
    return records


@compiled
def _is_indented(text: Any, s: Any) -> Any:
    return byte_at(text, s) == _TAB or byte_at(text, s) == SPACE


@compiled
def _scanned(buf: Any, line_start: Any, line_stop: Any, n: Any) -> Any:
    """(verdict, header's line, start and stop of each attribute) of each record; the first of two of a name counts."""
    text = text_of(buf)
    verdict, line = np.full(n, _NOT_THE_FORMAT, np.int8), np.zeros(n, np.int64)
    start, stop = np.zeros((_SIZES.size, n), np.int64), np.zeros((_SIZES.size, n), np.int64)
    record, is_open, has_header = -1, False, False
    for i in range(line_start.size):
        s, e = line_start[i], line_stop[i]
        if s < e and (not is_open or not _is_indented(text, s)):
            record += 1
            line[record], has_header = i, not _is_indented(text, s)
        is_open = s < e
        if e - s > LONGEST_LINE:
            verdict[record] = _TOO_LONG
        elif is_open and has_header and i > line[record] and verdict[record] != _TOO_LONG:
            s = _after_indent(text, s, e)
            if next_byte(text, s, e, _EQUALS) < e:
                verdict[record] = KEPT
                _take(text, s, e, record, start, stop)
    return verdict, line, start, stop


@compiled
def _after_indent(text: Any, s: Any, e: Any) -> Any:
    while s < e and _is_indented(text, s):
        s += 1
    return s


@compiled
def _take(text: Any, s: Any, e: Any, record: Any, start: Any, stop: Any) -> None:
    """Keep the value of `name = value` or `name = "value"` at s..e, if it is one of ATTRIBUTES."""
    for k in range(_SIZES.size):
        word = _WORDS[k, : _SIZES[k]]
        if start[k, record] == 0 and begins(text, s, e, word):
            s += np.int64(word[0])
            while e > s and _is_indented(text, e - 1):
                e -= 1
            is_quoted = e - s >= 2 and byte_at(text, s) == _QUOTE and byte_at(text, e - 1) == _QUOTE
            start[k, record], stop[k, record] = s + is_quoted, e - is_quoted
            return


@compiled
def _seconds_ms(buf: Any, start: Any, stop: Any, missing: Any) -> Any:
    text = text_of(buf)
    ms = np.full(start.size, missing, np.int64)
    for i in range(start.size):
        value, is_number = thousandths(text, start[i], stop[i])
        if is_number and 0 <= value < _MOST_MS:
            ms[i] = value
    return ms


@compiled
def _stamps(buf: Any, start: Any, stop: Any) -> Any:
    """(civil ms, offset, whether it is `Mar 23 2021 13:50:39` and perhaps a word, where that begins)."""
    text = text_of(buf)
    n = start.size
    civil, offset, good = np.zeros(n, np.int64), np.full(n, LOCAL, np.int16), np.zeros(n, np.bool_)
    zone = stop.copy()
    for i in range(n):
        civil[i], offset[i], end = bsd_stamp(text, start[i], stop[i], 0)
        good[i] = end == stop[i] or (0 <= end < stop[i] and byte_at(text, end) == SPACE)
        if good[i]:
            zone[i] = min(end + 1, stop[i])
    return civil, offset, good, zone
