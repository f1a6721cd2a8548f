"""UniFi's system log, of newer controllers: an entry a line, or an answer of `system-log` with many (`{"data":[..]}`).

    CLIENT_CONNECTED_WIRELESS       joined at `DEVICE`, with `SIGNAL_STRENGTH`
    CLIENT_ROAMED                   joined at `DEVICE_TO`, with `SIGNAL_STRENGTH`
                                    where `DEVICE_FROM` is the same: ignored, another radio of an AP is no move
    CLIENT_DISCONNECTED_WIRELESS    left at `DEVICE`
    every other key                 ignored

A key may end in a version (`CLIENT_ROAMED_2`). A device and an AP are the `id` of `CLIENT` and `DEVICE..` among
`parameters`, `timestamp` is in milliseconds. Events of older controllers are `unifi`. No name, network,
address or text of an entry is read.
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
from ingest.mapping import Civil, judge, macs, signals, utc_times
from ingest.reading import KEPT, Records, passed_over, refused
from ingest.scan import NO_MAC
from ingest.stamps import times_of
from schemas.sighting import JOINED, LEFT, SEEN

_NAMED = pa.struct([("id", pa.string())])
_PARAMETERS = pa.struct(
    [
        *((name, _NAMED) for name in ("CLIENT", "DEVICE", "DEVICE_FROM", "DEVICE_TO")),
        ("SIGNAL_STRENGTH", pa.struct([("name", pa.string())])),
    ]
)
_ENTRY = pa.struct([("key", pa.string()), ("timestamp", pa.string()), ("parameters", _PARAMETERS)])
SCHEMA = pa.schema([*_ENTRY, ("data", pa.list_(_ENTRY))])
_CONNECTED, _ROAMED, _GONE = "CLIENT_CONNECTED_WIRELESS", "CLIENT_ROAMED", "CLIENT_DISCONNECTED_WIRELESS"
_VERSION = "_[0-9]+$"


@dataclass(frozen=True)
class UnifiLogParser(BodiesParser):
    """Entries of one feed; nothing depends on the head of the file."""

    schema = SCHEMA

    def verdicts(self, bodies: pa.Table) -> Verdicts:
        count = counts_of(bodies["data"])
        return first_fault(
            (count == 0, passed_over("no-observation")),
            ((count < 0) & bodies["key"].is_null().to_numpy(), refused("not-the-format")),
        )

    def records(self, bodies: pa.Table, line: Lines) -> Records:
        entry, body = listed_or_alone(bodies, "data")
        said = pc.struct_field(entry, "parameters")
        key = pc.replace_substring_regex(pc.struct_field(entry, "key").cast(pa.binary()), _VERSION, "")
        is_roam = _is(key, _ROAMED)
        verdict = _judged(key)
        mac = macs(spans_of(pc.struct_field(said, ["CLIENT", "id"])), verdict)
        judge(verdict, mac == NO_MAC, "bad-address")
        time = Civil(*times_of(spans_of(pc.struct_field(entry, "timestamp")), "epoch_ms"))
        at_ms = utc_times(time, verdict, self.feed.time_zone)
        ap = np.where(is_roam, _access_points(said, "DEVICE_TO"), _access_points(said, "DEVICE"))
        judge(verdict, ap == NO_MAC, "no-ap")
        signal = signals(spans_of(pc.struct_field(said, ["SIGNAL_STRENGTH", "name"])), verdict)
        is_same = is_roam & (ap == _access_points(said, "DEVICE_FROM"))
        verdict[is_same & (verdict == KEPT)] = passed_over("radio-change")
        joined = JOINED if self.feed.reports_leaving else SEEN
        kind = np.where(_is(key, _GONE), LEFT, joined).astype(np.int8)
        return Records(verdict, line[body], at_ms, mac, None, ap_words(ap), kind, signal)


def _judged(key: pa.BinaryArray) -> Verdicts:
    is_other = ~(_is(key, _CONNECTED) | _is(key, _ROAMED) | _is(key, _GONE))
    verdict = np.where(is_other, passed_over("other-message"), KEPT).astype(np.int8)
    verdict[np.asarray(key.is_null())] = refused("missing-field")
    return verdict


def _is(key: pa.BinaryArray, word: str) -> npt.NDArray[np.bool_]:
    return is_any(key, (word,))


def _access_points(said: pa.StructArray, name: str) -> npt.NDArray[np.uint64]:
    """Addresses of APs; NO_MAC where there is none."""
    return macs(spans_of(pc.struct_field(said, [name, "id"])), np.zeros(len(said), np.int8))
