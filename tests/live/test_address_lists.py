"""Whoever opts out while a stream runs is dropped from the next step on (R5); declared devices are flagged (U12)."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.address_lists import opt_outs_of, own_list_of
from pipelines.job import Job, make_job
from pipelines.live.follow import Stream
from tests.commands.corner import Corner, write_corner

ALICE, BOB = "02:00:00:00:0a:11", "02:00:00:00:0b:22"
DAY = "2026-11-21"


@pytest.fixture
def corner(tmp_path: Path) -> Corner:
    """Alice and Bob join in the street, one second apart."""
    corner = write_corner(tmp_path)
    for packed in corner.raw.rglob("*.*"):
        packed.unlink()
    (corner.raw / "street" / "plain.log").write_text(
        "".join(
            f"<30>1 {DAY}T10:00:0{second}+08:00 street-1 hostapd 812 - - wlan0: AP-STA-CONNECTED {device}\n"
            for second, device in enumerate((ALICE, BOB))
        )
    )
    (corner.config / "district.toml").write_text(
        '[district]\nname = "corner"\ntime_zone = "Asia/Shanghai"\n'
        '[[feeds]]\nname = "street"\nformat = "hostapd"\nglob = "street/*.log"\n'
    )
    return corner


def job_of(corner: Corner) -> Job:
    return make_job(config=corner.config, raw=corner.raw, data=corner.data, definition=None, shards=1)


def visits_of(job: Job, *objecting: str) -> list[dict[str, Any]]:
    """The visits that a stream writes whose district gets these objections after it has started."""
    stream = Stream(job)
    try:
        if objecting:
            opt_outs_of(job).add(objecting)
        stream.run(heartbeats=False, until_end=True)
    finally:
        stream.close()
    written = (job.workspace.stream / "visits" / f"day={DAY}.ndjson").read_text()
    return [json.loads(line) for line in written.splitlines()]


def test_all_are_seen_where_nobody_objects(corner: Corner):
    assert [visit["staff"] for visit in visits_of(job_of(corner))] == [False, False]


def test_an_objection_works_while_the_stream_runs(corner: Corner):
    assert len(visits_of(job_of(corner), ALICE)) == 1


def test_declared_devices_are_flagged_as_the_days_run_flags_them(corner: Corner):
    job = job_of(corner)
    own_list_of(job, "staff").add([ALICE])
    own_list_of(job, "asset").add([BOB])
    flags = [(visit["staff"], visit["static"]) for visit in visits_of(job)]
    assert sorted(flags) == [(False, True), (True, False)]
