"""`sessionize.advance` in steps of 5,000 rows while 200,000 visits are open: how long a step takes.

A steady district: each step some devices come and as many fall silent; each is heard every few minutes; rows arrive up
to a minute out of order. Steps are measured once the number of open visits has settled.
"""

import datetime
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.made import APS, OPENS_MS, ap_names
from schemas import PLACE
from schemas.day import Day
from schemas.sighting import JOINED, LEFT, SEEN
from sessionize.advance import advance
from sessionize.rules import HOUR_MS, VisitRules
from sessionize.state import PresenceOf, start

STEP_ROWS = 5_000
_STEP_MS = 5_000
_LATENESS_MS = 60_000
_COMING = 120  # devices a step


def measured(devices: str, steps: str, presence_of: PresenceOf) -> dict[str, Any]:
    """Milliseconds of a step (p50, p99, max) and rows a second over `steps` steps, and what was open and closed."""
    day = Day(
        "bench", datetime.date(2026, 11, 21), OPENS_MS, OPENS_MS + 24 * HOUR_MS, OPENS_MS, OPENS_MS + 30 * HOUR_MS
    )
    state = start(PLACE.empty(), VisitRules(), day, presence_of=presence_of)
    warm_up = 2 * int(devices) // STEP_ROWS + 400
    took, visits, opened = [], 0, []
    for number, (rows, watermark_ms) in enumerate(_arriving(int(devices), warm_up + int(steps))):
        began = time.perf_counter()
        step = advance(state, rows, watermark_ms)
        if number >= warm_up:
            took.append(time.perf_counter() - began)
            opened.append(state.open_visits)
            visits += len(step.visits)
    p50, p99 = np.percentile(took, [50, 99]) * 1000
    return {
        "p50_ms": round(float(p50), 2),
        "p99_ms": round(float(p99), 2),
        "max_ms": round(max(took) * 1000, 2),
        "rows_per_s": round(len(took) * STEP_ROWS / sum(took)),
        "open_min": min(opened),
        "open_max": max(opened),
        "rows_held": state.rows,
        "closed": visits,
    }


def _arriving(devices: int, steps: int) -> Iterator[tuple[pa.Table, int]]:
    """Rows of each step, and the watermark after it."""
    random = np.random.default_rng(3)
    subject = random.integers(0, 1 << 62, devices, dtype=np.int64)
    ap = random.integers(0, APS, devices).astype(np.int32)
    names = ap_names()
    for number in range(steps):
        now_ms = OPENS_MS + _LATENESS_MS + number * _STEP_MS
        who = random.integers(0, devices, STEP_ROWS)
        kind = random.choice(np.array([LEFT, JOINED, SEEN], np.int8), STEP_ROWS, p=[0.03, 0.27, 0.7])
        leaving = np.arange(_COMING)  # the first rows of the step are their devices' last ones
        kind[leaving] = LEFT
        ap[who] = np.where(kind == JOINED, (ap[who] + random.integers(-1, 2, STEP_ROWS)) % APS, ap[who])
        at_ms = now_ms - random.integers(0, _LATENESS_MS, STEP_ROWS)
        at_ms[leaving] = now_ms
        aps = pa.DictionaryArray.from_arrays(pa.array(ap[who]), names)
        yield pa.table({"at_ms": at_ms, "subject": subject[who], "ap": aps, "kind": kind}), now_ms - _LATENESS_MS
        subject[who[leaving]] = random.integers(0, 1 << 62, _COMING, dtype=np.int64)
