"""`make soak`: many back-fills of a week, each killed at a random instant; writes docs/soak.md.

Half of them kill the process, half the ClickHouse server that it loads. A round that ends otherwise than the
undisturbed back-fill is told, and the command fails.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.product.command import ROOT
from tests.soak.rounds import Round, process_killed, server_killed
from tests.soak.week import Week, week_in
from tests.warehouse.servers import ServerProcess

REPORT = ROOT / "docs" / "soak.md"
WHAT = {"process": "the local engine's process", "server": "the ClickHouse server being loaded, then started again"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=60.0, help="no round begins later")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        week = week_in(Path(name) / "week")
        ended = []
        for one in rounds(week, Path(name), asked.rounds, asked.seed, time.monotonic() + 60 * asked.minutes):
            sys.stdout.write(f"{one}\n")
            sys.stdout.flush()
            ended.append(one)
            REPORT.write_text(page_of(ended, asked.rounds, asked.seed, week.seconds), encoding="utf-8")
    sys.exit(0 if ended and all(one.is_equal for one in ended) else 1)


def rounds(week: Week, folder: Path, count: int, seed: int, deadline: float) -> Iterator[Round]:
    """At most `count` rounds, process and server in turn; none begins after `deadline` (monotonic)."""
    rng = random.Random(seed)
    server = ServerProcess(folder / "server")
    try:
        for number in range(count):
            if time.monotonic() > deadline:
                return
            room = folder / f"round-{number}"
            yield server_killed(server, week, room, rng) if number % 2 else process_killed(week, room, rng)
    finally:
        server.kill()


def page_of(ended: Sequence[Round], asked: int, seed: int, seconds: float) -> str:
    """The report: what was killed, how often it was hit, how often the digest is the undisturbed one."""
    rows = [_row(kind, what, [one for one in ended if one.kind == kind]) for kind, what in WHAT.items()]
    single = [
        f"| {number} | {one.kind} | {one.at_s:.1f} | {_word(one.is_hit)} | {_word(one.is_equal)} |"
        for number, one in enumerate(ended, 1)
    ]
    return "\n".join(
        [
            "# Soak",
            "",
            f"Written by `make soak` (`tests/soak/run.py`): {len(ended)} of {asked} rounds asked for, seed {seed}.",
            "A round is the back-fill of a simulated week with every trap, from raw logs to a loaded and profiled",
            "warehouse. SIGKILL falls at a random instant in the first four fifths of the time that the undisturbed",
            f"back-fill took ({seconds:.0f} s on the machine of this run); what was hit is run once again. Then the",
            "digest of all visible rows must be the undisturbed one. The quality gate is left out for speed. Spark's",
            "and Beam's workers are killed by `tests/engines`, not here.",
            "",
            "| killed | rounds | hit while it ran | digests equal |",
            "|---|---:|---:|---:|",
            *rows,
            "",
            "| round | killed | after s | hit | equal |",
            "|---:|---|---:|---|---|",
            *single,
            "",
        ]
    )


def _row(kind: str, what: str, ended: Sequence[Round]) -> str:
    hit, equal = sum(one.is_hit for one in ended), sum(one.is_equal for one in ended)
    return f"| {kind}: {what} | {len(ended)} | {hit} | {equal} of {len(ended)} |"


def _word(is_so: bool) -> str:
    return "yes" if is_so else "no"


if __name__ == "__main__":
    main()
