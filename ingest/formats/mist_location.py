"""Juniper Mist's location webhooks, one POST body a line: topics `zone`, `location_client`, `location_unclient`.

    zone                enter: joined, exit: left; at `zone_id`
    location_client     seen at `map_id`: a client of the network, where the engine puts it
    location_unclient   seen at `map_id`: a device that is in no network

The place of a row is a zone or a map of Mist by its id: aps.csv lists these ids as if they were access points. They are
a format of their own, beside `mist` in a feed of its own: in one with sessions an exit from a zone would end the link
of a phone that stays connected. Zones that overlap are two places, each with its own enter; list those that do not.

Events of apps (`type` sdk) and of tags (asset) are ignored. Times are in seconds. No name or position is read.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow_spans import spans_of
from ingest.bodies import BodiesParser, Lines, Verdicts, count_faults, first_fault, is_any
from ingest.mapping import Civil, access_points, judge, macs, no_signals, utc_times
from ingest.reading import KEPT, Records, passed_over, refused
from ingest.scan import NO_MAC
from ingest.stamps import times_of
from schemas.sighting import JOINED, LEFT, SEEN

_EVENT = pa.struct([(name, pa.string()) for name in ("mac", "type", "trigger", "zone_id", "map_id", "timestamp")])
SCHEMA = pa.schema([("topic", pa.string()), ("events", pa.list_(_EVENT))])
_ZONE = "zone"
_TOPICS = (_ZONE, "location_client", "location_unclient")
_ENTER, _EXIT = "enter", "exit"
_THINGS = ("sdk", "asset")


@dataclass(frozen=True)
class MistLocationParser(BodiesParser):
    """Bodies of one feed; nothing depends on the head of the file."""

    schema = SCHEMA

    def verdicts(self, bodies: pa.Table) -> Verdicts:
        return first_fault(
            (bodies["topic"].is_null().to_numpy(), refused("not-the-format")),
            (~is_any(bodies["topic"], _TOPICS), passed_over("other-kind")),
            *count_faults(bodies["events"].combine_chunks()),
        )

    def records(self, bodies: pa.Table, line: Lines) -> Records:
        lists = bodies["events"].combine_chunks()
        event, body = pc.list_flatten(lists), pc.list_parent_indices(lists).to_numpy()
        is_zone = is_any(bodies["topic"], (_ZONE,))[body]
        trigger = pc.struct_field(event, "trigger")
        verdict = _judged(event)
        judge(verdict, is_zone & np.asarray(trigger.is_null()), "missing-field")
        judge(verdict, is_zone & ~is_any(trigger, (_ENTER, _EXIT)), "bad-kind")
        mac = macs(spans_of(pc.struct_field(event, "mac")), verdict)
        judge(verdict, mac == NO_MAC, "bad-address")
        time = Civil(*times_of(spans_of(pc.struct_field(event, "timestamp")), "epoch_s"))
        at_ms = utc_times(time, verdict, self.feed.time_zone)
        place = pc.if_else(pa.array(is_zone), pc.struct_field(event, "zone_id"), pc.struct_field(event, "map_id"))
        ap = access_points(spans_of(place), verdict)
        kind = self._kinds(is_zone, is_any(trigger, (_EXIT,)))
        return Records(verdict, line[body], at_ms, mac, None, ap, kind, no_signals(kind.size))

    def _kinds(self, is_zone: npt.NDArray[np.bool_], is_exit: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
        joined = JOINED if self.feed.reports_leaving else SEEN
        return np.where(is_zone, np.where(is_exit, LEFT, joined), SEEN).astype(np.int8)


def _judged(event: pa.StructArray) -> Verdicts:
    """The verdict on each event by what it is of."""
    is_thing = is_any(pc.struct_field(event, "type"), _THINGS)
    return np.where(is_thing, passed_over("other-kind"), KEPT).astype(np.int8)
