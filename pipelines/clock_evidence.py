"""What the raw files tell of a district's clocks, read when first asked for: lines of two clocks, and pairs.

Several threads must take turns. What is in force on which day is said in `pipelines.clock_offsets`.
"""

import datetime
import math
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from ingest.clock_graph import linked_offsets
from ingest.clock_links import Clock
from ingest.feed import Feed
from ingest.formats import FORMATS
from ingest.skew import MOST_BEHIND_MS, Line, offsets_of, samples_of, summed
from pipelines.address_lists import opt_outs_of
from pipelines.calendar import ONE_DAY, TradingCalendar
from pipelines.clock import now_ms
from pipelines.engines.local import in_order
from pipelines.job import Job
from pipelines.roam_events import pairs_by_day
from pipelines.sources.chunks import CHUNK_BYTES, Truncated
from pipelines.sources.folder import RawFile, matching
from pipelines.sources.pieces import Task, tasks_of
from schemas import CLOCK_OFFSET, CLOCK_PAIR, CLOCK_SAMPLE
from schemas.clock_offset import NOTHING_KNOWN, RIGHT, TWO_CLOCKS
from schemas.day import Day

HEAD = 1 << 18  # bytes
LOOK_AGAIN_MS = 60_000


class ClockEvidence:
    """The samples and pairs of one district's raw files."""

    def __init__(self, job: Job, near_ms: Callable[[RawFile], int], calendar: TradingCalendar) -> None:
        """`calendar`: of days without memory or tail."""
        self._job, self._near_ms, self._calendar = job, near_ms, calendar
        self._samples: dict[str, tuple[int, pa.Table]] = {}
        self._measured: dict[str, tuple[bool, float]] = {}  # feed -> (whether it is, until when that holds)
        self._pairs: tuple[int, dict[datetime.date, pa.Table]] = (0, {})
        self._linked: dict[datetime.date, list[dict[str, object]]] = {}

    @cached_property
    def feeds(self) -> list[Feed]:
        """The district's, in order."""
        return [self._job.config.feed(settings) for settings in self._job.config.feeds]

    def is_measured(self, feed: Feed) -> bool:
        """Whether lines of two clocks stand at the head of one of the feed's files: many a log names a clock only.

        As long as there is no file, one is looked for once a minute: a stream asks for every reading.
        """
        is_so, until_ms = self._measured.get(feed.name, (False, 0.0))
        if until_ms <= now_ms():
            can_be = FORMATS[feed.format].tells_two_clocks or "received" in feed.columns
            files = self._files(feed) if can_be else []
            heads = (_sampled(task) for file in files for task in islice(self._tasks(feed, file, HEAD), 1))
            is_so = any(head.num_rows for head in heads)
            is_final = bool(files) or not can_be
            self._measured[feed.name] = is_so, math.inf if is_final else now_ms() + LOOK_AGAIN_MS
        return is_so

    def has_anchor(self) -> bool:
        """Whether lines of two clocks stand in some feed: the clocks of the others may be told by its."""
        return len(self._job.config.feeds) > 1 and any(self.is_measured(feed) for feed in self.feeds)

    def offsets(self, feed: Feed, day: Day, is_measured: bool) -> pa.Table:
        """CLOCK_OFFSET of the feed's clocks on `day` by lines of the day before, else by pairs with clocks so known."""
        rows = self._by_lines(feed, day) if is_measured else CLOCK_OFFSET.empty()
        is_settled = rows.num_rows and not any(method in NOTHING_KNOWN for method in rows["method"].to_pylist())
        return rows if is_settled or not self.has_anchor() else self._with_linked(feed, day, rows)

    def days_after(self) -> set[datetime.date]:
        """The days that lines of a day before them tell of."""
        today = self._calendar.day(self._calendar.date_of(now_ms()))
        samples = [self._samples_before(feed, today) for feed in self.feeds if self.is_measured(feed)]
        hours = {hour for one in samples for hour in one["hour_ms"].unique().to_pylist()}
        return {self._calendar.date_of(hour) + ONE_DAY for hour in hours}

    def _by_lines(self, feed: Feed, day: Day) -> pa.Table:
        """CLOCK_OFFSET of the clocks that lines of the day before measure."""
        before = self._calendar.day(day.date - ONE_DAY)
        hour = (samples := self._samples_before(feed, day))["hour_ms"]
        its_own = pc.and_(pc.greater_equal(hour, before.start_ms), pc.less(hour, before.end_ms))
        return offsets_of(samples.filter(its_own), feed.name, day.date, day.start_ms, day.end_ms)

    def _with_linked(self, feed: Feed, day: Day, rows: pa.Table) -> pa.Table:
        """`rows` and what pairs with known clocks tell of the feed's others."""
        found = {row["clock"]: row for row in self._linked_on(day) if row["feed"] == feed.name}
        for row in rows.to_pylist():
            if row["method"] not in NOTHING_KNOWN or row["clock"] not in found:
                found[row["clock"]] = row
        return table_of([found[clock] for clock in sorted(found)])

    def _linked_on(self, day: Day) -> list[dict[str, object]]:
        """What pairs tell of the clocks of all feeds on `day`; worked out once: its day before is over when asked."""
        if day.date not in self._linked:
            by_lines = [self._by_lines(one, day) for one in self.feeds if self.is_measured(one)]
            known = {clock: line for one in by_lines for clock, line in _lines_of(one)}
            linked = linked_offsets(self._pairs_before(day), known, day.date, day.start_ms, day.end_ms)
            self._linked[day.date] = linked.to_pylist()
        return self._linked[day.date]

    def _pairs_before(self, day: Day) -> pa.Table:
        """CLOCK_PAIR of the day before; all files are read again only if more of that day may have come since."""
        read_ms, pairs = self._pairs
        if read_ms < day.start_ms - MOST_BEHIND_MS or not read_ms:
            read_ms = now_ms()
            tasks = (task for feed in self.feeds for file in self._files(feed) for task in self._tasks(feed, file))
            pairs = pairs_by_day(tasks, self._job.district.registry, self._calendar, opt_outs_of(self._job).in_force())
            self._pairs = read_ms, pairs
        return pairs.get(day.date - ONE_DAY, CLOCK_PAIR.empty())

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
        return matching(self._job.raw, glob)

    def _tasks(self, feed: Feed, file: RawFile, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Task]:
        return tasks_of(feed, file, self._near_ms(file), chunk_bytes)


def table_of(rows: list[dict[str, object]]) -> pa.Table:
    """CLOCK_OFFSET of rows as dicts."""
    return CLOCK_OFFSET.table(**{name: [row[name] for row in rows] for name in CLOCK_OFFSET.names})


def _lines_of(rows: pa.Table) -> Iterator[tuple[Clock, Line]]:
    """The clocks of CLOCK_OFFSET that are known, each with its line."""
    for row in rows.to_pylist():
        if row["method"] in (TWO_CLOCKS, RIGHT):
            yield (row["feed"], row["clock"]), Line(row["behind_ms"], row["drift_ppm"] / 1e6)


def _sampled(task: Task) -> pa.Table:
    if isinstance(task.piece, Truncated):
        return CLOCK_SAMPLE.empty()
    return samples_of(task.parser.parse(task.piece.data, task.piece.first_line, task.near_ms))
