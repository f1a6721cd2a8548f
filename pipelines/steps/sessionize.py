"""Step `sessionize`: a day's shards to its visits, stays, flaps, hours, triggers and ledger, some shards at a time.

shard -> joins told late are placed, links ended by restarts
      -> walk the whole window -> keep what starts in the day -> flags, places
                               `-> all stays of the window    -> presence by hour, also of yesterday's visits
      -> members' presence     -> triggers, in event time
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.formats import FORMATS
from marketing import triggers
from pipelines.district import District
from pipelines.engines.local import in_order
from pipelines.job import Job
from pipelines.steps.day_files import DayFiles
from pipelines.steps.intake import Handoff
from pipelines.steps.tally import NO_HOUR, DayTally, HourOutcome
from schemas import AP_HOUR, PUBLISHED, STAY, TRIGGER
from schemas.day import Day
from sessionize.coverage import ap_hours, zone_hours
from sessionize.kernel import FATE_IGNORED, FATE_REPEAT, FATE_WEAK
from sessionize.located import located
from sessionize.marks import with_random
from sessionize.presence import presence
from sessionize.rules import HOUR_MS, VisitRules
from sessionize.sessions import joins_placed, restarts_applied
from sessionize.signal import visits_by_signal
from sessionize.visits import Walked

_FATES = {
    FATE_REPEAT: ("repeat", ""),
    FATE_IGNORED: ("ignored", "unmatched-leave"),
    FATE_WEAK: ("ignored", "weak-signal"),
}


@dataclass(frozen=True)
class Part:
    """What one shard of subjects gives: rows of the day's tables, and what is summed over all shards."""

    tables: dict[str, pa.Table]
    window_stays: pa.Table
    ap_hours: pa.Table
    outcomes: Counter[HourOutcome]


@dataclass(frozen=True)
class Walk:
    """What a walk must know beside its sightings. Nothing triggers after `now_ms`.

    `told_late`: feeds whose sessions tell of their join when they end.
    """

    district: District
    rules: VisitRules
    told_late: frozenset[str]
    now_ms: int


@dataclass(frozen=True)
class Shard:
    """Some subjects of a day: SIGHTING of its whole window, DEVICE of at least these, RESTART of all controllers."""

    day: Day
    sightings: pa.Table
    devices: pa.Table
    restarts: pa.Table


def walk_of(job: Job, now_ms: int) -> Walk:
    """The walk of a job that is run at `now_ms`."""
    told_late = frozenset(feed.name for feed in job.config.feeds if FORMATS[feed.format].tells_joins_late)
    return Walk(job.district, job.rules, told_late, now_ms)


def sessionize(parts: Iterable[Part], day: Day, tally: DayTally, files: DayFiles) -> None:
    """All of the day's tables from all of its shards, in any order, into `files`; the ledger adds up to what was read.

    In memory at once: one part, and the stays of the window.
    """
    window_stays, hours = [STAY.empty()], [AP_HOUR.empty()]
    for part in parts:
        for name, rows in part.tables.items():
            files.add(name, rows)
        tally.add_walked(part.outcomes)
        window_stays.append(part.window_stays)
        hours.append(part.ap_hours)
    files.add("zone_hour", zone_hours(pa.concat_tables(window_stays).unify_dictionaries(), day))
    files.add("ap_hour", _summed(pa.concat_tables(hours)))
    files.add("ledger", tally.ledger())
    files.add("feed_hour", tally.feed_hours())
    files.add("line_shape", tally.line_shapes())
    files.add("rejected", tally.rejected())


def parts_of(job: Job, handoff: Handoff, now_ms: int) -> Iterator[Part]:
    """What the local engine makes of a handoff, by shard; some of them in memory at once."""
    walk = walk_of(job, now_ms)

    def part(name: str) -> Part:
        return part_of(walk, Shard(handoff.day, handoff.sightings(name), handoff.devices, handoff.restarts))

    return in_order(part, handoff.shards)


def part_of(walk: Walk, shard: Shard) -> Part:
    """What one shard gives to its day, whatever engine walks it."""
    day, district = shard.day, walk.district
    records = joins_placed(shard.sightings, walk.told_late)
    sightings = restarts_applied(records, shard.restarts)
    places = district.places(sightings["ap"].unique().to_pylist())
    window = dataclasses.replace(day, start_ms=day.window_start_ms, end_ms=day.window_end_ms)
    walked = visits_by_signal(sightings, places, walk.rules, window, threads=1)
    start = walked.visits["start_ms"].to_numpy()
    kept = (start >= day.start_ms) & (start < day.end_ms)
    ids = walked.visits.filter(kept)["visit_id"]
    tables = {
        "visit": with_random(walked.visits.filter(kept), shard.devices),
        "stay": walked.stays.filter(pc.is_in(walked.stays["visit_id"], ids)),
        "flap": walked.flaps.filter(pc.is_in(walked.flaps["visit_id"], ids)),
        "sighting": _published(sightings, places, walked, kept),
        "trigger": _triggers(walk, _strong(walk, sightings, walked), places, day),
    }
    return Part(tables, walked.stays, ap_hours(records, places, day), _outcomes(records, walked, kept, day))


