"""The frame around a syslog message: who says it, when, and where the program's own text begins. No format by itself.

<30>Nov 21 09:00:01 ap-0412 hostapd: ...                                RFC 3164, with or without priority and host
<30>Nov 21 09:00:01 2026 ap-0412 hostapd: ...                           the same with a year, before or after the clock
<30>1 2026-11-21T09:00:01.123+08:00 ap-0412 hostapd 812 - - ...         RFC 5424
2026-11-21T09:00:01.123456+08:00 ap-0412 hostapd: ...                   rsyslog's file format
Thu Aug 17 22:58:44 2023 daemon.info hostapd: ...                       OpenWrt logread: a year, no host
"""

from typing import Any

from ingest.eight_bytes import byte_at, next_byte
from ingest.scan import SPACE
from ingest.stamps import LOCAL, bsd_stamp, ctime_stamp, iso_stamp, month_at
from schemas.compiled import compiled

FRAMED, NO_FRAME, NO_STAMP = range(3)


@compiled
def frame_of(text: Any, s: Any, e: Any, near_ms: Any) -> Any:
    """(FRAMED or a fault, civil ms, offset, host start, host end, program start, program end, message start).

    An absent host is empty. A stamp without a year is in the year closest to `near_ms`.
    """
    at, has_version = _after_priority(text, s, e)
    if e - at < 16:
        return NO_FRAME, 0, LOCAL, s, s, s, s, s
    offset, has_host = LOCAL, True
    if 48 <= byte_at(text, at) <= 57:
        civil, offset, after = iso_stamp(text, at, e)
    elif byte_at(text, at + 3) == SPACE and month_at(text, at + 4) > 0:
        civil, after = ctime_stamp(text, at, e)
        has_host = False
    elif month_at(text, at) > 0:
        civil, offset, after = bsd_stamp(text, at, e, near_ms)
    else:
        return (NO_STAMP if has_version else NO_FRAME), 0, LOCAL, s, s, s, s, s
    if after < 0:
        return NO_STAMP, 0, LOCAL, s, s, s, s, s
    if after >= e or byte_at(text, after) != SPACE:
        return NO_FRAME, 0, LOCAL, s, s, s, s, s
    host_s = after + 1
    host_e = next_byte(text, host_s, e, SPACE)
    if has_version:
        program_s, program_e, message = _structured(text, host_e + 1, e)
        return FRAMED, civil, offset, host_s, host_e, program_s, program_e, message
    program_s = host_e + 1
    if host_e > host_s and byte_at(text, host_e - 1) == 58:  # `hostapd: ...` follows the stamp: no host was sent
        program_s, host_e = host_s, host_s
    program_e, message = _tag(text, program_s, e)
    return FRAMED, civil, offset, host_s, (host_e if has_host else host_s), program_s, program_e, message


@compiled
def _after_priority(text: Any, s: Any, e: Any) -> Any:
    """(place after `<30>` or `<30>1 `, whether the version of RFC 5424 stands there)."""
    if e - s < 8 or byte_at(text, s) != 60:  # <
        return s, False
    at = s + 1
    while at < s + 4 and 48 <= byte_at(text, at) <= 57:
        at += 1
    if byte_at(text, at) != 62:  # >
        return s, False
    at += 1
    if byte_at(text, at) == 49 and byte_at(text, at + 1) == SPACE:
        return at + 2, True
    return at, False


@compiled
def _tag(text: Any, s: Any, e: Any) -> Any:
    """(end of the program's name, start of the message) of `hostapd: ...` or `hostapd[812]: ...`."""
    end = next_byte(text, s, e, SPACE)
    name_end = s
    while name_end < end and byte_at(text, name_end) != 58 and byte_at(text, name_end) != 91:  # : [
        name_end += 1
    return name_end, min(end + 1, e)


@compiled
def _structured(text: Any, s: Any, e: Any) -> Any:
    """(program start, program end, message start) after the host of RFC 5424: app, process, message id, data, text."""
    program_e = next_byte(text, s, e, SPACE)
    at = next_byte(text, min(program_e + 1, e), e, SPACE)
    at = min(next_byte(text, min(at + 1, e), e, SPACE) + 1, e)
    at = _after_data(text, at, e) if at < e and byte_at(text, at) == 91 else next_byte(text, at, e, SPACE)  # [
    at = min(at + 1, e)
    if e - at >= 3 and byte_at(text, at) == 0xEF and byte_at(text, at + 1) == 0xBB and byte_at(text, at + 2) == 0xBF:
        at += 3
    return min(s, e), program_e, at


@compiled
def _after_data(text: Any, at: Any, e: Any) -> Any:
    """The place after the structured data elements at `at`; quoted values may hold spaces and brackets."""
    in_quotes = False
    while at < e:
        if in_quotes and byte_at(text, at) == 92:  # \
            at += 1
        elif byte_at(text, at) == 34:  # "
            in_quotes = not in_quotes
        elif (
            not in_quotes and byte_at(text, at) == 93 and (at + 1 >= e or byte_at(text, at + 1) != 91)
        ):  # ] not followed by [
            return at + 1
        at += 1
    return e
