"""Lines of syslog -> their frames as columns, and what a format read in them -> a Reading. No format by itself.

A format is one compiled loop between the two: it goes over the frames that are `KEPT` and says what each line's text
means (`Said`). `#015`, the CR of an appliance as rsyslog writes it, is cut off. A relay that put its own frame before
the sender's gives the row its `received_ms`:

    Nov 21 09:00:03 relay-1 <30>Nov 21 09:00:01 ap-0412 hostapd: ...
    received                at              clock, host
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.clocks import EARLIEST_MS, LATEST_MS, utc_of
from ingest.eight_bytes import byte_at, next_byte, text_of
from ingest.feed import Feed
from ingest.formats.syslog import FRAMED, NO_FRAME, NO_STAMP, frame_of
from ingest.mapping import Civil, ap_name, judge, no_signals, utc_times
from ingest.reading import KEPT, LONGEST_LINE, NO_TIME, Reading, Records, passed_over, refused, settled
from ingest.scan import LINE_FEED, SPACE, Spans
from ingest.stamps import month_at
from ingest.words import Words, words_from, words_of
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, SEEN

Int64s = npt.NDArray[np.int64]

_BLANK = passed_over("blank")
_TOO_LONG, _NOT_THE_FORMAT, _BAD_TIME = refused("line-too-long"), refused("not-the-format"), refused("bad-time")


class Framed(NamedTuple):
    """The frame of each line, n values in each column; a line with a verdict has nothing else.

    Times are civil ms with offsets as in `stamps`; `received` is a relay's stamp, NO_TIME where there is none. Places
    are those of the lines' buffer; an absent host or program is empty, `stop` is the end of the text.
    """

    verdict: npt.NDArray[np.int8]
    civil: Int64s
    offset: npt.NDArray[np.int16]
    received: Int64s
    received_offset: npt.NDArray[np.int16]
    host: Int64s
    host_stop: Int64s
    program: Int64s
    program_stop: Int64s
    message: Int64s
    stop: Int64s


class Said(NamedTuple):
    """What the text of each line says, n values in each column; an empty place = it does not say.

    `ap` is (start, stop) of the AP's key, or of the interface where the host is the AP.
    """

    kind: npt.NDArray[np.int8]
    mac: npt.NDArray[np.uint64]
    ap: Int64s
    ap_stop: Int64s
    user: Int64s
    user_stop: Int64s
    signal: npt.NDArray[np.int16]


def framed(log: Spans, near_ms: int) -> Framed:
    """The frames of all lines of a chunk."""
    return Framed(*_framed(*log, near_ms))


def passed_frames(frames: Framed) -> npt.NDArray[np.bool_]:
    """Of each line, whether it has a frame and was passed over: it says nothing of a device, but somebody wrote it."""
    return (frames.verdict < KEPT) & (frames.stop > 0)


def nothing_said(n: int) -> Said:
    """Columns for a format to fill in."""
    ap, ap_stop, user, user_stop = (np.zeros(n, np.int64) for _ in range(4))
    return Said(np.full(n, SEEN, np.int8), np.zeros(n, np.uint64), ap, ap_stop, user, user_stop, no_signals(n))


def reading_of(log: Spans, frames: Framed, said: Said, ap: Words, feed: Feed, first_line: int) -> Reading:
    """The Reading of a chunk, a record a line; the host is the clock of its rows."""
    verdict, kind = frames.verdict, said.kind
    n = verdict.size
    at_ms = utc_times(Civil(frames.civil, frames.offset, np.ones(n, np.bool_)), verdict, feed.time_zone)
    silence_ms = np.where(kind == IDLE, feed.idle_s * 1000, 0)
    if not feed.reports_leaving:
        kind[kind == JOINED] = SEEN
    clock = clocks_of(log, frames, feed)
    user = _text(log, said.user, said.user_stop, verdict, feed)
    line = np.arange(first_line, first_line + n)
    unfinished = is_unfinished(log)
    received_ms = received_of(frames, silence_ms, feed.time_zone)
    at_ms -= silence_ms
    return settled(
        Records(verdict, line, at_ms, said.mac, None, ap, kind, said.signal, unfinished, clock, received_ms, user)
    )


def clocks_of(log: Spans, frames: Framed, feed: Feed) -> Words:
    """The clock of each line: its host."""
    return _text(log, frames.host, frames.host_stop, frames.verdict, feed)


def is_unfinished(log: Spans) -> bool:
    """Whether the last line lacks its line end."""
    return bool(log.buf.size) and bool(log.buf[-1] != LINE_FEED)


def named_aps(log: Spans, frames: Framed, said: Said, feed: Feed) -> Words:
    """The APs that lines name; a kept line without one is `no-ap`, a name that the file's end may cut `truncated`."""
    judge(frames.verdict, said.ap == said.ap_stop, "no-ap")
    if is_unfinished(log):
        judge(frames.verdict[-1:], said.ap_stop[-1:] == frames.stop[-1:], "truncated")
    return _text(log, said.ap, said.ap_stop, frames.verdict, feed).mapped(ap_name)


