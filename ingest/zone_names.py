"""What the abbreviation of a zone in a stamp means (`14:31:54 CST`): one rule for every format.

    1. what the feed says:        zone_names = {CST = "Asia/Shanghai"}
    2. the feed's own time zone, where that is how the tz database abbreviates it
    3. the table below: abbreviations that mean one offset wherever they are in use

CST (China, Chicago, Havana), IST, BST, AST, PST and their kin are not in the table: of them, 1 or 2 decide, or the
stamp is `bad-time`. An abbreviation settles which of an autumn hour's two passes is meant: CEST the first, CET the
second.
"""

import datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from ingest.clocks import check_zone, utc_of
from ingest.feed import Feed
from ingest.mapping import Civil, judge, utc_times
from ingest.stamps import LOCAL
from ingest.words import Words

HOUR = 60
ONE_MEANING = {
    "UTC": 0,
    "GMT": 0,
    "WEST": HOUR,
    "CET": HOUR,
    "CEST": 2 * HOUR,
    "EET": 2 * HOUR,
    "EEST": 3 * HOUR,
    "MSK": 3 * HOUR,
    "HKT": 8 * HOUR,
    "JST": 9 * HOUR,
    "KST": 9 * HOUR,
    "AEST": 10 * HOUR,
    "AEDT": 11 * HOUR,
    "NZST": 12 * HOUR,
    "NZDT": 13 * HOUR,
    "EDT": -4 * HOUR,
    "EST": -5 * HOUR,
    "MDT": -6 * HOUR,
    "MST": -7 * HOUR,
    "PDT": -7 * HOUR,
}
_YEARS = range(1990, 2038)


def check_zones(feed: Feed) -> Feed:
    """The feed, if the tz database has its time zone and all that it names for abbreviations; else ConfigError."""
    for zone in (feed.time_zone, *feed.zone_names.values()):
        check_zone(zone)
    return feed


def named_times(civil: Civil, names: Words, verdict: npt.NDArray[np.int8], feed: Feed) -> npt.NDArray[np.int64]:
    """UTC ms of stamps of which some name a zone; one whose name nothing explains is `bad-time`."""
    at_ms = utc_times(civil, verdict, feed.time_zone)
    for code, name in enumerate(names.values.to_pylist()):
        rows = np.flatnonzero((names.codes == code) & civil.good & (civil.offset_min == LOCAL))
        zone = zone_of(name, feed)
        if zone is None:
            judge(verdict, names.codes == code, "bad-time")
        elif isinstance(zone, str):
            at_ms[rows] = utc_of(civil.civil_ms[rows], civil.offset_min[rows], zone)
        else:
            at_ms[rows] = civil.civil_ms[rows] - zone * 60_000
    return at_ms


def zone_of(name: str, feed: Feed) -> int | str | None:
    """Minutes east of UTC, or the zone whose civil time it is; None where nobody knows."""
    zone = feed.zone_names.get(name)
    if zone is not None:
        return _offsets_in(zone).get(name, zone)
    return _offsets_in(feed.time_zone).get(name, ONE_MEANING.get(name))


@cache
def _offsets_in(zone: str) -> dict[str, int]:
    """Abbreviation -> minutes east of UTC, as that zone uses it; the latest use of one with several."""
    tz = ZoneInfo(zone)
    found = {}
    for year in _YEARS:
        for month in range(1, 13):
            at = datetime.datetime(year, month, 1, tzinfo=tz)
            offset = at.utcoffset()
            if offset is not None:
                found[at.tzname() or ""] = int(offset.total_seconds()) // 60
    return found
