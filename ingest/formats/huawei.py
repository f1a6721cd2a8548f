"""Huawei's controllers over syslog, in any frame of `controller_frames`: `..:[MESSAGE]KEY:value;KEY:value;...`

    WLAN_STA_INFO_AP_ASSOCIATE, RESULT:Success                                        joined
    ... another RESULT, or an ERRCODE that is not 0                                   ignored: refused-association
    ... RESULT with the words gone offline                                            left
    WLAN_STA_INFO_AUTHENTICATION, RESULT:Success                                      joined: there, and who logged in
    ... another RESULT                                                                ignored: authenticated-only
    WLAN_STA_INFO_OFFLINE, WLAN_STA_INFO_AP_DISASSOCIATE, WLAN_STA_OFFLINE_INFO       left
    ... RESULT or OfflineReason with the word idle, aged or aging                     idle, `idle_s` earlier
    WLAN_STA_ONLINEFAIL_INFO                                                          ignored: refused-association
    what else they say: FAT APs' roam lines name no second AP                         ignored

A roam is a new association; no message of its own is known. One and the same message reports an association and its
refusal, so RESULT and ERRCODE decide, and a line that lacks both is refused as `missing-field`.

A row happened at TIME, epoch seconds on the AC's clock: it needs neither zone nor year, and stays what it is when a
relay puts its own stamp in front. Where TIME is missing or is a date (newer templates), the AC's stamp counts; a date
in TIME tells no zone. A relay's stamp before the AC's is when the row was received; a lone stamp may be either's.

The AP's key is APNAME, else APMAC. USER is the account, unless it is the device's address, as in open networks.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.formats.syslog_lines import Framed, Said
from ingest.formats.syslog_parser import ControllerParser
from ingest.reading import KEPT, passed_over, refused
from ingest.scan import NO_MAC, SPACE, is_address, is_device, mac_at, place_of, thousandths
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

_OTHER, _REFUSED = passed_over("other-message"), passed_over("refused-association")
_AUTHENTICATED = passed_over("authenticated-only")
_MISSING_FIELD, _BAD_ADDRESS = refused("missing-field"), refused("bad-address")
_BRACKET = packed(b":[")
_ASSOCIATE, _AUTHENTICATION = packed(b"WLAN_STA_INFO_AP_ASSOCIATE]"), packed(b"WLAN_STA_INFO_AUTHENTICATION]")
_OFFLINE, _DISASSOCIATE = packed(b"WLAN_STA_INFO_OFFLINE]"), packed(b"WLAN_STA_INFO_AP_DISASSOCIATE]")
_WENT_OFFLINE, _ONLINE_FAIL = packed(b"WLAN_STA_OFFLINE_INFO]"), packed(b"WLAN_STA_ONLINEFAIL_INFO]")
_MAC, _STA_MAC, _AP_NAME, _AP_MAC = packed(b"MAC:"), packed(b"STAMAC:"), packed(b"APNAME:"), packed(b"APMAC:")
_USER, _TIME, _ERROR, _RESULT = packed(b"USER:"), packed(b"TIME:"), packed(b"ERRCODE:"), packed(b"RESULT:")
_REASON = packed(b"OfflineReason:")
_SUCCESS, _LOWER_SUCCESS, _NO_ERROR = packed(b"Success"), packed(b"success"), packed(b"0")
_GONE, _IDLE, _CAPITAL_IDLE = packed(b"gone offline"), packed(b"idle"), packed(b"Idle")
_AGED, _AGING = packed(b" aged"), packed(b" aging")


class HuaweiParser(ControllerParser):
    """Huawei syslog of one feed."""

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said`, the verdicts and the times that the lines' own fields tell."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        e = frames.stop[i]
        message = place_of(text, frames.program[i], e, _BRACKET) + 2
        fields = next_byte(text, message, e, 93) + 1  # ]
        frames.verdict[i], said.kind[i] = _event(text, message, fields, e)
        if frames.verdict[i] != KEPT:
            continue
        frames.verdict[i], said.mac[i] = _device(text, fields, e)
        said.ap[i], said.ap_stop[i] = _field(text, fields, e, _AP_NAME)
        if said.ap[i] == said.ap_stop[i]:
            said.ap[i], said.ap_stop[i] = _field(text, fields, e, _AP_MAC)
        said.user[i], said.user_stop[i] = _account(text, fields, e)
        time, time_stop = _field(text, fields, e, _TIME)
        seconds, is_number = thousandths(text, time, time_stop)
        if is_number:
            frames.civil[i] = seconds


@compiled
def _event(text: Any, message: Any, s: Any, e: Any) -> Any:
    """(verdict, kind) of a message with the fields s..e."""
    if begins(text, message, e, _ASSOCIATE):
        result, result_stop = _field(text, s, e, _RESULT)
        if place_of(text, result, result_stop, _GONE) < result_stop:
            return KEPT, _leave(text, result, result_stop)
        return _succeeded(text, s, e, _REFUSED), JOINED
    if begins(text, message, e, _AUTHENTICATION):
        return _succeeded(text, s, e, _AUTHENTICATED), JOINED
    if begins(text, message, e, _ONLINE_FAIL):
        return _REFUSED, SEEN
    if begins(text, message, e, _WENT_OFFLINE):
        reason, reason_stop = _field(text, s, e, _REASON)
        return KEPT, _leave(text, reason, reason_stop)
    if begins(text, message, e, _OFFLINE) or begins(text, message, e, _DISASSOCIATE):
        result, result_stop = _field(text, s, e, _RESULT)
        return KEPT, _leave(text, result, result_stop)
    return _OTHER, SEEN


@compiled
def _succeeded(text: Any, s: Any, e: Any, otherwise: Any) -> Any:
    """KEPT where RESULT says success, or says nothing and ERRCODE is 0."""
    result, result_stop = _field(text, s, e, _RESULT)
    error, error_stop = _field(text, s, e, _ERROR)
    if result == result_stop and error == error_stop:
        return _MISSING_FIELD
    is_error = error < error_stop and not (error_stop - error == 1 and begins(text, error, error_stop, _NO_ERROR))
    is_success = begins(text, result, result_stop, _SUCCESS) or begins(text, result, result_stop, _LOWER_SUCCESS)
    return KEPT if not is_error and (is_success or result == result_stop) else otherwise


@compiled
def _leave(text: Any, s: Any, e: Any) -> Any:
    """IDLE or LEFT, as the reason s..e says."""
    if place_of(text, s, e, _IDLE) < e or place_of(text, s, e, _CAPITAL_IDLE) < e:
        return IDLE
    return IDLE if place_of(text, s, e, _AGED) < e or place_of(text, s, e, _AGING) < e else LEFT


@compiled
def _device(text: Any, s: Any, e: Any) -> Any:
    """(verdict, address) of MAC or STAMAC."""
    at, stop = _field(text, s, e, _MAC)
    if at == stop:
        at, stop = _field(text, s, e, _STA_MAC)
    mac, length = mac_at(text, at, stop)
    return (KEPT, mac) if length > 0 and length == stop - at and is_device(mac) else (_BAD_ADDRESS, NO_MAC)


@compiled
def _account(text: Any, s: Any, e: Any) -> Any:
    """(start, stop) of USER; empty where it is `-`, or an address."""
    at, stop = _field(text, s, e, _USER)
    is_nobody = is_address(text, at, stop) or (stop - at == 1 and byte_at(text, at) == 45)  # -
    return (at, at) if is_nobody else (at, stop)


@compiled
def _field(text: Any, s: Any, e: Any, key: Any) -> Any:
    """(start, stop) of the value behind a `KEY:` that begins a field, without leading blanks; empty where none is."""
    while s < e:
        while s < e and byte_at(text, s) == SPACE:
            s += 1
        stop = next_byte(text, s, e, 59)  # ;
        if begins(text, s, stop, key):
            s += np.int64(key[0])
            while s < stop and byte_at(text, s) == SPACE:
                s += 1
            return s, stop
        s = stop + 1
    return e, e
