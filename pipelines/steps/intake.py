"""What one trading day takes in, handed on by way of the disk: encrypted shards and devices, a tally in the clear."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.life_signs import LifeSigns
from ingest.reading import Reading
from ingest.registry import Registry
from ingest.restarts import Controllers
from ingest.subjects import Subjects
from pipelines.files import unwritable, write_bytes, write_table
from pipelines.spill import Spill, partition
from pipelines.steps.tally import DayTally, FileTally
from schemas import DEVICE, LIFE_SIGN, RESTART, SIGHTING, InputError
from schemas.day import Day
from schemas.sighting import JOINED

COMPACT_AT = 64  # batches of devices
TALLY = "tally.json"
SHARD = "shard-"
DEVICES = "devices"  # the parts of a spill that hold what belongs to no shard
RESTARTS = "restarts"
LIFE_SIGNS = "life_signs"


@dataclass
class Learnt:
    """What is told of controllers and access points in one window of a day: that of a definition, or of several."""

    day: Day
    controllers: Controllers = field(default_factory=Controllers)
    life_signs: LifeSigns = field(default_factory=LifeSigns)

    def learn(self, reading: Reading, registry: Registry, day_key: bytes) -> None:
        """Take note of what a batch tells."""
        if reading.clock is not None or reading.restarts is not None:
            self.controllers.learn(reading, registry, self.day, day_key)
        if reading.signs is not None:
            self.life_signs.learn(reading, registry, self.day, day_key)

    def plus(self, other: "Learnt") -> "Learnt":
        """What both were told of one window."""
        return Learnt(self.day, self.controllers.plus(other.controllers), self.life_signs.plus(other.life_signs))


@dataclass
class Window:
    """What is found out of one window of a day while raw files are read."""

    tally: DayTally
    learnt: Learnt

    @staticmethod
    def of(day: Day) -> "Window":
        """Nothing is known yet."""
        return Window(DayTally(day), Learnt(day))

    @property
    def day(self) -> Day:
        return self.learnt.day


@dataclass
class Intake:
    """One trading day while raw files are read for it. Several threads may hand it sightings at once.

    `day` has the widest of its `windows`: they differ in where they begin. `own` counts the sightings inside the day
    itself that can open a visit; the others are leaves, memory and tail.
    """

    day: Day
    subjects: Subjects
    spill: Spill
    shards: int
    windows: tuple[Window, ...]
    own: int = 0
    _devices: list[pa.Table] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def days(self) -> tuple[Day, ...]:
        return tuple(window.day for window in self.windows)

    def take(self, sightings: pa.Table, devices: pa.Table) -> None:
        """Add a batch's sightings, by shard of subjects, and its distinct devices."""
        for shard, part in enumerate(partition(sightings, self.shards)):
            if part.num_rows:
                self.spill.append(f"{SHARD}{shard}", part)
        own = own_of(self.day, sightings)
        with self._lock:
            self.own += own
            self._devices.append(devices)
            if len(self._devices) >= COMPACT_AT:
                self._devices = [distinct_devices(self._devices)]

    def learn(self, reading: Reading, registry: Registry) -> None:
        """Take note of what a batch tells of controllers and access points."""
        with self._lock:
            for window in self.windows:
                window.learnt.learn(reading, registry, self.subjects.day_key)

    def add_file(self, tally: FileTally) -> None:
        """Count a file that has been read to its end."""
        for window in self.windows:
            window.tally.add_file(tally)

    def hand_on(self, folders: Mapping[Path, Day]) -> None:
        """Complete each of `folders` for its day, one of `days`; the tally is written last, and makes it a whole.

        Sightings lie on the disk once, whatever the number of folders, where it can link files.
        """
        self.spill.append(DEVICES, distinct_devices(self._devices))
        for window in self.windows:
            restarts = window.learnt.controllers.table()
            self.spill.append(_part_of(RESTARTS, window.day), restarts)
            self.spill.append(_part_of(LIFE_SIGNS, window.day), window.learnt.life_signs.table(restarts, window.day))
        self.spill.close()
        tallies = {window.day: window.tally for window in self.windows}
        for folder, day in folders.items():
            self.spill.share(folder)
            write_table(folder / "rejected.parquet", tallies[day].rejected())
            write_bytes(folder / TALLY, json.dumps(tallies[day].counts()).encode())


@dataclass(frozen=True)
class Handoff:
    """What `ingest` left for `sessionize`."""

    day: Day
    spill: Spill
    tally: DayTally
    devices: pa.Table
    restarts: pa.Table
    life_signs: pa.Table

    @property
    def shards(self) -> list[str]:
        return [name for name in self.spill.names() if name.startswith(SHARD)]

    def sightings(self, shard: str) -> pa.Table:
        """SIGHTING of one shard: of its subjects the whole window at least; more, if it was read for others, too."""
        return self.spill.read(shard, SIGHTING.arrow)


def taken_over(folder: Path, day: Day, key: bytes) -> Handoff:
    """The handoff in `folder`; InputError if there is none that is whole."""
    try:
        counts = json.loads((folder / TALLY).read_bytes())
        rejected = pq.read_table(folder / "rejected.parquet")
    except FileNotFoundError:
        raise InputError(f"{day.date}: nothing is ingested", f"run `shangquan ingest --day {day.date}` first") from None
    spill = Spill(folder, key)
    names = [DEVICES, _part_of(RESTARTS, day), _part_of(LIFE_SIGNS, day)]
    if not set(names) <= set(spill.names()):
        cure = f"run `shangquan ingest --day {day.date}` again"
        raise InputError(f"{day.date}: was ingested for a definition with another memory", cure)
    known = [spill.read(name, table.arrow) for name, table in zip(names, (DEVICE, RESTART, LIFE_SIGN), strict=True)]
    return Handoff(day, spill, DayTally.of(day, counts, rejected), *known)


def _part_of(name: str, day: Day) -> str:
    """The part of a spill that holds what was learnt of one window."""
    return f"{name}-{day.window_start_ms}"


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
