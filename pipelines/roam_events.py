"""The joins and leaves of all feeds, day by day, for the pairs that they make; nothing of it outlives the reading.

    raw files -> events, devices under a key of that day's pairs -> CLOCK_PAIR: counts by clocks, hour and distance

The keys are random, one a day, in memory alone: nobody can link two days by them, or with what is published.
"""

import datetime
import secrets
from collections.abc import Callable, Iterable

import pyarrow as pa

from ingest.registry import Registry
from ingest.roam_pairs import events_of, pairs_of, thinned
from pipelines.calendar import TradingCalendar
from pipelines.engines.local import in_order
from pipelines.sources.chunks import Truncated
from pipelines.sources.pieces import Task
from privacy.keys import KEY_BYTES
from schemas import CLOCK_EVENT

Events = dict[datetime.date, pa.Table]


def pairs_by_day(tasks: Iterable[Task], registry: Registry, calendar: TradingCalendar) -> dict[datetime.date, pa.Table]:
    """CLOCK_PAIR of each trading day of `calendar` (without memory or tail) in which an event of `tasks` lies."""
    keys: dict[datetime.date, bytes] = {}

    def key_of(date: datetime.date) -> bytes:
        return keys.setdefault(date, secrets.token_bytes(KEY_BYTES))

    events: Events = {}
    for part in in_order(lambda task: _events(task, registry, calendar, key_of), tasks):
        for date, rows in part.items():
            joined = pa.concat_tables([events.get(date, CLOCK_EVENT.empty()), rows]).unify_dictionaries()
            events[date] = thinned(joined)
    return {date: pairs_of(rows.combine_chunks()) for date, rows in sorted(events.items())}


def _events(
    task: Task, registry: Registry, calendar: TradingCalendar, key_of: Callable[[datetime.date], bytes]
) -> Events:
    if isinstance(task.piece, Truncated):
        return {}
    reading = task.parser.parse(task.piece.data, task.piece.first_line, task.near_ms)
    days = calendar.touched_by(reading.at_ms)
    return {day.date: events_of(reading, task.feed, registry, day, key_of(day.date)) for day in days}
