"""hostapd's messages inside any frame of `syslog_lines`, also with the control socket's `<3>` in front.

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
a `left` at the time of the line, which no rule on single lines can tell from a true one: a day's run takes it for the
same `idle` where both come within a second (`sessionize/sessions.py`); a stream does not.

The AP's key is the syslog host, or `host/interface`; a log without host is one router's, and has the feed's name.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, is_word, next_byte, packed, text_of
from ingest.formats.syslog_lines import Framed, Said
from ingest.formats.syslog_parser import SyslogParser
from ingest.reading import KEPT, passed_over, refused
from ingest.scan import NO_MAC, SPACE, is_device, mac_at
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

_OTHER_PROGRAM, _OTHER = passed_over("other-program"), passed_over("other-message")
_AUTHENTICATED, _BAD_ADDRESS = passed_over("authenticated-only"), refused("bad-address")
_MAC_LENGTH = 17
_HOSTAPD = packed(b"hostapd")
_CONNECTED, _DISCONNECTED = packed(b"AP-STA-CONNECTED "), packed(b"AP-STA-DISCONNECTED ")
_STATION, _IEEE_802_11 = packed(b"STA "), packed(b" IEEE 802.11: ")
_IS_AUTHENTICATED, _ASSOCIATED = packed(b"authenticated"), packed(b"associated")
_DISASSOCIATED, _DEAUTHENTICATED = packed(b"disassociated"), packed(b"deauthenticated")
_INACTIVE = packed(b" due to inactivity")


class HostapdParser(SyslogParser):
    """hostapd of one feed."""

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said` (the interface as its `ap`) and the verdicts."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        if not is_word(text, frames.program[i], frames.program_stop[i], _HOSTAPD):
            frames.verdict[i] = _OTHER_PROGRAM
            continue
        e = frames.stop[i]
        event, said.ap[i], said.ap_stop[i] = interface_of(text, frames.message[i], e)
        frames.verdict[i], said.kind[i], said.mac[i] = hostapd_event(text, event, e)


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
