"""Step `sessionize`: a day's shards to its visits, stays, flaps, hours, triggers and ledger, some shards at a time.

shard -> walk the whole window -> keep what starts in the day -> flags, places
                               `-> all stays of the window    -> presence by hour, also of yesterday's visits
      -> members' presence     -> triggers, in event time
"""

import dataclasses
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from marketing import triggers
from pipelines.engines.local import in_order
from pipelines.job import Job
from pipelines.steps.day_files import DayFiles
from pipelines.steps.intake import Handoff
from pipelines.steps.tally import Outcome
from schemas import AP_HOUR, PUBLISHED, STAY, TRIGGER
from schemas.day import Day
from sessionize.coverage import ap_hours, zone_hours
from sessionize.kernel import FATE_IGNORED, FATE_REPEAT
from sessionize.located import located
from sessionize.marks import with_random
from sessionize.presence import presence
from sessionize.visits import Walked, visits

_FATES = {FATE_REPEAT: ("repeat", ""), FATE_IGNORED: ("ignored", "unmatched-leave")}


@dataclass(frozen=True)
class Part:
    """What one shard of subjects gives: rows of the day's tables, and what is summed over all shards."""

    tables: dict[str, pa.Table]
    window_stays: pa.Table
    ap_hours: pa.Table
    outcomes: Counter[Outcome]


def sessionize(job: Job, handoff: Handoff, now_ms: int, files: DayFiles) -> None:
    """All of the day's tables into `files`, shard by shard; the ledger adds up to what was read.

    Nothing triggers after `now_ms`. In memory at once: the shards at work, and the stays of the window.
    """
    clock_ms = min(now_ms, handoff.day.window_end_ms)
    window_stays, hours = [STAY.empty()], [AP_HOUR.empty()]
    for part in in_order(lambda shard: _part(job, handoff, handoff.sightings(shard), clock_ms), handoff.shards):
        for name, rows in part.tables.items():
            files.add(name, rows)
        handoff.tally.records.update(part.outcomes)
        window_stays.append(part.window_stays)
        hours.append(part.ap_hours)
    files.add("zone_hour", zone_hours(pa.concat_tables(window_stays).unify_dictionaries(), handoff.day))
    files.add("ap_hour", _summed(pa.concat_tables(hours)))
    files.add("ledger", handoff.tally.ledger())
    files.add("rejected", handoff.tally.rejected())


def _part(job: Job, handoff: Handoff, sightings: pa.Table, clock_ms: int) -> Part:
    day = handoff.day
    places = job.district.places(sightings["ap"].unique().to_pylist())
    window = dataclasses.replace(day, start_ms=day.window_start_ms, end_ms=day.window_end_ms)
    walked = visits(sightings, places, job.rules, window, threads=1)
    start = walked.visits["start_ms"].to_numpy()
    kept = (start >= day.start_ms) & (start < day.end_ms)
    ids = walked.visits.filter(kept)["visit_id"]
    tables = {
        "visit": with_random(walked.visits.filter(kept), handoff.devices),
        "stay": walked.stays.filter(pc.is_in(walked.stays["visit_id"], ids)),
        "flap": walked.flaps.filter(pc.is_in(walked.flaps["visit_id"], ids)),
        "sighting": _published(sightings, places, walked, kept),
        "trigger": _triggers(job, sightings, places, day, clock_ms),
    }
    return Part(tables, walked.stays, ap_hours(sightings, places, day), _outcomes(sightings, walked, kept))


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


def _outcomes(sightings: pa.Table, walked: Walked, kept: NDArray[np.bool_]) -> Counter[Outcome]:
    """How many records of each feed ended how."""
    visit = _fate(walked)
    feeds = sightings["feed"].unify_dictionaries().combine_chunks()
    names, code = feeds.dictionary.to_pylist(), feeds.indices.to_numpy()
    is_kept = np.append(kept, False)[np.maximum(visit, -1)] & (visit >= 0)
    outcomes: Counter[Outcome] = Counter()
    ends = [(is_kept, "kept", ""), *((visit == fate, *end) for fate, end in _FATES.items())]
    other = ~np.logical_or.reduce([rows for rows, _, _ in ends])
    for rows, status, reason in [*ends, (other, "other-day", "")]:
        for feed, records in zip(names, np.bincount(code[rows], minlength=len(names)).tolist(), strict=True):
            outcomes[feed, status, reason] += records
    return outcomes


def _fate(walked: Walked) -> NDArray[np.int32]:
    if walked.fate is None:
        raise ValueError("the walk was not asked for fates")
    return walked.fate


def _triggers(job: Job, sightings: pa.Table, places: pa.Table, day: Day, clock_ms: int) -> pa.Table:
    """What the members of a shard triggered up to `clock_ms` in visits of the day; by event time, not by arrival."""
    told = pc.and_(pc.less(sightings["subject"], 0), pc.less_equal(sightings["at_ms"], clock_ms))
    members = sightings.filter(told)
    if not job.district.campaigns or not members.num_rows:
        return TRIGGER.empty()
    signs = presence(members, places, job.rules)
    started = signs["visit_start_ms"]
    signs = signs.filter(pc.and_(pc.greater_equal(started, day.start_ms), pc.less(started, day.end_ms)))
    state = triggers.start(job.district.campaigns, job.rules.flap_ms)
    return triggers.advance(state, signs, clock_ms)[1]


def _summed(joined: pa.Table) -> pa.Table:
    """AP_HOUR of all shards: each AP's hour once."""
    keys = [name for name in AP_HOUR.names if name != "sightings"]
    plain = pa.table(
        {c: joined[c].cast(pa.string()) if c in ("ap", "site", "zone") else joined[c] for c in AP_HOUR.names}
    )
    summed = plain.group_by(keys).aggregate([("sightings", "sum")]).rename_columns([*keys, "sightings"])
    return AP_HOUR.cast(summed.sort_by([(key, "ascending") for key in keys]))
