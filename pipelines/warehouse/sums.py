"""The sums of a day's visits, computed inside the warehouse from the run that is being loaded, or was loaded long ago.

    visit, stay of one run  ->  device_day, device_zone_day, place_day, dwell_day, move_day of the same run

What they are is said in `schemas.sums`, how they are computed by the stage that reads them. They hold nothing of their
own: a migration that changes one drops and makes it, and what is missing is filled again.
"""

from collections.abc import Iterator, Mapping

from marketing.device_sums import DEVICE_DAY_SQL, DEVICE_ZONE_DAY_SQL
from pipelines.warehouse.protocol import Run, Warehouse
from pipelines.warehouse.tables import SUMS
from pipelines.warehouse.texts import sql
from reports.day_sums import DWELL_DAY_SQL, MOVE_DAY_SQL, PLACE_DAY_SQL
from reports.figure import Limits
from schemas import DEVICE_DAY, DEVICE_ZONE_DAY, DWELL_DAY, MOVE_DAY, PLACE_DAY, Table

OF_DEVICES: Mapping[Table, str] = {DEVICE_DAY: DEVICE_DAY_SQL, DEVICE_ZONE_DAY: DEVICE_ZONE_DAY_SQL}
OF_PLACES: Mapping[Table, str] = {MOVE_DAY: MOVE_DAY_SQL, DWELL_DAY: DWELL_DAY_SQL, PLACE_DAY: PLACE_DAY_SQL}


def write_sums(warehouse: Warehouse, run: Run, limits: Limits | None) -> None:
    """The sums of `run`, whose visits and stays are there and whose sums are not; None: those of devices alone."""
    for table, text in OF_DEVICES.items():
        warehouse.execute(_statement(table, text), run.parameters)
    if limits is not None:
        for table, text in OF_PLACES.items():
            warehouse.execute(_statement(table, text), {**run.parameters, **limits.parameters})


def fill_sums(warehouse: Warehouse, limits: Mapping[str, Limits]) -> int:
    """How many visible days got the sums that they lacked.

    `limits`: by definition; the days of one that is not there get no sums of places.
    A kill is harmless: `place_day` comes last, and a day that lacks it begins anew.
    """
    lacking = list(_lacking(warehouse))
    for run in lacking:
        for table in SUMS:
            warehouse.execute(sql("drop_run"), {**run.parameters, "table": table.name})
        write_sums(warehouse, run, limits.get(run.definition))
    return len(lacking)


def _lacking(warehouse: Warehouse) -> Iterator[Run]:
    for row in warehouse.query(sql("lacking_sums")).to_pylist():
        yield Run(row["district"], row["day"], row["definition"], row["run"])


def _statement(table: Table, text: str) -> str:
    """The rows of one run in place of the visible ones: a name that WITH gives hides the view of that name."""
    names = ", ".join(table.names)
    return f"""INSERT INTO {table.name} (district, definition, run, {names})
WITH visible_visit AS ({_ROWS.format(table="visit")}), visible_stay AS ({_ROWS.format(table="stay")})
SELECT {{district:String}}, {{definition:String}}, {{run:String}}, {names} FROM ({text})"""


_ROWS = """SELECT * FROM {table} WHERE district = {{district:String}} AND day = {{day:Date}}
    AND definition = {{definition:String}} AND run = {{run:String}}"""
