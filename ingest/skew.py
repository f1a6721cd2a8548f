"""How far controllers' clocks are behind, from lines that two clocks stamped: the sender's and the receiver's.

    received - stamped:   94.3 s  94.1 s  98.9 s (a slow line)  94.2 s ...  94.9 s       one clock, one day
    median of each hour:  94.2 s ------------------------------ 94.8 s                   a robust line through them
                                                                       `-> the next day's offset and drift

A line may reach the receiver late, never early, and a few reach it very late: hence medians everywhere. Clocks
without a second one: `ingest.clock_graph`. What is done with an estimate lives in `ingest.correction`.
"""

import datetime
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.reading import NO_TIME, Reading
from privacy.masking import masked
from schemas import CLOCK_OFFSET, CLOCK_SAMPLE
from schemas.clock_offset import RIGHT, TOO_FAR, TOO_FEW, TWO_CLOCKS, UNSTEADY

SECOND_MS, HOUR_MS, DAY_MS = 1_000, 3_600_000, 86_400_000
BIN_MS = 100
LEAST_SAMPLES = 30  # of a day
LEAST_IN_HOUR = 5
LEAST_SPAN_MS = 6 * HOUR_MS  # of hours with samples, for a drift to be seen
MOST_BEHIND_MS = 600_000
MOST_DRIFT = 200e-6  # quartz keeps within 100 ppm
MOST_SPREAD_MS = 5 * SECOND_MS
MOST_JUMP_MS = 2 * SECOND_MS  # between the day's line and its last hour

_ERROR_OF_MEDIAN = 1.2533 * 1.4826  # x median distance / sqrt(n): its standard error, were the samples normal
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")

Numbers = NDArray[np.int64]
Reals = NDArray[np.float64]


