"""wifidog gateways, as their requests stand in the auth server's access log (common or combined log format).

    .. [21/Nov/2026:09:00:01 +0800] "GET /auth/?stage=counters&..&mac=02:..:01&..&gw_id=door HTTP/1.1" 200 7 ..

    stage=counters    joined: the gateway asks once a minute for each client that is let in
    stage=login       seen: the answer, which may refuse, is not in the log
    stage=logout      left
    every other request                                                               ignored

The AP's key is `gw_id`, as it stands there: a gateway knows neither access point nor network. Of a request only
`stage`, `mac` and `gw_id` are read: not the token, no address, no agent.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.clocks import check_zone
from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.feed import Feed
from ingest.mapping import Civil, access_points, no_signals, utc_times
from ingest.reading import KEPT, LONGEST_LINE, Reading, Records, passed_over, refused, settled
from ingest.scan import NO_MAC, SPACE, Spans, is_device, lines_of, mac_at, two_digits
from ingest.stamps import DAY_MS, clock_ms, days_from_civil, is_date, month_at
from schemas.compiled import compiled
from schemas.sighting import JOINED, LEFT, SEEN

_BLANK, _OTHER = passed_over("blank"), passed_over("other-message")
_TOO_LONG, _NOT_THE_FORMAT = refused("line-too-long"), refused("not-the-format")
_BAD_TIME, _BAD_ADDRESS, _NO_ADDRESS = refused("bad-time"), refused("bad-address"), refused("no-address")
_GET = packed(b"GET ")
_STAGE, _MAC, _GATEWAY = packed(b"stage="), packed(b"mac="), packed(b"gw_id=")
_COUNTERS, _LOGIN, _LOGOUT = packed(b"counters"), packed(b"login"), packed(b"logout")
_STAMP_LENGTH = 26  # 21/Nov/2026:09:00:01 +0800


@dataclass(frozen=True)
class WifidogParser:
    """The access log of one feed; nothing in it depends on the head of the file."""

    feed: Feed

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "WifidogParser":
        del head
        check_zone(feed.time_zone)
        return cls(feed)

    def parse(self, chunk: bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of a chunk, a record a line. `near_ms` is not needed."""
        log = lines_of(chunk, first_line)
        n = log.start.size
        verdict, civil, offset, mac, kind, places = _scanned(*log)
        at_ms = utc_times(Civil(civil, offset, np.ones(n, np.bool_)), verdict, self.feed.time_zone)
        stop = np.where(verdict == KEPT, places[1], places[0])
        ap = access_points(Spans(log.buf, places[0], stop), verdict)
        if not self.feed.reports_leaving:
            kind[kind == JOINED] = SEEN
        line = np.arange(first_line, first_line + n)
        unfinished = not chunk.endswith(b"\n")
        return settled(Records(verdict, line, at_ms, mac, None, ap, kind, no_signals(n), unfinished))


@compiled
def _scanned(buf: Any, start: Any, stop: Any) -> Any:
    """(verdict, civil ms, offset, address, kind, places [gateway start, gateway end]) of each line."""
    text = text_of(buf)
    n = start.size
    verdict, kind, offset = np.zeros(n, np.int8), np.zeros(n, np.int8), np.zeros(n, np.int16)
    civil, mac, places = np.zeros(n, np.int64), np.full(n, NO_MAC, np.uint64), np.zeros((2, n), np.int64)
    for i in range(n):
        s, e = start[i], stop[i]
        if s == e or e - s > LONGEST_LINE:
            verdict[i] = _BLANK if s == e else _TOO_LONG
            continue
        stamp = next_byte(text, s, e, 91) + 1  # [
        request = stamp + _STAMP_LENGTH + 3
        if not _is_request(text, request, e):
            verdict[i] = _NOT_THE_FORMAT
            continue
        civil[i], offset[i], is_stamp = _clf_stamp(text, stamp, e)
        said, kind[i], mac[i], places[0, i], places[1, i] = _request(text, request, e)
        verdict[i] = said if said == _OTHER or is_stamp else _BAD_TIME
    return verdict, civil, offset, mac, kind, places


@compiled
def _is_request(text: Any, at: Any, e: Any) -> Any:
    """Whether `] "` stands before `at`."""
    if at >= e:
        return False
    return byte_at(text, at - 3) == 93 and byte_at(text, at - 2) == SPACE and byte_at(text, at - 1) == 34


@compiled
def _clf_stamp(text: Any, s: Any, e: Any) -> Any:
    """(civil ms, offset minutes, whether it is one) of `21/Nov/2026:09:00:01 +0800`."""
    day, month, clock = two_digits(text, s), month_at(text, s + 3), clock_ms(text, s + 12, e)
    century, of_century = two_digits(text, s + 7), two_digits(text, s + 9)
    hours, minutes, sign = two_digits(text, s + 22), two_digits(text, s + 24), byte_at(text, s + 21)
    marks = byte_at(text, s + 2) == 47 and byte_at(text, s + 6) == 47 and byte_at(text, s + 11) == 58  # / / :
    if not marks or clock < 0 or century < 0 or of_century < 0 or not is_date(century * 100 + of_century, month, day):
        return 0, 0, False
    if (sign != 43 and sign != 45) or hours < 0 or hours > 23 or minutes < 0 or minutes > 59:  # + -
        return 0, 0, False
    civil = days_from_civil(century * 100 + of_century, month, day) * DAY_MS + clock
    return civil, (hours * 60 + minutes) * (1 if sign == 43 else -1), True


@compiled
def _request(text: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, address, start and end of the gateway) of what stands from `GET` on."""
    e = next_byte(text, s, e, 34)  # "
    if not begins(text, s, e, _GET):
        return _OTHER, SEEN, NO_MAC, s, s
    e = next_byte(text, s + 4, e, SPACE)
    stage, stage_e = _parameter(text, s, e, _STAGE)
    kind, is_stage = _kind(text, stage, stage_e)
    if not is_stage:
        return _OTHER, SEEN, NO_MAC, s, s
    gateway, gateway_e = _parameter(text, s, e, _GATEWAY)
    at, mac_e = _parameter(text, s, e, _MAC)
    mac, length = mac_at(text, at, mac_e)
    if at == mac_e:
        return _NO_ADDRESS, kind, NO_MAC, s, s
    if length != mac_e - at or not is_device(mac):
        return _BAD_ADDRESS, kind, NO_MAC, s, s
    return KEPT, kind, mac, gateway, gateway_e


@compiled
def _parameter(text: Any, s: Any, e: Any, name: Any) -> Any:
    """(start, end) of the value of the first parameter `name=` of a URL; empty where it has none."""
    at = next_byte(text, s, e, 63) + 1  # ?
    while at < e:
        end = next_byte(text, at, e, 38)  # &
        if begins(text, at, end, name):
            return at + np.int64(name[0]), end
        at = end + 1
    return e, e


@compiled
def _kind(text: Any, s: Any, e: Any) -> Any:
    """(kind, whether it is a stage that says one)."""
    if e - s == 8 and begins(text, s, e, _COUNTERS):
        return JOINED, True
    if e - s == 5 and begins(text, s, e, _LOGIN):
        return SEEN, True
    return LEFT, e - s == 6 and begins(text, s, e, _LOGOUT)
