"""Which clock offsets are in force on which trading day: frozen when the day is first met, kept in the data folder.

    raw lines of the day before -> samples -> CLOCK_OFFSET of the day -> OUT/clocks/day=D/FEED.parquet, written once
                               `-> pairs with clocks that are known --^
    offsets.csv of the district ----------------------------------------> wins where it names the clock

What a day gets is a function of the raw files and offsets.csv, not of which days ran before. How offsets are estimated
lives in `ingest.skew` and `ingest.clock_graph`, how they are applied in `ingest.correction`.
"""

import datetime
import threading
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ingest.correction import Offsets, corrected
from ingest.feed import Feed
from ingest.reading import Reading
from ingest.skew import MOST_BEHIND_MS
from pipelines.calendar import TradingCalendar
from pipelines.clock import file_time_ms, now_ms
from pipelines.clock_evidence import ClockEvidence, table_of
from pipelines.files import write_table
from pipelines.job import Job
from pipelines.sources.folder import RawFile
from schemas import CLOCK_OFFSET
from schemas.clock_offset import DECLARED, TWO_CLOCKS
from schemas.day import Day


def time_of_file(file: RawFile) -> int:
    return file_time_ms(file)


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
        self._freezes = freezes
        self._calendar = TradingCalendar(district.name, district.time_zone, district.day_start, 0, 0)
        self._offsets = job.district.offsets
        self._declared = {offset.feed for offset in self._offsets}
        self._known: dict[tuple[str, datetime.date], pa.Table] = {}
        self._evidence = ClockEvidence(job, near_ms, self._calendar)
        self._names = frozenset(feed.name for feed in self._evidence.feeds)
        self._lock = threading.Lock()

    def corrected(self, feed: Feed, reading: Reading) -> tuple[Reading, NDArray[np.int8] | None]:
        """The reading by corrected clocks, and its rows' `time_quality`: None where nothing is known of any clock."""
        if feed.name not in self._names:
            return reading, None
        has_two, days = reading.received_ms is not None, self._calendar.touched_by(reading.instants)
        offsets = [Offsets(day, self._rows(feed, day, has_two)) for day in days]
        is_known = has_two or any(one.rows.num_rows for one in offsets)
        return corrected(reading, offsets) if is_known else (reading, None)

    def rows(self, date: datetime.date) -> pa.Table:
        """CLOCK_OFFSET: what is in force on `date`, of all feeds, by feed and clock; nothing is estimated for it."""
        day = self._calendar.day(date)
        found = pa.concat_tables(
            [self._with_declared(feed, day, self._frozen(feed, day)) for feed in self._evidence.feeds]
        )
        return CLOCK_OFFSET.cast(found.unify_dictionaries())

    def estimated(self, date: datetime.date) -> pa.Table:
        """CLOCK_OFFSET as of `rows`, once what is not frozen yet has been estimated and frozen."""
        day = self._calendar.day(date)
        found = [self._rows(feed, day) for feed in self._evidence.feeds]
        return CLOCK_OFFSET.cast(pa.concat_tables(found).unify_dictionaries())

    def frozen(self) -> "FrozenClocks":
        """All that is in force on any day, for workers that read other files of these feeds at once."""
        feeds = self._evidence.feeds
        measured = frozenset(feed.name for feed in feeds if self._is_measured(feed))
        days = self._evidence.days_after() if measured else set()
        known = {
            (feed.name, date): self._rows(feed, self._calendar.day(date), feed.name in measured)
            for feed in feeds
            for date in days | set(self._job.workspace.days("clocks", feed.name))
        }
        return FrozenClocks(self, measured, known)

    def _is_measured(self, feed: Feed) -> bool:
        with self._lock:
            return self._evidence.is_measured(feed)

    def _rows(self, feed: Feed, day: Day, has_two: bool = False) -> pa.Table:
        """What is in force on `day`; `has_two`: lines of two clocks have been met, whatever the heads of files show."""
        with self._lock:
            return self._with_declared(feed, day, self._found(feed, day, has_two))

    def _found(self, feed: Feed, day: Day, has_two: bool) -> pa.Table:
        """What is frozen, whatever raw files are gone since; else what those of today tell, remembered if they can."""
        key = feed.name, day.date
        if key not in self._known:
            rows = self._frozen(feed, day)
            if not rows.num_rows:
                is_measured = has_two or self._evidence.is_measured(feed)
                if not is_measured and not self._evidence.has_anchor():
                    return rows
                rows = self._first_met(feed, day, is_measured)
            self._known[key] = rows
        return self._known[key]

    def _first_met(self, feed: Feed, day: Day, is_measured: bool) -> pa.Table:
        """What the lines and pairs of the day's predecessor give, frozen from now on.

        A day without any of these before it is not frozen: that of a late back-fill may still come.
        """
        if day.start_ms > now_ms() + MOST_BEHIND_MS:  # a line from the future teaches nothing
            return CLOCK_OFFSET.empty()
        rows = self._evidence.offsets(feed, day, is_measured)
        if rows.num_rows and self._freezes:
            write_table(self._job.workspace.clock_offsets(day.date, feed.name), rows)
        return rows

    def _frozen(self, feed: Feed, day: Day) -> pa.Table:
        path = self._job.workspace.clock_offsets(day.date, feed.name)
        if not path.exists():
            return CLOCK_OFFSET.empty()
        found = pq.read_table(path, partitioning=None)
        if "source" not in found.column_names:  # of a version that knew of no pairs
            found = found.append_column("error_ms", pa.nulls(found.num_rows, pa.int64()))
            source = pc.if_else(pc.is_valid(found["behind_ms"]), TWO_CLOCKS, "")
            found = found.append_column("source", source)
        return CLOCK_OFFSET.cast(found)

    def _with_declared(self, feed: Feed, day: Day, rows: pa.Table) -> pa.Table:
        """`rows` with what offsets.csv says of that day in place of what was estimated."""
        if feed.name not in self._declared:
            return rows
        known = {row["clock"]: row for row in rows.to_pylist()}
        for offset in sorted(self._offsets, key=lambda one: one.since):
            if offset.feed == feed.name and offset.since <= day.date:
                row = known.get(offset.clock, dict.fromkeys(CLOCK_OFFSET.names) | {"samples": 0, "source": ""})
                said = {"offset_ms": offset.offset_ms, "drift_ppm": 0.0, "method": DECLARED}
                known[offset.clock] = row | said | {"day": day.date, "feed": feed.name, "clock": offset.clock}
        return table_of([known[clock] for clock in sorted(known)])


class FrozenClocks(ClockOffsets):
    """The offsets that `ClockOffsets.frozen` found in force: a value that pickles; reads and writes nothing."""

    def __init__(
        self, found: ClockOffsets, measured: frozenset[str], known: dict[tuple[str, datetime.date], pa.Table]
    ) -> None:
        self._calendar, self._offsets, self._declared = found._calendar, found._offsets, found._declared
        self._names = found._names
        self._two_clocks, self._known = measured, known

    def _rows(self, feed: Feed, day: Day, has_two: bool = False) -> pa.Table:
        if has_two and feed.name not in self._two_clocks:
            raise ValueError(f"feed {feed.name}: lines of two clocks, and none at the head of any file")
        return self._with_declared(feed, day, self._known.get((feed.name, day.date), CLOCK_OFFSET.empty()))
