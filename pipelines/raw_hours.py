"""What is known of raw files: OUT/raw_hours.parquet, the hours in which each has rows; one file, rewritten whole.

    new or changed files -> [parse -> clocks] -> RAW_HOUR -> which days a file touches, and whether that has changed

A file is read for this once, by the run that reads it or, before a scheduled run, on its own; files that are gone are
forgotten. What follows from a change is decided in `pipelines.plan`.
"""

import datetime
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.calendar import TradingCalendar
from pipelines.clock_offsets import ClockOffsets, time_of_file
from pipelines.config import FeedConfig
from pipelines.district import OFFSETS
from pipelines.engines.local import in_order
from pipelines.files import write_table
from pipelines.job import Job
from pipelines.sources.folder import RawFile, matching
from pipelines.sources.pieces import tasks_of
from pipelines.sources.vanished import has_vanished
from pipelines.steps.taking import taken
from pipelines.steps.tally import FileTally
from pipelines.summary import Advance
from schemas import RAW_HOUR
from schemas.day import Day
from sessionize.rules import HOUR_MS

FileKey = tuple[str, str]  # feed, file


@dataclass(frozen=True)
class OnDisk:
    """A raw file of a feed as its folder shows it, before it is read."""

    feed: FeedConfig
    file: RawFile
    bytes: int
    written_ns: int
    settings: str

    @property
    def key(self) -> FileKey:
        return self.feed.name, self.file.name


class RawHours:
    """The raw files that the data folder's runs know, and those that lie there now."""

    def __init__(self, job: Job) -> None:
        self._job = job
        path = job.workspace.raw_hours
        known = RAW_HOUR.cast(pq.read_table(path, partitioning=None)) if path.exists() else RAW_HOUR.empty()
        self.on_disk = {one.key: one for one in _on_disk(job)}
        self._lines: dict[FileKey, list[dict[str, object]]] = defaultdict(list)
        for line in known.to_pylist():
            self._lines[line["feed"], line["file"]].append(line)
        self._table = known

    def unread(self) -> list[OnDisk]:
        """The files whose hours are not known: new, changed, or read by other settings; in the order of feeds."""
        return [one for key, one in self.on_disk.items() if not self._is_known(one, self._lines.get(key, []))]

    def read(self, clocks: ClockOffsets, moved_on: Advance) -> None:
        """Find out the hours of what is `unread`: each is parsed, nothing of it kept."""
        registry, unread = self._job.district.registry, self.unread()
        tallies: list[FileTally] = []
        for one in unread:
            tasks = tasks_of(self._job.config.feed(one.feed), one.file, time_of_file(one.file))
            pieces = in_order(lambda task: taken(task, registry, clocks, lambda _: ()), tasks)
            tallies += _by_part(pieces)
            moved_on(one.bytes)
        self.learn(unread, tallies)

    def learn(self, files: Iterable[OnDisk], tallies: Iterable[FileTally]) -> None:
        """Take over what a reading of `files` has found, and forget the files that are gone."""
        found: dict[FileKey, list[FileTally]] = defaultdict(list)
        for tally in tallies:
            name = tally.file if (tally.feed, tally.file) in self.on_disk else tally.file.partition("!")[0]
            found[tally.feed, name].append(tally)
        for one in files:
            if one.key not in found and has_vanished(one.file.path):
                del self.on_disk[one.key]  # nothing is known of it, should it come back
            else:
                self._lines[one.key] = _lines_of(one, found[one.key], self._lines.get(one.key, []))
        kept = [line for key in sorted(self._lines) if key in self.on_disk for line in self._lines[key]]
        self._table = RAW_HOUR.table(**{name: [line[name] for line in kept] for name in RAW_HOUR.names})

    def save(self) -> None:
        write_table(self._job.workspace.raw_hours, self._table)

    def dates(self, calendar: TradingCalendar) -> list[datetime.date]:
        """The trading days in which a row lies, in order."""
        hours = self._table["hour_ms"].drop_null().unique().to_pylist()
        return sorted({calendar.date_of(at) for hour in hours for at in (hour, hour + HOUR_MS - 1)})

    def marks(self, day: Day) -> dict[FileKey, str]:
        """A digest of what each file on the disk has in the day's window, to the hour; nothing where it has nothing."""
        lines: dict[FileKey, list[tuple[int, ...]]] = defaultdict(list)
        for line in self._within(day).to_pylist():
            said = tuple(line[name] for name in ("rewritten_ns", "hour_ms", "rows", "offset_ms"))
            lines[line["feed"], line["file"]].append(said)
        return {key: digest(sorted(said)) for key, said in lines.items()}

    def last_lines(self, day: Day) -> dict[FileKey, dict[str, int]]:
        """The last line of each part of the files in `marks`."""
        last: dict[FileKey, dict[str, int]] = defaultdict(dict)
        for line in self._within(day).to_pylist():
            last[line["feed"], line["file"]][line["part"]] = line["last_line"]
        return last

    def passed_over(self, calendar: TradingCalendar, dates: Collection[datetime.date]) -> frozenset[FileKey]:
        """The files that have rows, and none in the windows of `dates`."""
        touching = {key for date in dates for key in self.marks(calendar.day(date))}
        with_rows = {key for key, lines in self._lines.items() if all(line["hour_ms"] is not None for line in lines)}
        return frozenset(with_rows - touching)

    def _within(self, day: Day) -> pa.Table:
        hour = self._table["hour_ms"]
        inside = pc.and_(pc.greater(hour, day.window_start_ms - HOUR_MS), pc.less(hour, day.window_end_ms))
        return self._table.filter(inside)

    def _is_known(self, one: OnDisk, lines: list[dict[str, object]]) -> bool:
        seen = {(line["bytes"], line["written_ns"], line["settings"]) for line in lines}
        return seen == {(one.bytes, one.written_ns, one.settings)}


