"""Access points that sightings name and the registry lacks: who they served, and the zones of their neighbours.

device:   tea-shop (known) --<= 60 s-- ap-99 (unknown) --<= 60 s-- tea-shop (known)      two votes for tea-shop
"""

from collections import Counter
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.place import UNKNOWN

NEAR_MS = 60_000


@dataclass(frozen=True)
class UnknownAp:
    """What published sightings tell of one unknown access point.

    `devices`: on the day on which it served most. `votes`: by zone, how many of its sightings have one of the same
    device in that zone right before or right after, within a minute.
    """

    ap: str
    sightings: int
    devices: int
    first_ms: int
    last_ms: int
    votes: Counter[str]

    def plus(self, other: "UnknownAp") -> "UnknownAp":
        """Both days' sightings of the same access point, under this one's name."""
        return UnknownAp(
            self.ap,
            self.sightings + other.sightings,
            max(self.devices, other.devices),
            min(self.first_ms, other.first_ms),
            max(self.last_ms, other.last_ms),
            self.votes + other.votes,
        )

    @property
    def zone(self) -> tuple[str, float] | None:
        """The zone with most votes, and its share of all; the first by name of equals; None without a vote."""
        if not self.votes:
            return None
        zone, votes = min(self.votes.items(), key=lambda item: (-item[1], item[0]))
        return zone, votes / self.votes.total()


def unknown_aps(published: pa.Table) -> list[UnknownAp]:
    """The unknown access points of one day's PUBLISHED rows, by name."""
    rows = published.sort_by([("subject", "ascending"), ("at_ms", "ascending")])
    aps, zones = _codes(rows["ap"]), _codes(rows["zone"])
    subject, at_ms = rows["subject"].to_numpy(), rows["at_ms"].to_numpy()
    is_unknown = np.array([zone == UNKNOWN for zone in zones.words], np.bool_)[zones.codes]
    before, after = _neighbours(subject, at_ms, is_unknown)
    found = []
    for code, ap in enumerate(aps.words):
        own = np.flatnonzero(is_unknown & (aps.codes == code))
        if own.size:
            near = np.concatenate([before[own], after[own]])
            votes = Counter(zones.words[zone] for zone in zones.codes[near[near >= 0]].tolist())
            devices = np.unique(subject[own]).size
            found.append(UnknownAp(ap, own.size, devices, int(at_ms[own].min()), int(at_ms[own].max()), votes))
    return sorted(found, key=lambda one: one.ap)


def together(found: list[UnknownAp]) -> list[UnknownAp]:
    """One of each name, those that served most first."""
    names: dict[str, list[UnknownAp]] = {}
    for one in found:
        names.setdefault(one.ap, []).append(one)
    summed = [reduce(UnknownAp.plus, same) for same in names.values()]
    return sorted(summed, key=lambda one: (-one.sightings, one.ap))


@dataclass(frozen=True)
class _Codes:
    """A column of words as places in a list of the distinct ones."""

    words: list[str]
    codes: NDArray[np.int64]


def _codes(column: pa.ChunkedArray) -> _Codes:
    coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    return _Codes(coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64))


def _neighbours(
    subject: NDArray[np.int64], at_ms: NDArray[np.int64], is_unknown: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each row the nearest row before and after it of the same subject at a known AP, or -1 if none is near."""
    rows = np.arange(subject.size)
    before = np.maximum.accumulate(np.where(is_unknown, -1, rows))
    after = np.minimum.accumulate(np.where(is_unknown, subject.size, rows)[::-1])[::-1]
    after = np.where(after == subject.size, -1, after)

    def near(other: NDArray[np.int64]) -> NDArray[np.int64]:
        is_near = (other >= 0) & (subject[other] == subject) & (np.abs(at_ms[other] - at_ms) <= NEAR_MS)
        return np.where(is_near, other, -1)

    return near(before), near(after)
