"""The frame that a controller puts around its messages, often inside a relay's. No format by itself.

    <190>Mar 15 17:01:12:011 2026 AC-1 %%10STAMGR/6/STAMGR_CLIENT_ONLINE: Client ...
    Jan 13 2026 18:23:26+04:00 AC-1 %%01WLAN/3/WLAN_LOG_USER(l)[26]:[WLAN_STA_INFO_AP_ASSOCIATE]ACMAC:...
    May  3 03:39:52 172.16.0.10  22311546: *May  3 03:40:02 CST: AC-2 %APMG-6-STA_CHANGE: Client(...) ...
    received        host         number     at           zone    host  module level mnemonic

Stamps, names and numbers stand before the message's mnemonic in any order that vendor, relay and settings think of. So
the words are gone through: the last stamp is the event's, on the controller's clock; the first of several is when the
relay received it; the first name behind the event's stamp, else behind the relay's, else before them is the
controller's.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.clocks import doubled_ms
from ingest.eight_bytes import byte_at, next_byte, text_of
from ingest.feed import Feed
from ingest.formats.syslog_lines import Framed, text_end
from ingest.mapping import Civil
from ingest.reading import KEPT, LONGEST_LINE, NO_TIME, passed_over, refused
from ingest.scan import SPACE, Spans, two_digits
from ingest.stamps import LOCAL, bsd_stamp, date_first_stamp, month_at
from ingest.words import words_of
from ingest.zone_names import named_times
from schemas.compiled import compiled

_BLANK, _OTHER_PROGRAM = passed_over("blank"), passed_over("other-program")
_TOO_LONG, _NOT_THE_FORMAT, _BAD_TIME = refused("line-too-long"), refused("not-the-format"), refused("bad-time")
_MOST_WORDS = 12  # before the mnemonic
_LONGEST_ZONE = 5
_ZONE, _ZONE_STOP, _NAME, _NAME_STOP, _MNEMONIC, _MNEMONIC_STOP, _STOP, _RELAY_ZONE, _RELAY_ZONE_STOP = range(9)


class Walked(NamedTuple):
    """Each line's words before its message, n columns: of the event and of the relay (no time: NO_TIME), and places."""

    verdict: npt.NDArray[np.int8]
    civil: npt.NDArray[np.int64]  # (2, n)
    offset: npt.NDArray[np.int16]  # (2, n)
    places: npt.NDArray[np.int64]  # (9, n)


def controller_frames(log: Spans, near_ms: int, feed: Feed) -> Framed:
    """The frames of all lines of a chunk, all times in UTC; `program` is the mnemonic, `message` begins behind it."""
    walked = Walked(*_walked(*log, near_ms))
    verdict, places = walked.verdict, walked.places
    at_ms = _utc(log, walked, 0, (_ZONE, _ZONE_STOP), verdict, feed)
    relayed = np.where(walked.civil[1] == NO_TIME, np.int8(_BLANK), np.int8(KEPT))
    received_ms = _utc(log, walked, 1, (_RELAY_ZONE, _RELAY_ZONE_STOP), relayed, feed)
    at_ms += _second_pass_ms(walked, at_ms, received_ms, relayed, feed)
    in_utc = np.zeros(verdict.size, np.int16)
    return Framed(
        verdict,
        at_ms,
        in_utc,
        np.where(relayed == KEPT, received_ms, NO_TIME),
        in_utc,
        places[_NAME],
        places[_NAME_STOP],
        places[_MNEMONIC],
        places[_MNEMONIC_STOP],
        np.minimum(places[_MNEMONIC_STOP] + 1, places[_STOP]),
        places[_STOP],
    )


def _utc(
    log: Spans, walked: Walked, which: int, zone: tuple[int, int], verdict: npt.NDArray[np.int8], feed: Feed
) -> npt.NDArray[np.int64]:
    start, stop = walked.places[zone[0]], walked.places[zone[1]]
    names = words_of(Spans(log.buf, start, np.where(verdict == KEPT, stop, start)))
    civil = Civil(np.where(verdict == KEPT, walked.civil[which], 0), walked.offset[which], verdict == KEPT)
    return named_times(civil, names, verdict, feed)


def _second_pass_ms(
    walked: Walked,
    at_ms: npt.NDArray[np.int64],
    received_ms: npt.NDArray[np.int64],
    relayed: npt.NDArray[np.int8],
    feed: Feed,
) -> npt.NDArray[np.int64]:
    """What is to be added to times that the clock shows twice, where the relay's own time is closer to the second."""
    is_local = (walked.offset[0] == LOCAL) & (walked.places[_ZONE] == walked.places[_ZONE_STOP])
    rows = np.flatnonzero((walked.verdict == KEPT) & (relayed == KEPT) & is_local)
    later = np.zeros(at_ms.size, np.int64)
    later[rows] = doubled_ms(walked.civil[0, rows], feed.time_zone)
    is_second = np.abs(at_ms + later - received_ms) < np.abs(at_ms - received_ms)
    return np.where(is_second, later, 0)


@compiled
def _walked(buf: Any, start: Any, stop: Any, near_ms: Any) -> Any:
    text = text_of(buf)
    n = start.size
    verdict, civil, offset = np.zeros(n, np.int8), np.full((2, n), NO_TIME, np.int64), np.zeros((2, n), np.int16)
    places = np.zeros((9, n), np.int64)
    for i in range(n):
        s, e = start[i], stop[i]
        if s == e or e - s > LONGEST_LINE:
            verdict[i] = _BLANK if s == e else _TOO_LONG
            continue
        places[_STOP, i] = text_end(text, s, e)
        verdict[i] = _walk(text, s, places[_STOP, i], near_ms, civil[:, i], offset[:, i], places[:, i])
    return verdict, civil, offset, places


