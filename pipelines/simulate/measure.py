"""A simulated day through the product's own steps, then held against its truth: what tests and benchmarks measure."""

import dataclasses
import datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.clock import now_ms
from pipelines.day import DayRun
from pipelines.job import Job, make_job
from pipelines.simulate.accuracy import Score, score
from pipelines.simulate.recognised import subjects_of
from pipelines.simulate.simulation import Simulated
from pipelines.summary import Reporter


def accuracy_of(made: Simulated, date: datetime.date, data: Path, *, members: bool) -> Score:
    """The score of the default definition's visits of `date`, ingested and sessionized into `data`.

    Truth is per device. With `members` a login turns a device from a stranger into a member's, which cuts its visit in
    two (architecture §2): the truth is cut there, too, though nobody can say when the first half was last heard.
    """
    job = make_job(config=made.district, raw=made.raw, data=data, definition=None, shards=16)
    if not members:
        job = dataclasses.replace(job, config=job.config.model_copy(update={"members": None}))
    run = DayRun(job, Reporter())
    run.ingest(frozenset([date]))
    run.sessionize(date)
    return _score(job, run, made, date)


def _score(job: Job, run: DayRun, made: Simulated, date: datetime.date) -> Score:
    visits = pq.read_table(job.workspace.table("visits", date, job.definition.name), partitioning=None)
    truth = pq.read_table(made.truth / "visits.parquet", filters=pc.field("day") == date)
    day = job.calendar.day(date)
    key = job.keyring.day_key(date, now_ms(), day.end_ms, job.config.privacy.key_ttl)
    devices = run.members.devices_before(day.window_end_ms)
    return score(visits, truth, subjects_of(pc.unique(truth["address"]), key.secret, run.members.key, devices))
