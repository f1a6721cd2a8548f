"""What one trading day takes in, handed on by way of the disk: encrypted shards and devices, a tally in the clear."""

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.reading import Reading
from ingest.registry import Registry
from ingest.restarts import Controllers
from ingest.subjects import Subjects
from pipelines.files import unwritable, write_bytes, write_table
from pipelines.spill import Spill, partition
from pipelines.steps.tally import DayTally
from schemas import DEVICE, RESTART, SIGHTING, InputError
from schemas.day import Day
from schemas.sighting import JOINED

COMPACT_AT = 64  # batches of devices
TALLY = "tally.json"
DEVICES = "devices"  # the parts of a spill that hold what belongs to no shard
RESTARTS = "restarts"


@dataclass
class Intake:
    """One trading day while raw files are read for it. Several threads may hand it sightings at once.

    `own` counts the sightings inside the day itself that can open a visit; the others are leaves, memory and tail.
    """

    day: Day
    subjects: Subjects
    spill: Spill
    shards: int
    tally: DayTally
    own: int = 0
    _devices: list[pa.Table] = field(default_factory=list)
    _controllers: Controllers = field(default_factory=Controllers)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, sightings: pa.Table, devices: pa.Table) -> None:
        """Add a batch's sightings, by shard of subjects, and its distinct devices."""
        for shard, part in enumerate(partition(sightings, self.shards)):
            if part.num_rows:
                self.spill.append(f"shard-{shard}", part)
        own = own_of(self.day, sightings)
        with self._lock:
            self.own += own
            self._devices.append(devices)
            if len(self._devices) >= COMPACT_AT:
                self._devices = [distinct_devices(self._devices)]

    def learn(self, reading: Reading, registry: Registry) -> None:
        """Take note of what a batch tells of controllers."""
        if reading.clock is not None or reading.restarts is not None:
            with self._lock:
                self._controllers.learn(reading, registry, self.day, self.subjects.day_key)

    def hand_on(self, folder: Path) -> None:
        """Complete the day's folder; the tally is written last, and makes it a whole."""
        self.spill.append(DEVICES, distinct_devices(self._devices))
        self.spill.append(RESTARTS, self._controllers.table())
        self.spill.close()
        write_table(folder / "rejected.parquet", self.tally.rejected())
        write_bytes(folder / TALLY, json.dumps(self.tally.counts()).encode())


@dataclass(frozen=True)
class Handoff:
    """What `ingest` left for `sessionize`."""

    day: Day
    spill: Spill
    tally: DayTally
    devices: pa.Table
    restarts: pa.Table

    @property
    def shards(self) -> list[str]:
        return [name for name in self.spill.names() if name not in (DEVICES, RESTARTS)]

    def sightings(self, shard: str) -> pa.Table:
        """SIGHTING of one shard: the whole window of its subjects."""
        return self.spill.read(shard, SIGHTING.arrow)


def taken_over(folder: Path, day: Day, key: bytes) -> Handoff:
    """The handoff in `folder`; InputError if there is none that is whole."""
    try:
        counts = json.loads((folder / TALLY).read_bytes())
        rejected = pq.read_table(folder / "rejected.parquet")
    except FileNotFoundError:
        raise InputError(f"{day.date}: nothing is ingested", f"run `shangquan ingest --day {day.date}` first") from None
    spill = Spill(folder, key)
    tally = DayTally.of(day, counts, rejected)
    return Handoff(day, spill, tally, spill.read(DEVICES, DEVICE.arrow), spill.read(RESTARTS, RESTART.arrow))


def forget(folder: Path) -> None:
    """What an earlier `ingest` completed in `folder` is no longer a whole: another begins."""
    try:
        (folder / TALLY).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error


def is_whole(folder: Path) -> bool:
    """Whether `folder` was handed on, and no later ingest has begun."""
    return (folder / TALLY).exists()


def records_read(folder: Path) -> dict[str, int]:
    """Records read per feed, for the ledger to add up to."""
    counts: dict[str, int] = json.loads((folder / TALLY).read_bytes())["read"]
    return counts


def own_of(day: Day, sightings: pa.Table) -> int:
    """How many of `sightings` lie inside the day itself and can open a visit: leaves, memory and tail make no day."""
    at_ms, opens = sightings["at_ms"].to_numpy(), sightings["kind"].to_numpy() >= JOINED
    return int((opens & (at_ms >= day.start_ms) & (at_ms < day.end_ms)).sum())


def distinct_devices(devices: list[pa.Table]) -> pa.Table:
    """DEVICE, one row a subject."""
    grouped = pa.concat_tables([DEVICE.empty(), *devices]).group_by("subject").aggregate([("random", "max")])
    return DEVICE.cast(grouped.rename_columns(["subject", "random"]).sort_by("subject"))
