"""What devices tell of two clocks against each other: they leave one controller and join another, or are told twice.

    by AC-1's clock   left 10:00:02 .................. joined 10:31:40
    by AC-2's clock        joined 10:01:38 ... left 10:33:13
                           |  96 s ahead        -93 s  |         AC-1 is 94.5 s behind, a walk takes 1.5 s

Every leave meets every join of the same device within ten minutes, for nobody knows yet how far the clocks lie apart:
true roams pile up, all others spread out. The counts are all that is kept; what they mean is said in
`ingest.clock_graph`. Devices go by pseudonyms under a key that is made for the pairs of one day and never kept.
"""

import hashlib

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.feed import Feed
from ingest.reading import NO_MAC, Reading
from ingest.registry import Registry
from ingest.skew import BIN_MS, HOUR_MS, MOST_BEHIND_MS, clocks_at, has_storable_clock
from ingest.subjects import Subjects
from schemas import CLOCK_EVENT, CLOCK_PAIR
from schemas.day import Day
from schemas.sighting import JOINED, LEFT

MOST_OF_A_DEVICE = 200  # events a day; what has more is no phone in a pocket
MOST_EVENTS = 1 << 19  # of a day: devices beyond are left out, the same ones in whatever order files are read

_WAYS = ("roam", "same")
_KEYS = ("one", "other", "way", "hour_ms", "ahead_ms")
_DRAWS = 1 << 24
_PRIME = np.uint64(0x9E37_79B9_7F4A_7C15)

Numbers = NDArray[np.int64]


def events_of(reading: Reading, feed: Feed, registry: Registry, day: Day, subjects: Subjects) -> pa.Table:
    """CLOCK_EVENT of the reading's joins and leaves inside `day`.

    Devices that are opted out are left out, and clocks whose names must not be stored.

    Args:
        subjects: of this day's pairs, the same for all feeds.
    """
    inside = (reading.at_ms >= day.start_ms) & (reading.at_ms < day.end_ms)
    rows = np.flatnonzero(inside & np.isin(reading.kind, (JOINED, LEFT)) & has_storable_clock(reading))
    opaque = None if reading.opaque is None else reading.opaque.take(pa.array(rows))
    named = subjects.of_rows(reading.mac[rows], opaque, reading.at_ms[rows])
    stays = named.stays
    subject, draw, rows = named.subject[stays], _draws(reading.mac[rows], opaque)[stays], rows[stays]
    return CLOCK_EVENT.table(
        subject=subject,
        draw=draw,
        at_ms=reading.at_ms[rows],
        feed=pa.array([feed.name] * len(rows), pa.string()),
        clock=clocks_at(reading, rows),
        ap=registry.ap_names(reading.ap.take(pa.array(rows)), reading.at_ms[rows], subjects.day_key),
        kind=reading.kind[rows],
    )


def _draws(mac: NDArray[np.uint64], opaque: pa.DictionaryArray | None) -> Numbers:
    """Of each row the same number below `_DRAWS` for the same address, in every file and run."""
    draw = (mac * _PRIME >> np.uint64(40)).astype(np.int64)
    if opaque is not None:
        rows = np.flatnonzero(mac == NO_MAC)
        texts = (hashlib.blake2b(text.encode(), digest_size=3) for text in opaque.dictionary.to_pylist())
        of_text = np.array([int.from_bytes(text.digest()) for text in texts], np.int64)
        draw[rows] = of_text[opaque.indices.take(pa.array(rows)).to_numpy()]
    return draw


class ThinnedEvents:
    """CLOCK_EVENT of one day while it grows: all events of as many devices as fit `MOST_EVENTS`.

    Half of the devices go where they do not fit, or half of these too, and so on: the same ones in whatever order
    events come.
    """

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []
        self._fresh, self._modulus = 0, 1

    def add(self, events: pa.Table) -> None:
        """Take in what a piece of a log holds of the day."""
        if self._modulus > 1:
            events = events.filter(_stays(events, self._modulus))
        if events.num_rows:
            self._tables.append(events)
            self._fresh += events.num_rows
        if self._fresh > MOST_EVENTS:
            self.table()

    def table(self) -> pa.Table:
        """What is left of them all, in one chunk."""
        joined = pa.concat_tables([CLOCK_EVENT.empty(), *self._tables]).unify_dictionaries().combine_chunks()
        while joined.num_rows > MOST_EVENTS and self._modulus < _DRAWS:
            self._modulus *= 2
            joined = joined.filter(_stays(joined, self._modulus))
        self._tables, self._fresh = [joined], 0
        return joined


