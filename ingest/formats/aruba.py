"""Aruba's controllers and their APs over syslog (ArubaOS: stm, authmgr), in any frame of `syslog_lines`.

    Assoc success @ 09:00:01.804189: 02:..:01: AP 10.0.0.9-02:..:a1-door                    joined, at that millisecond
    User Authentication Successful: username=.. MAC=.. .. AP=door SSID=.. ..                joined, and who logged in
    Deauth to/from sta, Disassoc to/from sta: 02:..:01: ... AP 10.0.0.9-02:..:a1-door ...   left
    the same .. Sapcp Ageout                                                                idle, `idle_s` earlier
    the same .. STA has roamed to another AP, .. Moved out from AP .. to new AP             ignored: roamed-away
    Assoc request: 02:..:01: Dropped AP .. for STA DoS protection                           ignored: refused-association
    Auth success, Auth request                                                              ignored: authenticated-only
    Assoc request, and what else they say                                                   ignored

AP and controller both tell most events, each by its own clock, milliseconds apart: both are rows, the walk merges them.
`Ageout` stands in every 501080 and 501106, whatever the reason: alone it says nothing of silence.

The AP's key is its name (`door`), which all these lines carry; the BSSID where a line has no name. A name holds no
space. A user without AP (`AP=N/A`: on a wire) is `no-place`. A `username` that is the address itself is nobody's.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.formats.syslog_lines import Framed, Said
from ingest.formats.syslog_parser import NamedApsParser
from ingest.reading import KEPT, passed_over, refused
from ingest.scan import NO_MAC, SPACE, is_address, is_device, mac_at, place_of
from ingest.stamps import clock_ms, fraction_ms
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

_OTHER, _ROAMED = passed_over("other-message"), passed_over("roamed-away")
_AUTHENTICATED, _REFUSED, _NO_PLACE = (
    passed_over("authenticated-only"),
    passed_over("refused-association"),
    passed_over("no-place"),
)
_BAD_ADDRESS = refused("bad-address")
_DAY_MS = 86_400_000
_ASSOCIATED, _REQUEST, _DROPPED = packed(b"Assoc success"), packed(b"Assoc request: "), packed(b": Dropped AP ")
_AUTH = packed(b"Auth ")
_DEAUTH, _DISASSOC, _FROM, _TO = packed(b"Deauth "), packed(b"Disassoc "), packed(b"from sta: "), packed(b"to sta: ")
_LOGIN = packed(b"User Authentication Successful: ")
_ROAM, _MOVED, _AGED = packed(b"roamed to another AP"), packed(b"Moved out from AP"), packed(b"Sapcp Ageout")
_AT, _AP, _COLON = packed(b"@ "), packed(b" AP "), packed(b": ")
_USER, _MAC, _AP_IS, _SSID = packed(b"username="), packed(b" MAC="), packed(b" AP="), packed(b" SSID=")
_NOT_KNOWN = packed(b"N/A")


class ArubaParser(NamedApsParser):
    """Aruba syslog of one feed."""

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said`, the verdicts and, where a line has its own, the milliseconds."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        e = frames.stop[i]
        s = _body(text, frames.message[i], e)
        if begins(text, s, e, _LOGIN):
            verdict, mac, ap, ap_stop, user, user_stop = _login(text, s, e)
            kind = JOINED
            said.user[i], said.user_stop[i] = user, user_stop
        else:
            verdict, kind, mac, ap, ap_stop = _station(text, s, e)
            if kind == JOINED:
                frames.civil[i] += _milliseconds(text, s, e, frames.civil[i])
        frames.verdict[i], said.kind[i], said.mac[i], said.ap[i], said.ap_stop[i] = verdict, kind, mac, ap, ap_stop


@compiled
def _body(text: Any, s: Any, e: Any) -> Any:
    """The place after `<501100> <30085> <NOTI> <name 10.0.0.2>  ` or `<501100> <NOTI> |AP door@10.0.0.9 stm|  `."""
    while s < e:
        byte = byte_at(text, s)
        if byte == 60 or byte == 124:  # < |
            s = next_byte(text, s + 1, e, 62 if byte == 60 else 124) + 1  # > |
        elif byte == SPACE:
            s += 1
        else:
            return s
    return e


@compiled
def _station(text: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, address, AP start, AP stop) of what stm says of a station."""
    if begins(text, s, e, _ASSOCIATED):
        at = s + 13
        if begins(text, at + 1, e, _AT):
            at = next_byte(text, at + 3, e, SPACE) - 1
        return _at_ap(text, at + 2 if begins(text, at, e, _COLON) else e, e, JOINED)
    if begins(text, s, e, _AUTH):
        return _AUTHENTICATED, SEEN, NO_MAC, s, s
    if begins(text, s, e, _REQUEST) and place_of(text, s, e, _DROPPED) < e:
        return _REFUSED, SEEN, NO_MAC, s, s
    at = s + 7 if begins(text, s, e, _DEAUTH) else s + 9 if begins(text, s, e, _DISASSOC) else e
    is_from = begins(text, at, e, _FROM)
    if not is_from and not begins(text, at, e, _TO):
        return _OTHER, SEEN, NO_MAC, s, s
    if place_of(text, at, e, _ROAM) < e or place_of(text, at, e, _MOVED) < e:
        return _ROAMED, SEEN, NO_MAC, s, s
    is_idle = place_of(text, at, e, _AGED) < e
    return _at_ap(text, at + (10 if is_from else 8), e, IDLE if is_idle else LEFT)


