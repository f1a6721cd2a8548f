"""Who was where hour by hour, and what each access point reported: ZONE_HOUR from stays, AP_HOUR from sightings.

What does not live here: visits and stays themselves, and what an hour without sightings means (`covered`).
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas import AP_HOUR, ZONE_HOUR
from schemas.compiled import compiled
from schemas.day import Day
from schemas.place import BETWEEN, UNKNOWN
from sessionize.hours import MINUTE_MS, Hours, Ints, bounds_of, coded, hours_of, words_at

NOWHERE = -1
Names = list[tuple[str, str]]  # (site, zone) by place
Validities = dict[str, list[tuple[int, int, str, str]]]  # access point -> (from, until, site, zone)


def zone_hours(stays: pa.Table, day: Day, hours: Hours | None = None) -> pa.Table:
    """ZONE_HOUR rows: presence inside the day, whichever day the visit began in; ordered by the key.

        stays            |--A--|between|--A--|        in zone A twice, in the district all the time
        day       |--------------------------->

    A subject counts once at a time: where its stays overlap (other site's visit, same district), their union counts.
    A stay without length counts its instant: a device, no time. `between` is in the district, in no site and zone.
    Every place with anyone in the day has all hours, the empty ones with 0; the district has them always.

    Args:
        stays: STAY rows of the whole window, in any order.
        hours: begins of the hours, on whole minutes of the day; `hours_of(day)` if not given.
    """
    hours = hours_of(day) if hours is None else hours
    bounds = bounds_of(hours, day)
    inside = _inside(stays, day)
    begin = np.maximum(inside["from_ms"].to_numpy(), day.start_ms)
    end = np.minimum(inside["to_ms"].to_numpy(), day.end_ms)
    subject = inside["subject"].to_numpy()
    order = np.lexsort((begin, subject))
    levels = []
    for level, (place, names) in _levels(inside).items():
        counts = _presence(place[order], subject[order], begin[order], end[order], bounds, len(names))
        levels.append(_zone_rows(level, names, counts, hours, day))
    return pa.concat_tables(levels).unify_dictionaries()


def ap_hours(sightings: pa.Table, places: pa.Table, day: Day, hours: Hours | None = None) -> pa.Table:
    """AP_HOUR rows: distinct rows (subject, instant, kind) that each AP reported inside the day; ordered by the key.

    An hour in which an AP reported nothing has no row, and nothing is said of what is expected (`covered`). Site and
    zone are those of the AP's first validity in that hour.

    Args:
        sightings: SIGHTING or PUBLISHED rows of the whole window, in any order; repeats are harmless.
        places: PLACE rows.
    """
    hours = hours_of(day) if hours is None else hours
    bounds = bounds_of(hours, day)
    at = sightings["at_ms"].to_numpy()
    mine = np.flatnonzero((at >= day.start_ms) & (at < day.end_ms))
    ap, names = coded(sightings["ap"])
    kind = sightings["kind"].to_numpy().astype(np.int64)
    key = ((at[mine] - day.start_ms) * max(len(names), 1) + ap[mine]) * 4 + kind[mine]
    order = np.argsort(key, kind="stable")  # logs are nearly in order of time
    mine = mine[order]
    counts = _distinct(key[order], sightings["subject"].to_numpy()[mine], at[mine], ap[mine], bounds, len(names))
    return _ap_rows(names, counts, places, hours, bounds, day)


def _inside(stays: pa.Table, day: Day) -> pa.Table:
    begin, end = stays["from_ms"].to_numpy(), stays["to_ms"].to_numpy()
    reaches = (end > day.start_ms) | (begin >= day.start_ms)  # the second: a stay without length at the day's start
    return stays.filter(pa.array(reaches & (begin < day.end_ms)))


def _levels(stays: pa.Table) -> dict[str, tuple[Ints, Names]]:
    """Per level, each stay's place (or NOWHERE) and the places' names; places ascend by (site, zone)."""
    site, sites = coded(stays["site"])
    zone, zones = coded(stays["zone"])
    somewhere = zone != (zones.index(BETWEEN) if BETWEEN in zones else NOWHERE)
    in_site, site_of = np.unique(site[somewhere], return_inverse=True)
    pairs, pair_of = np.unique(site[somewhere] * len(zones) + zone[somewhere], return_inverse=True)
    return {
        "district": (np.zeros(len(site), np.int64), [("", "")]),
        "site": (_spread(site_of, somewhere), [(sites[code], "") for code in in_site]),
        "zone": (_spread(pair_of, somewhere), [(sites[p // len(zones)], zones[p % len(zones)]) for p in pairs]),
    }


def _spread(values: Ints, where: NDArray[np.bool_]) -> Ints:
    spread = np.full(len(where), NOWHERE, np.int64)
    spread[where] = values
    return spread


def _presence(place: Ints, subject: Ints, begin: Ints, end: Ints, bounds: Ints, places: int) -> tuple[Ints, Ints, Ints]:
    """(devices, presence ms, peak), each int64[places, hours], of stays ordered by (subject, begin)."""
    minutes = int((bounds[-1] - bounds[0]) // MINUTE_MS)
    shape = (places, len(bounds) - 1)
    devices, presence, steps = (
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros((places, minutes + 1), int),
    )
    _count_presence(place, subject, begin, end, bounds, devices, presence, steps)
    there = np.cumsum(steps[:, :-1], axis=1)
    peak = np.maximum.reduceat(there, (bounds[:-1] - bounds[0]) // MINUTE_MS, axis=1) if places else devices
    return devices, presence, peak


@compiled
def _count_presence(
    place: Ints, subject: Ints, begin: Ints, end: Ints, bounds: Ints, devices: Ints, presence: Ints, steps: Ints
) -> None:
    """Add every stay to `devices` and `presence` [place, hour] and to `steps` [place, minute] (arrivals - departures).

    Stays of a subject come in order of their begin: what it already has in a place ends at `until`, in the hour and
    minute of `hour` and `minute`, and only what lies beyond is added.
    """
    places = len(devices)
    last = np.full(places, -1, np.int64)  # row of the place's last stay
    until, hour, minute = np.empty(places, np.int64), np.empty(places, np.int64), np.empty(places, np.int64)
    for i in range(len(place)):
        p = place[i]
        if p < 0:
            continue
        if last[p] < 0 or subject[last[p]] != subject[i]:
            until[p], hour[p], minute[p] = begin[i], -1, -1
        last[p] = i
        final = max(begin[i], end[i] - 1)  # the last instant of the stay
        h = np.searchsorted(bounds, begin[i], side="right") - 1
        while h < len(bounds) - 1 and bounds[h] <= final:
            if h > hour[p]:
                devices[p, h] += 1
                hour[p] = h
            presence[p, h] += max(0, min(end[i], bounds[h + 1]) - max(begin[i], bounds[h], until[p]))
            h += 1
        until[p] = max(until[p], end[i])
        first, final_minute = (begin[i] - bounds[0]) // 60_000, (final - bounds[0]) // 60_000
        if final_minute > minute[p]:
            steps[p, max(first, minute[p] + 1)] += 1
            steps[p, final_minute + 1] -= 1
            minute[p] = final_minute


def _zone_rows(level: str, names: Names, counts: tuple[Ints, Ints, Ints], hours: Hours, day: Day) -> pa.Table:
    rows = len(names) * len(hours)
    devices, presence, peak = counts
    return ZONE_HOUR.table(
        day=pa.repeat(pa.scalar(day.date), rows),
        level=words_at([level], np.zeros(rows, np.int64)),
        site=_spelled([site for site, _ in names], len(hours)),
        zone=_spelled([zone for _, zone in names], len(hours)),
        hour_ms=np.tile(hours, len(names)),
        devices=devices.ravel().astype(np.int32),
        presence_ms=presence.ravel(),
        peak=peak.ravel().astype(np.int32),
    )


def _spelled(words: list[str], times: int) -> pa.DictionaryArray:
    return words_at(words, np.repeat(np.arange(len(words)), times))


@compiled
def _distinct(key: Ints, subject: Ints, at: Ints, ap: Ints, bounds: Ints, aps: int) -> Ints:
    """int64[aps, hours]: distinct (key, subject) of rows ordered by `key`, which names (at, ap, kind)."""
    counts = np.zeros((aps, len(bounds) - 1), np.int64)
    i = 0
    while i < len(key):
        j = i + 1
        while j < len(key) and key[j] == key[i]:
            j += 1
        same = np.sort(subject[i:j])
        h = np.searchsorted(bounds, at[i], side="right") - 1
        counts[ap[i], h] += 1
        for k in range(1, len(same)):
            counts[ap[i], h] += same[k] != same[k - 1]
        i = j
    return counts


def _ap_rows(names: list[str], counts: Ints, places: pa.Table, hours: Hours, bounds: Ints, day: Day) -> pa.Table:
    ap, hour = np.nonzero(counts)
    validities = validities_of(places)
    where = [
        place_of(validities, names[a], bounds[h], bounds[h + 1])
        for a, h in zip(ap.tolist(), hour.tolist(), strict=True)
    ]
    return AP_HOUR.table(
        day=pa.repeat(pa.scalar(day.date), len(ap)),
        ap=words_at(names, ap),
        site=[site for site, _ in where],
        zone=[zone for _, zone in where],
        hour_ms=hours[hour],
        sightings=counts[ap, hour],
        heartbeat=np.zeros(len(ap), np.bool_),
        expected=pa.nulls(len(ap), pa.bool_()),
    )


def validities_of(places: pa.Table) -> Validities:
    """The places of each access point, by time."""
    found: Validities = {}
    for row in places.select(["ap", "from_ms", "until_ms", "site", "zone"]).sort_by("from_ms").to_pylist():
        found.setdefault(row["ap"], []).append((row["from_ms"], row["until_ms"], row["site"], row["zone"]))
    return found


def place_of(known: Validities, ap: str, begin: int, end: int) -> tuple[str, str]:
    """(site, zone) of the access point's first validity between two instants."""
    named = ((s, z) for start, until, s, z in known.get(ap, ()) if start < end and until > begin)
    return next(named, (UNKNOWN, UNKNOWN))
