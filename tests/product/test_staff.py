"""Those who work in the district are left out of its figures, and next to no visitor with them (U12)."""

import dataclasses
import datetime
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.clock import now_ms
from pipelines.day import DayRun
from pipelines.job import make_job
from pipelines.simulate.recognised import subjects_of
from pipelines.simulate.simulation import Simulated, simulate
from pipelines.summary import Reporter

DAY = datetime.date(2026, 11, 3)
PLANTED = 280  # five of seven come on a day: 200


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    return simulate(
        out=tmp_path_factory.mktemp("staff") / "raw", start=DAY, days=1, visitors=600, staff=PLANTED, seed=3
    )


def left_out_of(made: Simulated, data: Path) -> dict[str, tuple[int, int]]:
    """By kind of person: how many of their devices are flagged `staff` or `static`, of how many with visits."""
    job = make_job(config=made.district, raw=made.raw, data=data, definition=None, shards=4)
    job = dataclasses.replace(job, config=job.config.model_copy(update={"members": None}))
    run = DayRun(job, Reporter())
    run.ingest(frozenset([DAY]))
    run.sessionize(DAY)
    visits = pq.read_table(job.workspace.table("visits", DAY, "default"), partitioning=None)
    kinds = _kinds(made, job.keyring.kept_day_key(DAY, now_ms()).secret)
    flags: dict[str, dict[int, bool]] = defaultdict(dict)
    for visit in visits.to_pylist():
        known = flags[kinds[visit["subject"]]]
        known[visit["subject"]] = known.get(visit["subject"], True) and (visit["staff"] or visit["static"])
    return {kind: (sum(devices.values()), len(devices)) for kind, devices in flags.items()}


def _kinds(made: Simulated, day_key: bytes) -> dict[int, str]:
    """Who each subject of the day truly is."""
    truth = pq.read_table(made.truth / "visits.parquet", filters=pc.field("day") == DAY)
    nobody = pa.table({"device": pa.array([], pa.int64()), "from_ms": pa.array([], pa.int64())})
    named = subjects_of(pc.unique(truth["address"]), day_key, None, nobody)
    subject = dict(zip(named["address"].to_pylist(), named["subject"].to_pylist(), strict=True))
    pairs = zip(truth["address"].to_pylist(), truth["kind"].to_pylist(), strict=True)
    return {subject[address]: kind for address, kind in pairs}


def test_of_two_hundred_planted_staff_nearly_all_are_left_out_and_next_to_no_visitor(
    made: Simulated, tmp_path: Path
) -> None:
    found = left_out_of(made, tmp_path / "data")
    removed, staff = found["staff"]
    lost, visitors = found["visitor"]
    assert staff >= 195 and visitors >= 450
    assert removed >= 0.95 * staff
    assert lost < 0.005 * visitors
