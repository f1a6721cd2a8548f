"""Records that name no device and still prove an access point alive -> the hours of a trading day in which it was.

What does not live here: which records those are (the formats hand them on as `Reading.signs`), the correction of their
clocks (`correction`), and what their lack means (`sessionize`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ingest.reading import Reading
from ingest.registry import Registry
from ingest.skew import HOUR_MS
from schemas import LIFE_SIGN
from schemas.day import Day


@dataclass
class LifeSigns:
    """What one day told of registered access points. A set: order and repeats make no difference."""

    hours: set[tuple[str, int]] = field(default_factory=set)  # access point, begin of the hour

    def learn(self, reading: Reading, registry: Registry, day: Day, day_key: bytes) -> None:
        """Add what the reading tells of the day itself; names that the registry lacks are no access points."""
        if reading.signs is None:
            return
        at_ms = reading.signs.at_ms
        rows = np.flatnonzero((at_ms >= day.start_ms) & (at_ms < day.end_ms))
        names = registry.ap_names(reading.signs.ap.take(pa.array(rows)), at_ms[rows], day_key)
        hour = day.start_ms + (at_ms[rows] - day.start_ms) // HOUR_MS * HOUR_MS
        told = pa.table({"ap": names, "hour": hour}).group_by(["ap", "hour"]).aggregate([])
        pairs = zip(told["ap"].to_pylist(), told["hour"].to_pylist(), strict=True)
        self.hours.update(pair for pair in pairs if pair[0] in registry.names)

    def plus(self, other: "LifeSigns") -> "LifeSigns":
        """What both have learnt."""
        return LifeSigns(self.hours | other.hours)

    def table(self, restarts: pa.Table, day: Day) -> pa.Table:
        """LIFE_SIGN, by key, with the restarts (RESTART) inside the day: whoever begins anew is there."""
        told = zip(restarts["ap"].to_pylist(), restarts["at_ms"].to_pylist(), strict=True)
        inside = ((ap, at_ms - day.start_ms) for ap, at_ms in told if day.start_ms <= at_ms < day.end_ms)
        return _table({*self.hours, *((ap, day.start_ms + since // HOUR_MS * HOUR_MS) for ap, since in inside)})


def _table(hours: Iterable[tuple[str, int]]) -> pa.Table:
    ordered = sorted(hours)
    return LIFE_SIGN.table(ap=[ap for ap, _ in ordered], hour_ms=[hour for _, hour in ordered])
