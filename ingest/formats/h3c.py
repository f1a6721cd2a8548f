"""H3C's controllers over syslog (Comware 7 and 5), in any frame of `controller_frames`; addresses as 0200-5e00-0001.

    STAMGR_CLIENT_ONLINE: Client .. went online from BSS .. with SSID .. on AP name. State changed to Run   joined
    STAMGR_ROAM_SUCCESS: Client .. roamed from BSSID .. on AP a of AC IP .. to BSSID .. on AP b of ..       joined, at b
    ... the same AP, another radio                                                            ignored: radio-change
    STAMGR_CLIENT_SNOOPING: .. Client MAC: .., .. Username: .., AP name: .., ..   joined: still there, and who logged in
    STAMGR_CLIENT_OFFLINE: Client .. went offline from BSS .. with SSID .. on AP name. State ..             left
    ... Reason: with the word idle in it                                                      idle, `idle_s` earlier
    WMAC_CLIENT_JOIN_WLAN: Client .. successfully joins WLAN .., on APID 1 with BSSID ..      joined (Comware 5)
    WROAM_ROAM_HAPPEN: Client .. roamed from BSSID .. of AC .. to BSSID .. of AC ..           joined, at the second
    WMAC_CLIENT_GOES_OFFLINE: Client .. disconnected from WLAN ..                             ignored: no-place
    what else they say                                                                        ignored

The AP's key is its name (spaces, brackets and Chinese may be in it, in UTF-8 or GB18030), else its BSS's address: older
releases name no AP. Comware 5 says of a leave no place at all: such a feed is `reports_leaving = false`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.formats.syslog_lines import Framed, Said
from ingest.formats.syslog_parser import ControllerParser
from ingest.reading import KEPT, passed_over, refused
from ingest.scan import NO_MAC, is_address, is_device, mac_at, place_of
from ingest.words import is_equal
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

_OTHER, _RADIO_CHANGE, _NO_PLACE = passed_over("other-message"), passed_over("radio-change"), passed_over("no-place")
_NOT_THE_FORMAT, _BAD_ADDRESS = refused("not-the-format"), refused("bad-address")
_MAC_LENGTH = 14
_ONLINE, _OFFLINE = packed(b"STAMGR_CLIENT_ONLINE:"), packed(b"STAMGR_CLIENT_OFFLINE:")
_ROAMED, _SNOOPED = packed(b"STAMGR_ROAM_SUCCESS:"), packed(b"STAMGR_CLIENT_SNOOPING:")
_JOINED_5, _ROAMED_5, _OFFLINE_5 = (
    packed(b"WMAC_CLIENT_JOIN_WLAN:"),
    packed(b"WROAM_ROAM_HAPPEN:"),
    packed(b"WMAC_CLIENT_GOES_OFFLINE:"),
)
_CLIENT, _CLIENT_MAC = packed(b"Client "), packed(b"Client MAC: ")
_FROM_BSS, _WITH_BSSID = packed(b" from BSS "), packed(b" with BSSID ")
_TO_BSSID, _ON_AP = packed(b" to BSSID "), packed(b" on AP ")
_STATE, _RADIO, _OF_AC = packed(b". State changed"), packed(b" Radio ID "), packed(b" of AC ")
_AP_NAME, _USER, _COMMA = packed(b" AP name: "), packed(b" Username: "), packed(b", ")
_REASON, _IDLE, _CAPITAL_IDLE = packed(b" Reason: "), packed(b"idle"), packed(b"Idle")


class H3cParser(ControllerParser):
    """H3C syslog of one feed."""

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said` and the verdicts."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        mnemonic, s, e = frames.program[i], frames.message[i], frames.stop[i]
        is_snooped = begins(text, mnemonic, e, _SNOOPED)
        client = place_of(text, s, e, _CLIENT_MAC) + 12 if is_snooped else place_of(text, s, e, _CLIENT) + 7
        if is_snooped:
            verdict, kind, ap, ap_stop = _listed(text, client, e)
            said.user[i], said.user_stop[i] = _user(text, client, e)
        else:
            verdict, kind, ap, ap_stop = _event(text, mnemonic, client, e)
        if verdict == KEPT:
            said.mac[i], length = mac_at(text, client, e)
            if length != _MAC_LENGTH or not is_device(said.mac[i]):
                verdict, said.mac[i] = _BAD_ADDRESS, NO_MAC
        frames.verdict[i], said.kind[i], said.ap[i], said.ap_stop[i] = verdict, kind, ap, ap_stop


@compiled
def _event(text: Any, mnemonic: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, AP start, AP stop) of the text behind a mnemonic; s: the client's address."""
    if begins(text, mnemonic, e, _ONLINE):
        return _on_ap(text, s, e, JOINED)
    if begins(text, mnemonic, e, _OFFLINE):
        reason = place_of(text, s, e, _REASON)
        is_idle = place_of(text, reason, e, _IDLE) < e or place_of(text, reason, e, _CAPITAL_IDLE) < e
        return _on_ap(text, s, e, IDLE if is_idle else LEFT)
    if begins(text, mnemonic, e, _ROAMED):
        return _roamed(text, s, e)
    if begins(text, mnemonic, e, _ROAMED_5):
        return _bss(text, place_of(text, s, e, _TO_BSSID) + 10, e, JOINED)
    if begins(text, mnemonic, e, _JOINED_5):
        return _bss(text, place_of(text, s, e, _WITH_BSSID) + 12, e, JOINED)
    return (_NO_PLACE if begins(text, mnemonic, e, _OFFLINE_5) else _OTHER), SEEN, e, e


