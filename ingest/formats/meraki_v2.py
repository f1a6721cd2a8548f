"""Meraki Scanning API v2 (2.0, 2.1): one POST body a line, of one AP. A record is an observation.

    body -> apMac; observations -> clientMac, seenTime (or seenEpoch, in seconds), rssi

`rssi` is above the noise floor: less 95 it is dBm. A seen time of 1970 is `bad-time`. A device that several APs heard
is a row of each: the walk merges them. Nothing else of a body is read: not the secret, no name, network, position.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow_spans import spans_of
from ingest.bodies import BodiesParser, Lines, Verdicts, ap_words, begins_with, count_faults, first_fault, is_any
from ingest.mapping import Civil, judge, macs, signals, utc_times
from ingest.reading import Records, passed_over, refused
from ingest.scan import NO_MAC
from ingest.stamps import times_of
from schemas.sighting import SEEN

NOISE_FLOOR_DBM = -95
_OBSERVATION = pa.struct([(name, pa.string()) for name in ("clientMac", "seenTime", "seenEpoch", "rssi")])
SCHEMA = pa.schema(
    [
        ("version", pa.string()),
        ("type", pa.string()),
        ("data", pa.struct([("apMac", pa.string()), ("observations", pa.list_(_OBSERVATION))])),
    ]
)


@dataclass(frozen=True)
class MerakiV2Parser(BodiesParser):
    """Bodies of one feed; nothing depends on the head of the file."""

    schema = SCHEMA

    def verdicts(self, bodies: pa.Table) -> Verdicts:
        return first_fault(
            (~begins_with(bodies["version"], "2"), refused("not-the-format")),
            (~is_any(bodies["type"], ("DevicesSeen",)), passed_over("other-kind")),
            *count_faults(pc.struct_field(bodies["data"].combine_chunks(), "observations")),
        )

    def records(self, bodies: pa.Table, line: Lines) -> Records:
        observations = pc.struct_field(bodies["data"].combine_chunks(), "observations")
        observation = pc.list_flatten(observations)
        body = pc.list_parent_indices(observations).to_numpy()  # observation -> its body
        verdict = np.zeros(len(observation), np.int8)
        mac = macs(spans_of(pc.struct_field(observation, "clientMac")), verdict)
        judge(verdict, mac == NO_MAC, "bad-address")
        seen = pc.coalesce(pc.struct_field(observation, "seenTime"), pc.struct_field(observation, "seenEpoch"))
        at_ms = utc_times(Civil(*times_of(spans_of(seen), "any")), verdict, self.feed.time_zone)
        ap = _access_points(bodies)[body]
        judge(verdict, ap == NO_MAC, "no-ap")
        signal = signals(spans_of(pc.struct_field(observation, "rssi")), verdict, NOISE_FLOOR_DBM)
        kind = np.full(verdict.size, SEEN, np.int8)
        return Records(verdict, line[body], at_ms, mac, None, ap_words(ap), kind, signal)


def _access_points(bodies: pa.Table) -> npt.NDArray[np.uint64]:
    """Of each body the address of its AP, NO_MAC where it has none."""
    of_body = pc.struct_field(bodies["data"].combine_chunks(), "apMac")
    return macs(spans_of(of_body), np.zeros(len(of_body), np.int8))
