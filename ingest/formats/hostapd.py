"""hostapd's messages inside any syslog frame (see `syslog`), also with the control socket's `<3>` in front.

    wlan0: AP-STA-CONNECTED 02:00:00:00:00:01                                       joined
    wlan0: STA 02:00:00:00:00:01 IEEE 802.11: associated (aid 1)                    joined
    wlan0: AP-STA-DISCONNECTED 02:00:00:00:00:01                                    left
    wlan0: STA 02:00:00:00:00:01 IEEE 802.11: disassociated, deauthenticated        left
    ... disassociated due to inactivity                                             idle, `idle_s` earlier
    ... deauthenticated due to inactivity (timer DEAUTH/REMOVE)                     ignored: after the leave
    ... authenticated; WPA, RADIUS, MLME, CTRL-EVENT and what else it says          ignored

An AP with keys says both `associated` and, when the keys are in place, CONNECTED; an open one may say only the first.
Both are kept, in one second they are the same row: which of the two a network says is not known from one line, and the
walk merges what several lines say of one event. hostapd's own default of silence is 300 s: say so as `idle = "5m"`.

The timer DEAUTH/REMOVE runs one second after every disassociation, also after one that the device sent: no silence
came before it, the leave has its own line. Before `disassociated due to inactivity` hostapd says AP-STA-DISCONNECTED,
a `left` at the time of the line, which no rule on single lines can tell from a true one.

The AP's key is the syslog host, or `host/interface`; a log without host is one router's, and has the feed's name.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.clocks import check_zone
from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.feed import Feed
from ingest.formats.syslog import NO_FRAME, NO_STAMP, frame_of
from ingest.formats.syslog_lines import host_aps
from ingest.mapping import Civil, no_signals, utc_times
from ingest.reading import KEPT, LONGEST_LINE, Reading, Records, passed_over, refused, settled
from ingest.scan import NO_MAC, SPACE, is_device, lines_of, mac_at
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

_BLANK, _OTHER_PROGRAM, _OTHER = passed_over("blank"), passed_over("other-program"), passed_over("other-message")
_AUTHENTICATED = passed_over("authenticated-only")
_TOO_LONG, _NOT_THE_FORMAT = refused("line-too-long"), refused("not-the-format")
_BAD_TIME, _BAD_ADDRESS = refused("bad-time"), refused("bad-address")
_MAC_LENGTH = 17
_HOSTAPD = packed(b"hostapd")
_CONNECTED, _DISCONNECTED = packed(b"AP-STA-CONNECTED "), packed(b"AP-STA-DISCONNECTED ")
_STATION, _IEEE_802_11 = packed(b"STA "), packed(b" IEEE 802.11: ")
_IS_AUTHENTICATED, _ASSOCIATED = packed(b"authenticated"), packed(b"associated")
_DISASSOCIATED, _DEAUTHENTICATED = packed(b"disassociated"), packed(b"deauthenticated")
_INACTIVE = packed(b" due to inactivity")


@dataclass(frozen=True)
class HostapdParser:
    """hostapd of one feed; nothing in it depends on the head of the file."""

    feed: Feed

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "HostapdParser":
        del head
        check_zone(feed.time_zone)
        return cls(feed)

    def parse(self, chunk: bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of a chunk, a record a line."""
        lines = lines_of(chunk, first_line)
        n = lines.start.size
        verdict, civil, offset, mac, kind, places = _scanned(*lines, near_ms)
        at_ms = utc_times(Civil(civil, offset, np.ones(n, np.bool_)), verdict, self.feed.time_zone)
        at_ms -= np.where(kind == IDLE, self.feed.idle_s * 1000, 0)
        if not self.feed.reports_leaving:
            kind[kind == JOINED] = SEEN
        ap = host_aps(lines, tuple(places), verdict, self.feed)
        line = np.arange(first_line, first_line + n)
        unfinished = not chunk.endswith(b"\n")
        return settled(Records(verdict, line, at_ms, mac, None, ap, kind, no_signals(n), unfinished))


@compiled
def _scanned(buf: Any, start: Any, stop: Any, near_ms: Any) -> Any:
    """(verdict, civil ms, offset, address, kind, places [host start, host end, interface start, end]) of each line."""
    text = text_of(buf)
    n = start.size
    verdict, kind, offset = np.zeros(n, np.int8), np.zeros(n, np.int8), np.zeros(n, np.int16)
    civil, mac, places = np.zeros(n, np.int64), np.full(n, NO_MAC, np.uint64), np.zeros((4, n), np.int64)
    for i in range(n):
        s, e = start[i], stop[i]
        if s == e or e - s > LONGEST_LINE:
            verdict[i] = _BLANK if s == e else _TOO_LONG
            continue
        fault, civil[i], offset[i], host_s, host_e, program_s, program_e, message = frame_of(text, s, e, near_ms)
        if fault == NO_FRAME:
            verdict[i] = _NOT_THE_FORMAT
        elif fault == NO_STAMP:
            verdict[i] = _BAD_TIME
        elif program_e - program_s != 7 or not begins(text, program_s, program_e, _HOSTAPD):
            verdict[i] = _OTHER_PROGRAM
        else:
            message, places[2, i], places[3, i] = interface_of(text, message, e)
            verdict[i], kind[i], mac[i] = hostapd_event(text, message, e)
            places[0, i], places[1, i] = host_s, host_e
    return verdict, civil, offset, mac, kind, places


@compiled
def interface_of(text: Any, s: Any, e: Any) -> Any:
    """(start of the event, start and end of the interface) of `wlan1: ...`; `<3>` before either; it may be missing."""
    s = _after_level(text, s, e)
    end = next_byte(text, s, e, SPACE)
    if end > s + 1 and end < e and byte_at(text, end - 1) == 58:  # :
        return _after_level(text, end + 1, e), s, end - 1
    return s, s, s


@compiled
def _after_level(text: Any, s: Any, e: Any) -> Any:
    """The place after the control socket's `<3>`, if it stands at `s`."""
    return s + 3 if e - s > 3 and byte_at(text, s) == 60 and byte_at(text, s + 2) == 62 else s  # < >


@compiled
def hostapd_event(text: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, address) of an event's text."""
    if begins(text, s, e, _CONNECTED):
        return _of(text, s + 17, e, JOINED)
    if begins(text, s, e, _DISCONNECTED):
        return _of(text, s + 20, e, LEFT)
    what = next_byte(text, min(s + 4, e), e, SPACE)
    if not (begins(text, s, e, _STATION) and begins(text, what, e, _IEEE_802_11)):
        return _OTHER, SEEN, NO_MAC
    what += 14
    if begins(text, what, e, _ASSOCIATED):
        return _of(text, s + 4, e, JOINED)
    if begins(text, what, e, _IS_AUTHENTICATED):
        return _AUTHENTICATED, SEEN, NO_MAC
    if begins(text, what, e, _DISASSOCIATED):
        return _of(text, s + 4, e, IDLE if begins(text, what + 13, e, _INACTIVE) else LEFT)
    if begins(text, what, e, _DEAUTHENTICATED) and not begins(text, what + 15, e, _INACTIVE):
        return _of(text, s + 4, e, LEFT)
    return _OTHER, SEEN, NO_MAC


@compiled
def _of(text: Any, s: Any, e: Any, kind: Any) -> Any:
    mac, length = mac_at(text, s, e)
    if length != _MAC_LENGTH or not is_device(mac):
        return _BAD_ADDRESS, kind, NO_MAC
    return KEPT, kind, mac
