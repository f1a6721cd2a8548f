"""TP-Link Omada controllers over syslog, in any frame of `syslog_lines`; what one says of its wireless clients.

    2026-11-21T01:00:05Z oc-1  2026-11-21 09:00:01 Mall - - - [client:phone:02-00-..-01] is connected to [ap:door:02-..]
                         clock at                  site                                  joined at that AP

    is connected to, went online on                                      joined
    is roaming from [ap:..][Channel 36] to [ap:..][Channel 1]            joined at the second; the same AP: radio-change
    is disconnected from SSID, went offline from SSID                    left
    the same .. and connected to SSID .. on [ap:..]                      joined there: another network of the same place
    failed to connect                                                    ignored: refused-association
    clients on a wire, and what else it says                             ignored

The controller tells its events some seconds late, often more than a minute: the time is that of the site, on its own
clock; where it lacks, the frame's. So the frame's says nothing of how wrong that clock is: declare it (`offsets.csv`).
The AP's key is its address. No name, network, user or IP address is read.

After the sample log and the templates of simple_template_log_parser (versions of 2024 to 2026, both wordings). The
webhook of the controller has the same texts without any time, and is not read.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.bodies import ap_words
from ingest.clocks import check_zone
from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.feed import Feed
from ingest.formats.syslog_lines import framed, nothing_said, reading_of
from ingest.mapping import judge
from ingest.reading import KEPT, NO_TIME, Reading, passed_over, refused
from ingest.scan import NO_MAC, SPACE, is_device, lines_of, mac_at, place_of
from ingest.stamps import iso_stamp
from schemas.compiled import compiled
from schemas.sighting import JOINED, LEFT, SEEN

_OTHER, _RADIO_CHANGE = passed_over("other-message"), passed_over("radio-change")
_REFUSED_ASSOCIATION = passed_over("refused-association")
_NOT_THE_FORMAT, _BAD_ADDRESS = refused("not-the-format"), refused("bad-address")
_MAC_LENGTH = 17
_DASHES, _CLIENT = packed(b" - - - "), packed(b"[client:")
_CONNECTED, _ONLINE = packed(b" is connected to [ap:"), packed(b" went online on [ap:")
_ROAMS, _TO = packed(b" is roaming from [ap:"), packed(b" to [ap:")
_DISCONNECTED, _OFFLINE = packed(b" is disconnected from SSID "), packed(b" went offline from SSID ")
_AP, _AGAIN, _ON = packed(b"[ap:"), packed(b" and connected to SSID "), packed(b" on [ap:")
_FAILED = packed(b" failed to connect")


@dataclass(frozen=True)
class OmadaParser:
    """Omada syslog of one feed; nothing in it depends on the head of the file."""

    feed: Feed

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "OmadaParser":
        del head
        check_zone(feed.time_zone)
        return cls(feed)

    def parse(self, chunk: bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of a chunk, a record a line."""
        log = lines_of(chunk, first_line)
        frames = framed(log, near_ms)
        said = nothing_said(log.start.size)
        ap = _scan(log.buf, frames, said)
        judge(frames.verdict, ap == NO_MAC, "no-ap")
        return reading_of(log, frames, said, ap_words(ap), self.feed, first_line)


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> Any:
    """The address of the AP of each line, NO_MAC where it names none; fill `said`, verdicts and the site's times."""
    text = text_of(buf)
    ap = np.full(frames.verdict.size, NO_MAC, np.uint64)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        e = frames.stop[i]
        at = _after_spaces(text, frames.host_stop[i], e)
        civil, offset, after = iso_stamp(text, at, e)
        if after > 0:
            frames.civil[i], frames.offset[i], frames.received[i] = civil, offset, NO_TIME
        message = place_of(text, max(at, after), e, _DASHES) + 7
        if message > e:
            frames.verdict[i] = _NOT_THE_FORMAT
        else:
            frames.verdict[i], said.kind[i], said.mac[i], ap[i] = _event(text, message, e)
    return ap


@compiled
def _after_spaces(text: Any, s: Any, e: Any) -> Any:
    while s < e and byte_at(text, s) == SPACE:
        s += 1
    return s


@compiled
def _event(text: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, address, address of the AP) of a message."""
    if not begins(text, s, e, _CLIENT):
        return _OTHER, SEEN, NO_MAC, NO_MAC
    mac, at = _named(text, s + 8, place_of(text, s, e, _AP))
    verdict, kind, ap = _what(text, at, e)
    if verdict == KEPT and (mac == NO_MAC or not is_device(mac)):
        return _BAD_ADDRESS, kind, NO_MAC, ap
    return verdict, kind, mac, ap


@compiled
def _what(text: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, address of the AP) of what is said of a client."""
    online = min(_after(text, s, e, _CONNECTED), _after(text, s, e, _ONLINE))
    if online <= e:
        return KEPT, JOINED, _named(text, online, e)[0]
    roams = _after(text, s, e, _ROAMS)
    if roams <= e:
        old, at = _named(text, roams, e)
        ap, _ = _named(text, _after(text, at, e, _TO), e)
        return (_RADIO_CHANGE if ap == old and ap != NO_MAC else KEPT), JOINED, ap
    offline = min(_after(text, s, e, _DISCONNECTED), _after(text, s, e, _OFFLINE))
    if offline <= e:
        again = _after(text, offline, e, _AGAIN)
        kind = JOINED if again <= e else LEFT
        return KEPT, kind, _named(text, _after(text, again if again <= e else offline, e, _ON), e)[0]
    return (_REFUSED_ASSOCIATION if _after(text, s, e, _FAILED) <= e else _OTHER), SEEN, NO_MAC


@compiled
def _after(text: Any, s: Any, e: Any, words: Any) -> Any:
    """The place after the first such words in s..e; behind `e` where they do not stand."""
    at = place_of(text, s, e, words) if s < e else e
    return at + np.int64(words[0])


@compiled
def _named(text: Any, s: Any, e: Any) -> Any:
    """(the address that `name:02-00-..-01]` or `02-00-..-01]` ends with or NO_MAC, the place after it).

    A name may hold anything, a bracket too.
    """
    at = next_byte(text, s, e, 93) if s < e else e  # ]
    while at < e:
        first = at - _MAC_LENGTH
        if first == s or (first > s and byte_at(text, first - 1) == 58):  # :
            mac, length = mac_at(text, first, at)
            if length == _MAC_LENGTH:
                return mac, at + 1
        at = next_byte(text, at + 1, e, 93)
    return NO_MAC, s
