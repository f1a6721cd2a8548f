"""What a piece of a raw file gives to the days it touches: the one way in, whatever engine reads the pieces.

Which days there are, and what they do with their sightings, is the engine's: the local one spills them
(`pipelines.steps.intake`), the others shuffle them (`pipelines.engines.read`).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.feed import Feed
from ingest.reading import Reading
from ingest.registry import Registry
from ingest.sightings import sightings_of
from ingest.subjects import Subjects
from pipelines.sources.chunks import Truncated
from pipelines.sources.pieces import Task
from pipelines.steps.shapes import shapes_in
from pipelines.steps.tally import FileTally
from schemas.day import Day


class Taker(Protocol):
    """A trading day that takes in sightings: those of the widest of its windows."""

    day: Day
    subjects: Subjects

    @property
    def days(self) -> Sequence[Day]:
        """The day with each of its windows; none twice."""

    def learn(self, reading: Reading, registry: Registry) -> None:
        """Take note of what a reading tells of controllers and access points."""

    def take(self, sightings: pa.Table, devices: pa.Table) -> None:
        """SIGHTING of the day's window, and DEVICE of subjects that are new to `subjects`."""


class Clocks(Protocol):
    """What is known of the clocks that stamp lines."""

    def corrected(self, feed: Feed, reading: Reading) -> tuple[Reading, NDArray[np.int8] | None]:
        """The reading by corrected clocks, and the `time_quality` of its rows."""


def taken(
    task: Task, registry: Registry, clocks: Clocks, touched_by: Callable[[NDArray[np.int64]], Iterable[Taker]]
) -> FileTally:
    """Hands a piece's sightings to every day it touches; what it held, for the ledger."""
    piece = task.piece
    tally = FileTally(task.feed.name, piece.file)
    if isinstance(piece, Truncated):
        tally.add_truncated(piece.line)
        return tally
    reading = task.parser.parse(piece.data, piece.first_line, task.near_ms)
    tally.add_reading(reading)
    tally.shapes = shapes_in(piece, reading)
    reading, quality = clocks.corrected(task.feed, reading)
    tally.add_hours(reading)
    instants = reading.instants
    tally.add_instants(instants, reading.line)
    for taker in touched_by(instants):
        taker.learn(reading, registry)
        sightings, devices, left_out = sightings_of(
            reading, task.feed, piece.file, registry, taker.day, taker.subjects, quality
        )
        taker.take(sightings, devices)
        for day in taker.days:
            tally.rows_in[day] += _inside(day, reading.at_ms)
            for status, at_ms in left_out.items():
                tally.left_out[day, status] += _inside(day, at_ms)
    return tally


def _inside(day: Day, at_ms: NDArray[np.int64]) -> int:
    """How many of these instants lie in the window of `day`."""
    return int(np.count_nonzero((at_ms >= day.window_start_ms) & (at_ms < day.window_end_ms)))
