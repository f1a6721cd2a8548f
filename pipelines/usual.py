"""When a day's access points usually speak: from the days before it, frozen when it is first run (decision 0021).

    OUT/ap_hours/day=D-28 .. D-1 -> USUAL_HOUR -> OUT/usual/day=D/DEFINITION.parquet, written once

A run before the window of the day before has passed freezes nothing: lines of that day may still come.
"""

import datetime

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.calendar import ONE_DAY
from pipelines.files import write_table
from pipelines.job import Job
from pipelines.steps.intake import Handoff
from schemas import AP_HOUR, USUAL_HOUR
from sessionize.covered import Watch
from sessionize.usual import usual_hours

LOOKS_BACK_DAYS = 28


def watch_of(job: Job, handoff: Handoff, now_ms: int) -> Watch:
    """What is known of the access points of the day that was handed on, in a run at `now_ms`."""
    usual = _usual_of(job, handoff.day.date, now_ms)
    named = {*usual["ap"].to_pylist(), *handoff.life_signs["ap"].to_pylist()}
    return Watch(handoff.life_signs, usual, job.district.places(named), job.config.district.time_zone, now_ms)


def _usual_of(job: Job, date: datetime.date, now_ms: int) -> pa.Table:
    """USUAL_HOUR of the day: what was frozen, else what the days that are there say now."""
    path = job.workspace.usual(date, job.definition.name)
    if path.exists():
        return USUAL_HOUR.cast(pq.read_table(path, partitioning=None))
    days = [day for day in job.workspace.days("ap_hours", "*") if date - LOOKS_BACK_DAYS * ONE_DAY <= day < date]
    usual = usual_hours([_ap_hours(job, day) for day in dict.fromkeys(days)], job.config.district.time_zone)
    if job.calendar.start_ms(date) + job.calendar.tail_ms <= now_ms:
        write_table(path, usual)
    return usual


def _ap_hours(job: Job, date: datetime.date) -> pa.Table:
    """AP_HOUR of the day, under this definition or else another: what was heard is the same under each.

    None of a day as an older version left it, until it is upgraded.
    """
    path = job.workspace.table("ap_hours", date, job.definition.name)
    if not path.exists():
        path = min(path.parent.glob("*.parquet"))
    found = pq.read_table(path, partitioning=None)
    return AP_HOUR.cast(found) if found.column_names == AP_HOUR.names else AP_HOUR.empty()
