"""Times moved by what is known of the clocks that stamped them, each row by the trading day of its own raw time.

Which offsets are in force is the caller's to say; how they are found is in `ingest.skew`.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.reading import Reading, Restarts, Signs
from schemas.clock_offset import DECLARED, RIGHT, ROAM_PAIRS, TWO_CLOCKS
from schemas.day import Day
from schemas.sighting import CHECKED, CORRECTED, STAMPED

Numbers = NDArray[np.int64]
Bytes = NDArray[np.int8]

_QUALITY = {DECLARED: CORRECTED, TWO_CLOCKS: CORRECTED, ROAM_PAIRS: CORRECTED, RIGHT: CHECKED}


@dataclass(frozen=True)
class Offsets:
    """What is added to the times of one feed's clocks on one trading day: CLOCK_OFFSET, a row a clock."""

    day: Day
    rows: pa.Table


@dataclass(frozen=True)
class DeclaredOffset:
    """One row of offsets.csv: from the trading day `since` on `offset_ms` is added to the clock's times."""

    feed: str
    clock: str
    since: datetime.date
    offset_ms: int


def corrected(reading: Reading, offsets: Iterable[Offsets]) -> tuple[Reading, NDArray[np.int8]]:
    """The reading with its times corrected, also of restarts and signs of life, and each row's `time_quality`.

    A row is moved by the offset of the day in which its own, uncorrected time lies; not so a row on which both clocks
    agree to the millisecond: its time is the receiver's, for want of another, or right.
    """
    known = list(offsets)
    moved_ms, quality = _moved(reading, known)
    restarts, signs = reading.restarts, reading.signs
    if restarts is not None:
        code = np.arange(len(restarts.clock), dtype=np.int64)
        restarts = Restarts(_corrected(restarts.at_ms, restarts.clock, code, known)[0], restarts.clock)
    if signs is not None:
        signs = replace(signs, at_ms=_moved(signs, known)[0])
    return replace(reading, at_ms=moved_ms, restarts=restarts, signs=signs), quality


def _moved(told: Reading | Signs, offsets: list[Offsets]) -> tuple[Numbers, Bytes]:
    """(corrected times, quality)"""
    moved_ms, quality = _corrected(told.at_ms, *_clocks(told), offsets)
    if told.received_ms is not None:
        agreed = told.received_ms == told.at_ms
        moved_ms[agreed] = told.at_ms[agreed]
        quality[agreed] = CHECKED
    return moved_ms, quality


def _clocks(told: Reading | Signs) -> tuple[list[str], Numbers]:
    """The names of the clocks, the feed's own (empty) last, and the place of each row's clock among them."""
    if told.clock is None:
        return [""], np.zeros(told.at_ms.size, np.int64)
    names = [*told.clock.dictionary.to_pylist(), ""]
    code = told.clock.indices.fill_null(len(names) - 1).to_numpy()
    return names, code.astype(np.int64)


def _corrected(at_ms: Numbers, names: list[str], code: Numbers, offsets: list[Offsets]) -> tuple[Numbers, Bytes]:
    """(corrected times, quality) of times stamped by the clocks `names[code]`."""
    shift, quality = np.zeros(at_ms.size, np.float64), np.full(at_ms.size, STAMPED, np.int8)
    for one in offsets:
        rows = np.flatnonzero((at_ms >= one.day.start_ms) & (at_ms < one.day.end_ms))
        known = {row["clock"]: row for row in one.rows.to_pylist()}
        each = [known.get(name) for name in names]
        offset = np.array([row["offset_ms"] if row else 0 for row in each], np.float64)
        drift = np.array([row["drift_ppm"] / 1e6 if row else 0.0 for row in each], np.float64)
        verdict = np.array([_QUALITY.get(row["method"], STAMPED) if row else STAMPED for row in each], np.int8)
        mine = code[rows]
        shift[rows] = offset[mine] + drift[mine] * (at_ms[rows] - one.day.start_ms)
        quality[rows] = verdict[mine]
    return at_ms + np.rint(shift).astype(np.int64), quality