@compiled
def _at_ap(text: Any, s: Any, e: Any, kind: Any) -> Any:
    """The same of `02:..:01: ... AP 10.0.0.9-02:..:a1-door ...`."""
    mac, length = mac_at(text, s, e)
    if length == 0 or not is_device(mac):
        return _BAD_ADDRESS, kind, NO_MAC, s, s
    at = min(place_of(text, s + length, e, _AP) + 4, e)
    stop = next_byte(text, at, e, SPACE)
    bssid = min(next_byte(text, at, stop, 45) + 1, stop)  # -
    _, length = mac_at(text, bssid, stop)
    name = bssid + length
    if length > 0 and name + 1 < stop and byte_at(text, name) == 45:  # -
        return KEPT, kind, mac, name + 1, stop
    return KEPT, kind, mac, bssid, bssid + length


@compiled
def _milliseconds(text: Any, s: Any, e: Any, civil: Any) -> Any:
    """The milliseconds of `@ 09:00:01.804189`, if it is the second of `civil`; else 0."""
    at = min(place_of(text, s, e, _AT) + 2, e)
    if civil % 1000 != 0 or clock_ms(text, at, e) != civil % _DAY_MS or at + 9 >= e or byte_at(text, at + 8) != 46:
        return 0
    _, fraction = fraction_ms(text, at + 9, e)
    return fraction


@compiled
def _login(text: Any, s: Any, e: Any) -> Any:
    """(verdict, address, AP start, AP stop, user start, user stop) of `username=.. MAC=.. .. AP=.. SSID=..`."""
    user = min(place_of(text, s, e, _USER) + 9, e)
    user_stop = place_of(text, user, e, _MAC)
    mac, length = mac_at(text, min(user_stop + 5, e), e)
    if length == 0 or not is_device(mac):
        return _BAD_ADDRESS, NO_MAC, s, s, s, s
    ap = min(place_of(text, user_stop, e, _AP_IS) + 4, e)
    ap_stop = place_of(text, ap, e, _SSID)
    if ap == ap_stop or begins(text, ap, ap_stop, _NOT_KNOWN):
        return _NO_PLACE, mac, s, s, s, s
    return KEPT, mac, ap, ap_stop, user, (user if is_address(text, user, user_stop) else user_stop)
