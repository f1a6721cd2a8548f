"""How well roam pairs tell a clock that is 94 s behind and 20 ppm slow (N7): prints a Markdown table.

    python -m benchmarks.clocks [--seeds 20]

Guests walk from one controller to another and back; logs are in whole seconds. An error is the largest of a day's begin
and end. "not told": seeds in which the pairs did not say it plainly, so that the clock stayed as stamped.
"""

import argparse

import numpy as np

from schemas.clock_offset import ROAM_PAIRS
from tests.registry.town import AC_1, AC_2, Town, off_by

BEHIND = (94_000, 20e-6)  # ms, drift
GUESTS, WALKS_S = (100, 300, 600, 3_000), (0.5, 1.5, 3.0)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seeds", type=int, default=20)
    seeds = asked.parse_args().seeds
    print("| mean walk | guests there and back | median error | worst error | its own bound, median | not told |")
    print("|---:|---:|---:|---:|---:|---:|")
    for walk_s in WALKS_S:
        for guests in GUESTS:
            print(f"| {walk_s} s | {guests:,} | {measured(walk_s, guests, seeds)} |", flush=True)


def measured(walk_s: float, guests: int, seeds: int) -> str:
    """The cells of one row: errors in seconds, and how many seeds told nothing."""
    rows = [Town(seed, two=BEHIND).walk(AC_1, AC_2, guests, walk_s).offsets()[AC_2] for seed in range(seeds)]
    told = [row for row in rows if row["method"] == ROAM_PAIRS]
    if not told:
        return f"- | - | - | {seeds} of {seeds}"
    errors = [off_by(row, *BEHIND) for row in told]
    bound = float(np.median([row["error_ms"] for row in told])) / 1000
    return f"{np.median(errors):.1f} s | {max(errors):.1f} s | {bound:.1f} s | {seeds - len(told)} of {seeds}"


if __name__ == "__main__":
    main()
