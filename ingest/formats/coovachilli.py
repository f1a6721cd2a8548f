"""CoovaChilli gateways over syslog, in any frame of `syslog_lines`: what they say of the addresses they lease.

    chilli.c: 3676: Client MAC=02-00-00-00-00-01 assigned IP 10.1.0.34     joined
    chilli.c: 3887: DHCP Released MAC=02-00-00-00-00-01 IP=10.1.0.33       idle, `idle_s` earlier
    New DHCP request from MAC=..; Successful UAM login from username=..    ignored
    what else it says                                                      ignored

A device has a lease, so it is in the network; whether it was let in, these lines do not say. A lease is released when
it has run out, seldom because the device says so: chilli's `lease` and `leaseplus` are that silence. Who logs in is
named without an address. Sessions are told by RADIUS accounting (`freeradius`), which is the better source of the two.

The AP's key is the syslog host: a gateway knows no access points. No user and no IP address is read.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, packed, text_of
from ingest.formats.syslog_lines import Framed, Said
from ingest.formats.syslog_parser import SyslogParser
from ingest.reading import KEPT, passed_over, refused
from ingest.scan import NO_MAC, is_device, mac_at, place_of
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, SEEN

_OTHER_PROGRAM, _OTHER = passed_over("other-program"), passed_over("other-message")
_BAD_ADDRESS = refused("bad-address")
_CHILLI, _COOVA = packed(b"chilli"), packed(b"coova-chilli")
_CLIENT, _ASSIGNED = packed(b"Client MAC="), packed(b" assigned IP ")
_RELEASED = packed(b"DHCP Released MAC=")
_MAC_LENGTH = 17


class CoovachilliParser(SyslogParser):
    """CoovaChilli of one feed."""

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said` and the verdicts."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        if _is_chilli(text, frames.program[i], frames.program_stop[i]):
            verdict, kind, mac = _event(text, frames.message[i], frames.stop[i])
            frames.verdict[i], said.kind[i], said.mac[i] = verdict, kind, mac
        else:
            frames.verdict[i] = _OTHER_PROGRAM


@compiled
def _is_chilli(text: Any, s: Any, e: Any) -> Any:
    return (e - s == 6 and begins(text, s, e, _CHILLI)) or (e - s == 12 and begins(text, s, e, _COOVA))


@compiled
def _event(text: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, address) of a message, with or without `chilli.c: 3676: ` before it."""
    client, released = place_of(text, s, e, _CLIENT), place_of(text, s, e, _RELEASED)
    if released < e:
        return _of(text, released + 18, e, IDLE)
    if client < e and place_of(text, client, e, _ASSIGNED) < e:
        return _of(text, client + 11, e, JOINED)
    return _OTHER, SEEN, NO_MAC


@compiled
def _of(text: Any, s: Any, e: Any, kind: Any) -> Any:
    mac, length = mac_at(text, s, e)
    if length != _MAC_LENGTH or not is_device(mac):
        return _BAD_ADDRESS, kind, NO_MAC
    return KEPT, kind, mac
