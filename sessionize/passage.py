"""Who passed a place, who came in, who joined: PASSAGE from sightings and stays of some subjects (U3, U4).

What does not live here: visits and stays themselves, and the minimum of a visitor, which is a definition's.

    rows        xx      x           a row too weak for a visit passes by all the same
    stays          |---A---|-B-|    who stays in A the minimum of a visit is a visitor of A, in each hour of it
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas import PASSAGE
from schemas.day import Day
from schemas.passage import DAY, HOUR
from schemas.place import BETWEEN, UNKNOWN
from schemas.sighting import JOINED
from schemas.zone_hour import LEVELS
from sessionize.distinct import COUNTS, EVERYWHERE, NOWHERE, Marks, counted
from sessionize.hours import HOUR_MS, Ints, bounds_of, coded, hours_of, spelled, words_at
from sessionize.located import zoned

_COUNTS = ("passers_by", "visitors", "connected")
_PASSED, _CAME_IN, _JOINED = (1 << part for part in range(COUNTS))
Names = list[tuple[str, str]]  # (site, zone) by place


@dataclass(frozen=True)
class Passed:
    """What is told of a shard's subjects: SIGHTING of at least the day, and the PLACE rows of their access points.

    `visits` and `stays`: all of the window, whichever day they begin in.
    """

    sightings: pa.Table
    places: pa.Table
    visits: pa.Table
    stays: pa.Table


def passages(passed: Passed, day: Day, min_dwell_ms: int) -> pa.Table:
    """PASSAGE rows of the places where somebody passed, in no order.

    Shards of subjects add up, for each subject is in one. A leave alone is no sign of passing.
    """
    hours = hours_of(day)
    rows, stays = _inside(passed.sightings, day), passed.stays  # also those outside: a visit's time is all of its time
    place, names = _places(rows, passed.places, stays)
    subject, left_out = _subjects(rows, stays, passed.visits, day)
    levels, level_names = _levels(names)
    stay, hour = _hours_spanned(stays, bounds_of(hours, day))
    at_stay = len(rows) + stay
    came_in = _CAME_IN * _spent(stays, levels[:, place[len(rows) :]], min_dwell_ms)
    heard = np.where(rows["kind"].to_numpy() == JOINED, _JOINED * EVERYWHERE, 0)
    marks = Marks(
        np.append(place[: len(rows)], place[at_stay]),
        np.append((rows["at_ms"].to_numpy() - day.start_ms) // HOUR_MS, hour),
        np.append(subject[: len(rows)], subject[at_stay]),
        _PASSED * EVERYWHERE | np.append(heard, came_in[stay]),
    )
    return _rows(counted(marks, left_out, levels, len(level_names), len(hours)), level_names, hours, day)


def summed_passages(parts: Sequence[pa.Table], sites: Collection[str], day: Day) -> pa.Table:
    """PASSAGE of all shards, by key; the district and `sites` have all hours and the day, 0 where nobody passed."""
    places = [("district", ""), *(("site", site) for site in sorted(set(sites) - {UNKNOWN}))]
    spans = [(DAY, day.start_ms), *((HOUR, int(hour_ms)) for hour_ms in hours_of(day))]
    empty = [(level, site, span, hour_ms) for level, site in places for span, hour_ms in spans]
    zeros = PASSAGE.table(
        day=[day.date] * len(empty),
        level=[row[0] for row in empty],
        site=[row[1] for row in empty],
        zone=[""] * len(empty),
        span=[row[2] for row in empty],
        hour_ms=[row[3] for row in empty],
        **{name: [0] * len(empty) for name in _COUNTS},
    )
    whole = spelled(pa.concat_tables([zeros, *parts]))
    keys = list(PASSAGE.key)
    summed = whole.group_by(keys).aggregate([(name, "sum") for name in _COUNTS])
    ordered = summed.rename_columns([*keys, *_COUNTS]).sort_by([(key, "ascending") for key in keys])
    return PASSAGE.cast(ordered)


def _inside(sightings: pa.Table, day: Day) -> pa.Table:
    """The rows inside the day that tell of presence."""
    at_ms, kind = sightings["at_ms"].to_numpy(), sightings["kind"].to_numpy()
    inside = (at_ms >= day.start_ms) & (at_ms < day.end_ms) & (kind >= JOINED)
    return sightings.select(["at_ms", "subject", "kind", "ap"]).filter(pa.array(inside))


def _places(rows: pa.Table, places: pa.Table, stays: pa.Table) -> tuple[Ints, Names]:
    """The place of each row, then of each stay, and the places' names."""
    of_row, named = zoned(rows, places)
    row_names = list(zip(named.zone_sites, named.zones, strict=True))
    (site, sites), (zone, zones) = coded(stays["site"]), coded(stays["zone"])
    pairs, of_stay = np.unique(site * len(zones) + zone, return_inverse=True)
    stay_names = [(sites[pair // len(zones)], zones[pair % len(zones)]) for pair in pairs.tolist()]
    code = {name: place for place, name in enumerate(dict.fromkeys([*row_names, *stay_names]))}
    codes = np.array([code[name] for name in stay_names], np.int64)
    return np.append(of_row, codes[of_stay]), list(code)  # the names of rows come first: their codes stand


def _subjects(rows: pa.Table, stays: pa.Table, visits: pa.Table, day: Day) -> tuple[Ints, NDArray[np.bool_]]:
    """The code of each row's subject, then of each stay's; and of each code whether it is left out.

    So is who has a visit that touches the day and is static or a shift.
    """
    whole = pa.chunked_array([*rows["subject"].chunks, *stays["subject"].chunks], pa.int64())
    found = whole.combine_chunks().dictionary_encode()
    touches = pc.and_(pc.greater_equal(visits["end_ms"], day.start_ms), pc.less(visits["start_ms"], day.end_ms))
    out = visits["subject"].filter(pc.and_(touches, pc.or_(visits["static"], visits["staff"])))
    left_out = pc.is_in(found.dictionary, value_set=out.combine_chunks()).to_numpy(zero_copy_only=False)
    return found.indices.to_numpy().astype(np.int64), left_out


def _hour(at_ms: Ints, bounds: Ints) -> Ints:
    return np.searchsorted(bounds, at_ms, "right") - 1


def _hours_spanned(stays: pa.Table, bounds: Ints) -> tuple[Ints, Ints]:
    """(row of the stay, hour) for each hour that a stay has an instant in, inside the day."""
    begin, end = stays["from_ms"].to_numpy(), stays["to_ms"].to_numpy()
    reaches = ((end > bounds[0]) | (begin >= bounds[0])) & (begin < bounds[-1])
    begin = np.clip(begin, bounds[0], bounds[-1] - 1)
    first, last = _hour(begin, bounds), _hour(np.clip(end - 1, begin, bounds[-1] - 1), bounds)
    count = np.where(reaches, last - first + 1, 0)
    stay = np.repeat(np.arange(len(count)), count)
    return stay, first[stay] + np.arange(len(stay)) - np.repeat(np.cumsum(count) - count, count)


def _levels(names: Names) -> tuple[Ints, list[tuple[str, str, str]]]:
    """Of each of LEVELS the code of each place there, NOWHERE where it is none; and what codes mean."""
    known: dict[tuple[str, str, str], int] = {}
    codes = np.full((len(LEVELS), len(names)), NOWHERE, np.int64)
    for row, level in enumerate(LEVELS):
        for place, (site, zone) in enumerate(names):
            own = {"district": ("", ""), "site": (site, ""), "zone": (site, zone)}[level]
            if level == "district" or zone not in (BETWEEN, UNKNOWN):
                codes[row, place] = known.setdefault((level, *own), len(known))
    return codes, list(known)


def _spent(stays: pa.Table, places: Ints, min_dwell_ms: int) -> Ints:
    """Of each stay a bit for each level at whose place its visit spent the minimum, all of its stays there together.

    `places`: int64[levels, stays].
    """
    visit = stays["visit_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    ms = stays["to_ms"].to_numpy() - stays["from_ms"].to_numpy()
    bits = np.zeros(len(stays), np.int64)
    for level, place in enumerate(places):
        _, group = np.unique(visit * (int(place.max(initial=0)) + 2) + place + 1, return_inverse=True)
        spent = np.bincount(group, weights=ms)[group] if len(group) else np.zeros(0)
        bits |= (spent >= min_dwell_ms).astype(np.int64) << COUNTS * level
    return bits


def _rows(counts: Ints, names: list[tuple[str, str, str]], hours: Ints, day: Day) -> pa.Table:
    place, slot = np.nonzero(counts.any(axis=0))
    found = dict(zip(_COUNTS, counts[:, place, slot].astype(np.int32), strict=True))
    level, site, zone = (words_at([name[part] for name in names], place) for part in range(3))
    return PASSAGE.table(
        day=pa.repeat(pa.scalar(day.date), len(place)),
        level=level,
        site=site,
        zone=zone,
        span=words_at([HOUR, DAY], (slot == len(hours)).astype(np.int64)),
        hour_ms=np.append(hours, day.start_ms)[slot],
        **found,
    )
