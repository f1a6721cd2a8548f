"""Made-up sightings, the same for the same seed: devices that come, walk from AP to AP, fall silent and come back.

What does not live here: their raw logs (`raw_logs`), the simulator with ground truth (pipelines.simulate).
"""

import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from schemas.sighting import IDLE, JOINED, LEFT, SEEN

DATA = Path(__file__).with_name("data")  # git-ignored
ROWS_OF_DEVICE = 150  # 30 M rows, 200 k devices
APS = 800
OPENS_MS = int(datetime.datetime(2026, 11, 21, 8, tzinfo=datetime.UTC).timestamp() * 1000)
GAP_MS = 15 * 60_000  # the gap-only rule

_ROW_GROUP = 1 << 20
_STEP_MS = 45_000  # mean time between two rows of a visit
_AWAY = 1 / 60  # chance of a row to be the last before a longer absence
_DISORDER_MS = 2_000

Ints = NDArray[np.int64]


def sightings(rows: int, seed: int = 1) -> pa.Table:
    """`rows` sightings in the order of arrival, nearly that of their instants; at_ms, subject, ap, seen, kind.

    `seen` is the kind of a feed that only says "seen"; `kind` has joins, leaves, idle leaves, and echoes of roams.
    """
    random = np.random.default_rng(seed)
    devices = max(rows // ROWS_OF_DEVICE, 1)
    device = np.sort(random.integers(0, devices, rows))
    first = np.append(True, device[1:] != device[:-1])
    away = random.random(rows) < _AWAY
    wait = random.exponential(_STEP_MS, rows).astype(np.int64) + 1
    wait[1:] += np.where(away[:-1], random.integers(20 * 60_000, 4 * 3_600_000, rows - 1), 0)
    wait[first] = random.integers(0, 8 * 3_600_000, int(first.sum()))
    passed = np.cumsum(wait)
    at = OPENS_MS + passed - (passed - wait)[first][np.cumsum(first) - 1]
    ap = np.cumsum(random.choice([-1, 0, 1], rows, p=[0.07, 0.86, 0.07])) % APS
    kind = _kinds(random, first, away, ap)
    echo = np.flatnonzero((kind == LEFT) & ~away)
    ap[echo] = ap[echo - 1]
    subject = random.integers(0, 1 << 63, devices, dtype=np.int64)[device]
    order = np.argsort(at + random.integers(0, _DISORDER_MS, rows), kind="stable")
    return pa.table(
        {
            "at_ms": at[order],
            "subject": subject[order],
            "ap": pa.DictionaryArray.from_arrays(pa.array(ap[order].astype(np.int32)), ap_names()),
            "seen": np.full(rows, SEEN, np.int8),
            "kind": kind[order],
        }
    )


def ap_names() -> list[str]:
    return [f"mall-{n % 8}-ap-{n:03}" for n in range(APS)]


def sightings_file(rows: int | str) -> Path:
    """The file of `sightings(rows)` in row groups of a million, as pyarrow writes it by default; made at need."""
    path = DATA / f"sightings-{rows}.parquet"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        pq.write_table(sightings(int(rows)), part, row_group_size=_ROW_GROUP)
        part.rename(path)
    return path


def _kinds(
    random: np.random.Generator, first: NDArray[np.bool_], away: NDArray[np.bool_], ap: Ints
) -> NDArray[np.int8]:
    """Joins where a device comes or roams, leaves (some lost) before an absence, one row in thirty an echo."""
    kind = np.full(len(ap), SEEN, np.int8)
    roams = np.append(True, ap[1:] != ap[:-1])
    kind[first | roams | np.append(True, away[:-1])] = JOINED
    chance = random.random(len(ap))
    kind[away & (chance < 0.6)] = LEFT
    kind[away & (chance > 0.8)] = IDLE
    kind[~away & ~first & (chance < 1 / 30)] = LEFT
    return kind
