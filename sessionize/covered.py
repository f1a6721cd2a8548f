"""Which hours of a day nobody watched, and which visits that touches: AP_HOUR made whole, and the flag `uncovered`.

What does not live here: what was heard (`coverage`), and when an access point usually speaks (`usual`).

    zone A, its access point     |xxxxxxxx|        |xxxxxxxx|       x: it spoke; the hour between is not covered
    a visit                      --A--|                             `uncovered` if the hour begins within its reach
    another                      --A--|--B---------------|          not: it was in B, which spoke
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas import AP_HOUR, VISIT
from schemas.day import Day
from schemas.place import UNKNOWN
from sessionize.coverage import place_of, validities_of
from sessionize.hours import HOUR_MS, Ints, bounds_of, coded, hours_of
from sessionize.usual import Expected, expected_hours

Place = tuple[str, str]  # site, zone
Key = tuple[str, int]  # access point, place of the hour in the day
_SPAN_MS = 1 << 29  # six days: more than a day, its memory and its tail


@dataclass(frozen=True)
class Watch:
    """What is known of a day's access points beside its sightings.

    `life_signs`: LIFE_SIGN of the day. `usual`: USUAL_HOUR, frozen when the day was first run. `places`: PLACE of all
    access points that either names. Nothing is expected of an hour that ends after `until_ms`.
    """

    life_signs: pa.Table
    usual: pa.Table
    places: pa.Table
    time_zone: str
    until_ms: int


def covered_hours(heard: pa.Table, watch: Watch, day: Day) -> pa.Table:
    """`heard` (AP_HOUR of the day) with heartbeats, with what is expected, and with the hours that lack both."""
    hours = hours_of(day)
    bounds = bounds_of(hours, day)
    reported = dict(zip(_keys(heard, hours), heard.to_pylist(), strict=True))
    alive = set(_keys(watch.life_signs, hours))
    expected = expected_hours(_by_ap({*reported, *alive}), watch.usual, day, watch.time_zone)
    known = validities_of(watch.places)
    rows = []
    for ap, hour in sorted({*reported, *alive, *_expected(expected)}):
        row = reported.get((ap, hour))
        site, zone = (row["site"], row["zone"]) if row else place_of(known, ap, bounds[hour], bounds[hour + 1])
        is_known = site != UNKNOWN and bounds[hour + 1] <= watch.until_ms
        is_expected = expected[ap][hour] if is_known else None
        if row or (ap, hour) in alive or is_expected:
            reports = row["sightings"] if row else 0
            rows.append((ap, site, zone, hours[hour], reports, (ap, hour) in alive, is_expected))
    columns = zip(*rows, strict=True) if rows else [[]] * (len(AP_HOUR.names) - 1)
    named = dict(zip(AP_HOUR.names[1:], map(list, columns), strict=True))
    return AP_HOUR.table(day=[day.date] * len(rows), **named)


def with_uncovered(visits: pa.Table, stays: pa.Table, ap_hours: pa.Table, reach: pa.Table) -> pa.Table:
    """`visits` with `uncovered`, which says that an hour that was not covered could have changed them.

    A stay touches an hour of its zone if they share an instant. A visit's first stay begins, and its last ends, with
    the visit's reach: a row heard there would have been the visit's. Null where of no access point anything is
    expected.

    Args:
        stays: STAY of at least these visits, in any order.
        ap_hours: AP_HOUR of the day, as `covered_hours` gives it.
        reach: REACH of these visits.
    """
    if not pc.any(ap_hours["expected"]).as_py():
        return visits
    silent = _silent(ap_hours)
    mine = stays.filter(pc.is_in(stays["visit_id"], visits["visit_id"]))
    touched = mine["visit_id"].filter(pa.array(_touches(mine, _spans(mine, visits, reach), silent)))
    flag = pc.is_in(visits["visit_id"], touched.combine_chunks())
    return visits.set_column(VISIT.names.index("uncovered"), VISIT.arrow.field("uncovered"), flag)


def _keys(rows: pa.Table, hours: Ints) -> list[Key]:
    """Access point and place of the hour of each row."""
    place = np.searchsorted(hours, rows["hour_ms"].to_numpy())
    return list(zip(rows["ap"].to_pylist(), place.tolist(), strict=True))


def _by_ap(keys: set[Key]) -> dict[str, set[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for ap, hour in keys:
        found[ap].add(hour)
    return found


def _expected(expected: Expected) -> Iterator[Key]:
    return ((ap, hour) for ap, hours in expected.items() for hour, is_expected in hours.items() if is_expected)


def _silent(ap_hours: pa.Table) -> dict[Place, Ints]:
    """By zone the begins of its hours that are not covered, in order."""
    spoke = pc.or_(pc.greater(ap_hours["sightings"], 0), ap_hours["heartbeat"])
    rows = ap_hours.filter(pc.and_(pc.fill_null(ap_hours["expected"], False), pc.invert(spoke)))
    found: defaultdict[Place, set[int]] = defaultdict(set)
    for site, zone, hour_ms in zip(*(rows[name].to_pylist() for name in ("site", "zone", "hour_ms")), strict=True):
        found[site, zone].add(hour_ms)
    return {place: np.array(sorted(hours), np.int64) for place, hours in found.items()}


def _spans(stays: pa.Table, visits: pa.Table, reach: pa.Table) -> tuple[Ints, Ints]:
    """Begin and end (exclusive) of each stay, the first and last of a visit with its reach."""
    begin, end = stays["from_ms"].to_numpy(), stays["to_ms"].to_numpy()
    visit = pc.index_in(stays["visit_id"], value_set=visits["visit_id"].combine_chunks()).to_numpy()
    reached = pc.index_in(stays["visit_id"], value_set=reach["visit_id"].combine_chunks()).to_numpy()
    since, until = (reach[name].to_numpy()[reached] for name in ("since_ms", "until_ms"))
    is_last = stays["ordinal"].to_numpy() == visits["stays"].to_numpy()[visit] - 1
    is_first = stays["ordinal"].to_numpy() == 0
    return np.where(is_first, since, begin), np.where(is_last, until + 1, np.maximum(end, begin + 1))


def _touches(stays: pa.Table, spans: tuple[Ints, Ints], silent: dict[Place, Ints]) -> NDArray[np.bool_]:
    """Of each stay, whether an hour of its zone that is not covered lies in its span.

    The hours of all zones are one ascending row of numbers: the zone's rank, then the time since `base`.
    """
    if not silent:
        return np.zeros(len(stays), np.bool_)
    rank = _ranks(stays, list(silent))
    rows = np.flatnonzero(rank >= 0)
    base = min(int(hours[0]) for hours in silent.values()) - HOUR_MS
    row = np.concatenate([place * _SPAN_MS + hours - base for place, hours in enumerate(silent.values())])
    begin, end = (np.clip(times[rows] - base, 0, _SPAN_MS - 1) + rank[rows] * _SPAN_MS for times in spans)
    first = np.searchsorted(row, begin - HOUR_MS, "right")  # the first hour that ends after the begin
    touched = np.zeros(len(stays), np.bool_)
    touched[rows] = np.append(row, np.iinfo(np.int64).max)[first] < end
    return touched


def _ranks(stays: pa.Table, places: list[Place]) -> Ints:
    """The place of each stay's zone in `places`, -1 where it is none of them."""
    site, sites = coded(stays["site"])
    zone, zones = coded(stays["zone"])
    site_codes, zone_codes = ({name: code for code, name in enumerate(names)} for names in (sites, zones))
    rank = np.full((len(sites), len(zones)), -1, np.int64)
    for place, (its_site, its_zone) in enumerate(places):
        if its_site in site_codes and its_zone in zone_codes:
            rank[site_codes[its_site], zone_codes[its_zone]] = place
    return rank[site, zone] if len(stays) else np.zeros(0, np.int64)
