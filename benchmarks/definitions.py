"""Five presets in one pass against five runs: reading, walking, loading and reports of a simulated day. Prints a table.

python -m benchmarks.definitions [--lines 500000]
"""

import argparse
import datetime
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pipelines.days import run_days
from pipelines.job import Job, make_job
from pipelines.simulate.simulation import Simulated, simulate
from pipelines.summary import Reporter, Summary

DAY = datetime.date(2026, 11, 2)
NAMES = ("cisco-spaces", "meraki", "aruba", "purple", "cloud4wi")


class Silent(Reporter):
    """Says nothing: the table is what is printed."""

    def say(self, summary: Summary) -> None:
        """Nothing."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=500_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as name:
        made = simulate(out=Path(name) / "raw", start=DAY, days=1, lines=lines, seed=1)
        timed([jobs_of(made, Path(name) / "warm-up", NAMES)])
        apart = timed([jobs_of(made, Path(name) / "apart", (one,)) for one in NAMES])
        together = timed([jobs_of(made, Path(name) / "together", NAMES)])
    sys.stdout.write(f"{made.lines:,} lines, {', '.join(NAMES)}\n\n| | s | s CPU |\n|---|---|---|\n")
    for what, (wall, cpu) in (("five runs", apart), ("one pass", together)):
        sys.stdout.write(f"| {what} | {wall:.1f} | {cpu:.1f} |\n")
    sys.stdout.write(f"\nOne pass takes {together[1] / apart[1]:.0%} of the CPU of five runs.\n")


def jobs_of(made: Simulated, data: Path, names: Sequence[str]) -> tuple[Job, ...]:
    job = make_job(config=made.district, raw=made.raw, data=data, definition=None, shards=16)
    return job.under_each(",".join(names))


def timed(runs: Sequence[Sequence[Job]]) -> tuple[float, float]:
    """Seconds, and seconds of CPU, of these runs one after another."""
    wall, cpu = time.monotonic(), time.process_time()
    for first, *others in runs:
        run_days(job=first, others=others, days=str(DAY), reporter=Silent())
    return time.monotonic() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
