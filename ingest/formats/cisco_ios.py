"""Cisco's autonomous access points (IOS), in any frame of `controller_frames`; also a controller's AP that speaks IOS.

    %DOT11-6-ASSOC: Interface Dot11Radio1, Station 0200.0000.0001 Associated KEY_MGMT[..]   joined; also Reassociated
    %DOT11-6-DISASSOC: Interface .., Deauthenticating Station 0200.0000.0001 Reason: ..     left
    the same with a reason that names inactivity                                            idle, `idle_s` earlier
    %DOT11-4-MAXRETRIES: Packet to client 0200.0000.0001 reached max retries, removing ..   left
    %DOT11-6-ROAMED                                                                         ignored: roamed-away
    %DOT11-7-AUTH_FAILED                                                                    ignored: refused-association
    every other message                                                                     ignored

The AP's key is the syslog host, or `host/Dot11Radio1` (`ap_is`); `AP:0200.00ff.0001` before the stamp is the AP itself.
A clock that a relay's stamp contradicts by more than a day was never set (after power-on IOS counts from 1 March): the
row takes the relay's time. `*` or `.` before a stamp only says that no time server confirms it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, is_word, next_byte, packed, text_of
from ingest.formats.controller_frames import controller_frames
from ingest.formats.syslog_lines import Framed, Said
from ingest.formats.syslog_parser import SyslogParser
from ingest.reading import KEPT, NO_TIME, passed_over, refused
from ingest.scan import NO_MAC, SPACE, Spans, is_device, mac_at, place_of
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

_OTHER, _ROAMED, _REFUSED = passed_over("other-message"), passed_over("roamed-away"), passed_over("refused-association")
_BAD_ADDRESS = refused("bad-address")
_DAY_MS = 86_400_000
_MODULE, _ASSOC, _DISASSOC = packed(b"DOT11-"), packed(b"ASSOC"), packed(b"DISASSOC")
_MAX_RETRIES, _HAS_ROAMED, _AUTH_FAILED = packed(b"MAXRETRIES"), packed(b"ROAMED"), packed(b"AUTH_FAILED")
_INTERFACE, _AP, _STATION, _CLIENT = packed(b"Interface "), packed(b"AP:"), packed(b"Station "), packed(b"client ")
_ASSOCIATED, _REASSOCIATED = packed(b" Associated"), packed(b" Reassociated")
_INACTIVE, _IDLE = packed(b"inactivity"), packed(b"idle")
_DOTTED = 14


class CiscoIosParser(SyslogParser):
    """IOS syslog of one feed."""

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)

    def frames(self, log: Spans, near_ms: int) -> Framed:
        return without_unset_clocks(controller_frames(log, near_ms, self.feed))


def without_unset_clocks(frames: Framed) -> Framed:
    """The frames, all in UTC, with the relay's time in place of one that is more than a day off."""
    is_unset = (frames.received != NO_TIME) & (np.abs(frames.civil - frames.received) > _DAY_MS)
    civil = np.where(is_unset, frames.received, frames.civil)
    return frames._replace(civil=civil, received=np.where(is_unset, NO_TIME, frames.received))


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said` (the interface as its `ap`) and the verdicts."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] == KEPT:
            frames.host[i] = ap_host(text, frames.host[i], frames.host_stop[i])
            frames.verdict[i], said.kind[i], said.mac[i], said.ap[i], said.ap_stop[i] = dot11_event(
                text, frames.program[i], frames.program_stop[i], frames.message[i], frames.stop[i]
            )


@compiled
def ap_host(text: Any, s: Any, e: Any) -> Any:
    """Where a host begins, the `AP:` of an AP's address left out."""
    return s + 3 if begins(text, s, e, _AP) else s


@compiled
def dot11_event(text: Any, mnemonic: Any, mnemonic_stop: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, address, interface start, interface stop) of a message of the module DOT11."""
    while s < e and byte_at(text, s) == SPACE:
        s += 1
    interface = s + 10 if begins(text, s, e, _INTERFACE) else s
    interface_stop = next_byte(text, interface, e, 44) if interface > s else s  # ,
    kind, at, verdict = SEEN, e, KEPT
    if not begins(text, max(mnemonic - 8, 0), mnemonic, _MODULE):
        verdict = _OTHER
    elif is_word(text, mnemonic, mnemonic_stop, _ASSOC):
        kind, at = JOINED, place_of(text, s, e, _ASSOCIATED)
        at = (at if at < e else place_of(text, s, e, _REASSOCIATED)) - _DOTTED
    elif is_word(text, mnemonic, mnemonic_stop, _DISASSOC):
        kind = IDLE if place_of(text, s, e, _INACTIVE) < e or place_of(text, s, e, _IDLE) < e else LEFT
        at = place_of(text, s, e, _STATION) + 8
    elif is_word(text, mnemonic, mnemonic_stop, _MAX_RETRIES):
        kind, at = LEFT, place_of(text, s, e, _CLIENT) + 7
    elif is_word(text, mnemonic, mnemonic_stop, _HAS_ROAMED):
        verdict = _ROAMED
    else:
        verdict = _REFUSED if is_word(text, mnemonic, mnemonic_stop, _AUTH_FAILED) else _OTHER
    if verdict != KEPT:
        return verdict, SEEN, NO_MAC, s, s
    mac, length = mac_at(text, at, e) if s <= at < e else (NO_MAC, 0)
    if length == 0 or not is_device(mac):
        return _BAD_ADDRESS, kind, NO_MAC, s, s
    return KEPT, kind, mac, interface, interface_stop
