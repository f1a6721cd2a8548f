"""What is usual is frozen by the first run of a day: what the days before it hold later changes nothing."""

import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pyarrow as pa
import pytest

from pipelines.calendar import ONE_DAY, TradingCalendar
from pipelines.files import write_table
from pipelines.job import Job
from pipelines.steps.intake import Handoff
from pipelines.usual import watch_of
from pipelines.workspace import Workspace
from schemas import AP_HOUR, LIFE_SIGN
from sessionize.rules import HOUR_MS
from tests.builders import DATE, clock_ms, places

TAIL_MS = 6 * HOUR_MS


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return cast(
        Job,
        SimpleNamespace(
            workspace=Workspace(tmp_path),
            definition=SimpleNamespace(name="default"),
            calendar=TradingCalendar("spec", "UTC", datetime.time(5), 0, TAIL_MS),
            config=SimpleNamespace(district=SimpleNamespace(time_zone="UTC")),
            district=SimpleNamespace(places=lambda _: places("A shop mall")),
        ),
    )


def usual_at(job: Job, now: str) -> list[str]:
    """The access points of which a run of the day at `now` knows when they usually speak."""
    handoff = SimpleNamespace(day=SimpleNamespace(date=DATE), life_signs=LIFE_SIGN.empty())
    watch = watch_of(job, cast(Handoff, handoff), clock_ms(now))
    return list(dict.fromkeys(watch.usual["ap"].to_pylist()))


def add_days_before(job: Job) -> None:
    for date in (DATE - ago * ONE_DAY for ago in (1, 2, 3)):
        write_table(job.workspace.table("ap_hours", date, "default"), spoke_at_nine(date))


def spoke_at_nine(date: datetime.date) -> pa.Table:
    return AP_HOUR.table(
        day=[date],
        ap=["A"],
        site=["mall"],
        zone=["shop"],
        hour_ms=[clock_ms("09:00")],
        sightings=[1],
        heartbeat=[False],
        expected=[None],
    )


def test_a_first_run_without_history_freezes_that_nothing_is_known(job: Job) -> None:
    assert usual_at(job, "40:00") == []
    add_days_before(job)
    assert usual_at(job, "41:00") == []


def test_a_run_while_lines_of_the_day_before_may_still_come_freezes_nothing(job: Job) -> None:
    assert usual_at(job, "10:59") == []
    add_days_before(job)
    assert usual_at(job, "11:00") == ["A"]
