"""A year of a district in the warehouse: profiles and reports of 30, 90 and 365 days, from visits and from sums.

    python -m benchmarks.history [--visits 100000000] [--folder DIR]

Builds the year (`made_year`), asks each question both ways, checks that the answers are equal, and prints times, CPU
and memory; then the bytes of each table, and how three other orders of `device_zone_day` and one of `visit` do. Needs
about 150 bytes of disk a visit, a third of them for the orders.
"""

import argparse
import datetime
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks import from_visits
from benchmarks.history_orders import orders
from benchmarks.made_year import DEFINITION, DISTRICT, LAST, make_year
from marketing.profile import PROFILE_SQL, PROFILE_ZONE_SQL, STEPS
from pipelines.warehouse.embedded import Embedded
from pipelines.warehouse.member_tables import remember
from pipelines.warehouse.protocol import Warehouse
from reports.figure import Limits
from reports.period import PERIOD_FIGURES, settled_period
from reports.period_members import OF_MEMBERS, PERIOD_MEMBER_SQL
from schemas import SinkError

ABOUT = {"district": DISTRICT, "definition": DEFINITION, **Limits().parameters}
LENGTHS = (30, 90, 365)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--visits", type=int, default=100_000_000, help="of the year")
    asked.add_argument("--folder", type=Path, help="for the warehouse; a temporary one if not given")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder, Embedded(Path(folder) / "chdb") as warehouse:
        began = time.perf_counter()
        devices = make_year(warehouse, options.visits)
        print(f"{options.visits:,} visits made in {time.perf_counter() - began:.0f} s\n", flush=True)
        warehouse.replace_members(DISTRICT, devices, sorted(set(devices["member"].to_pylist())))
        print("| question | way | s | CPU s | peak GB |\n|---|---|---|---|---|", flush=True)
        profiles(warehouse)
        for days in LENGTHS:
            periods(warehouse, days)
        print(sizes(warehouse), flush=True)
        print(orders(warehouse), flush=True)


def taken(question: str, way: str, ask: Callable[[], Any]) -> Any:
    """The answer of `ask`, after a line of the table on what it took; None if the warehouse refused it."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here on
    began, cpu = time.perf_counter(), cpu_s()
    try:
        answer, ended = ask(), ""
    except SinkError as error:
        answer, ended = None, f" ({str(error).partition(': ')[2][:40]})"
    wall, used = time.perf_counter() - began, cpu_s() - cpu
    print(f"| {question} | {way}{ended} | {wall:.1f} | {used:.1f} | {peak_gb():.1f} |", flush=True)
    return answer


def profiles(warehouse: Warehouse) -> None:
    """Profile and profile_zone of the last day, both ways."""
    asked = {**ABOUT, "day": LAST}

    def from_sums() -> list[pa.Table]:
        for name, text in STEPS.items():
            remember(warehouse, name, text, asked)
        return [warehouse.query(text, asked) for text in (PROFILE_SQL, PROFILE_ZONE_SQL)]

    texts = (from_visits.PROFILE_SQL, from_visits.PROFILE_ZONE_SQL)
    sums = taken("profiles", "sums", from_sums)
    visits = taken("profiles", "visits", lambda: [warehouse.query(text, asked) for text in texts])
    if visits:
        require_equal(sums, visits)


def periods(warehouse: Warehouse, days: int) -> None:
    """The figures of the last `days` days, both ways."""
    dates = [LAST - datetime.timedelta(days=place) for place in reversed(range(days))]
    asked = {**ABOUT, "from": dates[0], "until": dates[-1]}

    def from_sums() -> dict[str, pa.Table]:
        remember(warehouse, "period_member", PERIOD_MEMBER_SQL, asked)
        tables = {figure.name: warehouse.query(figure.sql, asked) for figure in PERIOD_FIGURES}
        settled_period(tables, 10)
        return tables

    def by_visits() -> list[pa.Table]:
        remember(warehouse, "period_member", from_visits.PERIOD_MEMBER_SQL, asked)
        texts = (*from_visits.OF_PLACES, *(figure.sql for figure in OF_MEMBERS))
        return [warehouse.query(text, asked) for text in texts]

    sums = taken(f"report of {days} days", "sums", from_sums)
    visits = taken(f"report of {days} days", "visits", by_visits)
    if visits:
        require_equal([sums[name] for name in ("members", "new_members", "loyalty")], visits[-3:])
        require_equal([sums["total"].select(["day", "visitors", "visits"])], [visits[0].drop(["ms"])])


def require_equal(one: list[pa.Table], other: list[pa.Table]) -> None:
    """Both ways gave the same rows."""
    if [table.to_pydict() for table in one] != [table.to_pydict() for table in other]:
        raise RuntimeError("the two ways differ")


def sizes(warehouse: Warehouse) -> str:
    found = warehouse.query(
        "SELECT table, sum(rows) AS held, sum(bytes_on_disk) AS bytes FROM system.parts "
        "WHERE active AND database = currentDatabase() GROUP BY table HAVING held > 1000 ORDER BY bytes DESC"
    )
    lines = [f"| {r['table']} | {r['held']:,} | {r['bytes'] / 1e6:,.0f} |" for r in found.to_pylist()]
    return "\n".join(["\n| table | rows | MB on disk |", "|---|---|---|", *lines, ""])


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_gb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1e6


if __name__ == "__main__":
    main()
