"""Sealed batches of a day's shard to the tables of its visits: the second half of what a worker does.

(day, shard, batches) -> open -> [walk the whole window, keep what starts in the day] -> seal -> rows of results
"""

import datetime
import json
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import pyarrow as pa

from ingest.restarts import Controllers
from pipelines.engines.rows import (
    CONTROLLERS,
    DEVICE,
    NO_DAY,
    SIGHTING,
    TOLD,
    Row,
    opened,
    opened_table,
    sealed_row,
    sealed_table,
)
from pipelines.engines.work import Work
from pipelines.sealing import Sealer
from pipelines.steps.intake import distinct_devices
from pipelines.steps.walking import Part, Shard, part_of
from schemas import SIGHTING as SIGHTINGS

WINDOW_STAYS, REACH, AP_HOURS, PASSAGES = "window_stays", "reach", "ap_hours", "passages"
OUTCOMES = "outcomes"


def walk_groups(work: Work, rows: Iterable[Row]) -> Iterator[Row]:
    """The results of every shard in `rows`; all rows of one (day, shard) must follow one another, in any order."""
    for (date, shard), group in groupby(rows, key=lambda row: (row.day, row.shard)):
        yield from walk_shard(work, date, shard, group)


def walk_shard(work: Work, date: datetime.date, shard: int, rows: Iterable[Row]) -> Iterator[Row]:
    """What one shard of a day gives, sealed; all rows of the shard must be there. A Told passes through."""
    sealer = work.sealer(date) if date != NO_DAY else work.tally_sealer
    tables: dict[str, list[pa.Table]] = {SIGHTING: [SIGHTINGS.empty()], DEVICE: []}
    controllers = Controllers()
    for row in rows:
        if row.kind == TOLD:
            yield row
        elif row.kind == CONTROLLERS:
            controllers = controllers.plus(pickle.loads(opened(sealer, row)))
        else:
            tables[row.kind].append(opened_table(sealer, row))
    sightings = pa.concat_tables(tables[SIGHTING]).unify_dictionaries()
    if sightings.num_rows:
        devices = distinct_devices(tables[DEVICE])
        found = part_of(work.walk, Shard(work.calendar.day(date), sightings, devices, controllers.table()))
        yield from _sealed(sealer, date, shard, found)


def part_from(work: Work, rows: Iterable[Row]) -> Part:
    """The Part whose rows these are."""
    tables: dict[str, pa.Table] = {}
    outcomes: Counter[Any] = Counter()
    for row in rows:
        sealer = work.sealer(row.day)
        if row.kind == OUTCOMES:
            outcomes.update({tuple(outcome): records for *outcome, records in json.loads(opened(sealer, row))})
        else:
            tables[row.kind] = opened_table(sealer, row)
    beside = [tables.pop(name) for name in (WINDOW_STAYS, REACH, AP_HOURS, PASSAGES)]
    return Part(tables, *beside, outcomes)


def _sealed(sealer: Sealer, date: datetime.date, shard: int, part: Part) -> Iterator[Row]:
    beside = {WINDOW_STAYS: part.window_stays, REACH: part.reach, AP_HOURS: part.ap_hours, PASSAGES: part.passages}
    for kind, table in (part.tables | beside).items():
        yield sealed_table(sealer, date, shard, kind, table)
    counted = [[*outcome, records] for outcome, records in part.outcomes.items()]
    yield sealed_row(sealer, date, shard, OUTCOMES, json.dumps(counted).encode())
