"""A made year of one district straight in a warehouse: visits and stays by SQL, sums by the product's own texts.

28 different days are made and summed; the other days repeat them, moved on by whole weeks, since making sums of a year
is a year of loads. Two of five visits are members'; one member in seven has a second device.
"""

import datetime
from collections.abc import Iterator

import pyarrow as pa

from pipelines.warehouse.protocol import Run, Warehouse
from pipelines.warehouse.sums import write_sums
from pipelines.warehouse.tables import SUMS, TABLES
from reports.figure import Limits
from schemas import MEMBER_DEVICE

DISTRICT, DEFINITION, RUN = "made", "default@1", "r"
FIRST, DAYS, DIFFERENT = datetime.date(2026, 1, 1), 365, 28
LAST = FIRST + datetime.timedelta(days=DAYS - 1)
START_MS = 1_767_229_200_000  # 05:00 on the first day, UTC+4
DAY_MS = 86_400_000
LABELS = "district, definition, run"

_DEVICE = "-1 - toInt64(bitShiftRight(sipHash64(toUInt64({0})), 1))"
_VISITS = f"""
INSERT INTO visit ({LABELS}, day, visit_id, site, subject, start_ms, end_ms, sightings, stays, random, bounce, static,
                   staff, cut)
SELECT {{district:String}}, {{definition:String}}, {{run:String}}, {{day:Date}},
       bitShiftRight(sipHash64(number, {{day:Date}}), 1), '',
       if(number % 5 < 2, {_DEVICE.format("sipHash64(number, {day:Date}, 1) % {devices:UInt32}")},
          toInt64(bitShiftRight(sipHash64(number, {{day:Date}}, 2), 1))),
       {{start:Int64}} + toInt64(sipHash64(number, {{day:Date}}, 3) % 54000) * 1000 AS begins,
       begins + toInt64(exp2(sipHash64(number, {{day:Date}}, 4) % 1400 / 100)) * 1000, 5, 2, number % 3 = 0, false,
       number % 101 = 0, number % 103 = 0, false
FROM numbers({{visits:UInt64}})"""
_STAYS = f"""
INSERT INTO stay ({LABELS}, day, visit_id, ordinal, site, zone, subject, from_ms, to_ms)
SELECT {LABELS}, day, visit_id, part, concat('site-', toString(place % 40)), concat('zone-', toString(place)), subject,
       start_ms + intDiv((end_ms - start_ms) * part, 2), start_ms + intDiv((end_ms - start_ms) * (part + 1), 2)
FROM (SELECT *, arrayJoin([0, 1]) AS part, sipHash64(visit_id, part) % 400 AS place FROM visit
      WHERE district = {{district:String}} AND day = {{day:Date}} AND definition = {{definition:String}}
          AND run = {{run:String}})"""


def make_year(warehouse: Warehouse, visits: int) -> pa.Table:
    """MEMBER_DEVICE of all members; the warehouse then shows about `visits` visits of `DAYS` days."""
    devices = max(visits // DAYS, 10)
    for place in range(DIFFERENT):
        _make_day(warehouse, place, visits // DAYS, devices)
    for place in range(DIFFERENT, DAYS):
        _repeat_day(warehouse, place)
    for place in range(DAYS):
        warehouse.publish(run_of(place), ["facts"])
    return _members(warehouse, devices)


def run_of(place: int) -> Run:
    """The run of a day of the year, from 0."""
    return Run(DISTRICT, FIRST + datetime.timedelta(days=place), DEFINITION, RUN)


def _make_day(warehouse: Warehouse, place: int, visits: int, devices: int) -> None:
    run = run_of(place)
    about = {**run.parameters, "visits": visits, "devices": devices, "start": START_MS + place * DAY_MS}
    warehouse.execute(_VISITS, about)
    warehouse.execute(_STAYS, about)
    write_sums(warehouse, run, Limits())


def _repeat_day(warehouse: Warehouse, place: int) -> None:
    like = place % DIFFERENT
    about = {**run_of(place).parameters, "like": run_of(like).day, "later": (place - like) * DAY_MS}
    for table in (TABLES["visit"], TABLES["stay"], *SUMS):
        names = ", ".join(name for name in table.names if name != "day")
        moved = ", ".join(_moved(name) for name in table.names if name != "day")
        warehouse.execute(
            f"INSERT INTO {table.name} ({LABELS}, day, {names}) SELECT {LABELS}, {{day:Date}}, {moved} "
            f"FROM {table.name} WHERE district = {{district:String}} AND day = {{like:Date}} "
            "AND definition = {definition:String} AND run = {run:String}",
            about,
        )


def _moved(name: str) -> str:
    """Instants move with the day; a visit's number stays its own within it."""
    return f"{name} + {{later:Int64}}" if name.endswith("_ms") and not name.startswith("presence") else name


def _members(warehouse: Warehouse, devices: int) -> pa.Table:
    numbered = f"SELECT {_DEVICE.format('number')} AS device FROM numbers({{devices:UInt64}})"
    found = warehouse.query(numbered, {"devices": devices})["device"]
    return MEMBER_DEVICE.table(
        device=found,
        member=list(_names(devices)),
        from_ms=[0] * devices,
        until_ms=[2**62] * devices,
    )


def _names(devices: int) -> Iterator[str]:
    """Every seventh member has the device after its own, too."""
    for number in range(devices):
        yield f"m{number - (number % 8 == 7):07}"