def _stays(events: pa.Table, modulus: int) -> pa.BooleanArray:
    return pa.array(events["draw"].to_numpy() % modulus == 0)


def pairs_of(events: pa.Table) -> pa.Table:
    """CLOCK_PAIR of one day's events. Within one clock there are none, nor for devices with too many events."""
    names, clock = _clocks(events)
    _, device, count = np.unique(events["subject"].to_numpy(), return_inverse=True, return_counts=True)
    ap = events["ap"].combine_chunks().indices.to_numpy().astype(np.int64)
    at_ms, kind = events["at_ms"].to_numpy(), events["kind"].to_numpy()
    few = count[device] <= MOST_OF_A_DEVICE
    left, joined = np.flatnonzero(few & (kind == LEFT)), np.flatnonzero(few & (kind == JOINED))
    heard = device * (ap.max(initial=0) + 1) + ap
    found = []
    for way, (one, other) in enumerate((_near(device, at_ms, left, joined), _near(heard, at_ms, joined, joined))):
        apart = clock[one] < clock[other] if _WAYS[way] == "same" else clock[one] != clock[other]
        one, other = one[apart], other[apart]
        ahead = (at_ms[other] - at_ms[one] + BIN_MS // 2) // BIN_MS * BIN_MS
        hour = at_ms[one] // HOUR_MS * HOUR_MS
        columns = (clock[one], clock[other], np.full(one.size, way, np.int64), hour, ahead)
        found.append(pa.table(dict(zip(_KEYS, columns, strict=True))))
    counted = pa.concat_tables(found).group_by(list(_KEYS)).aggregate([([], "count_all")])
    return _named(counted.sort_by([(key, "ascending") for key in _KEYS]), names)


def _clocks(events: pa.Table) -> tuple[list[tuple[str, str]], Numbers]:
    """((feed, clock) of each clock in order, the place of each event's among them)."""
    feed, clock = (events[name].combine_chunks() for name in ("feed", "clock"))
    feeds, clocks = feed.dictionary.to_pylist(), clock.dictionary.to_pylist()
    both = feed.indices.to_numpy().astype(np.int64) * max(len(clocks), 1) + clock.indices.to_numpy()
    distinct, code = np.unique(both, return_inverse=True)
    named = [(feeds[one // len(clocks)], clocks[one % len(clocks)]) for one in distinct.tolist()]
    names = sorted(named)
    place = np.array([names.index(name) for name in named], np.int64)
    return names, place[code]


def _near(group: Numbers, at_ms: Numbers, some: Numbers, others: Numbers) -> tuple[Numbers, Numbers]:
    """Every pair of one of `some` and one of `others` in one group, `MOST_BEHIND_MS` apart at most."""
    first = at_ms.min(initial=np.iinfo(np.int64).max) if at_ms.size else 0
    span = int(np.ptp(at_ms)) + 2 * MOST_BEHIND_MS + 1 if at_ms.size else 1
    place = group * span + at_ms - first
    others = others[np.argsort(place[others], kind="stable")]
    low = np.searchsorted(place[others], place[some] - MOST_BEHIND_MS, "left")
    high = np.searchsorted(place[others], place[some] + MOST_BEHIND_MS, "right")
    each = high - low
    ends = np.cumsum(each)
    within = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - each, each)
    return np.repeat(some, each), others[np.repeat(low, each) + within]


def _named(counted: pa.Table, names: list[tuple[str, str]]) -> pa.Table:
    one, other = (counted[key].to_pylist() for key in ("one", "other"))
    return CLOCK_PAIR.table(
        feed=[names[code][0] for code in one],
        clock=[names[code][1] for code in one],
        other_feed=[names[code][0] for code in other],
        other_clock=[names[code][1] for code in other],
        way=[_WAYS[way] for way in counted["way"].to_pylist()],
        hour_ms=counted["hour_ms"],
        ahead_ms=counted["ahead_ms"],
        pairs=counted["count_all"],
    )
