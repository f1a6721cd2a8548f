"""Whoever opts out while a stream runs is dropped from the next step on (R5)."""

from pathlib import Path

from pipelines.job import Job, make_job
from pipelines.live.follow import Stream
from pipelines.opt_outs import opt_out
from tests.commands.corner import write_corner

ALICE, BOB = "02:00:00:00:0a:11", "02:00:00:00:0b:22"
DAY = "2026-11-21"


def visits_of(job: Job, *objecting: str) -> int:
    """How many visits a stream writes whose district gets these objections after it has started."""
    stream = Stream(job)
    try:
        if objecting:
            opt_out(job, objecting)
        stream.run(heartbeats=False, until_end=True)
    finally:
        stream.close()
    return len((job.workspace.stream / "visits" / f"day={DAY}.ndjson").read_text().splitlines())


def test_an_objection_works_while_the_stream_runs(tmp_path: Path):
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

    def job(name: str) -> Job:
        return make_job(config=corner.config, raw=corner.raw, data=tmp_path / name, definition=None, shards=1)

    assert visits_of(job("all")) == 2
    assert visits_of(job("one-objects"), ALICE) == 1
