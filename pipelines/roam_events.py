"""The joins and leaves of all feeds, day by day, for the pairs that they make; nothing of it outlives the reading.

    raw files -> events, devices under a key of that day's pairs -> CLOCK_PAIR: counts by clocks, hour and distance

The keys are random, one a day, in memory alone: nobody can link two days by them, or with what is published.
"""

import datetime
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable

import pyarrow as pa

from ingest.registry import Registry
from ingest.roam_pairs import ThinnedEvents, events_of, pairs_of
from ingest.subjects import Subjects
from pipelines.calendar import TradingCalendar
from pipelines.engines.local import in_order
from pipelines.sources.chunks import Truncated
from pipelines.sources.pieces import Task
from privacy.keys import KEY_BYTES
from privacy.listed import Listed
from schemas.day import Day

Events = dict[datetime.date, pa.Table]


def pairs_by_day(
    tasks: Iterable[Task], registry: Registry, calendar: TradingCalendar, opt_outs: Listed
) -> dict[datetime.date, pa.Table]:
    """CLOCK_PAIR of each trading day of `calendar` (without memory or tail) in which an event of `tasks` lies.

    Whoever is on the list of `opt_outs` makes no pair.
    """
    known: dict[datetime.date, Subjects] = {}

    def subjects_of(day: Day) -> Subjects:
        return known.setdefault(day.date, Subjects(secrets.token_bytes(KEY_BYTES), opt_outs=opt_outs))

    events: defaultdict[datetime.date, ThinnedEvents] = defaultdict(ThinnedEvents)
    for part in in_order(lambda task: _events(task, registry, calendar, subjects_of), tasks):
        for date, rows in part.items():
            events[date].add(rows)
    return {date: pairs_of(grown.table()) for date, grown in sorted(events.items())}


def _events(
    task: Task, registry: Registry, calendar: TradingCalendar, subjects_of: Callable[[Day], Subjects]
) -> Events:
    if isinstance(task.piece, Truncated):
        return {}
    reading = task.parser.parse(task.piece.data, task.piece.first_line, task.near_ms)
    days = calendar.touched_by(reading.at_ms)
    return {day.date: events_of(reading, task.feed, registry, day, subjects_of(day)) for day in days}