@compiled
def _on_ap(text: Any, s: Any, e: Any, kind: Any) -> Any:
    """The AP of `from BSS .. with SSID .. on AP name. State changed ..`; newer lines put ` Radio ID 1` behind it."""
    state = place_of(text, s, e, _STATE)
    ap = _last_place(text, s, state, _ON_AP)
    if state == e:
        return _NOT_THE_FORMAT, kind, e, e
    if ap < 0:
        return _bss(text, place_of(text, s, e, _FROM_BSS) + 10, e, kind)
    radio = _last_place(text, ap, state, _RADIO)
    return KEPT, kind, ap + 7, (state if radio < 0 else radio)


@compiled
def _bss(text: Any, s: Any, e: Any, kind: Any) -> Any:
    _, length = mac_at(text, s, e)
    return (KEPT, kind, s, s + length) if length else (_NOT_THE_FORMAT, kind, e, e)


@compiled
def _roamed(text: Any, s: Any, e: Any) -> Any:
    """The second AP of `from BSSID .. on AP a of AC .. to BSSID .. on AP b of AC ..`."""
    middle = place_of(text, s, e, _TO_BSSID)
    old, old_stop = _last_place(text, s, middle, _ON_AP) + 7, _last_place(text, s, middle, _OF_AC)
    new, new_stop = place_of(text, middle, e, _ON_AP) + 7, _last_place(text, middle, e, _OF_AC)
    if new_stop < new:
        return _NOT_THE_FORMAT, JOINED, e, e
    is_same = old >= 7 and old_stop > old and is_equal(text, old, old_stop, new, new_stop)
    return (_RADIO_CHANGE if is_same else KEPT), JOINED, new, new_stop


@compiled
def _listed(text: Any, s: Any, e: Any) -> Any:
    """The AP of `Client MAC: .., IP: .., .. AP name: .., ..`."""
    ap = place_of(text, s, e, _AP_NAME) + 10
    return (KEPT, JOINED, ap, place_of(text, ap, e, _COMMA)) if ap < e else (_NOT_THE_FORMAT, JOINED, e, e)


@compiled
def _user(text: Any, s: Any, e: Any) -> Any:
    """(start, stop) of the user's name; empty for `-NA-`, and where it is an address: that is nobody's account."""
    user = place_of(text, s, e, _USER) + 11
    stop = next_byte(text, user, e, 44)  # ,
    if user >= e or byte_at(text, user) == 45 or is_address(text, user, stop):  # -
        return e, e
    return user, stop


@compiled
def _last_place(text: Any, s: Any, e: Any, word: Any) -> Any:
    """The last place in s..e where the packed word stands, or -1."""
    at = e - np.int64(word[0])
    while at >= s and not begins(text, at, e, word):
        at -= 1
    return at if at >= s else -1
