"""docs/benchmarks.md: what `run` measured, in words and tables. Nothing is measured here."""

import argparse
import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measure import Measured
from pipelines.simulate.accuracy import Score

_ENGINES = ("numpy", "numba", "pyarrow", "chdb-core", "duckdb", "polars")
_GIB = 1 << 30

_KERNEL, _WHOLE_WAY = "shangquan: `sessionize.visits`", "shangquan: `ingest` and `sessionize`"
_READING = "shangquan: `ingest.formats`"
_WAYS = {
    "chdb_arrays": "chDB, arrays: `groupArray`, `arraySort`, `arraySplit`",
    "chdb_windows": "chDB, window functions",
    "polars_lists": "Polars, `group_by` and sorted lists",
    "polars_sorted": "Polars, `sort` and `group_by`",
    "duckdb_windows": "DuckDB, window functions",
    "duckdb": "DuckDB script",
    "polars": "Polars script",
    "python": "Python loop: `re`, `json`",
    "python_orjson": "Python loop: `orjson`",
    "tshark": "tshark -T fields",
}


def machine(options: argparse.Namespace) -> str:
    """The head of the page: where this was measured, and with what."""
    return f"""# Benchmarks

Written by `make bench` (`benchmarks/run.py`; {options.rows:,} sightings, {options.lines:,} log lines).
Seconds differ by twice from machine to machine and from hour to hour: read the ratios. "First" is a process's
whole life to its first answer, imports and the loading of compiled code included; "warm" is the median of later
calls in the same process, "CPU" what all its threads took in these, less at the mercy of what else the machine
does; "peak" is the process's largest resident memory. Ways are run one at a time and must give equal answers.
Load of the machine when the run began: {os.getloadavg()[0]:.1f}.
Engines, up to 300 M rows, with the plot: [benchmarks-engines.md](benchmarks-engines.md); loading:
[benchmarks-loading.md](benchmarks-loading.md).

{conditions()}"""


def conditions(engines: Iterable[str] = _ENGINES) -> str:
    """The machine, and the versions of `engines`."""
    versions = ", ".join(f"{name} {version(name)}" for name in engines)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
    return f"""{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB; {platform.system()}, \
Python {platform.python_version()};
{versions}.
"""


def kernel(rows: int, found: Mapping[str, Measured]) -> str:
    answer = found["ours"].answer
    return f"""## Sightings to visits, gap-only rule

{rows:,} sightings of {rows // 150:,} devices in the order of arrival, one Parquet file, a new visit after 15 minutes:
{answer["visits"]:,} visits, the same from every way. Ours numbers and flags each visit and gives its stays as well.

{_against_ours(found)}"""


def law(rows: int, found: Mapping[str, Measured]) -> str:
    ours, decode = found["ours"], found["decoded"]
    pairs = [(getattr(ours, name), getattr(decode, name)) for name in ("first_s", "warm_s", "cpu_s", "peak_mb")]
    answer = ours.answer
    return f"""## The whole law

The same {rows:,} sightings with joins, leaves, idle leaves and echoes, under the default definition with
places: {answer["visits"]:,} visits, {answer["stays"]:,} stays, {answer["flaps"]:,} flaps. Beside it the floor:
the four columns decoded row group by row group and dropped, in as many threads.

| | first s | warm s | CPU s | peak MB |
|---|---:|---:|---:|---:|
| decode and drop | {_numbers(decode)} |
| `sessionize.visits`, whole law | {_numbers(ours)} |
| times the decode | {" | ".join(f"{one / floor:.1f}" for one, floor in pairs)} |
"""


def logs(lines: int, tables: Mapping[str, Mapping[str, Measured]]) -> str:
    parts = [
        f"""## Raw logs to stays

{lines:,} lines, plain files, a new stay after 30 minutes per access point and device. Ours pseudonymises every address
(HMAC-SHA-256), refuses bad lines by reason and keeps each line's place: the product does not work without; what `run`
adds to that (encrypted spill, hours, ledger, warehouse, page) is not in here. The scripts keep the addresses and assume
that every line is good. In syslog all of them take the four messages that say that a device came or went.
"""
    ]
    for form, found in tables.items():
        stays = found["ours"].answer["stays"]
        parts.append(
            f"### {form}: {stays:,} stays of {found['ours'].answer['devices']:,} devices\n\n"
            + _against_ours(found, _WHOLE_WAY)
        )
    return "\n".join(parts)


def parsing(records: int, tables: Mapping[str, tuple[int, Mapping[str, Measured]]]) -> str:
    parts = [
        f"""## Reading alone

About {records:,} records of each form, plain files, one core each, the same fields: time, access point, device, what it
did. Ours judges every record and keeps its place; the scripts assume that every line is good.
"""
    ]
    for form, (size, found) in tables.items():
        per_s = size / found["ours"].warm_s / 1e6
        parts.append(f"### {form}: {size / 1e6:,.0f} MB, ours {per_s:,.0f} MB/s\n\n" + _against_ours(found, _READING))
    return "\n".join(parts)


def stream(found: Mapping[str, Mapping[str, Any]]) -> str:
    rows = "".join(
        f"| {of} | {one['p50_ms']:.1f} | {one['p99_ms']:.1f} | {one['max_ms']:.1f} | {one['rows_per_s']:,} "
        f"| {one['open_min']:,} | {one['rows_held']:,} | {one['closed']:,} |\n"
        for of, one in found.items()
    )
    return f"""## The stream: steps of `advance`

Steps of 5,000 rows, a minute of disorder, one thread, whole law; a steady district with visits coming and going.
The product's stream follows the presence of members.

| presence of | p50 ms | p99 ms | max ms | rows/s | visits open | rows held | visits closed |
|---|---:|---:|---:|---:|---:|---:|---:|
{rows}"""


def traps(lines: int, rows: Iterable[tuple[str, bool, str, Score]]) -> str:
    table = "".join(
        f"| {day} | {'on' if members else 'off'} | {trap} | {one.expected:,} | {one.found:,} | {one.f1:.3f} "
        f"| {one.median_dwell_error_s:.1f} |\n"
        for day, members, trap, one in rows
    )
    return f"""## Accuracy against ground truth, by trap

A simulated Monday and Saturday of about {lines:,} lines a mean day with every trap set, default definition; with the
members' programme on, a login cuts a visit in two (ARCHITECTURE.md), and the truth is cut there, too.

| day | members | trap | true visits | found | F1 | median dwell error s |
|---|---|---|---:|---:|---:|---:|
{table}"""


def _against_ours(found: Mapping[str, Measured], label: str = _KERNEL) -> str:
    ours = found["ours"]
    rows = "".join(
        f"| {_WAYS.get(way, label)} | {_numbers(one)} | {one.first_s / ours.first_s:.1f} "
        f"| {one.warm_s / ours.warm_s:.1f} | {one.cpu_s / ours.cpu_s:.1f} |\n"
        for way, one in found.items()
    )
    head = "| way | first s | warm s | CPU s | peak MB | first, times ours | warm, times ours | CPU, times ours |"
    return f"""{head}
|---|---:|---:|---:|---:|---:|---:|---:|
{rows}"""


def _numbers(one: Measured) -> str:
    return f"{one.first_s:.2f} | {one.warm_s:.2f} | {one.cpu_s:.2f} | {one.peak_mb:,.0f}"


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
