"""When access points usually speak: USUAL_HOUR from the days before, and what is expected of a day by it.

What does not live here: which days those are and that the table is frozen (`pipelines.usual`), and what a silence does
to visits (`covered`).
"""

from collections import defaultdict
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from schemas import AP_HOUR, USUAL_HOUR
from schemas.day import Day
from schemas.place import UNKNOWN
from sessionize.hours import Ints, hours_of

# An access point usually speaks in an hour of the clock if it did so on nine in ten of the days on which it spoke.
USUAL_SHARE, LEAST_DAYS = 0.9, 3
# One with fewer days: between its first and last hour of the day itself, if it spoke in three of four hours between.
STEADY_SHARE = 0.75

Expected = dict[str, dict[int, bool | None]]  # AP, place of the hour in the day; None: not known


def usual_hours(before: list[pa.Table], time_zone: str) -> pa.Table:
    """USUAL_HOUR of the days whose AP_HOUR rows are `before`, each day once; unknown access points have none.

    By hours of the local clock: of an hour that the clock repeats on a day, both count once.
    """
    rows = pa.concat_tables([AP_HOUR.empty(), *before]).unify_dictionaries()
    rows = rows.filter(pc.and_(_spoke(rows), pc.not_equal(rows["site"], UNKNOWN)))
    told = pa.table({"ap": rows["ap"].cast(pa.string()), "day": rows["day"], "hour": _clock_hour(rows, time_zone)})
    of_hour = told.group_by(["ap", "hour", "day"]).aggregate([]).group_by(["ap", "hour"]).aggregate([("day", "count")])
    of_ap = told.group_by(["ap", "day"]).aggregate([]).group_by("ap").aggregate([("day", "count")])
    days = dict(zip(of_ap["ap"].to_pylist(), of_ap["day_count"].to_pylist(), strict=True))
    ordered = of_hour.sort_by([("ap", "ascending"), ("hour", "ascending")])
    return USUAL_HOUR.table(
        ap=ordered["ap"],
        hour=ordered["hour"],
        spoke=ordered["day_count"],
        days=[days[ap] for ap in ordered["ap"].to_pylist()],
    )


def expected_hours(spoke: Mapping[str, set[int]], usual: pa.Table, day: Day, time_zone: str) -> Expected:
    """Of each access point that spoke in the day or usually does, whether it is expected in each hour of the day.

    Args:
        spoke: the hours in which each gave a sign of life, by their place in `hours_of(day)`.
        usual: USUAL_HOUR of the day.
    """
    clock = _clock(hours_of(day), time_zone)
    found: Expected = {ap: _by_the_day_itself(hours, len(clock)) for ap, hours in spoke.items()}
    for ap, shares in _shares(usual).items():
        found[ap] = {place: shares.get(hour, 0.0) >= USUAL_SHARE for place, hour in enumerate(clock)}
    return found


def _shares(usual: pa.Table) -> dict[str, dict[int, float]]:
    """Of each access point with enough days, by hour of the clock the share of its days on which it spoke."""
    shares: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for row in usual.to_pylist():
        if row["days"] >= LEAST_DAYS:
            shares[row["ap"]][row["hour"]] = row["spoke"] / row["days"]
    return shares


def _by_the_day_itself(hours: set[int], count: int) -> dict[int, bool | None]:
    span = range(min(hours), max(hours) + 1)
    is_steady = len(hours) >= STEADY_SHARE * len(span)
    return {place: True if is_steady and place in span else None for place in range(count)}


def _spoke(rows: pa.Table) -> pa.ChunkedArray:
    return pc.or_(pc.greater(rows["sightings"], 0), rows["heartbeat"])


def _clock_hour(rows: pa.Table, time_zone: str) -> pa.ChunkedArray:
    instants = rows["hour_ms"].cast(pa.timestamp("ms", "UTC")).cast(pa.timestamp("ms", time_zone))
    return pc.hour(instants).cast(pa.int32())


def _clock(hours: Ints, time_zone: str) -> list[int]:
    return list(_clock_hour(pa.table({"hour_ms": hours}), time_zone).to_pylist())
