"""Cisco Spaces Firehose, one event a line (NDJSON). The place of a row is a location of Cisco's map, by its id.

    DEVICE_ENTRY              joined at `entryTimestamp`
    DEVICE_EXIT               two records: joined at `entryTimestamp`, which is the row of the entry; and left at
                              `exitTimestamp`, or `visitDurationMinutes` after the entry where that is not told
    DEVICE_PRESENCE           DEVICE_ENTRY_EVENT, DEVICE_EXIT_EVENT            as entry and exit
                              DEVICE_ACTIVE_EVENT                              joined at `recordTimestamp`
                              DEVICE_INACTIVE_EVENT, DEVICE_IN_ACTIVE_EVENT    idle at it, `idle_s` earlier
    DEVICE_LOCATION_UPDATE    seen at `lastSeen`
    every other event         ignored; DEVICE_ASSOCIATION and DEVICE_RSSI_UPDATE too: no schema of them was found

Cisco calls a device inactive after 10 minutes without activity: say so as `idle = "10m"`. No event names an access
point, so aps.csv lists the ids of locations (`locationId`) as if they were; a floor and its building are two places,
each with its own entry: list the level that Cisco reports, or both in one zone. Times are in milliseconds, as numbers
or texts. After a reconnect records come again: they give the same rows, which are repeats. `recordUid` is not needed
for that, and not read: two records of one id that differ would be two rows, merged by the walk. An exit is told hours
late: a stream needs `lateness = "4h"`, or DEVICE_PRESENCE, whose inactive events tell of it within minutes.

Who connects (entry, active) with a `userId`, Cisco's own number of a known visitor, has logged in. No phone number,
e-mail, name, raw user id, network or position is read.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow_spans import spans_of
from ingest.bodies import BodiesParser, Lines, Verdicts, first_fault, is_any
from ingest.mapping import Civil, access_points, judge, macs, no_signals, utc_times
from ingest.reading import KEPT, Records, passed_over, refused
from ingest.scan import NO_MAC, Spans
from ingest.stamps import times_of
from ingest.words import Words, words_of
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

_EVENT = pa.struct(
    [
        ("device", pa.struct([("macAddress", pa.string()), ("userId", pa.string())])),
        ("location", pa.struct([("locationId", pa.string())])),
        *(
            (name, pa.string())
            for name in ("presenceEventType", "entryTimestamp", "exitTimestamp", "visitDurationMinutes", "lastSeen")
        ),
    ]
)
_ENTRY, _EXIT, _PRESENCE, _UPDATE = "DEVICE_ENTRY", "DEVICE_EXIT", "DEVICE_PRESENCE", "DEVICE_LOCATION_UPDATE"
_PAYLOADS = {
    _ENTRY: "deviceEntry",
    _EXIT: "deviceExit",
    _PRESENCE: "devicePresence",
    _UPDATE: "deviceLocationUpdate",
}
SCHEMA = pa.schema(
    [
        ("eventType", pa.string()),
        ("recordTimestamp", pa.string()),
        *((payload, _EVENT) for payload in _PAYLOADS.values()),
    ]
)
_ENTERS = (_ENTRY, "DEVICE_ENTRY_EVENT")
_EXITS = (_EXIT, "DEVICE_EXIT_EVENT")
_ACTIVE = ("DEVICE_ACTIVE_EVENT",)
_INACTIVE = ("DEVICE_INACTIVE_EVENT", "DEVICE_IN_ACTIVE_EVENT")
_KNOWN = (*_ENTERS, *_EXITS, *_ACTIVE, *_INACTIVE, _UPDATE)
_MS_A_MINUTE_S = 60  # a number of minutes, read as seconds in ms

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class CiscoFirehoseParser(BodiesParser):
    """Events of one feed; nothing depends on the head of the file."""

    schema = SCHEMA

    def verdicts(self, bodies: pa.Table) -> Verdicts:
        kind = bodies["eventType"]
        has_payload = [is_any(kind, (name,)) & bodies[key].is_valid().to_numpy() for name, key in _PAYLOADS.items()]
        return first_fault(
            (kind.is_null().to_numpy(), refused("not-the-format")),
            (~is_any(kind, tuple(_PAYLOADS)), passed_over("other-kind")),
            (~np.any(has_payload, axis=0), refused("missing-field")),
        )

    def records(self, bodies: pa.Table, line: Lines) -> Records:
        event, what = _events(bodies)
        of = np.repeat(np.arange(len(event)), np.where(is_any(what, _EXITS), 2, 1))  # record -> its event
        is_end = np.zeros(of.size, np.bool_)
        is_end[1:] = of[1:] == of[:-1]
        event, what = event.take(pa.array(of)), what.take(pa.array(of))
        verdict = _judged(what)
        kind = _kinds(what, is_end)
        mac = macs(spans_of(pc.struct_field(event, ["device", "macAddress"])), verdict)
        judge(verdict, mac == NO_MAC, "bad-address")
        told = bodies["recordTimestamp"].combine_chunks().take(pa.array(of))
        at_ms = utc_times(_times(event, what, told, is_end), verdict, self.feed.time_zone)
        at_ms -= np.where(kind == IDLE, self.feed.idle_s * 1000, 0)
        ap = access_points(spans_of(pc.struct_field(event, ["location", "locationId"])), verdict)
        user = _users(event, kind == JOINED, verdict)
        if not self.feed.reports_leaving:
            kind[kind == JOINED] = SEEN
        return Records(verdict, line[of], at_ms, mac, None, ap, kind, no_signals(of.size), user=user)


def _events(bodies: pa.Table) -> tuple[pa.StructArray, pa.StringArray]:
    """(the event of each body, what it is: its type, of a presence the type of that)."""
    kind = bodies["eventType"].combine_chunks()
    n = len(kind)
    which = np.asarray(pc.index_in(kind, pa.array(list(_PAYLOADS), pa.string())), np.int64)
    payloads = pa.concat_arrays([bodies[name].combine_chunks() for name in _PAYLOADS.values()])
    event = payloads.take(pa.array(which * n + np.arange(n)))
    is_presence = pa.array(is_any(kind, (_PRESENCE,)))
    return event, pc.if_else(is_presence, pc.struct_field(event, "presenceEventType"), kind)


def _judged(what: pa.StringArray) -> Verdicts:
    verdict = np.where(is_any(what, _KNOWN), KEPT, passed_over("other-kind")).astype(np.int8)
    verdict[np.asarray(what.is_null())] = refused("missing-field")
    return verdict


def _kinds(what: pa.StringArray, is_end: Bools) -> npt.NDArray[np.int8]:
    told = [is_end, is_any(what, _INACTIVE), is_any(what, (_UPDATE,))]
    return np.select(told, [LEFT, IDLE, SEEN], JOINED).astype(np.int8)


def _times(event: pa.StructArray, what: pa.StringArray, told: pa.StringArray, is_end: Bools) -> Civil:
    """When what each record tells came about; an end in the millisecond of its join is 1 ms later, as of one instant
    a leave comes first."""
    is_update, is_told = pa.array(is_any(what, (_UPDATE,))), pa.array(is_any(what, (*_ACTIVE, *_INACTIVE)))
    entry = pc.struct_field(event, "entryTimestamp")
    start = pc.if_else(is_update, pc.struct_field(event, "lastSeen"), pc.if_else(is_told, told, entry))
    start_ms, offset_min, is_start = times_of(spans_of(start), "epoch_ms")
    end_ms, _, has_end = times_of(spans_of(pc.struct_field(event, "exitTimestamp")), "epoch_ms")
    stay_s, _, has_stay = times_of(spans_of(pc.struct_field(event, "visitDurationMinutes")), "epoch_s")
    end_ms = np.where(has_end, end_ms, start_ms + stay_s * _MS_A_MINUTE_S)
    at_ms = np.where(is_end, end_ms + (end_ms == start_ms), start_ms)
    return Civil(at_ms, offset_min, np.where(is_end, has_end | (has_stay & is_start), is_start))


def _users(event: pa.StructArray, is_login: Bools, verdict: Verdicts) -> Words:
    """Who connects; one that is no text is `bad-encoding`."""
    spans = spans_of(pc.struct_field(event, ["device", "userId"]))
    users = words_of(Spans(spans.buf, spans.start, np.where(is_login & (verdict == KEPT), spans.stop, spans.start)))
    judge(verdict, users.is_bad(), "bad-encoding")
    return users
