"""Meraki Scanning API v3: one POST body a line. A record is a location of an observation, or its latest record.

    body -> observations -> locations -> rssiRecords          record: time of the location, AP that heard it strongest
                         -> latestRecord                      record: its time, its nearest AP; only where no location
                                                                      has an AP at that time or later

Of equally strong APs the one with the lowest address counts. Nothing else of a body is read: not the secret, no user,
name, network, position. Times are ISO or epoch seconds, numbers may come as texts.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow_spans import spans_of
from ingest.bodies import BodiesParser, Lines, Verdicts, ap_words, begins_with, count_faults, first_fault, is_any
from ingest.clocks import LATEST_MS
from ingest.mapping import Civil, judge, macs, signals, utc_times
from ingest.reading import KEPT, NO_SIGNAL, Records, passed_over, refused
from ingest.scan import NO_MAC
from ingest.stamps import times_of
from schemas.compiled import compiled
from schemas.sighting import SEEN


def _text_struct(*names: str) -> pa.DataType:
    return pa.struct([(name, pa.string()) for name in names])


_LOCATION = pa.struct([("time", pa.string()), ("rssiRecords", pa.list_(_text_struct("apMac", "rssi")))])
_OBSERVATION = pa.struct(
    [
        ("clientMac", pa.string()),
        ("locations", pa.list_(_LOCATION)),
        ("latestRecord", _text_struct("time", "nearestApMac", "nearestApRssi")),
    ]
)
SCHEMA = pa.schema(
    [
        ("version", pa.string()),
        ("type", pa.string()),
        ("data", pa.struct([("observations", pa.list_(_OBSERVATION))])),
    ]
)


@dataclass(frozen=True)
class Heard:
    """A time and an AP with its signal, of each location or latest record; `ap` NO_MAC where there is none."""

    civil: Civil
    ap: npt.NDArray[np.uint64]
    signal_dbm: npt.NDArray[np.int16]
    verdict: npt.NDArray[np.int8]


@dataclass(frozen=True)
class MerakiParser(BodiesParser):
    """Bodies of one feed; nothing depends on the head of the file."""

    schema = SCHEMA

    def verdicts(self, bodies: pa.Table) -> Verdicts:
        return first_fault(
            (~begins_with(bodies["version"], "3"), refused("not-the-format")),
            (~is_any(bodies["type"], ("WiFi",)), passed_over("other-kind")),
            *count_faults(_observations(bodies)),
        )

    def records(self, bodies: pa.Table, line: Lines) -> Records:
        """The records of all observations of these bodies, in order."""
        observations = _observations(bodies)
        observation = pc.list_flatten(observations)
        line = line[pc.list_parent_indices(observations).to_numpy()]
        locations = pc.struct_field(observation, "locations")
        count = pc.fill_null(pc.list_value_length(locations), 0).to_numpy(zero_copy_only=False).astype(np.int64)
        located = _located(pc.list_flatten(locations))
        latest = _latest(pc.struct_field(observation, "latestRecord"))
        has_latest = (count == 0) | _is_later(latest, located, np.repeat(np.arange(count.size), count))
        of = np.repeat(np.arange(count.size), count + has_latest)  # record -> its observation
        is_latest = np.zeros(of.size, np.bool_)
        is_latest[(np.cumsum(count + has_latest) - 1)[has_latest]] = True
        heard = _merged(located, latest, of, is_latest)
        verdict = np.zeros(len(count), np.int8)
        mac = macs(spans_of(pc.struct_field(observation, "clientMac")), verdict)
        judge(verdict, mac == NO_MAC, "bad-address")
        verdict = np.where(verdict[of] == KEPT, heard.verdict, verdict[of])
        at_ms = utc_times(heard.civil, verdict, self.feed.time_zone)
        judge(verdict, heard.ap == NO_MAC, "no-ap")
        kind = np.full(of.size, SEEN, np.int8)
        return Records(verdict, line[of], at_ms, mac[of], None, ap_words(heard.ap), kind, heard.signal_dbm)


def _observations(bodies: pa.Table) -> pa.ListArray:
    return pc.struct_field(bodies["data"].combine_chunks(), "observations")


def _located(location: pa.StructArray) -> Heard:
    """Of each location its time and the AP that heard it strongest; records that are broken do not compete."""
    records = pc.struct_field(location, "rssiRecords")
    count = pc.fill_null(pc.list_value_length(records), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    record = pc.list_flatten(records)
    broken = np.zeros(len(record), np.int8)
    signal = signals(spans_of(pc.struct_field(record, "rssi")), broken)
    ap = macs(spans_of(pc.struct_field(record, "apMac")), broken)
    best_ap, best_signal = _strongest(np.cumsum(count), ap, signal)
    return Heard(_civil(location), best_ap, best_signal, np.zeros(count.size, np.int8))


def _latest(latest: pa.StructArray) -> Heard:
    verdict, is_ap = np.zeros(len(latest), np.int8), np.zeros(len(latest), np.int8)
    signal = signals(spans_of(pc.struct_field(latest, "nearestApRssi")), verdict)
    return Heard(_civil(latest), macs(spans_of(pc.struct_field(latest, "nearestApMac")), is_ap), signal, verdict)


def _civil(heard: pa.StructArray) -> Civil:
    return Civil(*times_of(spans_of(pc.struct_field(heard, "time")), "any"))


@compiled
def _strongest(ends: Any, ap: Any, signal: Any) -> Any:
    """(AP or NO_MAC, its signal) of the strongest record of each location; location i has those before `ends[i]`."""
    best, best_signal = np.full(ends.size, NO_MAC, np.uint64), np.full(ends.size, NO_SIGNAL, np.int16)
    k = 0
    for i in range(ends.size):
        while k < ends[i]:
            is_better = signal[k] > best_signal[i] or (signal[k] == best_signal[i] and ap[k] < best[i])
            if ap[k] != NO_MAC and is_better:
                best[i], best_signal[i] = ap[k], signal[k]
            k += 1
    return best, best_signal


def _is_later(latest: Heard, located: Heard, of: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Of each observation, whether its latest record is later than all its locations with an AP; `of` is whose each is.

    A latest record without time, AP or signal says nothing.
    """
    last_ms = np.full(latest.ap.size, -LATEST_MS)
    told = located.civil.good & (located.ap != NO_MAC)
    np.maximum.at(last_ms, of[told], _instants(located.civil)[told])
    is_told = latest.civil.good & (latest.ap != NO_MAC) & (latest.verdict == KEPT)
    return np.asarray(is_told & (_instants(latest.civil) > last_ms))


def _instants(civil: Civil) -> npt.NDArray[np.int64]:
    """To compare: UTC, or all shifted alike where the stamps say no offset."""
    return civil.civil_ms - civil.offset_min.astype(np.int64) * 60_000


def _merged(located: Heard, latest: Heard, of: npt.NDArray[np.int64], is_latest: npt.NDArray[np.bool_]) -> Heard:
    """One Heard a record: the next location, or, where `is_latest`, the latest record of its observation."""
    rows = np.where(is_latest, located.ap.size + of, np.cumsum(~is_latest) - 1)
    one, other = located.civil, latest.civil
    return Heard(
        Civil(
            np.concatenate((one.civil_ms, other.civil_ms))[rows],
            np.concatenate((one.offset_min, other.offset_min))[rows],
            np.concatenate((one.good, other.good))[rows],
        ),
        np.concatenate((located.ap, latest.ap))[rows],
        np.concatenate((located.signal_dbm, latest.signal_dbm))[rows],
        np.concatenate((located.verdict, latest.verdict))[rows],
    )
