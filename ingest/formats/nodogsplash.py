"""nodogsplash and openNDS gateways over syslog, in any frame of `syslog_lines`, at their default level.

    Adding 10.1.0.3 02:..:01 token .. to client list                        joined: it is in the network
    Authenticating 10.1.0.3 02:..:01                                        joined: it was let in
    Timeout preauthenticated idle user: 10.1.0.3 02:..:01, inactive: 600s, ..
    Timeout authenticated idle user: 10.1.0.3 02:..:01, inactive: 7200s, .. idle, those seconds earlier, and 1 ms later
                                                                            than what was heard then
    Deauthenticating, Deleting, Force out user, and what else they say      ignored: no longer let in is not gone

The silence stands in the line, so a feed needs no `idle`. The AP's key is the syslog host: a gateway knows no access
points. No token and no IP address is read. After the sources of both; no log of a real gateway was found.
"""

from dataclasses import replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.feed import Feed
from ingest.formats.syslog_lines import Framed, Said
from ingest.formats.syslog_parser import SyslogParser
from ingest.reading import KEPT, NO_TIME, passed_over, refused
from ingest.scan import NO_MAC, SPACE, is_device, mac_at, place_of, thousandths
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, SEEN

_OTHER_PROGRAM, _OTHER = passed_over("other-program"), passed_over("other-message")
_BAD_ADDRESS, _MISSING_FIELD = refused("bad-address"), refused("missing-field")
_NODOGSPLASH, _OPENNDS = packed(b"nodogsplash"), packed(b"opennds")
_ADDING, _AUTHENTICATING, _TIMEOUT = packed(b"Adding "), packed(b"Authenticating "), packed(b"Timeout ")
_USER, _INACTIVE = packed(b" idle user: "), packed(b", inactive: ")
_MAC_LENGTH = 17


class NodogsplashParser(SyslogParser):
    """The gateways of one feed."""

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> Self:
        return super().of(head, replace(feed, idle_s=0))

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said` and the verdicts; take told silences off the times."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        if not _is_gateway(text, frames.program[i], frames.program_stop[i]):
            frames.verdict[i] = _OTHER_PROGRAM
            continue
        verdict, kind, mac, silence_ms = _event(text, frames.message[i], frames.stop[i])
        frames.verdict[i], said.kind[i], said.mac[i] = verdict, kind, mac
        frames.civil[i] -= silence_ms
        if frames.received[i] != NO_TIME:
            frames.received[i] -= silence_ms


@compiled
def _is_gateway(text: Any, s: Any, e: Any) -> Any:
    return (e - s == 11 and begins(text, s, e, _NODOGSPLASH)) or (e - s == 7 and begins(text, s, e, _OPENNDS))


@compiled
def _event(text: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, address, ms of silence) of a message."""
    if begins(text, s, e, _ADDING) or begins(text, s, e, _AUTHENTICATING):
        verdict, mac = _client(text, next_byte(text, s, e, SPACE) + 1, e)
        return verdict, JOINED, mac, 0
    user = place_of(text, s, e, _USER) if begins(text, s, e, _TIMEOUT) else e
    if user == e:
        return _OTHER, SEEN, NO_MAC, 0
    verdict, mac = _client(text, user + 12, e)
    at = place_of(text, user, e, _INACTIVE) + 12
    silence_ms, is_told = thousandths(text, at, next_byte(text, at, e, 115)) if at < e else (0, False)  # s
    if verdict == KEPT and not (is_told and silence_ms >= 0):
        return _MISSING_FIELD, IDLE, NO_MAC, 0
    return verdict, IDLE, mac, silence_ms - 1 if is_told else 0


@compiled
def _client(text: Any, s: Any, e: Any) -> Any:
    """(verdict, address) of `10.1.0.3 02:..:01`."""
    at = next_byte(text, s, e, SPACE) + 1 if s < e else e
    mac, length = mac_at(text, at, e) if at < e else (NO_MAC, 0)
    if length != _MAC_LENGTH or not is_device(mac) or (at + length < e and byte_at(text, at + length) == 58):  # :
        return _BAD_ADDRESS, NO_MAC
    return KEPT, mac
