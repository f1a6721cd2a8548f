"""CSV with a header line and columns in any order, as the feed maps them; more columns than needed do no harm.

Fields may be quoted (RFC 4180), but not across lines: a chunk may end at any line end. `columns.delimiter` replaces the
comma. Where the header lacks a needed or a mapped column, every line is `not-the-format`.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.clocks import check_zone
from ingest.eight_bytes import byte_at, next_byte, put_byte, text_of
from ingest.feed import Feed
from ingest.mapping import NEEDED, column_names, read_mapped, wanted_fields
from ingest.reading import KEPT, LONGEST_LINE, Reading, passed_over, refused
from ingest.scan import SPACE, Spans, frozen, lines_of
from schemas import ConfigError
from schemas.compiled import compiled

_QUOTE, _TAB = 34, 9
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
        lines = lines_of(chunk, first_line)
        n = lines.start.size
        verdict, line = np.zeros(n, np.int8), np.arange(first_line, first_line + n)
        found = fields_of(lines, b'"' in chunk, self.delimiter, self.places or {}, verdict)
        if self.places is None:
            verdict[verdict == KEPT] = _NOT_THE_FORMAT
        elif first_line == 1 and n:
            verdict[0] = _HEADER
        nowhere = Spans(lines.buf, np.zeros(n, np.int64), np.zeros(n, np.int64))
        columns = dict.fromkeys(NEEDED, nowhere) | found
        return read_mapped(columns, {}, verdict, line, self.feed, not chunk.endswith(b"\n"))


def fields_of(
    lines: Spans, has_quotes: bool, delimiter: str, places: Mapping[str, int], verdict: npt.NDArray[np.int8]
) -> dict[str, Spans]:
    """Each line's fields at the named places, without their quotes; blank, overlong and broken lines are judged."""
    role = np.full(max(places.values(), default=-1) + 1, -1, np.int8)
    for k, place in enumerate(places.values()):
        role[place] = k
    n = lines.start.size
    start, stop = np.zeros((len(places), n), np.int64), np.zeros((len(places), n), np.int64)
    unquoted = lines.buf.copy() if has_quotes else np.empty(0, np.uint8)
    _split(*lines, unquoted, ord(delimiter), role, start, stop, verdict)
    buf = frozen(unquoted) if unquoted.size else lines.buf
    return {name: Spans(buf, start[k], stop[k]) for k, name in enumerate(places)}


def _places(head: bytes, delimiter: str, feed: Feed) -> dict[str, int] | None:
    """The column of each field, or None: a needed one, or one that the feed maps, is not in the header."""
    titles = titles_of(head, delimiter)
    if titles is None:
        return None
    names = column_names(feed)
    places = {field: titles.index(name) for field, name in names.items() if name in titles}
    return places if wanted_fields(feed) <= places.keys() and len(set(places.values())) == len(places) else None


def titles_of(head: bytes, delimiter: str) -> list[str] | None:
    """The titles in the first line of a file; None where that is no line of text."""
    first = head.split(b"\n", 1)[0][:LONGEST_LINE]
    try:
        header = next(csv.reader([first.decode("utf-8-sig").rstrip("\r")], delimiter=delimiter), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    return [title.strip() for title in header]


@compiled
def _split(
    buf: Any,
    line_start: Any,
    line_stop: Any,
    unquoted: Any,
    delimiter: Any,
    role: Any,
    start: Any,
    stop: Any,
    verdict: Any,
) -> None:
    """Fill `start[k, i]` and `stop[k, i]` for the columns with role k; spaces around values are taken off.

    `unquoted`: a copy of `buf` in which quoted values are replaced by what they mean; empty if there are none.
    """
    text, copy = text_of(buf), text_of(unquoted)
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
            s, e, at = _field(text, copy, at, end, delimiter)
            if s < 0:
                verdict[i] = _NOT_THE_FORMAT
                break
            k = role[column]
            if k >= 0:
                start[k, i], stop[k, i] = s, e


@compiled
def _field(text: Any, copy: Any, at: Any, end: Any, delimiter: Any) -> Any:
    """(start, stop, start of the next field) of the field at `at`; end + 1 after the last; (-1, ..): broken."""
    s = at
    while s < end and (byte_at(text, s) == SPACE or byte_at(text, s) == _TAB) and byte_at(text, s) != delimiter:
        s += 1
    if s < end and byte_at(text, s) == _QUOTE:
        return _quoted(text, copy, s + 1, end, delimiter)
    e = next_byte(text, s, end, delimiter)
    at = e + 1
    while e > s and (byte_at(text, e - 1) == SPACE or byte_at(text, e - 1) == _TAB):
        e -= 1
    return s, e, at


@compiled
def _quoted(text: Any, copy: Any, at: Any, end: Any, delimiter: Any) -> Any:
    """The same for a field whose quote has been passed; a doubled quote becomes one."""
    s = e = at
    while at < end:
        if byte_at(text, at) == _QUOTE:
            if at + 1 >= end or byte_at(text, at + 1) != _QUOTE:
                break
            at += 1
        put_byte(copy, e, byte_at(text, at))
        at, e = at + 1, e + 1
    at += 1
    while at < end and byte_at(text, at) == SPACE and byte_at(text, at) != delimiter:
        at += 1
    if at > end or (at < end and byte_at(text, at) != delimiter):
        return -1, -1, end + 1
    return s, e, at + 1
