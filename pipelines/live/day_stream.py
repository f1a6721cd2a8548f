"""One trading day of a stream: its subjects, the state of its walk, and what it knows of the devices it has met."""

from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.feed import Feed
from ingest.reading import Reading
from ingest.registry import Registry
from ingest.sightings import sightings_of
from ingest.subjects import Subjects
from schemas import DEVICE, SIGHTING
from schemas.day import Day
from sessionize.advance import Step, advance, close
from sessionize.marks import with_devices
from sessionize.state import State


@dataclass
class DayStream:
    """A day while its window is open. Around `day_start` several are open at once, each fed from its own window."""

    day: Day
    subjects: Subjects
    state: State
    met: dict[int, dict[str, Any]]  # subject -> its row of DEVICE
    arrived: list[pa.Table] = field(default_factory=list)

    def take(self, reading: Reading, feed: Feed, file: str, registry: Registry, *, members_only: bool) -> None:
        """Rows of the day's window wait for `step`."""
        sightings, devices, _ = sightings_of(reading, feed, file, registry, self.day, self.subjects)
        if members_only:
            sightings = sightings.filter(pc.less(sightings["subject"], 0))
        self.arrived.append(sightings)
        self.met.update((row["subject"], row) for row in devices.to_pylist())

    def step(self, watermark_ms: int) -> Step:
        """What arrived, walked up to the watermark; past the window's end the day closes, and nothing more follows."""
        rows = pa.concat_tables([SIGHTING.empty(), *self.arrived])
        self.arrived = []
        step = advance(self.state, rows, min(watermark_ms, self.day.window_end_ms))
        return self._told(step)

    def close(self) -> Step:
        return self._told(close(self.state))

    def _told(self, step: Step) -> Step:
        of_visits = step.visits["subject"].unique().to_pylist()
        devices = _table([self.met[subject] for subject in of_visits if subject in self.met])
        return replace(step, visits=with_devices(step.visits, devices))

    @property
    def devices(self) -> pa.Table:
        """DEVICE: every subject met so far."""
        return _table(list(self.met.values()))


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, DEVICE.arrow)
