"""Which clock offsets are in force on which trading day: frozen when the day is first met, kept in the data folder.

    raw lines of the day before -> samples -> CLOCK_OFFSET of the day -> OUT/clocks/day=D/FEED.parquet, written once
    offsets.csv of the district ----------------------------------------> wins where it names the clock

What a day gets is a function of the raw files and offsets.csv, not of which days ran before. How offsets are estimated
lives in `ingest.skew`, how they are applied in `ingest.correction`.
"""

import datetime
import threading
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ingest.correction import Offsets, corrected
from ingest.feed import Feed
from ingest.reading import Reading
from ingest.skew import MOST_BEHIND_MS, offsets_of, samples_of, summed
from pipelines.calendar import ONE_DAY, TradingCalendar
from pipelines.clock import file_time_ms, now_ms
from pipelines.engines.local import in_order
from pipelines.files import write_table
from pipelines.job import Job
from pipelines.sources.chunks import CHUNK_BYTES, Truncated
from pipelines.sources.folder import RawFile, files_of
from pipelines.sources.pieces import Task, tasks_of
from schemas import CLOCK_OFFSET, CLOCK_SAMPLE
from schemas.clock_offset import DECLARED
from schemas.day import Day

HEAD = 1 << 18  # bytes


def time_of_file(file: RawFile) -> int:
    return file_time_ms(file.path)


