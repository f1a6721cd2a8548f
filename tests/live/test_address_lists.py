"""Whoever opts out, or is declared, while a stream runs is dropped from the next step on (R5, U12)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.address_lists import AddressList, opt_outs_of, own_list_of
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


def visits_of(job: Job, then: Callable[[], object]) -> int:
    """How many visits a stream writes; `then` happens after it has started."""
    stream = Stream(job)
    try:
        then()
        stream.run(heartbeats=False, until_end=True)
    finally:
        stream.close()
    return len((job.workspace.stream / "visits" / f"day={DAY}.ndjson").read_text().splitlines())


def test_all_are_seen_where_nobody_objects(corner: Corner):
    assert visits_of(job_of(corner), lambda: None) == 2


@pytest.mark.parametrize("listed", [opt_outs_of, own_list_of])
def test_a_list_that_changes_while_the_stream_runs_works_at_once(corner: Corner, listed: Callable[[Job], AddressList]):
    job = job_of(corner)
    assert visits_of(job, lambda: listed(job).add([ALICE])) == 1
