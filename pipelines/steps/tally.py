"""What became of every record, while it is found out: by file, then by day."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.reading import Reading
from ingest.subjects import LEFT_OUT
from pipelines.steps.shapes import Shape
from schemas import FEED_HOUR, LEDGER, LINE_SHAPE, REJECTED, Table
from schemas.day import Day
from sessionize.rules import HOUR_MS

Outcome = tuple[str, str, str]  # feed, status, reason
HourOutcome = tuple[str, int, str, str]  # feed, begin of the hour, status, reason
NO_HOUR = -(1 << 62)  # of a record before and after which nothing was kept


@dataclass
class FileTally:
    """What a raw file, or a piece of one, held. It counts for every day in whose window one of its records lies.

    A file of rejects alone lies in no day and in any: it counts for each day that it was read for.
    """

    feed: str
    file: str
    read: int = 0
    rows: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    rejects: list[pa.Table] = field(default_factory=list)
    rows_in: Counter[Day] = field(default_factory=Counter)  # by day and window
    left_out: Counter[tuple[Day, str]] = field(default_factory=Counter)  # of these, by status
    hours: Counter[tuple[int, str, str]] = field(default_factory=Counter)  # ignored and rejected; hour, status, reason
    last_hour: int = NO_HOUR
    shapes: Counter[Shape] = field(default_factory=Counter)
    rows_at: Counter[int] = field(default_factory=Counter)  # rows, restarts and signs of life by hour
    offset_ms: Counter[int] = field(default_factory=Counter)  # the sum of their times since its begin, by hour
    last_line: int = 0  # that gave a row

    @property
    def is_mute(self) -> bool:
        """It has records, and none of them is a sighting."""
        return self.read > 0 and not self.rows

    @property
    def is_unreadable(self) -> bool:
        """Nothing in it could be read: junk, another format or another encoding."""
        return self.rejected.total() > 0 and not self.rows

    def add_reading(self, reading: Reading) -> None:
        self.read += reading.read
        self.rows += reading.at_ms.size
        self.ignored.update(reading.ignored)
        for reject in reading.rejects:
            self._add_reject(reject.reason, reject.line)

    def add_instants(self, at_ms: NDArray[np.int64], line: NDArray[np.int64]) -> None:
        """Note in which hours rows, restarts and signs of life lie, and how far the file gave rows."""
        hours = np.unique(at_ms // HOUR_MS) * HOUR_MS
        place = np.searchsorted(hours, at_ms, "right") - 1
        rows = np.bincount(place, minlength=hours.size)
        offsets = np.bincount(place, at_ms - hours[place], hours.size).astype(np.int64)
        for hour, count, offset in zip(hours.tolist(), rows.tolist(), offsets.tolist(), strict=True):
            self.rows_at[hour] += count
            self.offset_ms[hour] += offset
        self.last_line = max(self.last_line, int(line.max(initial=0)))

    def add_hours(self, reading: Reading) -> None:
        """Count what was not kept by the hour of the row before it in the piece, else of the first one after it.

        Where the piece has no row at all, its records have NO_HOUR: the last one that the file has (`hours_in`).
        """
        order = np.argsort(reading.line, kind="stable")
        lines, hours = reading.line[order], reading.at_ms[order] // HOUR_MS * HOUR_MS
        if hours.size:
            self.last_hour = max(self.last_hour, int(hours.max()))
        ended = [("rejected", one.reason, one.line) for one in reading.rejects]
        ended += [("ignored", reason, ignored) for reason, ignored in reading.ignored_lines.items()]
        for status, reason, places in ended:
            if not hours.size:
                self.hours[NO_HOUR, status, reason] += places.size
                continue
            before = np.maximum(np.searchsorted(lines, places, "right") - 1, 0)
            for hour, count in zip(*np.unique(hours[before], return_counts=True), strict=True):
                self.hours[int(hour), status, reason] += int(count)

    def hours_in(self, day: Day) -> Counter[HourOutcome]:
        """What was not kept in the hours of `day`; where nothing of the file could be read, in the day's first hour."""
        found: Counter[HourOutcome] = Counter()
        for (hour, status, reason), records in self.hours.items():
            hour_ms = self.last_hour if hour == NO_HOUR else hour
            hour_ms = day.start_ms if hour_ms == NO_HOUR else hour_ms
            if day.start_ms - HOUR_MS < hour_ms < day.end_ms:
                found[self.feed, max(hour_ms, day.start_ms), status, reason] += records
        return found

    def add_truncated(self, line: int) -> None:
        """The file ends early: the cut line is one record, refused."""
        self.read += 1
        self.hours[NO_HOUR, "rejected", "truncated"] += 1
        self._add_reject("truncated", np.array([line]))

    def plus(self, other: "FileTally") -> "FileTally":
        """This piece of the file and another."""
        return FileTally(
            self.feed,
            self.file,
            self.read + other.read,
            self.rows + other.rows,
            self.ignored + other.ignored,
            self.rejected + other.rejected,
            self.rejects + other.rejects,
            self.rows_in + other.rows_in,
            self.left_out + other.left_out,
            self.hours + other.hours,
            max(self.last_hour, other.last_hour),
            self.shapes + other.shapes,
            self.rows_at + other.rows_at,
            self.offset_ms + other.offset_ms,
            max(self.last_line, other.last_line),
        )

    def _add_reject(self, reason: str, lines: np.ndarray) -> None:
        n = lines.size
        self.rejected[reason] += n
        self.rejects.append(REJECTED.table(feed=[self.feed] * n, file=[self.file] * n, line=lines, reason=[reason] * n))


