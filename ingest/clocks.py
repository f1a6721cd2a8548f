"""Civil time of a named zone -> UTC, for a column at once.

A zone's changes of offset are found once per year and process. Time the clock shows twice (autumn) is its first
occurrence; time it skips (spring) is read with the offset before the change, so 02:30 is the 03:30 that was meant:

    local    01:30      02:30 (skipped)      local    01:30      02:30 (first)   02:30 (second)
    UTC+1    00:30      01:30 = 03:30+2      UTC+2    23:30      00:30            read as 00:30
"""

import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from ingest.stamps import LOCAL
from schemas import ConfigError
from schemas.compiled import compiled

EARLIEST_MS = 631_152_000_000  # 1990-01-01 UTC
LATEST_MS = 4_102_444_800_000  # 2100-01-01 UTC
_DAY_S = 86_400


def utc_of(civil_ms: npt.NDArray[np.int64], offset_min: npt.NDArray[np.int16], zone: str) -> npt.NDArray[np.int64]:
    """UTC ms: by the stamp's own offset where it has one, else by the zone's; outside 1990..2100 undefined."""
    local = civil_ms[offset_min == LOCAL]
    years = _years(local) if local.size else (1970, 1970)
    breaks, offsets = _table(zone, *years)
    utc: npt.NDArray[np.int64] = _shift(civil_ms, offset_min, breaks, offsets)
    return utc


def doubled_ms(civil_ms: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int64]:
    """How much later a time's second occurrence is; 0 where the zone's clock shows it once."""
    later = np.zeros(civil_ms.size, np.int64)
    if civil_ms.size:
        breaks, offsets = _table(zone, *_years(civil_ms))
        for end_ms, fall_ms in zip(breaks.tolist(), (offsets[:-1] - offsets[1:]).tolist(), strict=True):
            later[(civil_ms >= end_ms - fall_ms) & (civil_ms < end_ms)] = fall_ms  # none where the clock went forward
    return later


def check_zone(zone: str) -> str:
    """The zone's name, if the tz database has it."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ConfigError(f"time_zone {zone!r} is not in the tz database: name one like Asia/Tokyo or UTC") from None
    return zone


def _years(civil_ms: npt.NDArray[np.int64]) -> tuple[int, int]:
    low, high = (min(max(int(ms), EARLIEST_MS), LATEST_MS) for ms in (civil_ms.min(), civil_ms.max()))
    return _year(low), _year(high)


def _year(ms: int) -> int:
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.UTC).year


@cache
def _table(zone: str, first: int, last: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(civil ms at which offset k ends and k + 1 begins, offsets in ms) for the years around first..last."""
    tz = ZoneInfo(zone)
    changes = [change for year in range(first - 1, last + 2) for change in _changes(tz, year)]
    before = _offset_s(tz, _midnight_s(first - 1))
    breaks = [at + max(old, new) for at, old, new in changes]
    offsets = [before, *(new for _, _, new in changes)]
    return np.array(breaks, np.int64) * 1000, np.array(offsets, np.int64) * 1000


@cache
def _changes(tz: ZoneInfo, year: int) -> list[tuple[int, int, int]]:
    """[(UTC second, offset before, offset after)] of one year; two changes in one UTC day would be missed."""
    found = []
    for day_s in range(_midnight_s(year), _midnight_s(year + 1), _DAY_S):
        old, new = _offset_s(tz, day_s), _offset_s(tz, day_s + _DAY_S)
        if old != new:
            found.append((_bisected(tz, day_s, old), old, new))
    return found


def _bisected(tz: ZoneInfo, low: int, old: int) -> int:
    high = low + _DAY_S
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset_s(tz, middle) == old else (low, middle)
    return high


def _midnight_s(year: int) -> int:
    return int(datetime.datetime(year, 1, 1, tzinfo=datetime.UTC).timestamp())


def _offset_s(tz: ZoneInfo, utc_s: int) -> int:
    offset = datetime.datetime.fromtimestamp(utc_s, tz).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


@compiled
def _shift(civil_ms: Any, offset_min: Any, breaks: Any, offsets: Any) -> Any:
    utc = np.empty(civil_ms.size, np.int64)
    k = 0
    for i in range(civil_ms.size):
        at = civil_ms[i]
        if offset_min[i] != LOCAL:
            utc[i] = at - np.int64(offset_min[i]) * 60_000
            continue
        while k < breaks.size and at >= breaks[k]:
            k += 1
        while k > 0 and at < breaks[k - 1]:
            k -= 1
        utc[i] = at - offsets[k]
    return utc
