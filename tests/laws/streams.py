"""A small district and random logs for the laws of `advance`: many subjects, short holds, coarse instants."""

import datetime
from dataclasses import dataclass

import pyarrow as pa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from schemas import PLACE, SIGHTING
from schemas.day import Day
from sessionize.rules import VisitRules

TICK = 700  # ms of one unit of time: buckets of the wheel are a second, so some hold two instants
EPOCH = 1_700_000_000_000
LATENESS = 25  # longer than hold_joined: rows arrive after what they belong to seems over
HOLDS = ("hold_joined_ms", "hold_seen_ms", "hold_left_ms", "hold_idle_ms")
UNKNOWN_AP = "zz-unknown"
APS = ("b2", "a1", "c1", "B1", UNKNOWN_AP)  # not in the order of their names; c1 is another site


@dataclass(frozen=True)
class Arrival:
    """One row, and how many units after its instant it arrives."""

    subject: int
    at: int
    ap: str
    kind: int
    delay: int = 0


arrival = st.builds(
    Arrival,
    st.integers(-3, 4),
    st.integers(0, 240),
    st.sampled_from(APS),
    st.integers(0, 3),
    st.integers(0, LATENESS),
)
# A list without a least size has five rows on the average: too few for visits of more than one row.
arrivals = st.lists(arrival, max_size=20) | st.lists(arrival, min_size=100, max_size=240)
scopes = st.sampled_from(["district", "site"])
step_sizes = st.lists(st.integers(1, 60), min_size=1, max_size=8)


def law(examples: int) -> settings:
    """How a law is tried; long logs take their time to draw, which is meant."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def instant(at: float) -> int:
    return EPOCH + int(at * TICK)


def rules(scope: str = "district") -> VisitRules:
    return VisitRules(
        scope=scope,  # type: ignore[arg-type]
        **dict(zip(HOLDS, (20 * TICK, 6 * TICK, 5 * TICK, 9 * TICK), strict=True)),
        longest_ms=45 * TICK,
        flap_ms=2 * TICK,
    )


def day(start: int, end: int, window_start: int = 0, window_end: int = 250) -> Day:
    edges = [instant(x) for x in (start, end, window_start, window_end)]
    return Day("old-town", datetime.date(2023, 11, 14), *edges)


def places(*, plain: bool = False) -> pa.Table:
    """Zones a and b at site s, c at site t. Unless `plain`, b2 moves from b to a at 100, and has a hold of its own."""
    rows = [("a1", "s", "a", 0, 999), ("B1", "s", "b", 0, 999), ("c1", "t", "c", 0, 999)]
    rows += [("b2", "s", "b", 0, 999)] if plain else [("b2", "s", "b", 0, 100), ("b2", "s", "a", 100, 999)]
    own = [None if plain or row[0] != "b2" else 8 * TICK for row in rows]
    return PLACE.table(
        ap=[row[0] for row in rows],
        from_ms=[instant(row[3]) for row in rows],
        until_ms=[instant(row[4]) for row in rows],
        site=[row[1] for row in rows],
        zone=[row[2] for row in rows],
        feed=[""] * len(rows),
        hold_joined_ms=[None] * len(rows),
        hold_seen_ms=own,
        hold_left_ms=[None] * len(rows),
        hold_idle_ms=[None] * len(rows),
    )


def sightings(rows: list[Arrival]) -> pa.Table:
    n = len(rows)
    return SIGHTING.table(
        at_ms=[instant(row.at) for row in rows],
        subject=[row.subject for row in rows],
        ap=[row.ap for row in rows],
        kind=[row.kind for row in rows],
        signal_dbm=pa.nulls(n, pa.int16()),
        feed=["f"] * n,
        file=["x.log"] * n,
        line=list(range(1, n + 1)),
        time_quality=[0] * n,
    )


def steps(rows: list[Arrival], sizes: list[int]) -> list[tuple[list[Arrival], int]]:
    """(rows, watermark in ms) of each step: rows as they arrive, cut into steps of `sizes` in turn; none is late."""
    waiting = sorted(rows, key=lambda row: row.at + row.delay)
    found = []
    while waiting:
        size = sizes[len(found) % len(sizes)]
        taken, waiting = waiting[:size], waiting[size:]
        found.append((taken, instant(taken[-1].at + taken[-1].delay - LATENESS)))
    return found
