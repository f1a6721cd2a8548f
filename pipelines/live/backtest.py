"""`shangquan backtest`: the engine's steps over a recorded journal; without strangers, so without any day's key."""

from pathlib import Path

from pipelines.files import whole_file
from pipelines.job import Job
from pipelines.live.engine import Engine
from pipelines.live.follow import TRIGGERS, members_and_keys, tails_of
from pipelines.live.journal import of_feeds, steps_of
from pipelines.live.outputs import lines_of
from pipelines.summary import Reporter, Summary
from schemas.day import Day

NOBODYS_KEY = bytes(32)  # strangers are dropped before anything is made of them


def backtest(*, job: Job, journal: Path, out: Path | None, reporter: Reporter) -> None:
    """The triggers that this journal's arrival gives, written to `out` as NDJSON."""
    out = out or job.workspace.data / "backtest" / TRIGGERS
    members, _ = members_and_keys(job)

    def no_key(_: Day) -> bytes:
        return NOBODYS_KEY

    engine = Engine(job, members, no_key, members_only=True)
    fired = 0
    with whole_file(out) as file:
        for step in of_feeds(steps_of(journal), tails_of(job)):
            rows = engine.step(step).triggers
            file.write(lines_of(rows))
            fired += rows.num_rows
    reporter.say(Summary({"steps": engine.number, "triggers": fired}, out, head="backtest"))
