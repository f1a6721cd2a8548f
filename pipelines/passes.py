"""Which definitions run together: those whose days have one begin and one tail differ in their windows' begin alone.

    definitions asked for -> passes -> raw logs are read once for each pass

Most districts have one pass. What each definition makes of the reading lives in `pipelines.days` and below it.
"""

import dataclasses
from collections.abc import Iterable, Sequence

from pipelines.calendar import TradingCalendar
from pipelines.job import Job


def passes(jobs: Iterable[Job]) -> list[list[Job]]:
    """`jobs`, one district under several definitions, by pass; their order stays."""
    found: dict[object, list[Job]] = {}
    for job in jobs:
        found.setdefault((job.day_start, job.rules.tail_ms), []).append(job)
    return list(found.values())


def widest(jobs: Sequence[Job]) -> TradingCalendar:
    """The calendar of a pass: each day's window holds that of every definition."""
    memory_ms = max(job.calendar.memory_ms for job in jobs)
    return dataclasses.replace(jobs[0].calendar, memory_ms=memory_ms)
