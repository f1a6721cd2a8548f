"""UniFi controller events: an event a line, or a line of many as the controller sends them (`{"meta":..,"data":[..]}`).

    EVT_WU_Connected, EVT_WG_Connected           joined at `ap`           WU: `user`, WG: `guest`
    EVT_WU_Roam, EVT_WG_Roam                     joined at `ap_to`        a phone is linked to one AP at a time
    EVT_WU_Disconnected, EVT_WG_Disconnected     left at `ap`
    EVT_WU_RoamRadio, EVT_WG_RoamRadio           ignored: another band of the same AP is no move
    every other key                              ignored

`time` is in milliseconds. An event that is sent twice gives the same row twice: a repeat. Messages whose `meta.message`
is not `events` are ignored. No name, network or text of an event is read.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow_spans import spans_of
from ingest.bodies import (
    BodiesParser,
    Lines,
    Verdicts,
    ap_words,
    counts_of,
    first_fault,
    is_any,
    listed_or_alone,
)
from ingest.feed import Feed
from ingest.mapping import Civil, judge, macs, no_signals, utc_times
from ingest.reading import KEPT, Records, passed_over, refused
from ingest.scan import NO_MAC
from ingest.stamps import times_of
from ingest.words import words_of
from schemas.sighting import JOINED, LEFT, SEEN

FIELDS = ("key", "time", "user", "guest", "ap", "ap_to")
_EVENT = pa.struct([(name, pa.string()) for name in FIELDS])
SCHEMA = pa.schema([*_EVENT, ("meta", pa.struct([("message", pa.string())])), ("data", pa.list_(_EVENT))])

_ROAMS = ("EVT_WU_Roam", "EVT_WG_Roam")
_KINDS = {
    "EVT_WU_Connected": JOINED,
    "EVT_WG_Connected": JOINED,
    **dict.fromkeys(_ROAMS, JOINED),
    "EVT_WU_Disconnected": LEFT,
    "EVT_WG_Disconnected": LEFT,
}
_RADIO_CHANGES = ("EVT_WU_RoamRadio", "EVT_WG_RoamRadio")


@dataclass(frozen=True)
class UnifiParser(BodiesParser):
    """Events of one feed; nothing depends on the head of the file."""

    schema = SCHEMA

    def verdicts(self, bodies: pa.Table) -> Verdicts:
        message = pc.struct_field(bodies["meta"].combine_chunks(), "message")
        count = counts_of(bodies["data"])
        return first_fault(
            (
                pc.fill_null(pc.not_equal(message, "events"), False).to_numpy(zero_copy_only=False),
                passed_over("other-kind"),
            ),
            (count == 0, passed_over("no-observation")),
            ((count < 0) & bodies["key"].is_null().to_numpy(), refused("not-the-format")),
        )

    def records(self, bodies: pa.Table, line: Lines) -> Records:
        event, body = listed_or_alone(bodies, "data")
        verdict, kind = _kinds(pc.struct_field(event, "key"), self.feed)
        device = pc.coalesce(pc.struct_field(event, "user"), pc.struct_field(event, "guest"))
        mac = macs(spans_of(device), verdict)
        judge(verdict, mac == NO_MAC, "bad-address")
        time = Civil(*times_of(spans_of(pc.struct_field(event, "time")), "epoch_ms"))
        at_ms = utc_times(time, verdict, self.feed.time_zone)
        ap = _access_points(event)
        judge(verdict, ap == NO_MAC, "no-ap")
        return Records(verdict, line[body], at_ms, mac, None, ap_words(ap), kind, no_signals(kind.size))


def _kinds(key: pa.StringArray, feed: Feed) -> tuple[Verdicts, npt.NDArray[np.int8]]:
    """(the verdict on each event by its key alone, the kind of those kept)."""
    words = words_of(spans_of(key))
    names = words.values.to_pylist()
    joined = JOINED if feed.reports_leaving else SEEN
    kinds = [joined if _KINDS.get(name) == JOINED else LEFT for name in names]
    verdicts = [_verdict(name) for name in names]
    verdict = np.array([*verdicts, refused("missing-field")], np.int8)[words.codes]
    verdict[words.is_bad()] = refused("bad-encoding")
    return verdict, np.array([*kinds, LEFT], np.int8)[words.codes]


def _verdict(key: str) -> int:
    if key in _RADIO_CHANGES:
        return passed_over("radio-change")
    return KEPT if key in _KINDS else passed_over("other-message")


def _access_points(event: pa.StructArray) -> npt.NDArray[np.uint64]:
    """The address of the AP where each event leaves the device; NO_MAC where it names none."""
    is_roam = pa.array(is_any(pc.struct_field(event, "key"), _ROAMS))
    ap = pc.if_else(is_roam, pc.struct_field(event, "ap_to"), pc.struct_field(event, "ap"))
    return macs(spans_of(ap), np.zeros(len(event), np.int8))
