"""Records whose columns the feed maps to ours (CSV, JSON Lines, Parquet): from places in bytes to a Reading.

A record is judged column by column: time, device, AP, kind, signal; the first fault is its reason. What a feed says of
its clocks (`received`, `clock`) costs no record: where it cannot be read, nothing is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.clocks import EARLIEST_MS, LATEST_MS, utc_of
from ingest.eight_bytes import text_of
from ingest.feed import Feed
from ingest.mac_text import mac_of_text
from ingest.reading import KEPT, NO_SIGNAL, NO_TIME, Reading, Records, passed_over, refused, settled
from ingest.scan import BROKEN_MAC, NO_MAC, Spans, is_device, mac_at, mac_text, thousandths
from ingest.stamps import times_of
from ingest.words import Words, words_of
from schemas.compiled import compiled
from schemas.sighting import IDLE, JOINED, KIND_NAMES, SEEN

NEEDED = ("at", "device", "ap")
FIELDS = (*NEEDED, "kind", "signal")
OF_CLOCKS = ("received", "clock")  # read only where the feed maps them: a column of that name may mean anything

_MISSING_FIELD, _NO_ADDRESS, _BAD_ADDRESS = refused("missing-field"), refused("no-address"), refused("bad-address")
_BAD_SIGNAL = refused("bad-signal")
_MAC_LENGTHS = (14, 17)  # with separators
_LOWEST_DBM, _HIGHEST_DBM = -128, 20
_UNMAPPED, _OTHER_KIND = -1, -2


@dataclass(frozen=True)
class Civil:
    """A time column that is read already: civil ms with offsets as in `stamps`; `good` false where it is missing."""

    civil_ms: npt.NDArray[np.int64]
    offset_min: npt.NDArray[np.int16]
    good: npt.NDArray[np.bool_]


def column_names(feed: Feed) -> dict[str, str]:
    """The log's name of each of our fields; a field of `FIELDS` that the feed does not map goes by our own name."""
    mapped = (name for name in OF_CLOCKS if name in feed.columns)
    return {name: feed.columns.get(name, name) for name in (*FIELDS, *mapped)}


def wanted_fields(feed: Feed) -> set[str]:
    """The fields without whose columns a table is not the feed's."""
    return {*NEEDED, *(field for field in (*FIELDS, *OF_CLOCKS) if field in feed.columns)}


def read_mapped(
    columns: Mapping[str, Spans],
    times: Mapping[str, Civil],
    verdict: npt.NDArray[np.int8],
    line: npt.NDArray[np.int64],
    feed: Feed,
    unfinished: bool = False,
) -> Reading:
    """The Reading of records with these columns of `column_names`; those judged already stay so.

    `times`: those of the columns `at` and `received` that are times already, in place of their texts.
    """
    civil = times.get("at") or _civil(columns["at"], verdict, feed)
    at_ms = utc_times(civil, verdict, feed.time_zone)
    mac, opaque = addresses(columns["device"], verdict)
    ap = access_points(columns["ap"], verdict)
    kind = _kinds(columns.get("kind"), verdict, feed)
    signal = signals(columns["signal"], verdict) if "signal" in columns else no_signals(verdict.size)
    idle_ms = np.where(kind == IDLE, feed.idle_s * 1000, 0)
    received_ms = _received(columns, times, idle_ms, feed)
    clock = words_of(columns["clock"]) if "clock" in columns else None
    at_ms = at_ms - idle_ms
    return settled(Records(verdict, line, at_ms, mac, opaque, ap, kind, signal, unfinished, clock, received_ms))


def _received(
    columns: Mapping[str, Spans], times: Mapping[str, Civil], idle_ms: npt.NDArray[np.int64], feed: Feed
) -> npt.NDArray[np.int64] | None:
    """When each row was, by the clock of who received it; NO_TIME where that is empty, or no time."""
    if "received" not in columns and "received" not in times:
        return None
    civil = times.get("received") or Civil(*times_of(columns["received"], feed.time_format))
    judged = np.full(idle_ms.size, KEPT, np.int8)
    at_ms = utc_times(civil, judged, feed.time_zone)
    return np.where(judged == KEPT, at_ms - idle_ms, NO_TIME)


def _civil(spans: Spans, verdict: npt.NDArray[np.int8], feed: Feed) -> Civil:
    judge(verdict, spans.start == spans.stop, "missing-field")
    return Civil(*times_of(spans, feed.time_format))


def utc_times(civil: Civil, verdict: npt.NDArray[np.int8], zone: str) -> npt.NDArray[np.int64]:
    """UTC ms; no stamp, or one outside 1990..2100, is `bad-time`."""
    judge(verdict, ~civil.good, "bad-time")
    at_ms = utc_of(civil.civil_ms, np.where(civil.good, civil.offset_min, 0).astype(np.int16), zone)
    judge(verdict, (at_ms < EARLIEST_MS) | (at_ms >= LATEST_MS), "bad-time")
    return at_ms


