"""Other partitions and orders of the rows that profiles and periods read, beside the ones that were chosen."""

import time
from collections.abc import Callable
from functools import partial

from benchmarks.made_year import DEFINITION, DISTRICT, LABELS, LAST, run_of
from pipelines.warehouse.protocol import Warehouse
from pipelines.warehouse.tables import TABLES, columns_of, table_statement

_BY_RUN = "(district, day, definition, run)"
_BY_MONTH = "(district, definition, toYYYYMM(day))"
# of device_zone_day: partition, order
ORDERS = {
    "a run, by device": (_BY_RUN, "(day, subject, site, zone)"),
    "a run, by place": (_BY_RUN, "(day, site, zone, subject)"),
    "a month, by device": (_BY_MONTH, "(subject, site, zone, day)"),
    "a month, by day": (_BY_MONTH, "(day, subject, site, zone)"),
}
_SUM = """SELECT count(), sum(stays) FROM
(
    SELECT subject, site, zone, sum(stays) AS stays, sum(presence_ms) AS ms FROM {table}
    WHERE district = {{district:String}} AND definition = {{definition:String}} AND run = 'r'
        AND day > {{day:Date}} - 90 AND day <= {{day:Date}} GROUP BY subject, site, zone
)"""
_MEMBERS = """SELECT count(), sum(end_ms - start_ms) FROM {table}
WHERE district = {{district:String}} AND definition = {{definition:String}} AND run = 'r'
    AND day > {{day:Date}} - 90 AND day <= {{day:Date}} AND subject < 0"""


def orders(warehouse: Warehouse) -> str:
    """Tables of what each order costs: bytes, the sums of 90 days, and the replacing of one day."""
    lines = ["| device_zone_day: partition, order | MB | sums of 90 days s | one day anew s |", "|---|---|---|---|"]
    for name, (partition, order) in ORDERS.items():
        _copy(warehouse, "device_zone_day", partition, order)
        anew = partial(_by_partition if partition == _BY_RUN else _by_rows, warehouse)
        lines.append(f"| {name} | {_mb(warehouse)} | {_asked(warehouse, _SUM)} | {_timed(anew)} |")
    lines += ["", "| visit: order | MB | members' visits of 90 days s |", "|---|---|---|"]
    for name, order in {"by visit_id": "(visit_id)", "by subject, start": "(subject, start_ms)"}.items():
        _copy(warehouse, "visit", _BY_RUN, order)
        lines.append(f"| {name} | {_mb(warehouse)} | {_asked(warehouse, _MEMBERS)} |")
    warehouse.execute("DROP TABLE other")
    return "\n".join(lines)


def _copy(warehouse: Warehouse, table: str, partition: str, order: str) -> None:
    """The table `other`: the rows of `table` in another order, its parts merged as far as they would be in time."""
    chosen = table_statement(TABLES[table])
    head = chosen[: chosen.index("ENGINE = MergeTree")].replace(f"EXISTS {table}\n", "EXISTS other\n")
    warehouse.execute("DROP TABLE IF EXISTS other")
    warehouse.execute(f"{head}ENGINE = MergeTree PARTITION BY {partition} ORDER BY {order}")
    names = ", ".join(columns_of(TABLES[table]))
    warehouse.execute(
        f"INSERT INTO other ({names}) SELECT {names} FROM {table} SETTINGS max_partitions_per_insert_block = 0"
    )
    warehouse.execute("OPTIMIZE TABLE other FINAL")


def _by_partition(warehouse: Warehouse) -> None:
    """The day's rows once more under another run, then the old run dropped, as a load does."""
    warehouse.execute(_again("'new'"), run_of(0).parameters)
    warehouse.execute(
        "ALTER TABLE other DROP PARTITION ({district:String}, {day:Date}, {definition:String}, {run:String})",
        run_of(0).parameters,
    )


def _by_rows(warehouse: Warehouse) -> None:
    """The same where a partition holds other days, too."""
    warehouse.execute(_again("'new'"), run_of(0).parameters)
    warehouse.execute("DELETE FROM other WHERE day = {day:Date} AND run = {run:String}", run_of(0).parameters)


def _again(run: str) -> str:
    names = ", ".join(TABLES["device_zone_day"].names)
    return f"""INSERT INTO other ({LABELS}, {names}) SELECT district, definition, {run}, {names}
FROM other WHERE day = {{day:Date}} AND run = {{run:String}}"""


def _asked(warehouse: Warehouse, text: str) -> str:
    asked = {"district": DISTRICT, "definition": DEFINITION, "day": LAST}
    return _timed(lambda: warehouse.query(text.format(table="other"), asked))


def _timed(call: Callable[[], object]) -> str:
    began = time.perf_counter()
    call()
    return f"{time.perf_counter() - began:.2f}"


def _mb(warehouse: Warehouse) -> str:
    text = "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND table = 'other'"
    return f"{warehouse.query(text)['bytes'][0].as_py() / 1e6:,.0f}"