def samples_of(reading: Reading) -> pa.Table:
    """CLOCK_SAMPLE of the rows that two clocks stamped, by clock, hour and distance.

    A clock that goes by a MAC address, or by an IPv6 one that may hold it, is left out: its name would be stored.
    """
    if reading.received_ms is None:
        return CLOCK_SAMPLE.empty()
    rows = np.flatnonzero((reading.received_ms != NO_TIME) & has_storable_clock(reading))
    at_ms = reading.at_ms[rows]
    behind = np.clip(reading.received_ms[rows] - at_ms, -DAY_MS, DAY_MS)
    return summed(
        [
            CLOCK_SAMPLE.table(
                clock=clocks_at(reading, rows),
                hour_ms=at_ms // HOUR_MS * HOUR_MS,
                behind_ms=(behind + BIN_MS // 2) // BIN_MS * BIN_MS,
                lines=np.ones(len(rows), np.int64),
            )
        ]
    )


def has_storable_clock(reading: Reading) -> NDArray[np.bool_]:
    """Of each row, whether its clock's name may stand in a table."""
    if reading.clock is None:
        return np.ones(reading.at_ms.size, np.bool_)
    named = np.array([_is_storable(name) for name in reading.clock.dictionary.to_pylist()] + [True])
    storable: NDArray[np.bool_] = named[reading.clock.indices.fill_null(len(named) - 1).to_numpy()]
    return storable


def _is_storable(name: str) -> bool:
    """RADIUS clients go by their IPv4 address, which holds no MAC."""
    return masked(name) == name or _IPV4.fullmatch(name) is not None


def clocks_at(reading: Reading, rows: Numbers) -> pa.Array:
    """The clocks of these rows by name, empty where it is the feed's own."""
    if reading.clock is None:
        return pa.array([""] * len(rows), pa.string())
    return reading.clock.take(pa.array(rows)).cast(pa.string()).fill_null("")


def summed(samples: Iterable[pa.Table]) -> pa.Table:
    """CLOCK_SAMPLE: the lines of all `samples`, each clock, hour and distance once, in that order."""
    keys = list(CLOCK_SAMPLE.key)
    joined = pa.concat_tables([CLOCK_SAMPLE.empty(), *samples]).unify_dictionaries()
    plain = joined.set_column(0, "clock", joined["clock"].cast(pa.string()))
    rows = plain.group_by(keys).aggregate([("lines", "sum")]).rename_columns([*keys, "lines"])
    return CLOCK_SAMPLE.cast(rows.sort_by([(key, "ascending") for key in keys]))


def offsets_of(samples: pa.Table, feed: str, date: datetime.date, start_ms: int, end_ms: int) -> pa.Table:
    """CLOCK_OFFSET of the trading day `date`, from the samples of the day before: a row for each clock in them.

    Args:
        samples: CLOCK_SAMPLE of `feed` whose hours lie in the day before `date`.
        start_ms, end_ms: of the day `date`, in which the offsets will be used.
    """
    names = samples["clock"].cast(pa.string()).to_pylist()
    clocks = sorted(set(names))
    code = np.searchsorted(np.array(clocks), np.array(names)) if names else np.zeros(0, np.int64)
    hour, behind, lines = (samples[name].to_numpy() for name in ("hour_ms", "behind_ms", "lines"))
    estimates = [
        _estimate(hour[mine], behind[mine], lines[mine], start_ms, end_ms)
        for mine in (code == k for k in range(len(clocks)))
    ]
    moved = [one.method == TWO_CLOCKS for one in estimates]
    return CLOCK_OFFSET.table(
        day=[date] * len(clocks),
        feed=[feed] * len(clocks),
        clock=clocks,
        offset_ms=[round(one.behind_ms) if moves else 0 for one, moves in zip(estimates, moved, strict=True)],
        drift_ppm=[round(one.drift * 1e6, 3) if moves else 0.0 for one, moves in zip(estimates, moved, strict=True)],
        method=[one.method for one in estimates],
        behind_ms=[None if one.method == TOO_FEW else round(one.behind_ms) for one in estimates],
        spread_ms=[None if one.method == TOO_FEW else round(one.spread_ms) for one in estimates],
        samples=[one.samples for one in estimates],
        error_ms=[None if one.method == TOO_FEW else error_ms(one.spread_ms, one.samples) for one in estimates],
        source=["" if one.method == TOO_FEW else TWO_CLOCKS for one in estimates],
    )


@dataclass(frozen=True)
class Line:
    """A line through hourly medians: `level_ms` at the next day's start, growing by `drift` x time."""

    level_ms: float
    drift: float
    spread_ms: float = 0.0
    last_ms: float = 0.0  # how far the last hour lies from it


@dataclass(frozen=True)
class Estimate:
    """What is made of one clock's samples."""

    method: str
    samples: int
    behind_ms: float = 0.0
    drift: float = 0.0
    spread_ms: float = 0.0


def _estimate(hour: Numbers, behind: Numbers, lines: Numbers, start_ms: int, end_ms: int) -> Estimate:
    samples = int(lines.sum())
    line = line_through(hour, behind, lines, start_ms)
    if samples < LEAST_SAMPLES or line is None:
        return Estimate(TOO_FEW, samples)
    method = TWO_CLOCKS
    if line.spread_ms > MOST_SPREAD_MS or line.last_ms > MOST_JUMP_MS or abs(line.drift) > MOST_DRIFT:
        method = UNSTEADY
    elif abs(line.level_ms) > MOST_BEHIND_MS:
        method = TOO_FAR
    elif is_right(line, end_ms - start_ms):
        method = RIGHT
    return Estimate(method, samples, line.level_ms, line.drift, line.spread_ms)


def is_right(line: Line, day_ms: int) -> bool:
    """Whether a clock that is so far behind is within a second all day long."""
    return max(abs(line.level_ms), abs(line.level_ms + line.drift * day_ms)) < SECOND_MS


def line_through(hour: Numbers, behind: Numbers, lines: Numbers, start_ms: int) -> Line | None:
    """The robust line through the samples; None where no hour has enough of them."""
    at, level, weight = _hours(hour, behind, lines)
    if not at.size:
        return None
    since = (at - start_ms).astype(np.float64)
    drift = _drift(since, level)
    base = _median(level - drift * since, weight)
    spread = _median(np.abs(behind - base - drift * (hour + HOUR_MS // 2 - start_ms)), lines)
    return Line(base, drift, spread, abs(level[-1] - base - drift * since[-1]))


def error_ms(spread_ms: float, samples: int) -> int:
    """How far off a median of so many samples may be: two of its standard errors, and what rounding hides."""
    return round(BIN_MS / 2 + 2 * _ERROR_OF_MEDIAN * spread_ms / math.sqrt(max(samples, 1)))


def _hours(hour: Numbers, behind: Numbers, lines: Numbers) -> tuple[Numbers, Reals, Numbers]:
    """(middle, median distance, lines) of the hours that have enough of them, in order."""
    found = [
        (at + HOUR_MS // 2, _median(behind[mine], lines[mine]), int(lines[mine].sum()))
        for at in np.unique(hour)
        if lines[mine := hour == at].sum() >= LEAST_IN_HOUR
    ]
    middles, medians, weights = zip(*found, strict=True) if found else ((), (), ())
    return np.array(middles, np.int64), np.array(medians, np.float64), np.array(weights, np.int64)


def _drift(since: Reals, level: Reals) -> float:
    """The median slope over all pairs of hours (Theil-Sen); 0 where they lie too close together to tell."""
    if since.size < 2 or since[-1] - since[0] < LEAST_SPAN_MS:
        return 0.0
    one, other = np.triu_indices(since.size, 1)
    return float(np.median((level[other] - level[one]) / (since[other] - since[one])))


def _median(values: Numbers | Reals, weights: Numbers) -> float:
    """The value below and above which half of the weight lies."""
    order = np.argsort(values, kind="stable")
    half = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(half, half[-1] / 2)])
