"""Which visits change between the owners' definition and ours on their real logs, and by which rule: prints tables.

    python benchmarks/hokuriku_definitions.py [RAW]        RAW: ../shared/realdata/hokuriku/raw

Starts from the owners' rules and changes one at a time until they are ours, so that each step has one reason.
"""

import datetime
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.day import DayRun
from pipelines.job import Job, make_job
from pipelines.sources.folder import files_of
from pipelines.summary import Reporter
from sessionize.rules import HOUR_MS, MINUTE_MS

ROOT = Path(__file__).parents[1]
RAW = ROOT.parent / "shared" / "realdata" / "hokuriku" / "raw"

Span = tuple[str, int, int]  # site, start, end

# (what changes, settings of the definition). Each step keeps the changes before it.
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("owners: 30 min, midnight to midnight, nothing else", {}),
    (
        "hold 15 min in place of 30",
        {
            "gap": None,
            "hold_joined": 15 * MINUTE_MS,
            "hold_seen": 15 * MINUTE_MS,
            "hold_left": 15 * MINUTE_MS,
            "hold_idle": 15 * MINUTE_MS,
        },
    ),
    ("day starts at 05:00, still cut there", {"day_start": datetime.time(5)}),
    ("memory and tail: not cut at the border", {"memory": None, "tail": 6 * HOUR_MS}),
    (
        "default: links of 4 h, flaps of 60 s folded",
        {"hold_joined": 4 * HOUR_MS, "hold_idle": 30 * MINUTE_MS, "flap": MINUTE_MS},
    ),
)


def main(raw: Path) -> None:
    print(f"{sum(1 for _ in files_of(raw, '**/*.tar.xz'))} archives of {raw.name}\n")
    print("| step | visits | as the owners' | total dwell | median dwell | lone | over 2 h | across midnight | cut |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    theirs: Counter[Span] = Counter()
    for what, visits in measured(raw):
        theirs = theirs or _spans(visits)
        same = (theirs & _spans(visits)).total()
        print(f"| {what} | {len(visits):,} | {same:,} | {' | '.join(_facts(visits))} |", flush=True)


def measured(raw: Path) -> Iterator[tuple[str, pa.Table]]:
    """The visits of all days after each step."""
    settings: dict[str, Any] = {}
    for what, changes in STEPS:
        settings |= changes
        with tempfile.TemporaryDirectory() as folder:
            yield what, _visits(raw, Path(folder) / "data", settings)


def _visits(raw: Path, data: Path, settings: dict[str, Any]) -> pa.Table:
    job = make_job(config=ROOT / "examples" / "hokuriku", raw=raw, data=data, definition="owners", shards=4)
    job = replace(job, definition=job.definition.model_copy(update=settings))
    run = DayRun(job, Reporter())
    return pa.concat_tables([_day(job, run, date) for date in run.ingest(None)]).unify_dictionaries()


def _day(job: Job, run: DayRun, date: datetime.date) -> pa.Table:
    run.sessionize(date)
    shutil.rmtree(run.work(date))
    return pq.read_table(job.workspace.table("visits", date, "owners"), partitioning=None)


def _spans(visits: pa.Table) -> Counter[Span]:
    return Counter(zip(*(visits[name].to_pylist() for name in ("site", "start_ms", "end_ms")), strict=True))


def _facts(visits: pa.Table) -> list[str]:
    start, end = visits["start_ms"].to_numpy(), visits["end_ms"].to_numpy()
    dwell = (end - start) / MINUTE_MS
    midnight = (start + 9 * HOUR_MS) // (24 * HOUR_MS) != (end + 9 * HOUR_MS) // (24 * HOUR_MS)
    cut = visits["cut"].to_numpy(zero_copy_only=False)
    shares = ((dwell == 0).sum(), (dwell > 120).sum(), midnight.sum(), cut.sum())
    return [f"{dwell.sum() / 60:,.0f} h", f"{np.median(dwell):.1f} min", *(f"{n:,}" for n in shares)]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else RAW)