def host_aps(
    log: Spans,
    places: tuple[Int64s, ...],
    verdict: npt.NDArray[np.int8],
    feed: Feed,
    named: Callable[[str], str] = ap_name,
) -> Words:
    """The hosts as APs, or `host/interface` if the feed says so; a line without host is one router's: the feed's name.

    `places`: host start, host stop, interface start, interface stop. `named`: the key of a host.
    """
    hosts = _text(log, places[0], places[1], verdict, feed)
    names = [*hosts.values.to_pylist(), feed.name]  # code -1, no host, is the last one
    if feed.ap_is != "host/interface":
        return words_from(hosts.codes.astype(np.int64) % len(names), names).mapped(named)
    interfaces = _text(log, places[2], places[3], verdict, feed)
    suffixes = [*(f"/{name}" for name in interfaces.values.to_pylist()), ""]
    pairs = (hosts.codes.astype(np.int64) % len(names)) * len(suffixes) + interfaces.codes % len(suffixes)
    used, index = np.unique(pairs, return_inverse=True)
    pair_names = [named(names[pair // len(suffixes)]) + suffixes[pair % len(suffixes)] for pair in used.tolist()]
    return words_from(index, pair_names).mapped(str)


def _text(log: Spans, start: Int64s, stop: Int64s, verdict: npt.NDArray[np.int8], feed: Feed) -> Words:
    """A text column of the kept lines; one that is no text is `bad-encoding`."""
    words = words_of(Spans(log.buf, start, np.where(verdict == KEPT, stop, start)), feed.encoding)
    judge(verdict, words.is_bad(), "bad-encoding")
    return words


def received_of(frames: Framed, silence_ms: Int64s | int, zone: str) -> Int64s | None:
    """The relay's time of each row, before the silence that an idle leave reports, as its own time is."""
    has_one = frames.received != NO_TIME
    if not has_one.any():
        return None
    received = utc_of(np.where(has_one, frames.received, 0), np.where(has_one, frames.received_offset, 0), zone)
    return np.where(has_one & (received >= EARLIEST_MS) & (received < LATEST_MS), received - silence_ms, NO_TIME)


@compiled
def text_end(text: Any, s: Any, e: Any) -> Any:
    """The end of s..e without `#015` and the spaces and CRs before it."""
    if e - s >= 4 and byte_at(text, e - 4) == 35 and byte_at(text, e - 3) == 48:  # #0
        e -= 4 if byte_at(text, e - 2) == 49 and byte_at(text, e - 1) == 53 else 0  # 15
    while e > s and (byte_at(text, e - 1) == SPACE or byte_at(text, e - 1) == 13):
        e -= 1
    return e


@compiled
def _framed(buf: Any, start: Any, stop: Any, near_ms: Any) -> Any:
    """The columns of Framed."""
    text = text_of(buf)
    n = start.size
    verdict, offset, received_offset = np.zeros(n, np.int8), np.zeros(n, np.int16), np.zeros(n, np.int16)
    civil, received, places = np.zeros(n, np.int64), np.full(n, NO_TIME, np.int64), np.zeros((6, n), np.int64)
    for i in range(n):
        s, e = start[i], stop[i]
        if e - s > LONGEST_LINE:
            verdict[i] = _TOO_LONG
            continue
        e = text_end(text, s, e)
        if s == e:
            verdict[i] = _BLANK
            continue
        fault, at, minutes, host, host_stop, program, program_stop, message = frame_of(text, s, e, near_ms)
        if fault == FRAMED and _has_inner(text, host_stop + 1, e):
            received[i], received_offset[i] = at, minutes
            fault, at, minutes, host, host_stop, program, program_stop, message = frame_of(
                text, host_stop + 1, e, near_ms
            )
        verdict[i] = _NOT_THE_FORMAT if fault == NO_FRAME else _BAD_TIME if fault == NO_STAMP else KEPT
        civil[i], offset[i] = at, minutes
        places[0, i], places[1, i], places[2, i], places[3, i] = host, host_stop, program, program_stop
        places[4, i], places[5, i] = message, e
    return (
        verdict,
        civil,
        offset,
        received,
        received_offset,
        places[0],
        places[1],
        places[2],
        places[3],
        places[4],
        places[5],
    )


@compiled
def _has_inner(text: Any, s: Any, e: Any) -> Any:
    """Whether another frame begins at `s`: a priority, or a month and a day."""
    if e - s < 16:
        return False
    if byte_at(text, s) == 60:  # <
        end = next_byte(text, s, min(s + 5, e), 62)  # >
        return end < min(s + 5, e) and month_at(text, end + 1) > 0
    return month_at(text, s) > 0 and byte_at(text, s + 3) == SPACE