def digest(value: object) -> str:
    """16 hex digits of what JSON writes of `value`."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _on_disk(job: Job) -> list[OnDisk]:
    path = job.config.folder / OFFSETS
    clocks = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    found = []
    for feed in job.config.feeds:
        settings = digest([feed.model_dump(mode="json", exclude={"holds"}), job.config.district.time_zone, clocks])
        for file in matching(job.raw, feed.glob):
            stat = file.stat()
            found.append(OnDisk(feed, file, stat.st_size, stat.st_mtime_ns, settings))
    return found


def _by_part(pieces: Iterable[FileTally]) -> list[FileTally]:
    parts: dict[str, list[FileTally]] = defaultdict(list)
    for piece in pieces:
        parts[piece.file].append(piece)
    return [reduce(FileTally.plus, tallies) for tallies in parts.values()]


def _lines_of(one: OnDisk, tallies: list[FileTally], before: list[dict[str, object]]) -> list[dict[str, object]]:
    """RAW_HOUR of one file."""
    hours = [(tally, hour) for tally in tallies for hour in sorted(tally.rows_at)]
    about = {
        "feed": one.feed.name,
        "file": one.file.name,
        "bytes": one.bytes,
        "written_ns": one.written_ns,
        "rewritten_ns": _rewritten_ns(one, before),
        "settings": one.settings,
    }
    nothing = {"part": one.file.name, "hour_ms": None, "rows": 0, "offset_ms": 0, "last_line": 0}
    lines = [
        {
            "part": tally.file,
            "hour_ms": hour,
            "rows": tally.rows_at[hour],
            "offset_ms": tally.offset_ms[hour],
            "last_line": tally.last_line,
        }
        for tally, hour in hours
    ]
    return [about | line for line in lines or [nothing]]


def _rewritten_ns(one: OnDisk, before: list[dict[str, object]]) -> int:
    """When the file last changed other than by growing: what was in it may be anything since."""
    if not before:
        return 0
    was = before[0]
    is_same = (was["bytes"], was["written_ns"]) == (one.bytes, one.written_ns)
    has_grown = one.bytes > int(str(was["bytes"]))
    return int(str(was["rewritten_ns"])) if is_same or has_grown else one.written_ns
