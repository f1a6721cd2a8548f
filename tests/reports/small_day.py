"""A day of random visits as plain rows, small enough to count by hand, and beside it what no figure may count.

The rows of another district, definition and day lie in the same tables; brute force looks at `VISITS` alone.
"""

import datetime
import random
from dataclasses import dataclass, field

import pyarrow as pa

import schemas
from reports.figure import parameters
from tests.reports.tables_in_chdb import labelled

DAY = datetime.date(2026, 11, 21)
BEFORE = DAY - datetime.timedelta(days=7)
ZONE = datetime.timezone(datetime.timedelta(hours=9))
START_MS = int(datetime.datetime.combine(DAY, datetime.time(5), ZONE).timestamp() * 1000)
MINUTE, HOUR, WEEK = 60_000, 3_600_000, 7 * 24 * 3_600_000
ZONES = [
    ("east", "e1"),
    ("east", "e2"),
    ("west", "w1"),
    ("west", "w2"),
    ("north", "n1"),
    ("", "between"),
    ("unknown", "unknown"),
]
PARAMETERS = parameters(district="d", definition="default", day=DAY, time_zone="Asia/Tokyo", registered_aps=8)


@dataclass
class Visit:
    visit_id: int
    subject: int
    start_ms: int
    end_ms: int
    random: bool | None
    static: bool
    staff: bool
    cut: bool
    path: list[tuple[str, str, int, int]] = field(default_factory=list)  # site, zone, from_ms, to_ms

    @property
    def dwell_ms(self) -> int:
        return self.end_ms - self.start_ms

    @property
    def is_counted(self) -> bool:
        return not self.static and not self.staff and self.dwell_ms >= 5 * MINUTE


def _visit(rng: random.Random, visit_id: int) -> Visit:
    start = START_MS + rng.randrange(18 * HOUR)
    edge = rng.choice([0, 1, 4 * MINUTE + 59_999, 5 * MINUTE, 15 * MINUTE, 2 * HOUR, 5 * HOUR])
    dwell = edge if rng.random() < 0.3 else rng.randrange(3 * HOUR)
    visit = Visit(
        visit_id,
        rng.randrange(120),
        start,
        start + dwell,
        rng.choice([True, True, False, None]),
        rng.random() < 0.05,
        rng.random() < 0.05,
        rng.random() < 0.1,
    )
    edges = sorted([start, start + dwell, *(start + rng.randrange(dwell + 1) for _ in range(rng.randrange(6)))])
    places = [rng.choice(ZONES) for _ in edges[1:]]
    visit.path = [(*place, a, b) for place, a, b in zip(places, edges, edges[1:], strict=False)]
    return visit


_RNG = random.Random(7)
VISITS = [_visit(_RNG, number) for number in range(300)]
VISITS_BEFORE = [_visit(_RNG, number) for number in range(1000, 1200)]
COUNTED = [visit for visit in VISITS if visit.is_counted]
LEDGER = [("kept", "", "a", 900), ("kept", "", "b", 50), ("ignored", "echo", "a", 7), ("rejected", "bad-time", "a", 3)]
# AP, site, hours of the trading day in which it reported
AP_HOURS = [("ap1", "east", (4, 5, 6)), ("ap2", "east", (4, 7)), ("ap3", "west", (5,)), ("ghost", "unknown", (5, 6))]
HOURS = [(4, 120), (5, 340), (20, 15)]


def tables() -> dict[str, list[pa.Table]]:
    own = [labelled(_visits(VISITS, DAY), "d", "default"), labelled(_visits(VISITS_BEFORE, BEFORE), "d", "default")]
    strange = [labelled(_visits(VISITS, DAY), "d", "other"), labelled(_visits(VISITS, DAY), "e", "default")]
    elsewhere = [labelled(_visits(VISITS, DAY + datetime.timedelta(days=1)), "d", "default")]
    stays = [labelled(_stays(VISITS), "d", "default"), labelled(_stays(VISITS), "d", "other")]
    return {
        "visit": [*own, *strange, *elsewhere],
        "stay": stays,
        "flap": [labelled(_flaps(), "d", "default")],
        "ledger": [labelled(_ledger(), "d", "default"), labelled(_ledger(), "e", "default")],
        "zone_hour": [labelled(_zone_hours(), "d", "default")],
        "ap_hour": [
            labelled(_ap_hours(DAY, START_MS), "d", "default"),
            labelled(_ap_hours(BEFORE, START_MS - WEEK), "d", "default"),
        ],
    }


def visits_of_dwells(dwells_ms: list[int]) -> pa.Table:
    """VISIT rows of the day, one for each dwell, of as many people."""
    visits = [
        Visit(number, number, START_MS, START_MS + dwell, None, False, False, False)
        for number, dwell in enumerate(dwells_ms)
    ]
    return _visits(visits, DAY)


def _visits(visits: list[Visit], day: datetime.date) -> pa.Table:
    same = ("visit_id", "subject", "start_ms", "end_ms", "random", "static", "staff", "cut")
    columns = {name: [getattr(visit, name) for visit in visits] for name in same}
    ones = [1] * len(visits)
    bounce = [visit.dwell_ms < 5 * MINUTE for visit in visits]
    return schemas.VISIT.table(
        day=[day] * len(visits),
        site=[""] * len(visits),
        sightings=ones,
        stays=ones,
        bounce=bounce,
        uncovered=[visit.cut for visit in visits],
        **columns,
    )


def _stays(visits: list[Visit]) -> pa.Table:
    rows = [
        (DAY, visit.visit_id, ordinal, site, zone, visit.subject, begin, end)
        for visit in visits
        for ordinal, (site, zone, begin, end) in enumerate(visit.path)
    ]
    return schemas.STAY.table(**dict(zip(schemas.STAY.names, map(list, zip(*rows, strict=True)), strict=True)))


def _flaps() -> pa.Table:
    return schemas.FLAP.table(
        day=[DAY] * 3, visit_id=[1, 1, 2], from_ap=["ap1"] * 3, to_ap=["ap2"] * 3, at_ms=[START_MS] * 3
    )


def _ledger() -> pa.Table:
    columns = dict(zip(("status", "reason", "feed", "records"), map(list, zip(*LEDGER, strict=True)), strict=True))
    return schemas.LEDGER.table(day=[DAY] * len(LEDGER), **columns)


def _zone_hours() -> pa.Table:
    count = len(HOURS)
    return schemas.ZONE_HOUR.table(
        day=[DAY] * count,
        level=["district"] * count,
        site=[""] * count,
        zone=[""] * count,
        hour_ms=[START_MS + hour * HOUR for hour, _ in HOURS],
        devices=[devices for _, devices in HOURS],
        presence_ms=[devices * HOUR // 2 for _, devices in HOURS],
        peak=[devices // 2 for _, devices in HOURS],
    )


def _ap_hours(day: datetime.date, start_ms: int) -> pa.Table:
    rows = [
        (day, ap, site, site, start_ms + hour * HOUR, 9, False, True) for ap, site, hours in AP_HOURS for hour in hours
    ]
    rows.append((day, "ap4", "west", "west", start_ms, 0, False, True))  # usually speaks, and did not
    return schemas.AP_HOUR.table(**dict(zip(schemas.AP_HOUR.names, map(list, zip(*rows, strict=True)), strict=True)))