def _strong(walk: Walk, sightings: pa.Table, walked: Walked) -> pa.Table:
    """Those that are not too weak for the definition."""
    return sightings.filter(pa.array(_fate(walked) != FATE_WEAK)) if walk.rules.asks_for_signal else sightings


def _published(sightings: pa.Table, places: pa.Table, walked: Walked, kept: NDArray[np.bool_]) -> pa.Table:
    """The rows that count in a visit of the day; those of the rest of the window are not published."""
    visit = _fate(walked)
    rows = np.flatnonzero(np.append(kept, False)[np.maximum(visit, -1)] & (visit >= 0))
    table = sightings.take(pa.array(rows))
    zone, site = located(table, places)
    ids = walked.visits["visit_id"].take(pa.array(visit[rows]))
    for name, column in (("visit_id", ids), ("site", site), ("zone", zone)):
        table = table.append_column(name, column)
    return PUBLISHED.cast(table)


def _outcomes(records: pa.Table, walked: Walked, kept: NDArray[np.bool_], day: Day) -> Counter[HourOutcome]:
    """How many records of each feed and hour ended how."""
    visit = _fate(walked)
    feeds = records["feed"].unify_dictionaries().combine_chunks()
    names, begins = feeds.dictionary.to_pylist(), _hours_of(day)
    hour = np.searchsorted(begins, records["at_ms"].to_numpy(), "right") - 1  # -1 and the last: not in the day
    code = feeds.indices.to_numpy().astype(np.int64) * (begins.size + 1) + hour + 1
    is_kept = np.append(kept, False)[np.maximum(visit, -1)] & (visit >= 0)
    outcomes: Counter[HourOutcome] = Counter()
    ends = [(is_kept, "kept", ""), *((visit == fate, *end) for fate, end in _FATES.items())]
    other = ~np.logical_or.reduce([rows for rows, _, _ in ends])
    hours = [NO_HOUR, *begins[:-1].tolist(), NO_HOUR]
    for rows, status, reason in [*ends, (other, "other-day", "")]:
        counts = np.bincount(code[rows])
        for one in np.flatnonzero(counts).tolist():
            outcomes[names[one // len(hours)], hours[one % len(hours)], status, reason] += int(counts[one])
    return outcomes


def _hours_of(day: Day) -> NDArray[np.int64]:
    """Where the hours of `day` begin, and its end; a day that begins within an hour has a part of it first."""
    first = day.start_ms // HOUR_MS * HOUR_MS
    return np.array([day.start_ms, *range(first + HOUR_MS, day.end_ms, HOUR_MS), day.end_ms])


def _fate(walked: Walked) -> NDArray[np.int32]:
    if walked.fate is None:
        raise ValueError("the walk was not asked for fates")
    return walked.fate


def _triggers(walk: Walk, sightings: pa.Table, places: pa.Table, day: Day) -> pa.Table:
    """What the members of a shard have triggered by now in visits of the day; by event time, not by arrival."""
    clock_ms = min(walk.now_ms, day.window_end_ms)
    told = pc.and_(pc.less(sightings["subject"], 0), pc.less_equal(sightings["at_ms"], clock_ms))
    members = sightings.filter(told)
    if not walk.district.campaigns or not members.num_rows:
        return TRIGGER.empty()
    signs = presence(members, places, walk.rules)
    started = signs["visit_start_ms"]
    signs = signs.filter(pc.and_(pc.greater_equal(started, day.start_ms), pc.less(started, day.end_ms)))
    state = triggers.start(walk.district.campaigns, walk.rules.flap_ms)
    return triggers.advance(state, signs, clock_ms)[1]


def _summed(joined: pa.Table) -> pa.Table:
    """AP_HOUR of all shards: each AP's hour once."""
    keys = [name for name in AP_HOUR.names if name != "sightings"]
    plain = pa.table(
        {c: joined[c].cast(pa.string()) if c in ("ap", "site", "zone") else joined[c] for c in AP_HOUR.names}
    )
    summed = plain.group_by(keys).aggregate([("sightings", "sum")]).rename_columns([*keys, "sightings"])
    return AP_HOUR.cast(summed.sort_by([(key, "ascending") for key in keys]))
