"""How well visits agree with the truth of a simulated day, in all and for each trap: prints a Markdown table.

    python benchmarks/accuracy.py [--lines 860000] [--seed 1]

A Monday and a Saturday, every trap set, measured twice: per device, and with the members' programme on, where a login
cuts a visit in two (architecture §2).
"""

import argparse
import datetime
import tempfile
from pathlib import Path

from pipelines.simulate.accuracy import Score
from pipelines.simulate.measure import accuracy_of
from pipelines.simulate.simulation import simulate

DAYS = (datetime.date(2026, 11, 2), datetime.date(2026, 11, 7))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--lines", type=int, default=860_000, help="log lines of a mean day")
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    print("| day | members | trap | true visits | found | F1 | median dwell error |")
    print("|---|---|---|---:|---:|---:|---:|")
    for date in DAYS:
        for members in (False, True):
            for trap, score in measured(date, options.lines, options.seed, members):
                print(f"| {date:%a} | {'on' if members else 'off'} | {trap} | {_numbers(score)} |", flush=True)


def measured(date: datetime.date, lines: int, seed: int, members: bool) -> list[tuple[str, Score]]:
    """The score of all visits of a fresh simulated day, then of those that met each trap."""
    with tempfile.TemporaryDirectory() as folder:
        made = simulate(out=Path(folder) / "raw", start=date, days=1, lines=lines, seed=seed)
        score = accuracy_of(made, date, Path(folder) / "data", members=members)
    return [("all", score), *score.by_trap.items()]


def _numbers(score: Score) -> str:
    return f"{score.expected:,} | {score.found:,} | {score.f1:.3f} | {score.median_dwell_error_s:.1f} s"


if __name__ == "__main__":
    main()
