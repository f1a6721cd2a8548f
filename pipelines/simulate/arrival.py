"""When reports reach the log, which day's file they land in, and what happens to lines on the way.

A file holds what arrived on one calendar day, in order of arrival; late lines stand where they arrived.
"""

import datetime
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.simulate.columns import HOUR_MS, MINUTE_MS, SECOND_MS, Array, stream
from pipelines.simulate.lines import Lines, Reports, lines_of
from pipelines.simulate.plans import midnight_ms
from pipelines.simulate.radio import Events
from pipelines.simulate.text import BINARY
from pipelines.simulate.town import FEEDS, town
from pipelines.simulate.traps import SKEW_FEED, SKEW_MS

LATE_BY_MS = 3 * HOUR_MS
_POST_MS = 1500  # a minute's locations arrive that long after it
_REPEATS, _GARBAGE, _DISORDER = 0.01, 0.0002, 0.01
_JUNK = b"\xff\xfe\x00\x07\x1b[2J\xc3\x28 %%\n"


@dataclass(frozen=True)
class FeedFile:
    """One day of one feed: how much is in it, and how much of that is amiss. `path` is relative to the raw folder."""

    feed: str
    path: str
    lines: int
    records: int
    repeats: int
    garbage: int
    late: int


def reports_by_feed(
    seed: int, date: datetime.date, events: Events, mac: Array, traps: frozenset[str]
) -> dict[int, Reports]:
    """The day's events on their way to each feed's log, with the delay of each."""
    day = date.toordinal()
    feed = town().ap_feed[events.ap]
    arrival_ms = events.line_ms + _delays(stream(seed, day, "delays"), len(events), traps)
    if "late" in traps:
        arrival_ms = arrival_ms + LATE_BY_MS * _is_held_back(stream(seed, day, "late"), date, feed, events.line_ms)
    by_the_minute = np.array([one.format == "meraki-v3" for one in FEEDS])[feed]
    arrival_ms = np.where(by_the_minute, (arrival_ms // MINUTE_MS + 1) * MINUTE_MS + _POST_MS, arrival_ms)
    skew_ms = SKEW_MS if "skew" in traps else 0
    clock_ms = events.line_ms + np.where(feed == SKEW_FEED, skew_ms, 0)
    reports = Reports(arrival_ms, clock_ms, mac[events.phone], events.ap, events.kind, events.fresh)
    return {number: reports.take(feed == number) for number in range(len(FEEDS))}


def _delays(rng: np.random.Generator, rows: int, traps: frozenset[str]) -> Array:
    late = rng.random(rows) < _DISORDER
    return late * rng.integers(SECOND_MS, MINUTE_MS, rows) * ("disorder" in traps)


def _is_held_back(rng: np.random.Generator, date: datetime.date, feed: Array, line_ms: Array) -> Array:
    """The half hour of one feed whose lines wait for three hours."""
    begin = midnight_ms(date) + int(rng.integers(10 * 60, 20 * 60)) * MINUTE_MS
    return (feed == rng.integers(0, len(FEEDS))) & (line_ms >= begin) & (line_ms < begin + 30 * MINUTE_MS)


def feed_file(
    seed: int, date: datetime.date, feed: int, reports: Reports, traps: frozenset[str]
) -> tuple[FeedFile, pa.Array]:
    """That day's file of `reports`, which all arrive on `date`: what is in it, and its lines in order of arrival."""
    rng = stream(seed, date.toordinal(), f"lines of {FEEDS[feed].name}")
    lines = lines_of(feed, reports)
    rows, arrival_ms, is_garbage = _spoiled(rng, lines, traps)
    order = np.argsort(arrival_ms, kind="stable")
    rows, is_garbage = rows[order], is_garbage[order]
    text = lines.text.take(pa.array(rows))
    file = FeedFile(
        feed=FEEDS[feed].name,
        path=f"{FEEDS[feed].name}/{date}.{FEEDS[feed].suffix}",
        lines=len(rows),
        records=int(lines.records[rows[~is_garbage]].sum()),
        repeats=len(rows) - len(lines.text) - int(is_garbage.sum()),
        garbage=int(is_garbage.sum()),
        late=int((reports.arrival_ms - reports.clock_ms > 2 * HOUR_MS).sum()),
    )
    return file, _with_garbage(text, is_garbage) if is_garbage.any() else text


def _spoiled(rng: np.random.Generator, lines: Lines, traps: frozenset[str]) -> tuple[Array, Array, Array]:
    """Line numbers with repeats and places for garbage, when each arrives, and which are garbage."""
    count = len(lines.text)
    every, wait = np.arange(count), rng.integers(50, 20 * SECOND_MS, count)
    again = every[(rng.random(count) < _REPEATS) & ("repeats" in traps)]
    wanted = max(2, round(count * _GARBAGE)) if "garbage" in traps and count else 0
    junk = rng.choice(every, wanted)
    rows = np.concatenate([every, again, junk])
    arrival_ms = lines.arrival_ms[rows] + np.where(np.arange(len(rows)) < count, 0, wait[rows])
    return rows, arrival_ms, np.arange(len(rows)) >= count + len(again)


def _with_garbage(text: pa.Array, is_garbage: Array) -> pa.Array:
    """Every other piece of garbage is junk, the rest the first 37 bytes of a line."""
    cut = pc.binary_slice(text.filter(pa.array(is_garbage)).cast(pa.binary()), 0, 37)
    pieces = [_JUNK if i % 2 else piece + b"\n" for i, piece in enumerate(cut.to_pylist())]
    return pc.replace_with_mask(text, pa.array(is_garbage), pa.array(pieces, BINARY))
