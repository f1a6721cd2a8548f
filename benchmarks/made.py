"""Made-up sightings, the same for the same seed: devices that come, walk from AP to AP, fall silent and come back.

What does not live here: their raw logs (`raw_logs`), the simulator with ground truth (pipelines.simulate).
"""

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from schemas import PLACE
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

DATA = Path(__file__).with_name("data")  # git-ignored
ROWS_OF_DEVICE = 150  # 30 M rows, 200 k devices
APS = 800
OPENS_MS = int(datetime.datetime(2026, 11, 21, 8, tzinfo=datetime.UTC).timestamp() * 1000)
GAP_MS = 15 * 60_000  # the gap-only rule
WALKED = ("at_ms", "subject", "ap", "kind")

_ROW_GROUP = 1 << 20
_LOT = 100_000_000
_STEP_MS = 45_000  # mean time between two rows of a visit
_AWAY = 1 / 60  # chance of a row to be the last before a longer absence
_DISORDER_MS = 2_000

Ints = NDArray[np.int64]


def sightings(rows: int, seed: int = 1) -> pa.Table:
    """`rows` sightings in the order of arrival, nearly that of their instants; at_ms, subject, ap, kind.

    `kind` has joins, leaves, idle leaves, and echoes of roams.
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
            "kind": kind[order],
        }
    )


def ap_names() -> list[str]:
    return [f"mall-{n // 100}-ap-{n:03}" for n in range(APS)]


def sightings_file(rows: int | str) -> Path:
    """The file of so many sightings in row groups of a million, as pyarrow writes it by default; made at need.

    Above 100 M it holds the devices of several such lots one after another, so that memory bears it.
    """
    path = DATA / f"sightings-{rows}.parquet"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        _write_lots(int(rows), part)
        part.rename(path)
    return path


def _write_lots(rows: int, path: Path) -> None:
    sizes = [min(_LOT, rows - begin) for begin in range(0, rows, _LOT)]
    first = sightings(sizes[0])
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first, _ROW_GROUP)
        del first
        for seed, size in enumerate(sizes[1:], 2):
            writer.write_table(sightings(size, seed), _ROW_GROUP)


def row_groups(path: str) -> list[Callable[[], pa.Table]]:
    """The file's row groups, each decoded when it is called, in one thread."""
    about = pq.read_metadata(path)
    return [partial(_row_group, path, about, group) for group in range(about.num_row_groups)]


def bare_row_groups(path: str) -> list[Callable[[], pa.Table]]:
    """The same without AP and kind, which a gap alone does not ask for: each row was seen at one AP."""

    def bare(group: int) -> pa.Table:
        rows = _row_group(path, about, group, ["at_ms", "subject"])
        return rows.append_column("ap", nowhere[: len(rows)]).append_column("kind", seen[: len(rows)])

    about = pq.read_metadata(path)
    nowhere = pa.DictionaryArray.from_arrays(pa.array(np.zeros(_ROW_GROUP, np.int32)), ap_names()[:1])
    seen = pa.array(np.full(_ROW_GROUP, SEEN, np.int8))
    return [partial(bare, group) for group in range(about.num_row_groups)]


def _row_group(path: str, about: pq.FileMetaData, group: int, columns: Sequence[str] = WALKED) -> pa.Table:
    file = pq.ParquetFile(path, metadata=about, read_dictionary=["ap"])
    return file.read_row_group(group, list(columns), use_threads=False)


def places(zones: int, sites: int) -> pa.Table:
    """PLACE: all access points, always, in so many zones and sites of neighbours."""
    return PLACE.table(
        ap=ap_names(),
        from_ms=[0] * APS,
        until_ms=[1 << 60] * APS,
        site=[f"site-{n * sites // APS}" for n in range(APS)],
        zone=[f"zone-{n * zones // APS}" for n in range(APS)],
        feed=["made"] * APS,
        **dict.fromkeys(("hold_joined_ms", "hold_seen_ms", "hold_left_ms", "hold_idle_ms"), [None] * APS),
    )


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
