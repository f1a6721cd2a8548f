"""`make bench`: loading sightings into the warehouse beside the drivers' own ways; writes docs/benchmarks-loading.md.

    python -m benchmarks.loading [--rows 1000000] [--rounds 15]

Every way gets the same Arrow table in memory and leaves the same rows, counted. The server is the one of the tests, out
of the chdb wheel, in a process of its own. What the whole path costs: the last lines.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa

from benchmarks.measure import ROOT
from benchmarks.page import conditions
from pipelines.warehouse.embedded import Embedded
from pipelines.warehouse.load import load
from pipelines.warehouse.protocol import Warehouse
from pipelines.warehouse.sums import write_sums
from pipelines.warehouse.tables import constant, labels_of
from schemas import PUBLISHED
from tests.warehouse.servers import ServerProcess
from tests.warehouse.small_day import DATE, day_of, tables_of

Way = Callable[[], object]
PAGE = ROOT / "docs" / "benchmarks-loading.md"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=1_000_000, help="sightings")
    asked.add_argument("--rounds", type=int, default=15)
    options = asked.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder) / "server")
        try:
            with server.opened() as opened, Embedded(Path(folder) / "chdb") as embedded:
                measured = table(options.rows, options.rounds, server, opened, embedded)
        finally:
            server.kill()
    PAGE.write_text(page(options.rows, options.rounds, load, measured), encoding="utf-8")
    print(f"{measured}written: {PAGE}")


def page(rows: int, rounds: int, load: float, measured: str) -> str:
    return f"""# Benchmarks of loading

Written by `make bench` (`benchmarks/loading.py`). {rows:,} sightings, one Arrow table in memory, into the product's
table of sightings, emptied before each insert: the median of {rounds} rounds, in which the ways take turns. The server
runs on the same machine. "A day" is the quality gate, staging of five tables, their checks, and the switch of the
pointer, "sums" what reports of periods and profiles read; the rows are those of all five tables. Every visit of that
day has a device of its own, the costliest case.

{conditions(("pyarrow", "chdb-core", "clickhouse-driver", "clickhouse-connect"))}
Load of the machine when the run began: {load:.1f} on {os.cpu_count()} cores.

{measured}"""


def table(rows: int, rounds: int, server: ServerProcess, opened: Warehouse, embedded: Warehouse) -> str:
    """One line a way: millions of rows a second, median of `rounds` taken in turn, and the ratio to the best peer."""
    day = tables_of(rows // 2)
    labelled = labelled_sightings(day["sighting"])
    ways: dict[str, tuple[Warehouse, Way]] = {
        "clickhouse-driver, insert_dataframe": (opened, driver_dataframe(server, labelled)),
        "clickhouse-driver, numpy columns": (opened, driver_columns(server, labelled)),
        "clickhouse-connect, insert_arrow": (opened, connect_arrow(server, labelled)),
        "shangquan, server": (opened, lambda: opened.insert("sighting", labelled)),
        "shangquan, embedded": (embedded, lambda: embedded.insert("sighting", labelled)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (warehouse, way) in ways.items():
            seconds[name].append(inserted_s(warehouse, way, labelled.num_rows))
    speeds = {name: labelled.num_rows / statistics.median(taken) for name, taken in seconds.items()}
    peer = max(speed for name, speed in speeds.items() if not name.startswith("shangquan"))
    total = sum(part.num_rows for part in day.values())
    for name, warehouse in (("server", opened), ("embedded", embedded)):
        taken = [loaded_s(warehouse, day) for _ in range(rounds)]
        whole, without = (statistics.median(times) for times in zip(*taken, strict=True))
        speeds[f"shangquan, {name}, a day: gate, {total:,} rows of 5 tables, checks, switch"] = total / without
        speeds[f"shangquan, {name}, the same with the day's sums: all that a run does"] = total / whole
    lines = "".join(f"| {name} | {speed / 1e6:.2f} | {speed / peer:.2f} |\n" for name, speed in speeds.items())
    return f"| way | M rows/s | to the best peer |\n|---|---:|---:|\n{lines}"


def labelled_sightings(sightings: pa.Table) -> pa.Table:
    """`sightings` with codes and signals that vary, behind the warehouse's labels."""
    rows, rng = sightings.num_rows, np.random.default_rng(1)
    words = {"ap": 3_000, "zone": 200, "site": 10, "feed": 4}
    for name, kinds in words.items():
        codes = pa.array(rng.integers(0, kinds, rows).astype(np.int32))
        place = sightings.schema.get_field_index(name)
        column = pa.DictionaryArray.from_arrays(codes, [f"{name}-{one}" for one in range(kinds)])
        sightings = sightings.set_column(place, PUBLISHED.arrow.field(name), column)
    values = {"district": "bench", "definition": "default@1", "day": DATE, "run": "bench.1"}
    labels = [label.name for label in labels_of(PUBLISHED)]
    columns = [constant(values[name], rows) for name in labels]
    return pa.table([*columns, *sightings.columns], names=[*labels, *sightings.column_names])


