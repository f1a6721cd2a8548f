"""CSV with a header line and columns in any order, as the feed maps them; more columns than needed do no harm.

Fields may be quoted (RFC 4180), but not across lines: a chunk may end at any line end. `columns.delimiter` replaces the
comma. Where the header lacks a needed or a mapped column, every line is `not-the-format`.
"""

import csv
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from ingest.clocks import check_zone
from ingest.feed import Feed
from ingest.mapping import FIELDS, NEEDED, column_names, read_mapped
from ingest.reading import KEPT, LONGEST_LINE, Reading, passed_over, refused
from ingest.scan import SPACE, TAB, Spans, lines_of
from schemas import ConfigError

_QUOTE = 34
_HEADER, _BLANK = passed_over("header"), passed_over("blank")
_NOT_THE_FORMAT, _TOO_LONG = refused("not-the-format"), refused("line-too-long")


@dataclass(frozen=True)
class CsvParser:
    """`places`: of each field of ours that the file has, its column; None where the header is not the feed's."""

    feed: Feed
    delimiter: str
    places: dict[str, int] | None

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "CsvParser":
        check_zone(feed.time_zone)
        delimiter = feed.columns.get("delimiter", ",")
        if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
            raise ConfigError(f"feed {feed.name}: delimiter {delimiter!r} is not one ASCII character")
        return cls(feed, delimiter, _places(head, delimiter, feed))

    def parse(self, chunk: bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of a chunk; line 1 is the header. `near_ms` is not needed."""
        lines = lines_of(chunk)
        n = lines.start.size
        verdict, line = np.zeros(n, np.int8), np.arange(first_line, first_line + n)
        places = self.places or {}
        role = np.full(max(places.values(), default=-1) + 1, -1, np.int8)
        for k, place in enumerate(places.values()):
            role[place] = k
        start, stop = np.zeros((len(FIELDS), n), np.int64), np.zeros((len(FIELDS), n), np.int64)
        _split(*lines, ord(self.delimiter), role, start, stop, verdict)
        if self.places is None:
            verdict[verdict == KEPT] = _NOT_THE_FORMAT
        elif first_line == 1 and n:
            verdict[0] = _HEADER
        nowhere = Spans(lines.buf, start[-1] * 0, start[-1] * 0)
        columns = dict.fromkeys(NEEDED, nowhere)
        columns |= {name: Spans(lines.buf, start[k], stop[k]) for k, name in enumerate(places)}
        return read_mapped(columns, None, verdict, line, self.feed, not chunk.endswith(b"\n"))


def _places(head: bytes, delimiter: str, feed: Feed) -> dict[str, int] | None:
    """The column of each field, or None: a needed one, or one that the feed maps, is not in the header."""
    first = head.split(b"\n", 1)[0][:LONGEST_LINE]
    try:
        header = next(csv.reader([first.decode("utf-8-sig").rstrip("\r")], delimiter=delimiter), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    titles = [title.strip() for title in header]
    names = column_names(feed)
    places = {field: titles.index(name) for field, name in names.items() if name in titles}
    wanted = {*NEEDED, *(field for field in FIELDS if field in feed.columns)}
    return places if wanted <= places.keys() and len(set(places.values())) == len(places) else None


@njit(cache=True, nogil=True)
def _split(
    buf: Any, line_start: Any, line_stop: Any, delimiter: Any, role: Any, start: Any, stop: Any, verdict: Any
) -> None:
    """Fill `start[k, i]` and `stop[k, i]` for the columns with role k; unquoted in place, spaces around taken off."""
    for i in range(line_start.size):
        at, end = line_start[i], line_stop[i]
        if at == end:
            verdict[i] = _BLANK
            continue
        if end - at > LONGEST_LINE:
            verdict[i] = _TOO_LONG
            continue
        for column in range(role.size):
            if at > end:
                break
            s, e, at = _field(buf, at, end, delimiter)
            if s < 0:
                verdict[i] = _NOT_THE_FORMAT
                break
            if role[column] >= 0:
                start[role[column], i], stop[role[column], i] = s, e


@njit(cache=True, nogil=True)
def _field(buf: Any, at: Any, end: Any, delimiter: Any) -> Any:
    """(start, stop, start of the next field) of the field at `at`; end + 1 after the last; (-1, ..): broken."""
    while at < end and (buf[at] == SPACE or buf[at] == TAB) and buf[at] != delimiter:
        at += 1
    if at < end and buf[at] == _QUOTE:
        return _quoted(buf, at + 1, end, delimiter)
    s = at
    while at < end and buf[at] != delimiter:
        at += 1
    e = at
    while e > s and (buf[e - 1] == SPACE or buf[e - 1] == TAB):
        e -= 1
    return s, e, at + 1


@njit(cache=True, nogil=True)
def _quoted(buf: Any, at: Any, end: Any, delimiter: Any) -> Any:
    """The same for a field whose quote has been passed; a doubled quote becomes one, in place."""
    s = e = at
    while at < end:
        if buf[at] == _QUOTE:
            if at + 1 >= end or buf[at + 1] != _QUOTE:
                break
            at += 1
        buf[e] = buf[at]
        at, e = at + 1, e + 1
    at += 1
    while at < end and buf[at] == SPACE and buf[at] != delimiter:
        at += 1
    if at > end or (at < end and buf[at] != delimiter):
        return -1, -1, end + 1
    return s, e, at + 1
