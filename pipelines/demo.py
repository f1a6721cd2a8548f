"""`shangquan simulate` and `shangquan demo`: a district out of nothing, and the whole product on it."""

import datetime
from pathlib import Path

from pipelines.days import run_days
from pipelines.job import make_job
from pipelines.simulate.simulation import Simulated, simulate
from pipelines.summary import Reporter, Summary
from schemas import ConfigError

FIRST_DAY = "2026-11-02"


def run_demo(*, out: Path, days: int, lines: int, seed: int, reporter: Reporter) -> None:
    """Simulates `days` trading days below `out`, runs each of them, and says what to open. A second run starts anew."""
    if (out / "raw").exists():
        reporter.note(f"{out} holds a simulated district already: running its days again")
    else:
        simulate_district(
            out=out / "raw", config=None, start=FIRST_DAY, days=days, lines=lines, seed=seed, reporter=reporter
        )
    job = make_job(config=out / "district", raw=out / "raw", data=out / "data", definition=None, shards=16)
    last = datetime.date.fromisoformat(FIRST_DAY) + datetime.timedelta(days=days - 1)
    run_days(job=job, days=f"{FIRST_DAY}..{last}", reporter=reporter)
    reporter.say(Summary(path=job.workspace.report(last, job.definition.name, ".html"), head="open the report"))
    reporter.say(Summary(path=job.workspace.exports(last) / job.definition.name, head="and the audiences"))


def simulate_district(
    *, out: Path, config: Path | None, start: str, days: int, lines: int, seed: int, reporter: Reporter
) -> Simulated:
    """Raw logs into `out`, the district's folder into `config` and the truth beside it; one closing line."""
    with reporter.progress("simulating", days + 1) as moved_on:
        made = simulate(
            out=out,
            config=config,
            seed=seed,
            start=_date(start),
            days=days,
            lines=lines,
            on_day=lambda _date, _lines: moved_on(1),
        )
    counts = {"days": len(made.days), "lines": made.lines, "true visits": made.visits}
    reporter.say(Summary(counts, made.raw, head="simulated"))
    return made


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--start {text!r} is no date", "write it as 2026-11-02") from None