def addresses(spans: Spans, verdict: npt.NDArray[np.int8]) -> tuple[npt.NDArray[np.uint64], Words | None]:
    """(MACs, other addresses as text or None): a MAC in any notation is a number, any other string stays as it is."""
    mac = macs(spans, verdict)
    other = (verdict == KEPT) & (mac == NO_MAC)
    if not other.any():
        return mac, None
    opaque = words_of(Spans(spans.buf, spans.start, np.where(other, spans.stop, spans.start)))
    judge(verdict, opaque.is_bad(), "bad-encoding")
    return mac, opaque


def macs(spans: Spans, verdict: npt.NDArray[np.int8]) -> npt.NDArray[np.uint64]:
    """The addresses that are MACs, else NO_MAC; one that no single device can have is `bad-address`."""
    mac: npt.NDArray[np.uint64] = _macs(spans.buf, spans.start, spans.stop, verdict)
    return mac


def access_points(spans: Spans, verdict: npt.NDArray[np.int8]) -> Words:
    """AP names; those that are a MAC with separators as `aa:bb:cc:dd:ee:ff` (bare digits may be a name)."""
    judge(verdict, spans.start == spans.stop, "no-ap")
    ap = words_of(spans)
    judge(verdict, ap.is_bad(), "bad-encoding")
    could_be_mac = pc.is_in(pc.binary_length(ap.values), pa.array(_MAC_LENGTHS, pa.int32()))
    return ap.mapped(ap_name) if pc.any(could_be_mac).as_py() else ap


@lru_cache(1 << 16)
def ap_name(text: str) -> str:
    """An AP's key in the form of a Reading."""
    mac = mac_of_text(text) if len(text) in _MAC_LENGTHS else None
    return text if mac is None else mac_text(mac)


def _kinds(spans: Spans | None, verdict: npt.NDArray[np.int8], feed: Feed) -> npt.NDArray[np.int8]:
    """Kinds of sighting; without a kind column every record is what the feed maps the empty word to, else `seen`."""
    if spans is None:
        return np.full(verdict.size, _kind(feed, "") if "" in feed.kinds else SEEN, np.int8)
    judge(verdict, spans.start == spans.stop, "missing-field")
    words = words_of(spans)
    judge(verdict, words.is_bad(), "bad-encoding")
    codes = [_kind(feed, text) for text in words.values.to_pylist()]
    kind = np.array([*codes, _UNMAPPED], np.int8)[words.codes]
    judge(verdict, kind == _UNMAPPED, "bad-kind")
    verdict[(verdict == KEPT) & (kind == _OTHER_KIND)] = passed_over("other-kind")
    return kind


def _kind(feed: Feed, text: str) -> int:
    name = feed.kinds.get(text, "") if feed.kinds else text
    if name == "ignored":
        return _OTHER_KIND
    if name not in KIND_NAMES:
        return _UNMAPPED
    kind = KIND_NAMES.index(name)
    return SEEN if kind == JOINED and not feed.reports_leaving else kind


def signals(spans: Spans, verdict: npt.NDArray[np.int8], zero_dbm: int = 0) -> npt.NDArray[np.int16]:
    """Signals in dBm, rounded; NO_SIGNAL where empty; one that is no number or not in -128..20 is `bad-signal`.

    `zero_dbm`: what the log's 0 means in dBm.
    """
    signal: npt.NDArray[np.int16] = _signals(spans.buf, spans.start, spans.stop, verdict, zero_dbm)
    return signal


def no_signals(n: int) -> npt.NDArray[np.int16]:
    """A signal column for a log that has none."""
    return np.full(n, NO_SIGNAL, np.int16)


def judge(verdict: npt.NDArray[np.int8], fault: npt.NDArray[np.bool_], reason: str) -> None:
    """Refuse the records with the fault that nothing was found wrong with before."""
    if fault.any():
        verdict[fault & (verdict == KEPT)] = refused(reason)


@compiled
def _macs(buf: Any, start: Any, stop: Any, verdict: Any) -> Any:
    text = text_of(buf)
    mac = np.full(start.size, NO_MAC, np.uint64)
    for i in range(start.size):
        if verdict[i] != KEPT:
            continue
        s, e = start[i], stop[i]
        if s == e:
            verdict[i] = _NO_ADDRESS
            continue
        value, length = mac_at(text, s, e)
        if length != e - s:
            if value == BROKEN_MAC and e - s == 17:
                verdict[i] = _BAD_ADDRESS
        elif is_device(value):
            mac[i] = value
        else:
            verdict[i] = _BAD_ADDRESS
    return mac


@compiled
def _signals(buf: Any, start: Any, stop: Any, verdict: Any, zero_dbm: Any) -> Any:
    text = text_of(buf)
    signal = np.full(start.size, NO_SIGNAL, np.int16)
    for i in range(start.size):
        s, e = start[i], stop[i]
        if verdict[i] != KEPT or s == e:
            continue
        value, is_number = thousandths(text, s, e)
        dbm = (value + 500) // 1000 + zero_dbm
        if is_number and _LOWEST_DBM <= dbm <= _HIGHEST_DBM:
            signal[i] = dbm
        else:
            verdict[i] = _BAD_SIGNAL
    return signal
