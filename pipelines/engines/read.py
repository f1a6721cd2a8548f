"""Raw files to sealed batches by day and shard: the first half of what a worker does, under any engine.

pieces -> chunks -> [parse -> clocks -> each day asked for: clip, pseudonymise, partition, seal] -> rows
                 `-> one Told: tallies of the files, records of each day's own
"""

import datetime
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.reading import Reading
from ingest.registry import Registry
from ingest.subjects import Subjects
from pipelines.engines.rows import CONTROLLERS, DEVICE, NO_DAY, SIGHTING, TOLD, Row, opened, sealed_row, sealed_table
from pipelines.engines.work import Piece, Work
from pipelines.sealing import Sealer
from pipelines.spill import partition
from pipelines.steps.intake import Learnt, own_of
from pipelines.steps.taking import taken
from pipelines.steps.tally import FileTally
from schemas.day import Day

HELD_ROWS = 1 << 20  # of all days, in a worker's memory before they are sealed


@dataclass
class Told:
    """What a worker tells beside its sightings. `refused`: days that its files touch and whose keys are destroyed."""

    files: dict[tuple[str, str], FileTally] = field(default_factory=dict)
    own: Counter[datetime.date] = field(default_factory=Counter)
    refused: set[datetime.date] = field(default_factory=set)
    learnt: dict[Day, Learnt] = field(default_factory=dict)  # by day and window

    def add_file(self, tally: FileTally) -> None:
        before = self.files.get((tally.feed, tally.file))
        self.files[tally.feed, tally.file] = tally if before is None else before.plus(tally)

    def plus(self, other: "Told") -> "Told":
        """This worker's and another's."""
        both = Told(dict(self.files), self.own + other.own, self.refused | other.refused)
        for one in (self, other):
            for day, learnt in one.learnt.items():
                both.learnt[day] = learnt.plus(both.learnt.get(day, Learnt(day)))
        for tally in other.files.values():
            both.add_file(tally)
        return both


def read_pieces(work: Work, pieces: Iterable[Piece]) -> Iterator[Row]:
    """Every sighting of `pieces` in the window of a day asked for, by day and shard, then one Told.

    Nothing else leaves a worker, so that what a failed attempt has told is lost with its rows, and counts once.
    """
    days = _Days(work)
    for piece in pieces:
        for task in piece.tasks():
            days.told.add_file(taken(task, work.registry, work.clocks, days.touched_by))
            if days.held_rows > HELD_ROWS:
                yield from days.sealed()
    yield from days.sealed()
    yield from days.of_controllers()
    yield sealed_row(work.tally_sealer, NO_DAY, 0, TOLD, pickle.dumps(days.told))


def told_by(work: Work, rows: Iterable[Row]) -> Told:
    """What all workers together told."""
    return reduce(Told.plus, (pickle.loads(opened(work.tally_sealer, row)) for row in rows), Told())


@dataclass
class _Day:
    """A trading day of one worker: takes in sightings until they are sealed. `day` has the widest of its windows."""

    day: Day
    subjects: Subjects
    sealer: Sealer
    learnt: tuple[Learnt, ...]
    own: int = 0
    sightings: list[pa.Table] = field(default_factory=list)
    devices: list[pa.Table] = field(default_factory=list)

    @property
    def days(self) -> tuple[Day, ...]:
        return tuple(one.day for one in self.learnt)

    def learn(self, reading: Reading, registry: Registry) -> None:
        for one in self.learnt:
            one.learn(reading, registry, self.subjects.day_key)

    def take(self, sightings: pa.Table, devices: pa.Table) -> None:
        self.own += own_of(self.day, sightings)
        self.sightings.append(sightings)
        self.devices.append(devices)

    @property
    def held_rows(self) -> int:
        return sum(map(len, self.sightings))

    def sealed(self, shards: int) -> Iterator[Row]:
        """What was taken in since the last call, each shard's sightings and devices."""
        for kind, tables in ((SIGHTING, self.sightings), (DEVICE, self.devices)):
            whole = pa.concat_tables(tables).unify_dictionaries() if tables else None
            for shard, part in enumerate(partition(whole, shards) if whole else []):
                if part.num_rows:
                    yield sealed_table(self.sealer, self.day.date, shard, kind, part)
            tables.clear()

    def told(self, shards: int) -> Iterator[Row]:
        """What was learnt of controllers, for every shard: it concerns subjects that other workers read."""
        controllers = {one.day: one.controllers for one in self.learnt}
        if any(one.aps or one.restarts for one in controllers.values()):
            plain = pickle.dumps(controllers)
            for shard in range(shards):
                yield sealed_row(self.sealer, self.day.date, shard, CONTROLLERS, plain)


class _Days:
    """The days that one worker meets."""

    def __init__(self, work: Work) -> None:
        self.told = Told()
        self._work = work
        self._met: dict[datetime.date, _Day] = {}

    def touched_by(self, at_ms: NDArray[np.int64]) -> Iterator[_Day]:
        """The days asked for in whose window an instant of `at_ms` lies."""
        for day in self._work.calendar.touched_by(at_ms):
            if self._work.secrets.of(day.date) is not None:
                yield self._met.setdefault(day.date, self._met.get(day.date) or self._begun(day))
            elif day.date in self._work.secrets.refused:
                self.told.refused.add(day.date)

    def _begun(self, day: Day) -> _Day:
        learnt = tuple(Learnt(one) for one in dict.fromkeys(self._work.days(day.date)))
        return _Day(day, self._work.subjects(day), self._work.sealer(day.date), learnt)

    @property
    def held_rows(self) -> int:
        return sum(day.held_rows for day in self._met.values())

    def sealed(self) -> Iterator[Row]:
        for date, day in self._met.items():
            yield from day.sealed(self._work.shards)
            self.told.own[date] = day.own
            self.told.learnt |= {one.day: one for one in day.learnt}

    def of_controllers(self) -> Iterator[Row]:
        for day in self._met.values():
            yield from day.told(self._work.shards)
