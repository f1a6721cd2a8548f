"""`make bench`: the same sightings through every engine; writes docs/benchmarks-engines.md and its plot.

    python -m benchmarks.engines [--rows 1000000,10000000] [--local-rows 1000000,10000000,30000000] [--ways ...]

Ways of one size must give equal visits. How a way does it: `engine_ways`, `beam_visits`; what it costs: `tree`.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import altair as alt

from benchmarks.engine_ways import WAYS
from benchmarks.measure import ROOT, measured
from benchmarks.page import conditions
from benchmarks.tree import Cost, cost

LOCAL, ONE_CORE, BEAM = "local", "local_one_core", "beam_fnapi"
NAMES = {
    LOCAL: "local, two threads",
    ONE_CORE: "local, one thread",
    "spark_core": "Spark, our kernel: batches by shard, `repartition`, `mapInArrow`",
    "spark_session_window": "Spark SQL, `session_window`",
    "spark_windows": "Spark SQL, window functions",
    BEAM: "Beam FnApiRunner, our kernel",
}
SQL = ("spark_session_window", "spark_windows")
PAGE, PLOT = ROOT / "docs" / "benchmarks-engines.md", ROOT / "docs" / "images" / "engines.svg"
_BEAM_PYTHON = ROOT / ".venv-beam" / "bin" / "python"


@dataclass(frozen=True)
class Run:
    """One way at one size."""

    way: str
    rows: int
    cost: Cost


def main() -> None:
    options = _options()
    load = os.getloadavg()[0]
    runs = list(_runs(options))
    PAGE.write_text(page(runs, load), encoding="utf-8")
    plot(runs).save(PLOT)
    print(f"written: {PAGE} {PLOT}")


def _runs(options: argparse.Namespace) -> Iterator[Run]:
    """Sizes ascending; RuntimeError if two ways of one size do not agree."""
    for rows in sorted({*options.rows, *options.local_rows}):
        path = str(measured("made:sightings_file", str(rows)).answer)
        asked = options.ways if rows in options.rows else [LOCAL, ONE_CORE]
        found = {}
        for way in asked:
            found[way] = _cost(way, path)
            print(f"{rows:,} {way}: {found[way]}", flush=True)
        if len({str(one.answer) for one in found.values()}) > 1:
            raise RuntimeError(f"the ways do not agree: {found}")
        yield from (Run(way, rows, one) for way, one in found.items())


def _cost(way: str, path: str) -> Cost:
    with tempfile.TemporaryDirectory() as out:
        if way == BEAM:
            return cost(str(_BEAM_PYTHON), "benchmarks.beam_visits", path, out)
        return cost(sys.executable, "benchmarks.engine_ways", way, path, out)


def page(runs: list[Run], load: float) -> str:
    """The page: one table a size, then what follows from the largest size that all ways ran."""
    sizes = sorted({run.rows for run in runs})
    tables = "\n".join(_table(rows, {run.way: run.cost for run in runs if run.rows == rows}) for rows in sizes)
    left_out = "" if any(run.way == BEAM for run in runs) else "Beam was not measured: no .venv-beam.\n"
    return f"""# Benchmarks of engines

Written by `make bench` (`benchmarks/engines.py`). The gap-only rule (a new visit after 15 minutes) over the same made
sightings, Parquet to Parquet, in a process tree of its own each; the visits of all ways are equal, checked by a sum.
"Job" is the second run in a session that is up and warm; "CPU" what all processes of the tree took for it; "peak" their
memory over the whole life, pages that are shared counted once, JVM heap of at most 3 GB included. "Cost" is CPU against
one thread of the local engine. Spark runs on `local[2]`, 16 shuffle partitions, AQE on, I/O encryption off for all of
its ways alike. Its `session_window` ends a session AT the gap: it is asked for one millisecond more.

{conditions(("numba", "pyarrow", "pyspark"))}
Load of the machine when the run began: {load:.1f} on {os.cpu_count()} cores; where it is high, seconds say little, and
CPU and memory more.
{left_out}
![CPU seconds by rows](images/engines.svg)

{tables}"""


def _table(rows: int, found: dict[str, Cost]) -> str:
    one_core = found[ONE_CORE].cpu_s
    visits = found[ONE_CORE].answer["visits"]
    lines = "".join(
        f"| {NAMES[way]} | {one.job_s:.2f} | {one.cpu_s:.2f} | {one.peak_mb:,.0f} | {one.cpu_s / one_core:.1f} |\n"
        for way, one in found.items()
    )
    return f"""## {rows:,} sightings: {visits:,} visits

| way | job s | CPU s | peak MB | cost |
|---|---:|---:|---:|---:|
{lines}{_goal(found)}"""


def _goal(found: dict[str, Cost]) -> str:
    """How Spark with our kernel stands to the better of its SQL forms."""
    if not {"spark_core", *SQL} <= found.keys():
        return ""
    ours = found["spark_core"]
    job, cpu = (min(getattr(found[way], name) for way in SQL) for name in ("job_s", "cpu_s"))
    return (
        f"\nSpark with our kernel against the better SQL form: {job / ours.job_s:.1f} times as fast, "
        f"{cpu / ours.cpu_s:.1f} times less CPU.\n"
    )


def plot(runs: list[Run]) -> alt.Chart:
    """CPU seconds by rows, both axes logarithmic, a line a way."""
    rows: list[dict[str, Any]] = [
        {"way": NAMES[run.way].replace("`", ""), "rows": run.rows, "cpu": run.cost.cpu_s} for run in runs
    ]
    base = alt.Chart(alt.Data(values=rows), width=560, height=340)
    return base.mark_line(point=True).encode(
        x=alt.X("rows:Q", scale=alt.Scale(type="log"), axis=alt.Axis(title="sightings", format="~s")),
        y=alt.Y("cpu:Q", scale=alt.Scale(type="log"), axis=alt.Axis(title="CPU seconds", format="~g")),
        color=alt.Color("way:N", sort=list(dict.fromkeys(row["way"] for row in rows)), legend=alt.Legend(title=None)),
    )


def _options() -> argparse.Namespace:
    def sizes(text: str) -> list[int]:
        return [int(size) for size in text.split(",")]

    ways = [*WAYS, *([BEAM] if _BEAM_PYTHON.exists() else [])]
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=sizes, default=[1_000_000, 10_000_000], help="sizes for every way, by comma")
    asked.add_argument("--local-rows", type=sizes, default=[30_000_000], help="more sizes, for the local engine alone")
    asked.add_argument("--ways", type=lambda text: text.split(","), default=ways, help=f"of {', '.join(ways)}")
    return asked.parse_args()


if __name__ == "__main__":
    main()
