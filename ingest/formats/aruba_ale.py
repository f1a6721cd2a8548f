"""Aruba Analytics and Location Engine, REST answers, one a line: `Presence_result`, `Station_result`.

    Presence_result -> [{ts, msg}]   heard, associated or not     seen at `ap_name`, or at `radio_mac` where that lacks
    Station_result  -> [{ts, msg}]   associated                   seen at `bssid`

A device is its `sta_eth_mac`; an engine that makes addresses anonymous sends `hashed_sta_eth_mac` alone, and that is
then its address, as text. Answers of APs, places and positions name no AP with a device and are ignored. `ts` is in
seconds. No user, role, device type or IP address is read.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow_spans import spans_of
from ingest.bodies import BodiesParser, Lines, Verdicts, first_fault
from ingest.mapping import Civil, access_points, addresses, judge, no_signals, utc_times
from ingest.reading import Records, passed_over, refused
from ingest.scan import NO_MAC
from ingest.stamps import times_of
from schemas.sighting import SEEN

_ADDRESS = pa.struct([("addr", pa.string())])
_MESSAGE = pa.struct(
    [
        ("sta_eth_mac", _ADDRESS),
        ("hashed_sta_eth_mac", pa.string()),
        ("ap_name", pa.string()),
        ("radio_mac", _ADDRESS),
        ("bssid", _ADDRESS),
    ]
)
_READ = ("Presence_result", "Station_result")
_OTHER = (
    "Access_point_result",
    "Building_result",
    "Campus_result",
    "Floor_result",
    "Geofence_result",
    "Location_result",
)
SCHEMA = pa.schema(
    [
        *((name, pa.list_(pa.struct([("ts", pa.string()), ("msg", _MESSAGE)]))) for name in _READ),
        *((name, pa.list_(pa.struct([("ts", pa.string())]))) for name in _OTHER),
    ]
)
_DIGITS = "^" + "([0-9A-Fa-f]{2})" * 6 + "$"
_DIGEST = "^[0-9A-Fa-f]{40}$"  # SHA-1
_WITH_COLONS = r"\1:\2:\3:\4:\5:\6"


@dataclass(frozen=True)
class ArubaAleParser(BodiesParser):
    """Answers of one feed; nothing depends on the head of the file."""

    schema = SCHEMA

    def verdicts(self, bodies: pa.Table) -> Verdicts:
        is_read = np.any([bodies[name].is_valid().to_numpy() for name in _READ], axis=0)
        is_other = np.any([bodies[name].is_valid().to_numpy() for name in _OTHER], axis=0)
        counts = [pc.fill_null(pc.list_value_length(bodies[name]), 0).to_numpy() for name in _READ]
        return first_fault(
            (~is_read & ~is_other, refused("not-the-format")),
            (~is_read, passed_over("other-kind")),
            (np.sum(counts, axis=0) == 0, passed_over("no-observation")),
        )

    def records(self, bodies: pa.Table, line: Lines) -> Records:
        result, body = _results(bodies)
        message = pc.struct_field(result, "msg")
        verdict = np.zeros(len(result), np.int8)
        plain = pc.struct_field(message, ["sta_eth_mac", "addr"])
        digest = pc.struct_field(message, "hashed_sta_eth_mac")
        mac, opaque = addresses(spans_of(pc.coalesce(plain, digest)), verdict)
        is_digest = pc.fill_null(pc.match_substring_regex(digest.cast(pa.binary()), _DIGEST), False)
        judge(verdict, (mac == NO_MAC) & ~np.asarray(pc.and_(plain.is_null(), is_digest)), "bad-address")
        time = Civil(*times_of(spans_of(pc.struct_field(result, "ts")), "epoch_s"))
        at_ms = utc_times(time, verdict, self.feed.time_zone)
        ap = access_points(spans_of(_places(message)), verdict)
        kind = np.full(verdict.size, SEEN, np.int8)
        return Records(verdict, line[body], at_ms, mac, opaque, ap, kind, no_signals(kind.size))


def _results(bodies: pa.Table) -> tuple[pa.StructArray, Lines]:
    """(all results in order, the body of each)."""
    lists = [bodies[name].combine_chunks() for name in _READ]
    body = np.concatenate([pc.list_parent_indices(one).to_numpy() for one in lists])
    order = np.argsort(body, kind="stable")
    return pa.concat_arrays([pc.list_flatten(one) for one in lists]).take(pa.array(order)), body[order]


def _places(message: pa.StructArray) -> pa.BinaryArray:
    """The AP's name or address, with colons in an address: bare digits could be a name."""
    name, radio, bssid = (
        pc.struct_field(message, path) for path in ("ap_name", ["radio_mac", "addr"], ["bssid", "addr"])
    )
    address = pc.coalesce(radio, bssid).cast(pa.binary())
    return pc.coalesce(name.cast(pa.binary()), pc.replace_substring_regex(address, _DIGITS, _WITH_COLONS))
