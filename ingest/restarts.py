"""Restarts of controllers -> of their access points: RADIUS names the one that began anew, sightings only its APs.

A controller's APs are those that its own records named on that day; the parsers hand both on (`Reading.clock`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ingest.reading import Reading
from ingest.registry import Registry
from schemas import RESTART
from schemas.day import Day


@dataclass
class Controllers:
    """What one day told of controllers: their APs, and when they began anew. Sets: order makes no difference."""

    aps: set[tuple[str, str]] = field(default_factory=set)  # controller, AP as sightings name it
    restarts: set[tuple[str, int]] = field(default_factory=set)

    def learn(self, reading: Reading, registry: Registry, day: Day, day_key: bytes) -> None:
        """Add what the reading tells of the day's window."""
        if reading.restarts is not None:
            told = zip(reading.restarts.clock, reading.restarts.at_ms.tolist(), strict=True)
            inside = ((nas, at_ms) for nas, at_ms in told if day.window_start_ms <= at_ms < day.window_end_ms)
            self.restarts.update(inside)
        if reading.clock is not None:
            at_ms = reading.at_ms
            rows = np.flatnonzero((at_ms >= day.window_start_ms) & (at_ms < day.window_end_ms))
            aps = registry.ap_names(reading.ap.take(pa.array(rows)), at_ms[rows], day_key)
            pairs = (
                pa.table({"nas": reading.clock.take(pa.array(rows)), "ap": aps}).group_by(["nas", "ap"]).aggregate([])
            )
            self.aps.update((row["nas"], row["ap"]) for row in pairs.to_pylist() if row["nas"] is not None)

    def plus(self, other: "Controllers") -> "Controllers":
        """What both have learnt."""
        return Controllers(self.aps | other.aps, self.restarts | other.restarts)

    def table(self) -> pa.Table:
        """RESTART, by AP and time."""
        return _table((ap, at_ms) for nas, at_ms in self.restarts for name, ap in self.aps if name == nas)


def _table(rows: Iterable[tuple[str, int]]) -> pa.Table:
    ordered = sorted(set(rows))
    return RESTART.table(ap=[ap for ap, _ in ordered], at_ms=[at_ms for _, at_ms in ordered])