def driver_dataframe(server: ServerProcess, rows: pa.Table) -> Way:
    client, frame = _driver(server), rows.to_pandas()
    for name in frame.select_dtypes("category").columns:
        frame[name] = frame[name].astype(object)  # the driver takes no categories
    frame["day"] = frame["day"].astype("datetime64[s]")
    return lambda: client.insert_dataframe(f"INSERT INTO sighting ({', '.join(rows.column_names)}) VALUES", frame)


def driver_columns(server: ServerProcess, rows: pa.Table) -> Way:
    client, names = _driver(server), ", ".join(rows.column_names)
    columns = [
        np.asarray(column.to_pandas(), object) if _is_text(column) else column.to_numpy() for column in rows.columns
    ]
    return lambda: client.execute(f"INSERT INTO sighting ({names}) VALUES", columns, columnar=True)


def connect_arrow(server: ServerProcess, rows: pa.Table) -> Way:
    import clickhouse_connect

    client = clickhouse_connect.get_client(host="127.0.0.1", port=server.http)
    return lambda: client.insert_arrow("sighting", rows)


def _driver(server: ServerProcess) -> Any:
    from clickhouse_driver import Client

    settings = {"use_numpy": True, "insert_block_size": 1 << 18, "network_compression_method": "lz4"}
    return Client("127.0.0.1", port=server.port, compression="lz4", settings=settings)


def _is_text(column: pa.ChunkedArray) -> bool:
    return pa.types.is_dictionary(column.type) or pa.types.is_string(column.type)


def inserted_s(warehouse: Warehouse, way: Way, rows: int) -> float:
    """Seconds of one insert into the empty table; RuntimeError unless exactly `rows` lie there then."""
    warehouse.execute("TRUNCATE TABLE sighting")
    began = time.perf_counter()
    way()
    taken = time.perf_counter() - began
    kept = warehouse.query("SELECT count() AS n FROM sighting")["n"][0].as_py()
    if kept != rows:
        raise RuntimeError(f"{kept} rows instead of {rows}")
    return taken


def loaded_s(warehouse: Warehouse, day: dict[str, pa.Table]) -> tuple[float, float]:
    """Seconds of a whole load, and without those of the day's sums."""
    sums_s = 0.0

    def timed(*args: Any) -> None:
        nonlocal sums_s
        began = time.perf_counter()
        write_sums(*args)
        sums_s += time.perf_counter() - began

    began = time.perf_counter()
    with patch("pipelines.warehouse.load.write_sums", timed):
        load(warehouse, day=day_of("bench"), definition="default@1", run="bench", tables=day)
    whole = time.perf_counter() - began
    return whole, whole - sums_s


if __name__ == "__main__":
    main()
