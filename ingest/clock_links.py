"""How far one clock is behind another, by pairs of events; nothing where pairs do not say it plainly.

    ahead, X to Y:  walk + d          ahead, Y to X:  walk - d          d: how far X is behind Y

Both ways are fitted as one: the d that makes walks there as long as walks back. If they are not, d is off by the walk
at most, since nobody joins before leaving (as in NTP: RFC 5905, section 8). One join that both clocks tell has no walk.
How pairs are counted is said in `ingest.roam_pairs`, what follows for clocks in `ingest.clock_graph`.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.skew import BIN_MS, HOUR_MS, LEAST_SAMPLES, LEAST_SPAN_MS, MOST_DRIFT, Line

PEAK_MS = 3_000  # a pile is at least as dense as that
PILE_MS = 6_000  # what is fitted of it
FAR_MS = 10_000  # from a pile: there its tail is over
CLEAR = 3  # how many times any other pile it must be
MOST_WALK_MS = 3_000
_FITS = 24  # at most; each begins where the one before has ended: what a pile's edge cuts off differs less and less

Clock = tuple[str, str]  # feed, name
Numbers = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Link:
    """How far clock `one` is behind `other`, by pairs; `error_ms` where the line is used last."""

    one: Clock
    other: Clock
    line: Line
    error_ms: float


@dataclass(frozen=True)
class Counted:
    """Pairs of two clocks. `sign`: 1 from one to the other, -1 back; `has_walk`: a walk lies in between."""

    hour: Numbers
    ahead: Numbers
    pairs: Numbers
    sign: Numbers
    has_walk: bool


def links_of(pairs: pa.Table, start_ms: int, end_ms: int) -> list[Link]:
    """The pairs of clocks in CLOCK_PAIR whose difference is plain, each once; ambiguous ones are left out.

    Lines are those of the day from `start_ms` to `end_ms`, the pairs those of the day before.
    """
    one, other = ends_of(pairs, "feed", "clock"), ends_of(pairs, "other_feed", "other_clock")
    clocks = sorted({*one, *other})
    place = {clock: k for k, clock in enumerate(clocks)}
    x, y = (np.array([place[clock] for clock in end], np.int64) for end in (one, other))
    has_walk = np.array([way != "same" for way in pairs["way"].to_pylist()], np.bool_)
    key = 2 * (np.minimum(x, y) * len(clocks) + np.maximum(x, y)) + has_walk  # what is told twice is tried first
    order = np.argsort(key, kind="stable")
    hour, ahead, count = (pairs[name].to_numpy()[order] for name in ("hour_ms", "ahead_ms", "pairs"))
    sign = np.where(x < y, 1, -1)[order]
    key, begins = np.unique(key[order], return_index=True)
    found: dict[int, Link] = {}
    for one_key, rows in zip(key.tolist(), map(slice, begins, [*begins[1:], order.size]), strict=True):
        both = one_key // 2
        counted = Counted(hour[rows], ahead[rows], count[rows], sign[rows], one_key % 2 == 1)
        ends = clocks[both // len(clocks)], clocks[both % len(clocks)]
        if both not in found and (link := _link(*ends, counted, start_ms, end_ms)):
            found[both] = link
    return list(found.values())


def _link(one: Clock, other: Clock, counted: Counted, start_ms: int, end_ms: int) -> Link | None:
    """None where there is no pile each way, or two, or it was gone before the day ended, or the walk is none."""
    lows = [_densest(counted.ahead[way], counted.pairs[way]) for way in (counted.sign == 1, counted.sign == -1)]
    if lows[0] is None or (counted.has_walk and lows[1] is None):
        return None
    line, walk_ms, error_ms = Line((lows[0] - (lows[1] or -lows[0])) / 2, 0.0), 0.0, 0.0
    since = (counted.hour + HOUR_MS // 2 - start_ms).astype(np.float64)
    inside = np.zeros(since.size, np.bool_)
    for _ in range(_FITS):
        walk = counted.ahead - counted.sign * (line.level_ms + line.drift * since)
        low = _window(walk, counted.pairs, PILE_MS)[0]
        was, inside = inside, (walk >= low) & (walk <= low + PILE_MS)
        if np.array_equal(was, inside):
            break
        if _least_each_way(counted, inside) < LEAST_SAMPLES:
            return None
        line, walk_ms, error_ms = _fitted(counted, inside, since, float(end_ms - start_ms))
    if walk_ms > MOST_WALK_MS or abs(line.drift) > 2 * MOST_DRIFT or _has_moved(counted, inside):
        return None
    return Link(one, other, line, walk_ms + error_ms + BIN_MS / 2)


def _fitted(counted: Counted, inside: NDArray[np.bool_], since: Reals, until: float) -> tuple[Line, float, float]:
    """By least squares: the line, the walk's mean length, and two standard errors of the line at `until`.

    Level where the samples lie too close together to show a drift.
    """
    weight, sign, at = (column[inside].astype(np.float64) for column in (counted.pairs, counted.sign, since))
    middle = float(np.average(at, weights=weight))
    drifts = np.ptp(at) >= LEAST_SPAN_MS
    columns = [sign, *([sign * (at - middle)] if drifts else []), *([np.ones(at.size)] if counted.has_walk else [])]
    matrix = np.column_stack(columns)
    normal = matrix.T @ (matrix * weight[:, None])
    ahead = counted.ahead[inside]
    values = np.linalg.lstsq(normal, matrix.T @ (ahead * weight), rcond=None)[0]
    left = float((weight * (ahead - matrix @ values) ** 2).sum() / weight.sum())
    reach = np.array([1.0, *([until - middle] if drifts else []), *([0.0] if counted.has_walk else [])])
    error = 2 * float(np.sqrt(left * (reach @ np.linalg.pinv(normal) @ reach)))
    drift = float(values[1]) if drifts else 0.0
    return Line(float(values[0]) - drift * middle, drift), abs(float(values[-1])) if counted.has_walk else 0.0, error


def _densest(ahead: Numbers, pairs: Numbers) -> float | None:
    """Where the highest pile begins; None if it is low, or not clearly the highest."""
    if not ahead.size:
        return None
    low, count = _window(ahead, pairs, PEAK_MS)
    far = np.abs(ahead - low) >= FAR_MS
    rival = _window(ahead[far], pairs[far], PEAK_MS)[1] if far.any() else 0.0
    return low if count >= max(LEAST_SAMPLES, CLEAR * rival) else None


def _window(values: Numbers | Reals, weights: Numbers, width_ms: int) -> tuple[float, float]:
    """(where the window of that width begins that holds most, how much it holds); the first of equals."""
    at, place = np.unique(values, return_inverse=True)
    total = np.append(0, np.cumsum(np.bincount(place, weights=weights)))
    inside = total[np.searchsorted(at, at + width_ms, "right")] - total[:-1]
    best = int(np.argmax(inside))
    return float(at[best]), float(inside[best])


def _least_each_way(counted: Counted, inside: NDArray[np.bool_]) -> int:
    ways = (1, -1) if counted.has_walk else (1,)
    return min(int(counted.pairs[inside & (counted.sign == way)].sum()) for way in ways)


def _has_moved(counted: Counted, inside: NDArray[np.bool_]) -> bool:
    """Whether the pile had gone elsewhere by the last fifth of the pairs: a clock was set."""
    order = np.argsort(counted.hour, kind="stable")
    late = np.zeros(order.size, np.bool_)
    late[order[np.cumsum(counted.pairs[order]) > 0.8 * counted.pairs.sum()]] = True
    share, late_share = (
        counted.pairs[some & inside].sum() / max(counted.pairs[some].sum(), 1) for some in (~late, late)
    )
    return bool(late_share < share / 2)


def ends_of(pairs: pa.Table, feed: str, clock: str) -> list[Clock]:
    """The clock of each row by these two columns."""
    return list(zip(pairs[feed].to_pylist(), pairs[clock].to_pylist(), strict=True))
