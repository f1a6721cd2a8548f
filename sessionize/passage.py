"""Who passed a place, who came in, who joined: PASSAGE from sightings and stays of some subjects (U3, U4).

What does not live here: visits and stays themselves, and the minimum of a visitor, which is a definition's.

    rows        xx      x           a row too weak for a visit passes by all the same
    stays          |---A---|-B-|    who stays in A the minimum of a visit is a visitor of A, in each hour of it
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
from sessionize.hours import Ints, bounds_of, coded, hours_of, words_at
from sessionize.located import located

NOWHERE = -1
_WORD = pa.dictionary(pa.int32(), pa.string())
_COUNTS = ("passers_by", "visitors", "connected")
Names = list[tuple[str, str]]  # (site, zone) by place


class Marks(NamedTuple):
    """Subjects at places in hours of the day: codes, in any order, repeats are harmless."""

    place: Ints
    hour: Ints
    subject: Ints

    def where(self, rows: NDArray[np.bool_]) -> "Marks":
        return Marks(*(column[rows] for column in self))

    def once(self) -> "Marks":
        """Without repeats."""
        hours, subjects = (int(codes.max(initial=0)) + 1 for codes in (self.hour, self.subject))
        cell = pc.unique(pa.array((self.place * hours + self.hour) * subjects + self.subject)).to_numpy()
        return Marks(cell // subjects // hours, cell // subjects % hours, cell % subjects)


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
    bounds = bounds_of(hours, day)
    rows = _counted_rows(passed, day)
    stays = _without(passed.stays, passed.visits, day)  # also those outside the day: a visit's time is all of its time
    place, names = _places([rows, stays])
    subject, _ = _coded_subjects([rows, stays])
    heard = Marks(place[: len(rows)], _hour(rows["at_ms"].to_numpy(), bounds), subject[: len(rows)])
    joined = heard.where(rows["kind"].to_numpy() == JOINED).once()
    stay, hour = _hours_spanned(stays, bounds)
    there = Marks(place[len(rows) :][stay], hour, subject[len(rows) :][stay])
    present = _joint(heard.once(), there).once()
    tables = []
    for level in LEVELS:
        of_place, its_names = _level(level, names)
        came_in = _spent(stays, of_place[place[len(rows) :]], min_dwell_ms)[stay]
        marks = (present, there.where(came_in).once(), joined)
        at_level = [one._replace(place=of_place[one.place]) for one in marks]
        tables += [_rows(level, span, its_names, at_level, hours, day) for span in (DAY, HOUR)]
    return pa.concat_tables(tables).unify_dictionaries()


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
    whole = _plain(pa.concat_tables([zeros, *parts]))
    keys = list(PASSAGE.key)
    summed = whole.group_by(keys).aggregate([(name, "sum") for name in _COUNTS])
    ordered = summed.rename_columns([*keys, *_COUNTS]).sort_by([(key, "ascending") for key in keys])
    return PASSAGE.cast(ordered)


def _counted_rows(passed: Passed, day: Day) -> pa.Table:
    """The rows inside the day that tell of presence, of subjects that are not left out."""
    rows = passed.sightings.select(["at_ms", "subject", "kind", "ap"])
    at_ms, kind = rows["at_ms"].to_numpy(), rows["kind"].to_numpy()
    inside = (at_ms >= day.start_ms) & (at_ms < day.end_ms) & (kind >= JOINED)
    rows = _without(rows.filter(pa.array(inside)), passed.visits, day)
    zone, site = located(rows, passed.places)
    return rows.append_column("zone", zone).append_column("site", site)


def _without(rows: pa.Table, visits: pa.Table, day: Day) -> pa.Table:
    """Those of subjects of whom no visit that touches the day is static or a shift."""
    touches = pc.and_(pc.greater_equal(visits["end_ms"], day.start_ms), pc.less(visits["start_ms"], day.end_ms))
    left_out = visits["subject"].filter(pc.and_(touches, pc.or_(visits["static"], visits["staff"])))
    return rows.filter(pc.invert(pc.is_in(rows["subject"], value_set=left_out.combine_chunks())))


def _places(tables: Sequence[pa.Table]) -> tuple[Ints, Names]:
    """The place of each row of all tables, and the places' names, ordered."""
    columns = ([chunk for one in tables for chunk in one[name].chunks] for name in ("site", "zone"))
    (site, sites), (zone, zones) = (coded(pa.chunked_array(chunks, _WORD)) for chunks in columns)
    pair = site * max(len(zones), 1) + zone
    used = np.flatnonzero(np.bincount(pair, minlength=1))
    rank = np.zeros(int(used.max(initial=0)) + 1, np.int64)
    rank[used] = np.arange(len(used))
    if not len(pair):
        return pair, []
    return rank[pair], [(sites[code // len(zones)], zones[code % len(zones)]) for code in used.tolist()]


def _coded_subjects(tables: Sequence[pa.Table]) -> tuple[Ints, int]:
    whole = pa.chunked_array([chunk for one in tables for chunk in one["subject"].chunks], pa.int64())
    found = whole.combine_chunks().dictionary_encode()
    return found.indices.to_numpy().astype(np.int64), len(found.dictionary)


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


def _level(level: str, names: Names) -> tuple[Ints, Names]:
    """The code of each place at a level, NOWHERE where it is none there; and what codes mean."""
    if level == "district":
        return np.zeros(len(names), np.int64), [("", "")]
    known = [(site, zone if level == "zone" else "") for site, zone in names]
    is_place = [zone not in (BETWEEN, UNKNOWN) for _, zone in names]
    its_names = sorted({name for name, good in zip(known, is_place, strict=True) if good})
    code = {name: number for number, name in enumerate(its_names)}
    codes = [code[name] if good else NOWHERE for name, good in zip(known, is_place, strict=True)]
    return np.array(codes, np.int64), its_names


def _spent(stays: pa.Table, place: Ints, min_dwell_ms: int) -> NDArray[np.bool_]:
    """Of each stay, whether its visit spent the minimum at its place, all of its stays there taken together."""
    visit = stays["visit_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    _, group = np.unique(visit * (int(place.max(initial=0)) + 2) + place + 1, return_inverse=True)
    ms = stays["to_ms"].to_numpy() - stays["from_ms"].to_numpy()
    spent = np.bincount(group, weights=ms)[group] if len(group) else np.zeros(0)
    enough: NDArray[np.bool_] = (spent >= min_dwell_ms) & (place != NOWHERE)
    return enough


def _joint(one: Marks, other: Marks) -> Marks:
    return Marks(*(np.concatenate(columns) for columns in zip(one, other, strict=True)))


def _rows(level: str, span: str, names: Names, marks: Sequence[Marks], hours: Ints, day: Day) -> pa.Table:
    begins = hours if span == HOUR else np.array([day.start_ms])
    counts = np.stack([_distinct(one, len(names), len(begins), span) for one in marks])
    place, hour = np.nonzero(counts.any(axis=0))
    found = dict(zip(_COUNTS, counts[:, place, hour].astype(np.int32), strict=True))
    nothing = np.zeros(len(place), np.int64)
    return PASSAGE.table(
        day=pa.repeat(pa.scalar(day.date), len(place)),
        level=words_at([level], nothing),
        site=words_at([site for site, _ in names], place),
        zone=words_at([zone for _, zone in names], place),
        span=words_at([span], nothing),
        hour_ms=begins[hour],
        **found,
    )


def _distinct(marks: Marks, places: int, hours: int, span: str) -> Ints:
    """int64[places, hours]: distinct subjects."""
    rows = marks.where(marks.place != NOWHERE)
    hour = rows.hour if span == HOUR else np.zeros(len(rows.hour), np.int64)
    cell = rows.place * hours + hour
    width = int(rows.subject.max(initial=0)) + 1
    once = pc.unique(pa.array(cell * width + rows.subject)).to_numpy()
    return np.bincount(once // width, minlength=places * hours).reshape(places, hours)


def _plain(rows: pa.Table) -> pa.Table:
    words = [name for name in rows.column_names if pa.types.is_dictionary(rows.schema.field(name).type)]
    return pa.table({name: rows[name].cast(pa.string()) if name in words else rows[name] for name in rows.column_names})
