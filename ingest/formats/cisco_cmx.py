"""Cisco CMX and DNA Spaces notifications, one POST body a line. A record is a notification.

    locationupdate, movement, inout    joined where `associated`, else seen
    association                        joined where `association`, else left
    absence                            idle: nothing was heard of the device for minutes

All at `apMacAddress`, at `lastSeen`, when the device was heard; `timestamp`, when Cisco worked it out, stands in where
that lacks. In or out of an area is no coming or going: the device was heard either way. A leave is told of the instant
when the device was last heard, so it stands 1 ms after it. Flags may come as texts. Of other things than wireless
clients (`entity`: tags, interferers, rogues) nothing is read, nor any user, network, address or position.

Notifications of other types are ignored: no sample of `areachange` was found. `absence` is read by what Cisco's guide
and three receivers say of it. A feed without `association` never reports leaving: say so.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow_spans import spans_of
from ingest.bodies import BodiesParser, Lines, Verdicts, ap_words, are_true, counts_of, first_fault, is_any
from ingest.mapping import Civil, judge, macs, no_signals, utc_times
from ingest.reading import KEPT, Records, passed_over, refused
from ingest.scan import NO_MAC
from ingest.stamps import times_of
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

_NOTIFICATION = pa.struct(
    [
        *(
            (name, pa.string())
            for name in ("notificationType", "entity", "deviceId", "apMacAddress", "lastSeen", "timestamp")
        ),
        ("associated", pa.bool_()),
        ("association", pa.bool_()),
    ]
)
SCHEMA = pa.schema([("notifications", pa.list_(_NOTIFICATION))])
_HEARD, _ASSOCIATION, _ABSENCE = ("locationupdate", "movement", "inout"), "association", "absence"
_CLIENT = "WIRELESS_CLIENTS"


@dataclass(frozen=True)
class CiscoCmxParser(BodiesParser):
    """Bodies of one feed; nothing depends on the head of the file."""

    schema = SCHEMA

    def verdicts(self, bodies: pa.Table) -> Verdicts:
        count = counts_of(bodies["notifications"])
        return first_fault((count < 0, refused("not-the-format")), (count == 0, passed_over("no-observation")))

    def records(self, bodies: pa.Table, line: Lines) -> Records:
        lists = bodies["notifications"].combine_chunks()
        told = pc.list_flatten(lists)
        what = pc.ascii_lower(pc.struct_field(told, "notificationType"))
        verdict = _judged(what, pc.struct_field(told, "entity"))
        kind = _kinds(told, what)
        mac = macs(spans_of(pc.struct_field(told, "deviceId")), verdict)
        judge(verdict, mac == NO_MAC, "bad-address")
        heard = pc.coalesce(pc.struct_field(told, "lastSeen"), pc.struct_field(told, "timestamp"))
        at_ms = utc_times(Civil(*times_of(spans_of(heard), "any")), verdict, self.feed.time_zone)
        at_ms += (kind == LEFT) | (kind == IDLE)
        ap = macs(spans_of(pc.struct_field(told, "apMacAddress")), np.zeros(verdict.size, np.int8))
        judge(verdict, ap == NO_MAC, "no-ap")
        if not self.feed.reports_leaving:
            kind[kind == JOINED] = SEEN
        body = pc.list_parent_indices(lists).to_numpy()
        return Records(verdict, line[body], at_ms, mac, None, ap_words(ap), kind, no_signals(kind.size))


def _judged(what: pa.StringArray, entity: pa.StringArray) -> Verdicts:
    """The verdict on each notification by what it is and of whom."""
    is_other = ~is_any(what, (*_HEARD, _ASSOCIATION, _ABSENCE))
    is_thing = np.asarray(entity.is_valid()) & ~is_any(entity, (_CLIENT,))
    verdict = np.where(is_other | is_thing, passed_over("other-kind"), KEPT).astype(np.int8)
    verdict[np.asarray(what.is_null())] = refused("missing-field")
    return verdict


def _kinds(told: pa.StructArray, what: pa.StringArray) -> npt.NDArray[np.int8]:
    is_heard, is_absence = is_any(what, _HEARD), is_any(what, (_ABSENCE,))
    associated, association = (are_true(pc.struct_field(told, name)) for name in ("associated", "association"))
    is_joined = np.where(is_heard, associated, association)
    return np.select([is_absence, is_joined, is_heard], [IDLE, JOINED, SEEN], LEFT).astype(np.int8)
