"""What a day takes: bytes of raw logs, day files and warehouse, CPU and memory, step by step and as one command.

    python -m benchmarks.sizes [--lines 5000000] [--engines local,spark]

It prints what docs/operations.md says. Not here: speed against other engines (`run`), loading (`loading`).
"""

import argparse
import datetime
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.tree import whole_cost
from pipelines.day import DayRun
from pipelines.job import make_job
from pipelines.simulate.simulation import Simulated, simulate
from pipelines.steps.audience import profile_day
from pipelines.summary import Reporter
from pipelines.warehouse.protocol import Warehouse

DAY = datetime.date(2026, 11, 2)
OPTIONS = {"spark": ["--", "--master", "local[2]", "--driver-memory", "1g"]}
FILES = {"sighting": "sightings", "visit": "visits", "stay": "stays"}
PARTS = """SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes
FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=500_000)
    parser.add_argument(
        "--engines", type=lambda text: text.split(","), default=["local", "spark"], help="of whole runs"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        made = simulate(out=Path(name) / "raw", start=DAY, days=1, lines=options.lines, seed=1)
        measure(made, Path(name) / "data")
        for engine in options.engines:
            measure_command(made, engine, Path(name) / engine)


def measure(made: Simulated, data: Path) -> None:
    """Runs the simulated day up to its profiles, and prints what each step cost and left."""
    job = make_job(config=made.district, raw=made.raw, data=data, definition=None, shards=16)
    run, day = DayRun(job, Reporter()), job.calendar.day(DAY)
    say(f"raw: {made.lines:,} lines, {bytes_below(made.raw):,} bytes, {bytes_below(made.raw) / made.lines:.0f} a line")
    timed("ingest", lambda: run.ingest(frozenset([DAY])))
    say(f"work, while the day is open: {bytes_below(data / 'work'):,} bytes")
    timed("sessionize", lambda: run.sessionize(DAY))
    with run.warehouse() as warehouse:
        timed("load", lambda: run.load(warehouse, DAY))
        timed("profiles", lambda: profile_day(job, warehouse, day, run.members))
        tell_sizes(warehouse, data)
    say(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:,.0f} MB")


def measure_command(made: Simulated, engine: str, data: Path) -> None:
    """The whole command on an engine, from its start to its end: page, profiles and exports are made, too."""
    asked = ["--config", made.district, "--raw", made.raw, "--data", data, "--day", DAY, "--engine", engine]
    told = [sys.executable, "-m", "pipelines.cli", "run", *map(str, asked), *OPTIONS.get(engine, [])]
    cost = whole_cost(told)
    say(f"run --engine {engine}: {cost.cpu_s:.1f} s CPU, {cost.wall_s:.1f} s, peak {cost.peak_mb:,.0f} MB of all")


def tell_sizes(warehouse: Warehouse, data: Path) -> None:
    """Rows and bytes per row of the large tables, in Parquet and in ClickHouse, and all bytes of either."""
    parts = {row["table"]: row for row in warehouse.query(PARTS).to_pylist()}
    for table, folder in FILES.items():
        rows, in_files, in_parts = parts[table]["rows"], bytes_below(data / folder), parts[table]["bytes"]
        say(f"{table}: {rows:,} rows, Parquet {in_files / rows:.1f}, ClickHouse {in_parts / rows:.1f} bytes a row")
    files = sum(path.stat().st_size for path in data.rglob("*.parquet"))
    say(f"day files {files:,} bytes, tables of the warehouse {sum(row['bytes'] for row in parts.values()):,} bytes")


def timed(step: str, work: Callable[[], object]) -> None:
    wall, cpu = time.monotonic(), time.process_time()
    work()
    say(f"{step}: {time.process_time() - cpu:.1f} s CPU, {time.monotonic() - wall:.1f} s")


def bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
