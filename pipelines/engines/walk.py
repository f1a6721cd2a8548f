"""Sealed batches of a day's shard to the tables of its visits: the second half of what a worker does.

(day, shard, batches) -> open -> [each definition: walk the whole window, keep what starts in the day] -> seal -> rows
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
from pipelines.steps.walking import Part, Shard, parts_of_shard
from schemas import SIGHTING as SIGHTINGS
from schemas.day import Day

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
    days = work.days(date)
    controllers = dict.fromkeys(days, Controllers())
    for row in rows:
        if row.kind == TOLD:
            yield row
        elif row.kind == CONTROLLERS:
            told: dict[Day, Controllers] = pickle.loads(opened(sealer, row))
            controllers = {day: known.plus(told[day]) for day, known in controllers.items()}
        else:
            tables[row.kind].append(opened_table(sealer, row))
    sightings = pa.concat_tables(tables[SIGHTING]).unify_dictionaries()
    if sightings.num_rows:
        devices = distinct_devices(tables[DEVICE])
        shards = [Shard(day, sightings, devices, controllers[day].table()) for day in days]
        for number, part in enumerate(parts_of_shard(work.walks, shards)):
            yield from _sealed(sealer, date, shard, number, part)


def parts_from(work: Work, rows: Iterable[Row]) -> list[Part]:
    """The parts, one a definition, of the shard whose rows these are."""
    tables: list[dict[str, pa.Table]] = [{} for _ in work.walks]
    outcomes: list[Counter[Any]] = [Counter() for _ in work.walks]
    for row in rows:
        sealer = work.sealer(row.day)
        number, _, kind = row.kind.partition("/")
        if kind == OUTCOMES:
            counted = {tuple(outcome): records for *outcome, records in json.loads(opened(sealer, row))}
            outcomes[int(number)].update(counted)
        else:
            tables[int(number)][kind] = opened_table(sealer, row)
    besides = [[found.pop(name) for name in (WINDOW_STAYS, REACH, AP_HOURS, PASSAGES)] for found in tables]
    return [Part(*one) for one in zip(tables, *zip(*besides, strict=True), outcomes, strict=True)]


def _sealed(sealer: Sealer, date: datetime.date, shard: int, number: int, part: Part) -> Iterator[Row]:
    """What the shard gives under the definition of that number."""
    beside = {WINDOW_STAYS: part.window_stays, REACH: part.reach, AP_HOURS: part.ap_hours, PASSAGES: part.passages}
    for kind, table in (part.tables | beside).items():
        yield sealed_table(sealer, date, shard, f"{number}/{kind}", table)
    counted = [[*outcome, records] for outcome, records in part.outcomes.items()]
    yield sealed_row(sealer, date, shard, f"{number}/{OUTCOMES}", json.dumps(counted).encode())
