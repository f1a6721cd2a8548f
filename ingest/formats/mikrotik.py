"""MikroTik's RouterOS: the wireless, CAPsMAN and wifi packages over syslog (BSD format) or as exported by the router.

    wireless,info 02:..:01@wlan1: connected, signal strength -60                                  joined
    caps,info 02:..:01@cap3 connected, signal strength -36                                        joined
    wireless,info 02:..:01@wifi1(mall) roamed to 02:..:01@wifi2(mall), signal strength -66        joined at the second
    .. disconnected, received deauth: sending station leaving (3), signal strength -60            left
    .. disconnected, extensive data loss / connection lost / not responding                       idle, `idle_s` earlier
    .. disconnected, registered to other interface                                                ignored: roamed-away
    .. rejected, ..                                                                   ignored: refused-association
    .. reconnecting, debug lines, and what else wireless and caps say                             ignored

The AP's key is the syslog host, `ap_is = "host"`; where one router speaks for many radios, as CAPsMAN does, say
`host/interface`. The network in brackets after an interface is not part of its name. A line without host is one
router's: the feed's name. A signal that is no dBm (`41`) is none.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.formats.syslog_lines import Framed, Said
from ingest.formats.syslog_parser import SyslogParser
from ingest.reading import KEPT, NO_SIGNAL, passed_over, refused
from ingest.scan import NO_MAC, SPACE, is_device, mac_at, place_of, thousandths
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

_OTHER_PROGRAM, _OTHER = passed_over("other-program"), passed_over("other-message")
_ROAMED, _REFUSED, _BAD_ADDRESS = passed_over("roamed-away"), passed_over("refused-association"), refused("bad-address")
_MAC_LENGTH = 17
_WIRELESS, _CAPS, _WIFI = packed(b"wireless,"), packed(b"caps,"), packed(b"wifi,")
_CONNECTED, _DISCONNECTED, _ROAMED_TO = packed(b" connected"), packed(b" disconnected"), packed(b" roamed to ")
_REJECTED, _SIGNAL = packed(b" rejected"), packed(b"signal strength ")
_DATA_LOSS, _LOST, _SILENT = packed(b", extensive data loss"), packed(b", connection lost"), packed(b", not responding")
_ELSEWHERE = packed(b", registered to other ")


class MikrotikParser(SyslogParser):
    """RouterOS of one feed."""

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said` (the interface as its `ap`) and the verdicts; in an export without host, the host."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        e, s = frames.stop[i], frames.message[i]
        if not _is_topic(text, frames.program[i], e):
            if not _is_topic(text, frames.host[i], e):
                frames.verdict[i] = _OTHER_PROGRAM
                continue
            s = min(frames.host_stop[i] + 1, e)
            frames.host_stop[i] = frames.host[i]
        verdict, kind, mac, ap, ap_stop = _event(text, s, e)
        frames.verdict[i], said.kind[i], said.mac[i], said.ap[i], said.ap_stop[i] = verdict, kind, mac, ap, ap_stop
        said.signal[i] = _signal(text, s, e)


@compiled
def _is_topic(text: Any, s: Any, e: Any) -> Any:
    """Whether a log's topics begin at `s`: those of a radio."""
    return begins(text, s, e, _WIRELESS) or begins(text, s, e, _CAPS) or begins(text, s, e, _WIFI)


@compiled
def _event(text: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, address, interface start, interface stop) of `02:..:01@wlan1: connected, ..`."""
    at = next_byte(text, s, e, 64)  # @
    if at == e or at - s != _MAC_LENGTH:
        return _OTHER, SEEN, NO_MAC, s, s
    verdict, kind, verb = _verb(text, at + 1, e)
    if verdict != KEPT:
        return verdict, kind, NO_MAC, s, s
    mac, length = mac_at(text, s, at)
    if length == 0 or not is_device(mac):
        return _BAD_ADDRESS, kind, NO_MAC, s, s
    interface = at + 1
    if begins(text, verb, e, _ROAMED_TO):
        interface = min(next_byte(text, verb, e, 64) + 1, e)
        verb = next_byte(text, interface, e, 44)  # ,
    return KEPT, kind, mac, interface, _interface_end(text, interface, verb)


@compiled
def _verb(text: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, place of the verb)."""
    at = place_of(text, s, e, _DISCONNECTED)
    if at < e:
        what = at + 13
        if begins(text, what, e, _ELSEWHERE):
            return _ROAMED, SEEN, at
        is_silent = begins(text, what, e, _DATA_LOSS) or begins(text, what, e, _LOST) or begins(text, what, e, _SILENT)
        return KEPT, (IDLE if is_silent else LEFT), at
    at = place_of(text, s, e, _ROAMED_TO)
    if at < e:
        return KEPT, JOINED, at
    at = place_of(text, s, e, _CONNECTED)
    if at < e:
        return KEPT, JOINED, at
    return (_REFUSED if place_of(text, s, e, _REJECTED) < e else _OTHER), SEEN, e


@compiled
def _interface_end(text: Any, s: Any, e: Any) -> Any:
    """The end of `wlan1` in `wlan1:`, `wlan1` or `wlan1(mall)`."""
    if e > s and byte_at(text, e - 1) == 58:  # :
        e -= 1
    if e > s and byte_at(text, e - 1) == 41:  # )
        bracket = next_byte(text, s, e, 40)  # (
        return bracket if bracket > s else e
    return e


@compiled
def _signal(text: Any, s: Any, e: Any) -> Any:
    """The signal in dBm, or NO_SIGNAL."""
    at = min(place_of(text, s, e, _SIGNAL) + 16, e)
    stop = min(next_byte(text, at, e, 44), next_byte(text, at, e, SPACE))  # ,
    value, is_number = thousandths(text, at, stop)
    return np.int16(value // 1000) if is_number and -128_000 <= value <= 0 else np.int16(NO_SIGNAL)
