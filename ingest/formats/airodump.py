"""airodump-ng's `*.csv`: what one radio heard, summed up per device and rewritten as a whole while it runs.

    Station MAC, First time seen, Last time seen, Power, # packets, BSSID, Probed ESSIDs
    02:00:00:00:00:01, 2026-11-21 09:00:01, 2026-11-21 09:20:00, -61, 40, (not associated) ,

`seen` twice: the device was heard at the first instant, and at the last with that signal (-1 and above: none known);
one record where these are the same instant. The place is the radio that heard it, which is the feed's name: with whom a
device was associated is known, but not since when. Times are on that machine's clock. Rows of access points, told by
their sixth column, are ignored; names of networks that a device asked for are not read.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.clocks import check_zone
from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.feed import Feed
from ingest.mapping import Civil, judge, macs, signals, utc_times
from ingest.reading import KEPT, LONGEST_LINE, NO_SIGNAL, Reading, Records, passed_over, refused, settled
from ingest.scan import NO_MAC, SPACE, Spans, lines_of, mac_at
from ingest.stamps import times_of
from ingest.words import words_from
from schemas.compiled import compiled
from schemas.sighting import SEEN

_BLANK, _HEADER, _OTHER = passed_over("blank"), passed_over("header"), passed_over("other-message")
_TOO_LONG, _NOT_THE_FORMAT = refused("line-too-long"), refused("not-the-format")
_COMMA = ord(",")
_DEVICE, _FIRST, _LAST, _POWER, _BSSID, _COLUMNS = 0, 1, 2, 3, 5, 6
_AP_COLUMNS = 14  # at least, and one more for the key
_MAC_LENGTH = 17
_AP_HEADER, _DEVICE_HEADER = packed(b"BSSID, First time seen,"), packed(b"Station MAC, First time seen,")
_ALONE = packed(b"(not associated)")
_UNKNOWN_DBM = -1  # from here on


@dataclass(frozen=True)
class AirodumpParser:
    """airodump-ng of one feed; nothing depends on the head of the file."""

    feed: Feed

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "AirodumpParser":
        del head
        check_zone(feed.time_zone)
        return cls(feed)

    def parse(self, chunk: bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of some lines; `near_ms` is not needed."""
        lines = lines_of(chunk, first_line)
        n = lines.start.size
        verdict = np.zeros(n, np.int8)
        start, stop = np.zeros((_COLUMNS, n), np.int64), np.zeros((_COLUMNS, n), np.int64)
        _split(*lines, start, stop, verdict)
        column = [Spans(lines.buf, start[k], stop[k]) for k in range(_COLUMNS)]
        mac = macs(column[_DEVICE], verdict)
        judge(verdict, mac == NO_MAC, "bad-address")
        first, last = Civil(*times_of(column[_FIRST], "iso")), Civil(*times_of(column[_LAST], "iso"))
        power = signals(column[_POWER], verdict)
        power[power >= _UNKNOWN_DBM] = NO_SIGNAL

        is_twice = (verdict == KEPT) & ((first.civil_ms != last.civil_ms) | ~first.good | ~last.good)
        line_of = np.repeat(np.arange(n), 1 + is_twice)
        is_last = np.append(line_of[1:] != line_of[:-1], True)[: line_of.size]
        verdict = verdict[line_of]
        at_ms = utc_times(_chosen(is_last, last, first, line_of), verdict, self.feed.time_zone)
        return settled(
            Records(
                verdict,
                first_line + line_of,
                at_ms,
                mac[line_of],
                None,
                words_from(np.zeros(line_of.size, np.int64), [self.feed.name]),
                np.full(line_of.size, SEEN, np.int8),
                np.where(is_last, power[line_of], NO_SIGNAL).astype(np.int16),
                not chunk.endswith(b"\n"),
            )
        )


def _chosen(is_last: npt.NDArray[np.bool_], last: Civil, first: Civil, line_of: npt.NDArray[np.int64]) -> Civil:
    """Of each record its time: the last of its line, or the first."""
    return Civil(
        np.where(is_last, last.civil_ms[line_of], first.civil_ms[line_of]),
        np.where(is_last, last.offset_min[line_of], first.offset_min[line_of]).astype(np.int16),
        np.where(is_last, last.good[line_of], first.good[line_of]),
    )


@compiled
def _split(buf: Any, line_start: Any, line_stop: Any, start: Any, stop: Any, verdict: Any) -> None:
    """Fill the first columns of the rows of devices, without spaces around; judge all other lines."""
    text = text_of(buf)
    for i in range(line_start.size):
        at, end = line_start[i], line_stop[i]
        if at == end:
            verdict[i] = _BLANK
        elif end - at > LONGEST_LINE:
            verdict[i] = _TOO_LONG
        elif begins(text, at, end, _AP_HEADER) or begins(text, at, end, _DEVICE_HEADER):
            verdict[i] = _HEADER
        else:
            columns = _columns(text, at, end, start, stop, i)
            verdict[i] = _judged(text, columns, start, stop, i)


@compiled
def _columns(text: Any, at: Any, end: Any, start: Any, stop: Any, i: Any) -> Any:
    """How many columns the line has."""
    columns = 0
    while at <= end:
        comma = next_byte(text, at, end, _COMMA)
        if columns < _COLUMNS:
            s, e = at, comma
            while s < e and byte_at(text, s) == SPACE:
                s += 1
            while e > s and byte_at(text, e - 1) == SPACE:
                e -= 1
            start[columns, i], stop[columns, i] = s, e
        columns, at = columns + 1, comma + 1
    return columns


@compiled
def _judged(text: Any, columns: Any, start: Any, stop: Any, i: Any) -> Any:
    s, e = start[_DEVICE, i], stop[_DEVICE, i]
    if columns < _COLUMNS or e - s != _MAC_LENGTH:
        return _NOT_THE_FORMAT
    peer, peer_end = start[_BSSID, i], stop[_BSSID, i]
    if begins(text, peer, peer_end, _ALONE) or mac_at(text, peer, peer_end)[1] == _MAC_LENGTH:
        return KEPT
    return _OTHER if columns >= _AP_COLUMNS and mac_at(text, s, e)[1] == _MAC_LENGTH else _NOT_THE_FORMAT
