"""What one shard of a day's subjects gives under each definition that walks it: read once, put in order once.

shard -> joins told late are placed, links ended by restarts
      -> walk the whole window -> keep what starts in the day -> flags, places
                               `-> all stays of the window    -> presence by hour, also of yesterday's visits
      -> members' presence     -> triggers, in event time

What does not live here: where shards come from, and the day's tables, which all of its shards make (`sessionize`).
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.formats import FORMATS
from marketing import triggers
from pipelines.district import District
from pipelines.job import Job
from pipelines.steps.outcomes import fate_of, outcomes
from pipelines.steps.tally import HourOutcome
from schemas import PUBLISHED, TRIGGER
from schemas.day import Day
from sessionize.coverage import ap_hours
from sessionize.kernel import FATE_OVERHEARD, FATE_WEAK
from sessionize.located import located
from sessionize.marks import with_random, with_shifts
from sessionize.passage import Passed, passages
from sessionize.presence import presence
from sessionize.rules import VisitRules
from sessionize.sessions import joins_placed, restarts_applied, silences_settled
from sessionize.signal import visits_by_signal_of_each
from sessionize.visits import Ask, Walked

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """What one shard of subjects gives: rows of the day's tables, and what is summed over all shards."""

    tables: dict[str, pa.Table]
    window_stays: pa.Table
    reach: pa.Table
    ap_hours: pa.Table
    passages: pa.Table
    outcomes: Counter[HourOutcome]


@dataclass(frozen=True)
class Walk:
    """What a walk must know beside its sightings. Nothing triggers after `now_ms`.

    `told_late`: feeds whose sessions tell of their join when they end. `silence_ms`: how long the feeds wait that tell
    a leave for silence twice. `min_dwell_ms`: what makes a visitor.
    """

    district: District
    rules: VisitRules
    min_dwell_ms: int
    told_late: frozenset[str]
    silence_ms: dict[str, int]
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
    twice = [feed for feed in job.config.feeds if FORMATS[feed.format].tells_silence_twice]
    silence_ms = {feed.name: feed.idle // 1000 * 1000 for feed in twice}  # lines tell whole seconds
    return Walk(job.district, job.rules, job.definition.min_dwell_ms, told_late, silence_ms, now_ms)


def part_of(walk: Walk, shard: Shard) -> Part:
    """What one shard gives to its day, whatever engine walks it."""
    return parts_of_shard([walk], [shard])[0]


def parts_of_shard(walks: Sequence[Walk], shards: Sequence[Shard]) -> list[Part]:
    """For each of `walks` what its own `part_of` gives; `shards` hold the same sightings, those of the widest window.

    Their order is made once, unless a record changes with the window that it is seen in: then each walk makes its own.
    """
    seen = [_seen(walk, shard) for walk, shard in zip(walks, shards, strict=True)]
    if _is_one_order(seen, shards):
        whole, asks = shards[0].sightings, [dataclasses.replace(one.ask, reads=one.reads) for one in seen]
        walked = visits_by_signal_of_each(whole, asks, threads=1)
        walked = [_own(one, found) for one, found in zip(seen, walked, strict=True)]
    else:
        walked = [visits_by_signal_of_each(one.sightings, [one.ask], threads=1)[0] for one in seen]
    return [_part(*one) for one in zip(walks, shards, seen, walked, strict=True)]


@dataclass(frozen=True)
class _Seen:
    """A shard as one definition sees it. `reads`: which of its sightings lie in the window; None: all."""

    reads: Bools | None
    records: pa.Table
    sightings: pa.Table
    ask: Ask


def _seen(walk: Walk, shard: Shard) -> _Seen:
    day = shard.day
    at_ms = shard.sightings["at_ms"].to_numpy()
    inside = (at_ms >= day.window_start_ms) & (at_ms < day.window_end_ms)
    reads = None if inside.all() else inside
    own = shard.sightings if reads is None else shard.sightings.filter(pa.array(reads))
    records = _settled(walk, own)
    sightings = restarts_applied(records, shard.restarts)
    places = walk.district.places(sightings["ap"].unique().to_pylist())
    window = dataclasses.replace(day, start_ms=day.window_start_ms, end_ms=day.window_end_ms)
    return _Seen(reads, records, sightings, Ask(places, walk.rules, window))


def _is_one_order(seen: Sequence[_Seen], shards: Sequence[Shard]) -> bool:
    """Whether no walk changes a row: what sessions tell late, and what restarts end, depends on the window.

    A feed tells the same under each definition: what settles nothing of the widest window settles nothing of another.
    """
    is_whole = any(one.records is shard.sightings for one, shard in zip(seen, shards, strict=True))
    return is_whole and not any(shard.restarts.num_rows for shard in shards)


def _settled(walk: Walk, sightings: pa.Table) -> pa.Table:
    """SIGHTING with its sessions' rows where they belong; the same table if none moves."""
    return silences_settled(joins_placed(sightings, walk.told_late), walk.silence_ms)


def _own(seen: _Seen, walked: Walked) -> Walked:
    """`walked` with the fates of the window's sightings alone."""
    return walked if seen.reads is None else dataclasses.replace(walked, fate=fate_of(walked)[seen.reads])


def _part(walk: Walk, shard: Shard, seen: _Seen, walked: Walked) -> Part:
    day, sightings, places = shard.day, seen.sightings, seen.ask.places
    walked = dataclasses.replace(walked, visits=with_shifts(walked.visits, walk.rules, day))
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
    own = {name: _own_words(table) for name, table in tables.items()}
    passed = passages(Passed(sightings, places, walked.visits, walked.stays), day, walk.min_dwell_ms)
    heard = ap_hours(seen.records, places, day)
    reach = walked.reach.filter(kept)
    return Part(own, walked.stays, reach, heard, passed, outcomes(seen.records, walked, kept, day))


def _own_words(table: pa.Table) -> pa.Table:
    """`table` with the words in its dictionaries that its rows use: none is left that only another definition sees."""
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            column = table.column(place).unify_dictionaries().combine_chunks()
            words = column.dictionary.dictionary_encode()  # a word may stand in it twice
            used = words.indices.take(column.indices).dictionary_encode()
            own = pa.DictionaryArray.from_arrays(used.indices, words.dictionary.take(used.dictionary))
            table = table.set_column(place, field, own.cast(field.type))
    return table


def _strong(walk: Walk, sightings: pa.Table, walked: Walked) -> pa.Table:
    """Those that are not too weak for the definition; of one that asks for a signal no row that was set aside."""
    if not walk.rules.asks_for_signal:
        return sightings
    return sightings.filter(pa.array(~np.isin(fate_of(walked), (FATE_WEAK, FATE_OVERHEARD))))


def _published(sightings: pa.Table, places: pa.Table, walked: Walked, kept: NDArray[np.bool_]) -> pa.Table:
    """The rows that count in a visit of the day; those of the rest of the window are not published."""
    visit = fate_of(walked)
    rows = np.flatnonzero(np.append(kept, False)[np.maximum(visit, -1)] & (visit >= 0))
    table = sightings.take(pa.array(rows))
    zone, site = located(table, places)
    ids = walked.visits["visit_id"].take(pa.array(visit[rows]))
    for name, column in (("visit_id", ids), ("site", site), ("zone", zone)):
        table = table.append_column(name, column)
    return PUBLISHED.cast(table)


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