class DayTally:
    """The ledger of one day while it grows."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.read: Counter[str] = Counter()
        self.records: Counter[Outcome] = Counter()
        self.hours: Counter[HourOutcome] = Counter()
        self.shapes: Counter[tuple[str, str, str, str]] = Counter()
        self._rejects: list[pa.Table] = []

    def add_file(self, tally: FileTally) -> None:
        """Count a file that has been read to its end: if it touches this day, or nothing in it could be read."""
        inside = tally.rows_in[self.day]
        if not inside and not tally.is_unreadable:
            return
        feed = tally.feed
        self.read[feed] += tally.read
        self.records[feed, "outside", ""] += tally.rows - inside
        for status in LEFT_OUT:
            self.records[feed, status, ""] += tally.left_out[self.day, status]
        for status, counts in (("ignored", tally.ignored), ("rejected", tally.rejected)):
            for reason, records in counts.items():
                self.records[feed, status, reason] += records
        self.hours.update(tally.hours_in(self.day))
        self.shapes.update({(feed, *shape): sampled for shape, sampled in tally.shapes.items()})
        self._rejects += tally.rejects

    def add_walked(self, outcomes: Counter[HourOutcome]) -> None:
        """Count what the walk made of records; those of NO_HOUR lie in the window, not in the day."""
        for (feed, hour_ms, status, reason), records in outcomes.items():
            self.records[feed, status, reason] += records
            if hour_ms != NO_HOUR:
                self.hours[feed, hour_ms, status, reason] += records

    def counts(self) -> dict[str, Any]:
        """Everything counted so far, as JSON takes it."""
        counted: dict[str, Counter[Any]] = {"records": self.records, "hours": self.hours, "shapes": self.shapes}
        keyed = {name: [[*key, n] for key, n in sorted(counts.items())] for name, counts in counted.items()}
        return {"read": self.read, **keyed}

    @staticmethod
    def of(day: Day, counts: dict[str, Any], rejected: pa.Table) -> "DayTally":
        """The tally whose `counts` and `rejected` these are."""
        tally = DayTally(day)
        tally.read.update(counts["read"])
        counters: dict[str, Counter[Any]] = {"records": tally.records, "hours": tally.hours, "shapes": tally.shapes}
        for name, counter in counters.items():
            counter.update({tuple(key): n for *key, n in counts[name]})
        tally._rejects.append(rejected)
        return tally

    def ledger(self) -> pa.Table:
        """LEDGER, by key; outcomes without records are left out."""
        return _keyed(LEDGER, self.day, self.records)

    def feed_hours(self) -> pa.Table:
        """FEED_HOUR, by key."""
        return _keyed(FEED_HOUR, self.day, self.hours)

    def line_shapes(self) -> pa.Table:
        """LINE_SHAPE, by key."""
        return _keyed(LINE_SHAPE, self.day, self.shapes)

    def rejected(self) -> pa.Table:
        """REJECTED, by file and line."""
        rows = pa.concat_tables([REJECTED.empty(), *self._rejects]).combine_chunks()
        plain = rows.set_column(1, "file", rows["file"].cast(pa.string()))
        return REJECTED.cast(plain.sort_by([("file", "ascending"), ("line", "ascending")]))


def _keyed(table: Table, day: Day, counts: Counter[Any]) -> pa.Table:
    """Rows of day, key and how many, by key; what did not occur is left out."""
    rows = sorted((key, number) for key, number in counts.items() if number)
    names = table.names[1:-1]
    columns = {name: [key[place] for key, _ in rows] for place, name in enumerate(names)}
    return table.table(day=[day.date] * len(rows), **columns, **{table.names[-1]: [number for _, number in rows]})
