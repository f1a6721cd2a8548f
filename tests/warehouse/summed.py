"""Loads days of random visits, and reads the sums that readers see."""

import datetime

from pipelines.warehouse.load import load
from pipelines.warehouse.protocol import Warehouse
from pipelines.warehouse.tables import SUMS
from tests.warehouse.small_day import DATE, day_of
from tests.warehouse.summed_day import LIMITS, Rows, sums_of, tables_of, visits_of

BEFORE = DATE - datetime.timedelta(days=1)


def put(warehouse: Warehouse, district: str, seed: int, date: datetime.date = DATE, count: int = 60) -> None:
    tables = tables_of(visits_of(seed, count), date)
    load(warehouse, day=day_of(district, date), definition="x@1", run="r", tables=tables, limits=LIMITS)


def visible(warehouse: Warehouse, district: str, date: datetime.date = DATE) -> dict[str, Rows]:
    """The visible sums of a day, ordered."""
    where = "WHERE district = {district:String} AND day = {day:Date}"
    found = {
        table.name: warehouse.query(
            f"SELECT {', '.join(table.names)} FROM visible_{table.name} {where}", {"district": district, "day": date}
        )
        for table in SUMS
    }
    return {table.name: ordered(table.cast(found[table.name]).to_pylist()) for table in SUMS}


def ordered(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: str(sorted(row.items())))


def by_hand(seed: int, date: datetime.date = DATE, count: int = 60) -> dict[str, Rows]:
    return {name: ordered(rows) for name, rows in sums_of(visits_of(seed, count), date).items()}
