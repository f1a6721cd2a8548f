"""FreeRADIUS accounting: `detail` files, a header line, then `Attr = value` lines; an empty line ends the record.

    Acct-Status-Type   Start, Interim-Update     joined: connected, or still so
                       Stop                      left; for Idle-Timeout idle, earlier by Idle-Timeout or `idle`
                                                 and with its Acct-Session-Time, joined: two records of one
                       Accounting-On, -Off       ignored: every link at that NAS ends
                       others, or none           ignored

When: Event-Timestamp, the clock of the NAS (for its zone see `zone_names`); else Timestamp less
Acct-Delay-Time, the server's clock; never the header. Who: Calling-Station-Id. Where, by `ap_is`: Called-Station-Id
without the network's name; NAS-Identifier, else NAS-IP-Address; or WISPr-Location-Name, else Aruba-Location-Id (behind
a central portal every Called-Station-Id is the portal's). The User-Name of a session's beginning is a login, unless it
is an address. A record's line is that of its header. Counters of bytes are not read.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.accounting import NOT_TOLD, access_points, accounts, chosen, either, end_kinds, ends_ms, twice
from ingest.detail_records import Columns, columns_of, event_times, seconds_ms
from ingest.feed import Feed
from ingest.mapping import judge, macs, no_signals
from ingest.reading import KEPT, NO_MAC, NO_TIME, Reading, Records, Restarts, passed_over, refused, settled
from ingest.words import Words, words_of
from ingest.zone_names import check_zones
from schemas.sighting import JOINED, SEEN

RECORD_ENDS = (b"\n\n", b"\n\r\n")

_START, _INTERIM, _STOP, _RESTART, _OTHER = range(5)
_STATUS = {
    **dict.fromkeys(("Start", "1"), _START),
    **dict.fromkeys(("Interim-Update", "Alive", "3"), _INTERIM),
    **dict.fromkeys(("Stop", "2"), _STOP),
    **dict.fromkeys(("Accounting-On", "7", "Accounting-Off", "8"), _RESTART),
}
_TOLD = (_START, _INTERIM, _STOP, _RESTART)

Int64s = npt.NDArray[np.int64]
Verdicts = npt.NDArray[np.int8]


@dataclass(frozen=True)
class FreeradiusParser:
    """Records of one feed; nothing depends on the head of the file."""

    feed: Feed

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "FreeradiusParser":
        del head
        check_zones(feed)
        return cls(feed)

    def parse(self, chunk: bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of whole records. `near_ms` is not needed."""
        columns, verdict, line = columns_of(chunk, first_line)
        if verdict.size and not chunk.endswith(b"\n"):
            verdict[-1] = refused("truncated")
        status = _statuses(words_of(columns["Acct-Status-Type"]))
        verdict[(verdict == KEPT) & ~np.isin(status, _TOLD)] = passed_over("other-kind")
        at_ms, received_ms = _times(columns, self.feed)
        judge(verdict, at_ms == NO_TIME, "bad-time")
        nas = either(words_of(columns["NAS-Identifier"]), words_of(columns["NAS-IP-Address"]))
        restarts = _restarts((verdict == KEPT) & (status == _RESTART), at_ms, nas)
        verdict[(verdict == KEPT) & (status == _RESTART)] = passed_over("nas-restart")
        return settled(_sessions(self.feed, columns, verdict, line, status, at_ms, received_ms, nas, restarts))


def _statuses(words: Words) -> npt.NDArray[np.int64]:
    codes = [_STATUS.get(text, _OTHER) for text in words.values.to_pylist()]
    return np.array([*codes, _OTHER], np.int64)[words.codes]


def _times(columns: Columns, feed: Feed) -> tuple[Int64s, Int64s]:
    """(when each record's event was, when it was on the server's clock), NO_TIME where it is not known."""
    told_ms = event_times(columns["Event-Timestamp"], feed)
    timestamp_ms, delay_ms = seconds_ms(columns["Timestamp"], NO_TIME), seconds_ms(columns["Acct-Delay-Time"], 0)
    received_ms = np.where(timestamp_ms == NO_TIME, NO_TIME, timestamp_ms - delay_ms)
    return np.where(told_ms == NO_TIME, received_ms, told_ms), received_ms


def _restarts(rows: npt.NDArray[np.bool_], at_ms: Int64s, nas: Words) -> Restarts | None:
    named = np.flatnonzero(rows & (nas.codes >= 0) & ~nas.is_bad())
    if not named.size:
        return None
    return Restarts(at_ms[named], [nas.values[code].as_py() for code in nas.codes[named].tolist()])


def _sessions(
    feed: Feed,
    columns: Columns,
    verdict: Verdicts,
    line: Int64s,
    status: Int64s,
    at_ms: Int64s,
    received_ms: Int64s,
    nas: Words,
    restarts: Restarts | None,
) -> Records:
    """All records, and a further one for each stop that tells when its session began, after it."""
    mac = macs(columns["Calling-Station-Id"], verdict)
    judge(verdict, mac == NO_MAC, "bad-address")  # a telephone number, an address of the Internet
    location = either(words_of(columns["WISPr-Location-Name"]), words_of(columns["Aruba-Location-Id"]))
    ap = access_points(feed, words_of(columns["Called-Station-Id"]), nas, location, verdict)
    session_ms = seconds_ms(columns["Acct-Session-Time"], NOT_TOLD)
    is_stop = status == _STOP
    end = end_kinds(words_of(columns["Acct-Terminate-Cause"]))
    left_ms = ends_ms(end, at_ms, session_ms, seconds_ms(columns["Idle-Timeout"], feed.idle_s * 1000))
    of, is_own_join = twice((verdict == KEPT) & is_stop & (session_ms != NOT_TOLD))
    joined = JOINED if feed.reports_leaving else SEEN
    shift_ms = np.where(is_own_join, session_ms[of], 0)
    return Records(
        verdict[of],
        line[of],
        np.where(is_stop[of] & ~is_own_join, left_ms[of], at_ms[of] - shift_ms),
        mac[of],
        None,
        chosen(ap, of),
        np.where(is_stop[of] & ~is_own_join, end[of], joined).astype(np.int8),
        no_signals(of.size),
        clock=chosen(nas, of),
        received_ms=np.where(received_ms[of] == NO_TIME, NO_TIME, received_ms[of] - shift_ms),
        user=chosen(accounts(words_of(columns["User-Name"])), of, is_own_join | (status[of] == _START)),
        restarts=restarts,
    )
