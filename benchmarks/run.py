"""`make bench`: measures everything the product claims on this machine and writes docs/benchmarks.md.

    python -m benchmarks.run [--rows 30000000] [--lines 10000000] [--day-lines 860000] [--only kernel,logs,...]

Each way runs in a process of its own, one at a time, ours and its closest peer in turn (A B A B). A run stops when two
ways do not agree. How a thing is done in each engine lives in `gap_visits`, `full_law`, `logs_to_stays`, `parsing`,
`stream_steps` and `accuracy`; the page itself in `page`.
"""

import argparse
import os
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import accuracy, page, parsing
from benchmarks.measure import ROOT, Measured, measured
from benchmarks.raw_logs import FORMS

GAP_PEERS = ("chdb_arrays", "polars_lists", "polars_sorted", "duckdb_windows", "chdb_windows")
LOG_PEERS = ("duckdb", "polars")
NEAREST = ("ours", "chdb_arrays")  # measured in turn, thrice
ROUNDS = 3


def main() -> None:
    options = _options()
    sections = {"kernel": kernel, "law": law, "logs": logs, "parsing": parsed, "stream": stream, "traps": traps}
    asked = options.only.split(",") if options.only else list(sections)
    parts = [page.machine(options)]
    for name in asked:
        part = sections[name](options)
        print(part, flush=True)
        parts.append(part)
    if not options.only:
        Path(options.out).write_text("\n".join(parts), encoding="utf-8")
        print(f"written: {options.out}")


def kernel(options: argparse.Namespace) -> str:
    """The gap-only rule in every engine."""
    path = _made("made:sightings_file", options.rows)
    runs: dict[str, list[Measured]] = {}
    for _ in range(ROUNDS):
        for way in NEAREST:
            runs.setdefault(way, []).append(measured(f"gap_visits:{way}", path, calls=5))
    for way in GAP_PEERS:
        if way not in runs:
            runs[way] = [measured(f"gap_visits:{way}", path, calls=3)]
    return page.kernel(options.rows, _best(runs))


def law(options: argparse.Namespace) -> str:
    """The whole law beside a bare decode of its columns; their answers differ in kind."""
    path = _made("made:sightings_file", options.rows)
    runs: dict[str, list[Measured]] = {}
    for _ in range(ROUNDS):
        for way in ("decoded", "ours"):
            runs.setdefault(way, []).append(measured(f"full_law:{way}", path, calls=5))
    return page.law(options.rows, {way: _median(found) for way, found in runs.items()})


def logs(options: argparse.Namespace) -> str:
    """Raw logs to stays, in each form of log."""
    tables = {}
    for form in FORMS:
        path = _made("raw_logs:log_file", form, options.lines)
        runs: dict[str, list[Measured]] = {}
        for way in ("ours", *LOG_PEERS, "ours"):
            runs.setdefault(way, []).append(measured(f"logs_to_stays:{way}", path, form, calls=2))
        tables[form] = _best(runs)
    return page.logs(options.lines, tables)


def parsed(options: argparse.Namespace) -> str:
    """Reading alone, a core each."""
    tables = {}
    for form, peers in parsing.PEERS.items():
        path = _made("parsing:file_of", form, options.records)
        runs: dict[str, list[Measured]] = {}
        for way in ("ours", *peers, "ours"):
            runs.setdefault(way, []).append(measured(f"parsing:{way}", path, form, calls=3))
        tables[form] = (Path(path).stat().st_size, _best(runs))
    return page.parsing(options.records, tables)


def stream(options: argparse.Namespace) -> str:
    """Steps of `advance`, with presence of members as the product asks for it, and of everybody."""
    asked = ("none", "members", "all")
    return page.stream({of: measured("stream_steps:measured", str(options.devices), "400", of).answer for of in asked})


def traps(options: argparse.Namespace) -> str:
    """Accuracy against the simulator's truth, in all and for each trap."""
    rows = []
    for date in accuracy.DAYS:
        for members in (False, True):
            found = accuracy.measured(date, options.day_lines, 1, members)
            rows += [(f"{date:%a}", members, trap, score) for trap, score in found]
    return page.traps(options.day_lines, rows)


def _made(way: str, *args: object) -> str:
    """A data file's path, made at need by a process of its own, so that this one stays small."""
    return str(measured(way, *map(str, args)).answer)


def _best(runs: dict[str, list[Measured]]) -> dict[str, Measured]:
    """The median run of each way. RuntimeError if two ways give different answers."""
    answers = {way: found[0].answer for way, found in runs.items()}
    if any(one.answer != answers["ours"] for found in runs.values() for one in found):
        raise RuntimeError(f"the ways do not agree: {answers}")
    return {way: _median(found) for way, found in runs.items()}


def _median(runs: list[Measured]) -> Measured:
    of: Callable[[str], Any] = lambda name: statistics.median(getattr(one, name) for one in runs)  # noqa: E731
    return Measured(of("first_s"), of("warm_s"), of("cpu_s"), of("peak_mb"), runs[0].answer)


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=int(os.environ.get("BENCH_ROWS", 30_000_000)), help="sightings")
    asked.add_argument("--lines", type=int, default=10_000_000, help="lines of a raw log")
    asked.add_argument("--records", type=int, default=1_000_000, help="records of a log that is only read")
    asked.add_argument("--day-lines", type=int, default=860_000, help="log lines of a simulated day")
    asked.add_argument("--devices", type=int, default=200_000, help="visits open at once in the stream")
    asked.add_argument("--only", default="", help="sections by comma, of kernel law logs parsing stream traps; no page")
    asked.add_argument("--out", default=str(ROOT / "docs/benchmarks.md"))
    return asked.parse_args()


if __name__ == "__main__":
    main()