class ClockOffsets:
    """The offsets of a district's clocks, day by day. Several threads may ask at once.

    Its days begin at the district's `day_start`, whatever the definition: a clock is the same under each.
    """

    def __init__(self, job: Job, near_ms: Callable[[RawFile], int] = time_of_file, *, freezes: bool = True) -> None:
        """`near_ms`: near which instant a file's times without a year lie, if its name does not say it.

        Without `freezes` nothing is written, and what is first met now is estimated anew by the next.
        """
        district = job.config.district
        self._job = job
        self._near_ms = near_ms
        self._freezes = freezes
        self._calendar = TradingCalendar(district.name, district.time_zone, district.day_start, 0, 0)
        self._offsets = job.district.offsets
        self._declared = {offset.feed for offset in self._offsets}
        self._known: dict[tuple[str, datetime.date], pa.Table] = {}
        self._samples: dict[str, tuple[int, pa.Table]] = {}
        self._measured: dict[str, bool] = {}
        self._lock = threading.Lock()

    def corrected(self, feed: Feed, reading: Reading) -> tuple[Reading, NDArray[np.int8] | None]:
        """The reading by corrected clocks, and its rows' `time_quality`: None where nothing is known of any clock."""
        is_measured = reading.received_ms is not None or (reading.clock is not None and self._is_measured(feed))
        if not is_measured and feed.name not in self._declared:
            return reading, None
        instants = reading.at_ms if reading.restarts is None else np.append(reading.at_ms, reading.restarts.at_ms)
        days = self._calendar.touched_by(instants)
        return corrected(reading, [Offsets(day, self._rows(feed, day, is_measured)) for day in days])

    def rows(self, date: datetime.date) -> pa.Table:
        """CLOCK_OFFSET: what is in force on `date`, of all feeds, by feed and clock; nothing is estimated for it."""
        day = self._calendar.day(date)
        feeds = [self._job.config.feed(settings) for settings in self._job.config.feeds]
        found = pa.concat_tables([self._with_declared(feed, day, self._frozen(feed, day)) for feed in feeds])
        return CLOCK_OFFSET.cast(found.unify_dictionaries())

    def frozen(self) -> "FrozenClocks":
        """All that is in force on any day, for workers that read other files of these feeds at once."""
        known: dict[tuple[str, datetime.date], pa.Table] = {}
        measured = [feed for feed in map(self._job.config.feed, self._job.config.feeds) if self._is_measured(feed)]
        for feed in measured:
            samples = self._samples_before(feed, self._calendar.day(self._calendar.date_of(now_ms())))
            after = {self._calendar.date_of(hour) + ONE_DAY for hour in samples["hour_ms"].unique().to_pylist()}
            for date in after | set(self._job.workspace.days("clocks", feed.name)):
                known[feed.name, date] = self._rows(feed, self._calendar.day(date), True)
        return FrozenClocks(self, frozenset(feed.name for feed in measured), known)

    def _is_measured(self, feed: Feed) -> bool:
        """Whether lines of two clocks stand at the head of one of the feed's files: many a log names a clock only."""
        with self._lock:
            if feed.name not in self._measured:
                heads = (
                    _sampled(task) for file in self._files(feed) for task in islice(self._tasks(feed, file, HEAD), 1)
                )
                self._measured[feed.name] = any(head.num_rows for head in heads)
            return self._measured[feed.name]

    def _rows(self, feed: Feed, day: Day, is_measured: bool) -> pa.Table:
        with self._lock:
            if is_measured and (feed.name, day.date) not in self._known:
                self._known[feed.name, day.date] = self._first_met(feed, day)
            return self._with_declared(feed, day, self._known.get((feed.name, day.date), CLOCK_OFFSET.empty()))

    def _first_met(self, feed: Feed, day: Day) -> pa.Table:
        """The frozen offsets of the day, or those that its predecessor's lines give, frozen from now on.

        A day without a line of two clocks before it is not frozen: that of a late back-fill may still come.
        """
        frozen = self._frozen(feed, day)
        if frozen.num_rows or day.start_ms > now_ms() + MOST_BEHIND_MS:  # a line from the future teaches nothing
            return frozen
        before = self._calendar.day(day.date - ONE_DAY)
        samples = self._samples_before(feed, day)
        hour = samples["hour_ms"]
        its_own = pc.and_(pc.greater_equal(hour, before.start_ms), pc.less(hour, before.end_ms))
        rows = offsets_of(samples.filter(its_own), feed.name, day.date, day.start_ms, day.end_ms)
        if rows.num_rows and self._freezes:
            write_table(self._job.workspace.clock_offsets(day.date, feed.name), rows)
        return rows

    def _frozen(self, feed: Feed, day: Day) -> pa.Table:
        path = self._job.workspace.clock_offsets(day.date, feed.name)
        return CLOCK_OFFSET.cast(pq.read_table(path, partitioning=None)) if path.exists() else CLOCK_OFFSET.empty()

    def _samples_before(self, feed: Feed, day: Day) -> pa.Table:
        """CLOCK_SAMPLE of all of the feed's files; read again only if lines of the day before may have come since."""
        read_ms, samples = self._samples.get(feed.name, (0, CLOCK_SAMPLE.empty()))
        if read_ms < day.start_ms - MOST_BEHIND_MS or not read_ms:
            read_ms, samples = now_ms(), CLOCK_SAMPLE.empty()
            tasks = (task for file in self._files(feed) for task in self._tasks(feed, file))
            for part in in_order(_sampled, tasks):
                samples = summed([samples, part])
            self._samples[feed.name] = read_ms, samples
        return samples

    def _files(self, feed: Feed) -> list[RawFile]:
        (glob,) = (settings.glob for settings in self._job.config.feeds if settings.name == feed.name)
        return files_of(self._job.raw, glob)

    def _tasks(self, feed: Feed, file: RawFile, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Task]:
        return tasks_of(feed, file, self._near_ms(file), chunk_bytes)

    def _with_declared(self, feed: Feed, day: Day, rows: pa.Table) -> pa.Table:
        """`rows` with what offsets.csv says of that day in place of what was estimated."""
        known = {row["clock"]: row for row in rows.to_pylist()}
        for offset in sorted(self._offsets, key=lambda one: one.since):
            if offset.feed == feed.name and offset.since <= day.date:
                row = known.get(offset.clock, {"behind_ms": None, "spread_ms": None, "samples": 0})
                said = {"offset_ms": offset.offset_ms, "drift_ppm": 0.0, "method": DECLARED}
                known[offset.clock] = row | said | {"day": day.date, "feed": feed.name, "clock": offset.clock}
        found = [known[clock] for clock in sorted(known)]
        return CLOCK_OFFSET.table(**{name: [row[name] for row in found] for name in CLOCK_OFFSET.names})


def _sampled(task: Task) -> pa.Table:
    if isinstance(task.piece, Truncated):
        return CLOCK_SAMPLE.empty()
    return samples_of(task.parser.parse(task.piece.data, task.piece.first_line, task.near_ms))


class FrozenClocks(ClockOffsets):
    """The offsets that `ClockOffsets.frozen` found in force: a value that pickles; reads and writes nothing."""

    def __init__(
        self, found: ClockOffsets, measured: frozenset[str], known: dict[tuple[str, datetime.date], pa.Table]
    ) -> None:
        self._calendar, self._offsets, self._declared = found._calendar, found._offsets, found._declared
        self._feeds, self._known = measured, known

    def _is_measured(self, feed: Feed) -> bool:
        return feed.name in self._feeds

    def _rows(self, feed: Feed, day: Day, is_measured: bool) -> pa.Table:
        if is_measured and feed.name not in self._feeds:
            raise ValueError(f"feed {feed.name}: lines of two clocks, and none at the head of any file")
        return self._with_declared(feed, day, self._known.get((feed.name, day.date), CLOCK_OFFSET.empty()))
