"""A small trading day whose tables keep every rule of the gate, to load and to spoil."""

import datetime

import pyarrow as pa

from schemas import LEDGER, PUBLISHED, REJECTED, STAY, VISIT
from schemas.day import Day

DATE = datetime.date(2026, 11, 21)
HOUR = 3_600_000
START = 1_763_672_400_000


def day_of(district: str, date: datetime.date = DATE) -> Day:
    return Day(district, date, START, START + 24 * HOUR, START - 15 * HOUR, START + 30 * HOUR)


def tables_of(visits: int, date: datetime.date = DATE) -> dict[str, pa.Table]:
    """`visits` visits of ten minutes, each of two stays and two sightings, and one refused line."""
    ids = list(range(100, 100 + visits))
    begin = [START + i % 80_000 * 1000 for i in range(visits)]  # all start inside the day
    middle, end = [at + 60_000 for at in begin], [at + 600_000 for at in begin]
    no = [False] * visits
    return {
        "visit": VISIT.table(
            day=[date] * visits,
            visit_id=ids,
            site=[""] * visits,
            subject=ids,
            start_ms=begin,
            end_ms=end,
            sightings=[2] * visits,
            stays=[2] * visits,
            random=[None] * visits,
            bounce=no,
            static=no,
            staff=no,
            cut=no,
            uncovered=no,
        ),
        "stay": STAY.table(
            day=[date] * 2 * visits,
            visit_id=ids * 2,
            ordinal=[0] * visits + [1] * visits,
            site=["mall"] * 2 * visits,
            zone=["a"] * visits + ["b"] * visits,
            subject=ids * 2,
            from_ms=begin + middle,
            to_ms=middle + end,
        ),
        "sighting": PUBLISHED.table(
            at_ms=begin + end,
            subject=ids * 2,
            ap=["p"] * visits + ["q"] * visits,
            kind=[2] * visits + [0] * visits,
            signal_dbm=[None, -60] * visits,
            feed=["wifi"] * 2 * visits,
            file=["x.log"] * 2 * visits,
            line=list(range(1, 2 * visits + 1)),
            time_quality=[0] * 2 * visits,
            visit_id=ids * 2,
            site=["mall"] * 2 * visits,
            zone=["a"] * visits + ["b"] * visits,
        ),
        "ledger": LEDGER.table(
            day=[date] * 2,
            feed=["wifi", "wifi"],
            status=["kept", "rejected"],
            reason=["", "bad-time"],
            records=[2 * visits, 1],
        ),
        "rejected": REJECTED.table(feed=["wifi"], file=["x.log"], line=[9], reason=["bad-time"]),
    }


def read_of(visits: int) -> dict[str, int]:
    """Records read per feed in the day of `tables_of`."""
    return {"wifi": 2 * visits + 1}


def changed(table: pa.Table, column: str, row: int, value: object) -> pa.Table:
    """`table` with one value replaced."""
    values = table[column].to_pylist()
    values[row] = value
    place = table.schema.get_field_index(column)
    return table.set_column(place, table.schema.field(place), pa.array(values, table.schema.field(place).type))
