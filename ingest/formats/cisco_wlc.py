"""Cisco's wireless controllers over syslog: Catalyst 9800 (IOS XE) and AireOS, in any frame of `controller_frames`.

    %CLIENT_ORCH_LOG-7-CLIENT_MOVED_TO_RUN_STATE: .. Username (..), MAC: .. associated to AP (door) ..     joined
    %CLIENT_ORCH_LOG-7-CLIENT_IP_UPDATED: .. IP address updated, associated to AP (door) ..                seen
    %CLIENT_ORCH_LOG-7-CLIENT_MOVED_TO_DELETE_STATE: .. disconnected from AP (door) ..                     left
    %APF-5-CLIENT_ASSOCIATE: .. Client Association: Client MAC: .., AP Name: door, Radio: ..               joined
    %DOT11-.. with `AP:0200.00ff.0001` before the stamp                      as in `cisco-ios`, at that AP
    %CLIENT_ORCH_LOG-6-CLIENT_ADDED_TO_RUN_STATE, %APF-6-USER_NAME_CREATED, .._DELETED    ignored: no-place
    %APF-..-ASSOCREQ_PROC_FAILED; `Failed to process an association request`    ignored: refused-association
    every other message                                                                            ignored

A controller tells where a client is at severity 7 only: `wireless client syslog-detailed` and `logging trap debugging`.
At severity 6 it names device and user and no AP: that is no sighting, and a log of nothing else gives none.

The AP's key is its name as the controller has it. `Username (null)`, and one that is an address, are nobody's.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, is_word, next_byte, packed, text_of
from ingest.formats.cisco_ios import ap_host, dot11_event, without_unset_clocks
from ingest.formats.syslog_lines import Framed, Said
from ingest.formats.syslog_parser import ControllerParser
from ingest.reading import KEPT, passed_over, refused
from ingest.scan import NO_MAC, Spans, is_address, is_device, mac_at, place_of
from schemas.compiled import compiled
from schemas.sighting import JOINED, LEFT, SEEN

_OTHER, _NO_PLACE, _REFUSED = passed_over("other-message"), passed_over("no-place"), passed_over("refused-association")
_BAD_ADDRESS = refused("bad-address")
_MOVED, _TO_RUN, _TO_DELETE = packed(b"CLIENT_MOVED_TO_"), packed(b"RUN_STATE"), packed(b"DELETE_STATE")
_IP_UPDATED, _ADDED, _USER_NAME = packed(b"CLIENT_IP_UPDATED"), packed(b"CLIENT_ADDED_TO_RUN"), packed(b"USER_NAME_")
_ASSOCIATE, _REQUEST_FAILED = packed(b"CLIENT_ASSOCIATE"), packed(b"ASSOCREQ_PROC_FAILED")
_FAILED_TO = packed(b"Failed to process an association request")
_USER, _MAC, _AP, _SSID = packed(b"Username ("), packed(b"MAC: "), packed(b" AP ("), packed(b") with SSID")
_AP_NAME, _NULL, _DOT11 = packed(b"AP Name: "), packed(b"(null"), packed(b"DOT11-")


class CiscoWlcParser(ControllerParser):
    """Controller syslog of one feed."""

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)

    def frames(self, log: Spans, near_ms: int) -> Framed:
        return without_unset_clocks(super().frames(log, near_ms))


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said` and the verdicts."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        mnemonic, mnemonic_stop, s, e = frames.program[i], frames.program_stop[i], frames.message[i], frames.stop[i]
        if begins(text, max(mnemonic - 8, 0), mnemonic, _DOT11):
            verdict, kind, mac, _, _ = dot11_event(text, mnemonic, mnemonic_stop, s, e)
            frames.host[i] = ap_host(text, frames.host[i], frames.host_stop[i])
            ap, ap_stop = frames.host[i], frames.host_stop[i]
        else:
            verdict, kind = _meaning(text, mnemonic, mnemonic_stop, s, e)
            mac, ap, ap_stop = NO_MAC, s, s
            if verdict == KEPT:
                mac, ap, ap_stop = _client(text, s, e)
                verdict = KEPT if is_device(mac) and mac != NO_MAC else _BAD_ADDRESS
                said.user[i], said.user_stop[i] = _user(text, s, e)
        frames.verdict[i], said.kind[i], said.mac[i], said.ap[i], said.ap_stop[i] = verdict, kind, mac, ap, ap_stop


@compiled
def _meaning(text: Any, mnemonic: Any, mnemonic_stop: Any, s: Any, e: Any) -> Any:
    """(verdict, kind) of a message by its mnemonic."""
    if begins(text, mnemonic, mnemonic_stop, _MOVED):
        state = mnemonic + 16
        if is_word(text, state, mnemonic_stop, _TO_RUN):
            return KEPT, JOINED
        return (KEPT, LEFT) if is_word(text, state, mnemonic_stop, _TO_DELETE) else (_OTHER, SEEN)
    if is_word(text, mnemonic, mnemonic_stop, _IP_UPDATED):
        return KEPT, SEEN
    if is_word(text, mnemonic, mnemonic_stop, _ASSOCIATE):
        return KEPT, JOINED
    if begins(text, mnemonic, mnemonic_stop, _ADDED) or begins(text, mnemonic, mnemonic_stop, _USER_NAME):
        return _NO_PLACE, SEEN
    if is_word(text, mnemonic, mnemonic_stop, _REQUEST_FAILED) or place_of(text, s, e, _FAILED_TO) < e:
        return _REFUSED, SEEN
    return _OTHER, SEEN


@compiled
def _client(text: Any, s: Any, e: Any) -> Any:
    """(address or NO_MAC, AP start, AP stop) of `MAC: .. AP (door) with SSID` or `MAC: .., AP Name: door, ..`."""
    at = place_of(text, s, e, _MAC) + 5
    mac, length = mac_at(text, at, e) if at < e else (NO_MAC, 0)
    if length == 0:
        return NO_MAC, s, s
    ap = place_of(text, at, e, _AP)
    is_in_brackets = ap < e
    ap = min(ap + 5 if is_in_brackets else place_of(text, at, e, _AP_NAME) + 9, e)
    stop = place_of(text, ap, e, _SSID) if is_in_brackets else next_byte(text, ap, e, 44)  # ,
    return mac, ap, (stop if stop < e else ap)


@compiled
def _user(text: Any, s: Any, e: Any) -> Any:
    """(start, stop) of the account in `Username (..), `; empty if there is none."""
    user = min(place_of(text, s, e, _USER) + 10, e)
    stop = next_byte(text, user, e, 41)  # )
    is_nobody = is_address(text, user, stop) or begins(text, user - 1, stop, _NULL)
    return user, (user if is_nobody else stop)
