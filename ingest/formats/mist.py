"""Juniper Mist webhooks, one POST body a line: topics `client-sessions` and `client-join`; other topics are ignored.

    client-join       joined at `ap`, at `connect` (or `timestamp`), with `rssi`
    client-sessions   two records: joined at `ap`, at `connect`; and its end, at `disconnect`, by `termination_reason`
                          1 disassociated     left at `ap`, with `rssi`
                          2 inactive          idle at `ap`, with `rssi`, `idle_s` earlier
                          3 roamed            joined at `next_ap`: a roam is no leave (left, where no AP is named)

A session is told when it ends: with `client-join` beside it, its join is known at once, and is the same row. Times are
in seconds, and the whole ones are read: the fractions of the two topics differ. A session within one second ends 1 ms
after its join. An AP is its own address, not one of its BSSIDs. No name, network, user or model is read.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow_spans import spans_of
from ingest.bodies import BodiesParser, Lines, Verdicts, ap_words, count_faults, first_fault, is_any
from ingest.mapping import Civil, judge, macs, signals, utc_times
from ingest.reading import Records, passed_over, refused
from ingest.scan import NO_MAC, Spans
from ingest.stamps import times_of
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

FIELDS = ("mac", "ap", "next_ap", "connect", "disconnect", "timestamp", "rssi", "termination_reason")
_EVENT = pa.struct([(name, pa.string()) for name in FIELDS])
SCHEMA = pa.schema([("topic", pa.string()), ("events", pa.list_(_EVENT))])

_JOIN, _SESSION = "client-join", "client-sessions"
_INACTIVE, _ROAMED = "2", "3"

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class MistParser(BodiesParser):
    """Bodies of one feed; nothing depends on the head of the file."""

    schema = SCHEMA

    def verdicts(self, bodies: pa.Table) -> Verdicts:
        return first_fault(
            (bodies["topic"].is_null().to_numpy(), refused("not-the-format")),
            (~is_any(bodies["topic"], (_JOIN, _SESSION)), passed_over("other-kind")),
            *count_faults(bodies["events"].combine_chunks()),
        )

    def records(self, bodies: pa.Table, line: Lines) -> Records:
        event, body, is_join, is_end = _events(bodies)
        verdict = np.zeros(len(event), np.int8)
        mac = macs(spans_of(pc.struct_field(event, "mac")), verdict)
        judge(verdict, mac == NO_MAC, "bad-address")
        ap, kind = _places(event, is_end)
        at_ms = utc_times(_times(event, is_join, is_end), verdict, self.feed.time_zone)
        at_ms -= np.where(kind == IDLE, self.feed.idle_s * 1000, 0)
        judge(verdict, ap == NO_MAC, "no-ap")
        signal = _signals(event, is_join | (kind != JOINED), verdict)
        if not self.feed.reports_leaving:
            kind[kind == JOINED] = SEEN
        return Records(verdict, line[body], at_ms, mac, None, ap_words(ap), kind, signal)


def _events(bodies: pa.Table) -> tuple[pa.StructArray, Lines, Bools, Bools]:
    """Of each record its event, its body, whether it is of the topic of joins, and whether it is a session's end."""
    lists = bodies["events"].combine_chunks()
    body_of = pc.list_parent_indices(lists).to_numpy()
    is_join = is_any(bodies["topic"], (_JOIN,))[body_of]
    of = np.repeat(np.arange(body_of.size), np.where(is_join, 1, 2))  # record -> its event
    is_end = np.zeros(of.size, np.bool_)
    is_end[1:] = of[1:] == of[:-1]
    return pc.list_flatten(lists).take(pa.array(of)), body_of[of], is_join[of], is_end


def _times(event: pa.StructArray, is_join: Bools, is_end: Bools) -> Civil:
    """Whole seconds; an end in the second of its join is 1 ms later, for of one instant a leave comes first."""
    connect, timestamp = pc.struct_field(event, "connect"), pc.struct_field(event, "timestamp")
    start = pc.if_else(pa.array(is_join), pc.coalesce(connect, timestamp), connect)
    start_ms, offset_min, is_start = times_of(spans_of(start), "epoch_s")
    end_ms, _, is_good_end = times_of(spans_of(pc.struct_field(event, "disconnect")), "epoch_s")
    start_s, end_s = start_ms // 1000, end_ms // 1000
    at_ms = np.where(is_end, end_s * 1000 + (end_s == start_s), start_s * 1000)
    return Civil(at_ms, offset_min, np.where(is_end, is_good_end, is_start))


def _places(event: pa.StructArray, is_end: Bools) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int8]]:
    """(the address of the AP of each record or NO_MAC, its kind)."""
    reason = pc.struct_field(event, "termination_reason")
    ap, next_ap = _access_points(event, "ap"), _access_points(event, "next_ap")
    is_roam = is_end & is_any(reason, (_ROAMED,)) & (next_ap != NO_MAC)
    end = np.where(is_any(reason, (_INACTIVE,)), IDLE, LEFT)
    kind = np.where(is_roam | ~is_end, JOINED, end).astype(np.int8)
    return np.where(is_roam, next_ap, ap), kind


def _access_points(event: pa.StructArray, field: str) -> npt.NDArray[np.uint64]:
    """Addresses of APs; NO_MAC where there is none, as in the twelve zeros of a session that led nowhere."""
    return macs(spans_of(pc.struct_field(event, field)), np.zeros(len(event), np.int8))


def _signals(event: pa.StructArray, is_heard: Bools, verdict: Verdicts) -> npt.NDArray[np.int16]:
    """Signals of the records where `is_heard`: a session has that of its end alone."""
    spans = spans_of(pc.struct_field(event, "rssi"))
    return signals(Spans(spans.buf, spans.start, np.where(is_heard, spans.stop, spans.start)), verdict)
