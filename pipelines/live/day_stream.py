"""One trading day of a stream: its subjects, the state of its walk, and what it knows of the devices it has met."""

from dataclasses import dataclass, field, replace

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
from sessionize.marks import with_random
from sessionize.state import State


@dataclass
class DayStream:
    """A day while its window is open. Around `day_start` several are open at once, each fed from its own window."""

    day: Day
    subjects: Subjects
    state: State
    random: dict[int, bool | None]
    arrived: list[pa.Table] = field(default_factory=list)

    def take(self, reading: Reading, feed: Feed, file: str, registry: Registry, *, members_only: bool) -> None:
        """Rows of the day's window wait for `step`."""
        sightings, devices, _ = sightings_of(reading, feed, file, registry, self.day, self.subjects)
        if members_only:
            sightings = sightings.filter(pc.less(sightings["subject"], 0))
        self.arrived.append(sightings)
        self.random.update(zip(devices["subject"].to_pylist(), devices["random"].to_pylist(), strict=True))

    def step(self, watermark_ms: int) -> Step:
        """What arrived, walked up to the watermark; past the window's end the day closes, and nothing more follows."""
        rows = pa.concat_tables([SIGHTING.empty(), *self.arrived])
        self.arrived = []
        step = advance(self.state, rows, min(watermark_ms, self.day.window_end_ms))
        return self._told(step)

    def close(self) -> Step:
        return self._told(close(self.state))

    def _told(self, step: Step) -> Step:
        met = [subject for subject in step.visits["subject"].unique().to_pylist() if subject in self.random]
        devices = DEVICE.table(subject=met, random=[self.random[subject] for subject in met])
        return replace(step, visits=with_random(step.visits, devices))

    @property
    def devices(self) -> pa.Table:
        """DEVICE: every subject met so far."""
        return DEVICE.table(subject=list(self.random), random=list(self.random.values()))
