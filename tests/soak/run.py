"""`make soak`: many back-fills of a week, each disturbed at a random instant; writes docs/soak.md.

Two lanes run at a time, each with a kind of blow after the other:

    local   process killed, ClickHouse server killed, process ...    half the rounds
    Spark   executor killed, worker's daemon killed, executor ...    the other half

A round that ends otherwise than the undisturbed back-fill is told, and the command fails.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from queue import SimpleQueue

from tests.product.command import ROOT
from tests.soak.rounds import Round, process_killed, server_killed, spark_rounds
from tests.soak.week import week_in
from tests.warehouse.servers import ServerProcess

REPORT = ROOT / "docs" / "soak.md"
WHAT = {
    "process": "the local engine's process",
    "server": "the ClickHouse server being loaded, then started again",
    "executor": "Spark's executor, by SIGKILL to its JVM",
    "worker": "the daemon of Spark's worker, then another started",
}
Blow = Callable[[Path, random.Random], Round]
Told = SimpleQueue[Round | None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=60.0, help="no round begins later")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    deadline = time.monotonic() + 60 * asked.minutes
    with tempfile.TemporaryDirectory() as name, ExitStack() as until_the_end:
        folder = Path(name)
        week_in(folder / "unmeasured")  # compiles what this machine has not kept, which is not to be measured
        week = week_in(folder / "week")
        server = ServerProcess(folder / "server")
        until_the_end.callback(server.kill)
        on_spark = until_the_end.enter_context(spark_rounds(week, folder / "spark"))
        local = [partial(process_killed, week), partial(server_killed, server, week)]
        lanes = [local, [on_spark.executor_killed, on_spark.worker_killed]]
        ended = []
        for one in rounds(lanes, folder, asked.rounds, asked.seed, deadline):
            sys.stdout.write(f"{one}\n")
            sys.stdout.flush()
            ended.append(one)
            page = page_of(ended, asked.rounds, asked.seed, (week.seconds, on_spark.seconds))
            REPORT.write_text(page, encoding="utf-8")
    sys.exit(0 if ended and all(one.is_equal for one in ended) else 1)


def rounds(lanes: Sequence[Sequence[Blow]], folder: Path, count: int, seed: int, deadline: float) -> Iterator[Round]:
    """At most `count` rounds, as they end, every lane at its own; none begins after `deadline` (monotonic)."""
    told: Told = SimpleQueue()
    with ThreadPoolExecutor(len(lanes)) as pool:
        running = []
        for number, blows in enumerate(lanes):
            share = islice(cycle(blows), len(range(number, count, len(lanes))))
            rng, room = random.Random(f"{seed}/{number}"), folder / f"lane-{number}"
            running.append(pool.submit(_lane, share, rng, room, deadline, told))
        for _ in lanes:
            yield from iter(told.get, None)
        for lane in running:
            lane.result()


def _lane(blows: Iterable[Blow], rng: random.Random, room: Path, deadline: float, told: Told) -> None:
    """One round after the other; None in the end, also if one of them failed."""
    try:
        for number, blow in enumerate(blows):
            if time.monotonic() > deadline:
                return
            own = room / f"round-{room.name}-{number}"
            told.put(blow(own, rng))
            shutil.rmtree(own)
    finally:
        told.put(None)


def page_of(ended: Sequence[Round], asked: int, seed: int, seconds: tuple[float, float]) -> str:
    """The report: what was killed, how often it was hit, how often the digest is the undisturbed one.

    `seconds`: of the undisturbed back-fill, and of its job on Spark.
    """
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
            f"back-fill took ({seconds[0]:.0f} s on the machine of this run), or its job on a standalone cluster of",
            f"Spark ({seconds[1]:.0f} s). The local engine is run once again after a hit; Spark's job must come to its",
            "end by itself. Then the digest of all visible rows must be the undisturbed one. Two rounds run at a time,",
            "one of them on Spark. The quality gate is left out for speed; `tests/engines` kills Beam's workers.",
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