@compiled
def _walk(text: Any, s: Any, e: Any, near_ms: Any, civil: Any, offset: Any, places: Any) -> Any:
    """The verdict on a line; fills in what was found before its mnemonic."""
    stamps, words, named_after = 0, 0, -1
    at = s
    while at < e and words < _MOST_WORDS:
        if byte_at(text, at) == SPACE:
            at += 1
            continue
        mnemonic = _mnemonic_at(text, at, e)
        if mnemonic >= 0:
            places[_MNEMONIC], places[_MNEMONIC_STOP] = mnemonic, next_byte(text, mnemonic, e, 58)  # :
            return KEPT if stamps else _NOT_THE_FORMAT
        begin = _after_mark(text, at, e)
        if _may_be_stamp(text, begin, e):
            if stamps == 1:
                civil[1], offset[1] = civil[0], offset[0]
                places[_RELAY_ZONE], places[_RELAY_ZONE_STOP] = places[_ZONE], places[_ZONE_STOP]
            civil[0], offset[0], at = _stamp(text, begin, e, near_ms)
            if at < 0:
                return _BAD_TIME
            places[_ZONE], places[_ZONE_STOP], at = _zone(text, at, e)
            stamps += 1
            continue
        end = next_byte(text, begin, e, SPACE)
        is_task = byte_at(text, at) == 42  # * of `*apfReceiveTask:`
        if stamps > named_after and not is_task and _is_name(text, begin, end):
            places[_NAME], places[_NAME_STOP] = begin, end - (1 if byte_at(text, end - 1) == 58 else 0)  # :
            named_after = stamps
        words += 1
        at = end
    return _OTHER_PROGRAM if stamps else _NOT_THE_FORMAT


@compiled
def _mnemonic_at(text: Any, s: Any, e: Any) -> Any:
    """The place of STA_ADD in `%APMG-6-STA_ADD`, `%%10STAMGR/6/...` or `STAMGR/6/...` at `s`, else -1."""
    is_marked = byte_at(text, s) == 37  # %
    at = s + 1 if is_marked else s
    if is_marked and at < e and byte_at(text, at) == 37:
        at += 1
        while at < e and 48 <= byte_at(text, at) <= 57:
            at += 1
    module = at
    while at < e and _is_capital(byte_at(text, at)):
        at += 1
    if at == module or e - at < 4 or not 48 <= byte_at(text, at + 1) <= 57:
        return -1
    separator = byte_at(text, at)
    is_mnemonic = separator == 47 or (is_marked and separator == 45)  # / -
    return at + 3 if is_mnemonic and byte_at(text, at + 2) == separator else -1


@compiled
def _is_capital(byte: Any) -> Any:
    """A to Z, a digit, or _."""
    return 65 <= byte <= 90 or 48 <= byte <= 57 or byte == 95


@compiled
def _after_mark(text: Any, s: Any, e: Any) -> Any:
    """The place after what stands before a stamp: `<190>`, `%`, `*` or `.` (a clock that is not synchronised)."""
    if byte_at(text, s) == 60:  # <
        end = next_byte(text, s, min(s + 5, e), 62)  # >
        s = end + 1 if end < min(s + 5, e) else s
    if s < e and (byte_at(text, s) == 37 or byte_at(text, s) == 42 or byte_at(text, s) == 46):  # % * .
        return s + 1
    return s


@compiled
def _may_be_stamp(text: Any, s: Any, e: Any) -> Any:
    if e - s < 14:
        return False
    if month_at(text, s) > 0:
        return byte_at(text, s + 3) == SPACE
    is_year = two_digits(text, s) >= 19 and two_digits(text, s + 2) >= 0
    return is_year and (byte_at(text, s + 4) == 45 or byte_at(text, s + 4) == 47)  # - /


@compiled
def _stamp(text: Any, s: Any, e: Any, near_ms: Any) -> Any:
    """(civil ms, offset minutes or LOCAL, end or -1)."""
    if month_at(text, s) > 0:
        return bsd_stamp(text, s, e, near_ms)
    return date_first_stamp(text, s, e)


@compiled
def _zone(text: Any, s: Any, e: Any) -> Any:
    """(start and end of `CST` in ` CST:` or ` CST` at the end, place to go on); empty if the stamp names no zone."""
    at = s + 1
    while at < e and at - s <= _LONGEST_ZONE and 65 <= byte_at(text, at) <= 90:
        at += 1
    if s < e and byte_at(text, s) == SPACE and at - s > 2 and at < e and byte_at(text, at) == 58:  # :
        return s + 1, at, at + 1
    return s, s, (s + 1 if s < e and byte_at(text, s) == 58 else s)


@compiled
def _is_name(text: Any, s: Any, e: Any) -> Any:
    """Whether a word can be a controller's name or address: no number, no `-`, no `{name=...}`."""
    first = byte_at(text, s)
    if e - s < 2 or first == 123 or first == 91:  # { [
        return False
    at = s
    while at < e and 48 <= byte_at(text, at) <= 58:  # digits and :
        at += 1
    return at < e
