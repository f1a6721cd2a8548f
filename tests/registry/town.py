"""Guests who walk between controllers whose clocks differ, as CLOCK_EVENT: for tests and `benchmarks.clocks` (N7)."""

import datetime

import numpy as np
import pyarrow as pa

from ingest.clock_graph import linked_offsets
from ingest.roam_pairs import pairs_of
from ingest.skew import Line
from schemas import CLOCK_EVENT
from schemas.sighting import JOINED, LEFT

DATE = datetime.date(2026, 11, 22)
HOUR, DAY = 3_600_000, 86_400_000
START = 1_795_284_000_000 + 21 * HOUR  # of DATE, 05:00 in Shanghai
BEFORE = START - DAY
AC_1, AC_2, AC_3 = ("one", "AC-1"), ("two", "AC-2"), ("three", "")
RIGHT = {AC_1: Line(0.0, 0.0)}


class Town:
    """Guests of the day before DATE who walk between controllers, `behind` (ms at START, drift) each."""

    def __init__(self, seed: int = 1, **behind: tuple[float, float]) -> None:
        self.rng = np.random.default_rng(seed)
        self.behind = {AC_1: (0.0, 0.0), AC_2: behind.get("two", (0.0, 0.0)), AC_3: behind.get("three", (0.0, 0.0))}
        self.parts: list[pa.Table] = [CLOCK_EVENT.empty()]
        self.guests = 0

    def shown(self, clock: tuple[str, str], at_ms: np.ndarray) -> np.ndarray:
        """What the clock shows, in whole seconds as a log has them."""
        level, drift = self.behind[clock]
        return ((at_ms - level - drift * (at_ms - START)) // 1000 * 1000).astype(np.int64)

    def _add(self, clock: tuple[str, str], ap: str, kind: int, guest: np.ndarray, at_ms: np.ndarray) -> None:
        n = len(guest)
        feed, name = ([text] * n for text in clock)
        self.parts.append(
            CLOCK_EVENT.table(
                subject=guest, draw=guest % 1024, at_ms=self.shown(clock, at_ms), feed=feed, clock=name, ap=[ap] * n,
                kind=np.full(n, kind, np.int8),
            )
        )  # fmt: skip

    def walk(self, one: tuple[str, str], other: tuple[str, str], guests: int = 600, mean_s: float = 1.5) -> "Town":
        """There and, minutes later, back: each leave is followed by the join as soon as the phone has roamed."""
        guest = np.arange(self.guests, self.guests + guests)
        self.guests += guests
        at = BEFORE + self.rng.uniform(4 * HOUR, 15 * HOUR, guests)
        for here, there in ((one, other), (other, one)):
            self._add(here, f"ap of {here}", LEFT, guest, at)
            self._add(there, f"ap of {there}", JOINED, guest, at + self.rng.exponential(mean_s * 1000, guests))
            at = at + self.rng.uniform(60_000, 1_200_000, guests)
        return self

    def told_twice(self, one: tuple[str, str], other: tuple[str, str], guests: int = 200) -> "Town":
        """One association, reported by the access point and by its controller."""
        guest = np.arange(self.guests, self.guests + guests)
        self.guests += guests
        at = BEFORE + self.rng.uniform(4 * HOUR, 15 * HOUR, guests)
        for clock in (one, other):
            self._add(clock, "the same ap", JOINED, guest, at + self.rng.exponential(100, guests))
        return self

    @property
    def events(self) -> pa.Table:
        return CLOCK_EVENT.cast(pa.concat_tables(self.parts).unify_dictionaries())

    def offsets(self, known: dict[tuple[str, str], Line] = RIGHT) -> dict[tuple[str, str], dict[str, object]]:
        rows = linked_offsets(pairs_of(self.events), known, DATE, START, START + DAY).to_pylist()
        return {(row["feed"], row["clock"]): row for row in rows}


def off_by(found: dict[str, object], level: float, drift: float) -> float:
    """The largest error of a correction over the day, in seconds."""
    return max(
        abs(found["offset_ms"] + found["drift_ppm"] / 1e6 * since - level - drift * since) / 1000
        for since in (0, DAY)
    )  # fmt: skip
