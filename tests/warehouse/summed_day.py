"""Random visits that keep every rule of the gate, strangers' and members', and what they come to, counted by hand."""

import datetime
import itertools
import random
from collections import defaultdict
from dataclasses import dataclass

import pyarrow as pa

from reports.figure import Limits
from schemas import LEDGER, PUBLISHED, STAY, VISIT
from tests.warehouse.small_day import HOUR, START

MINUTE = 60_000
LIMITS = Limits(fully_engaged_ms=40 * MINUTE)
PLACES = (("mall", "food"), ("mall", "shoes"), ("street", "road"), ("", "between"), ("unknown", "unknown"))
Rows = list[dict[str, object]]


@dataclass(frozen=True)
class Visit:
    number: int
    subject: int
    static: bool
    staff: bool
    path: tuple[tuple[tuple[str, str], int, int], ...]  # (site, zone), from, to

    @property
    def start(self) -> int:
        return self.path[0][1]

    @property
    def end(self) -> int:
        return self.path[-1][2]

    @property
    def is_counted(self) -> bool:
        return not (self.static or self.staff) and self.end - self.start >= LIMITS.min_dwell_ms


def visits_of(seed: int, count: int = 60) -> list[Visit]:
    """`count` visits of a third as many devices, half of them members'; those of one device may overlap or touch."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        begin = START + rng.randrange(0, 20 * HOUR, MINUTE)
        edges = sorted([begin, *(begin + rng.randrange(0, 90 * MINUTE, 30_000) for _ in range(rng.randrange(1, 5)))])
        path = tuple((rng.choice(PLACES), a, b) for a, b in itertools.pairwise(edges))
        subject = rng.randrange(-10, 10)
        made.append(Visit(seed * 1000 + number, subject, rng.random() < 0.1, rng.random() < 0.1, path))
    return made


def tables_of(visits: list[Visit], date: datetime.date) -> dict[str, pa.Table]:
    """What a load is given: each visit has one sighting."""
    stays = [(v, place, *one) for v in visits for place, one in enumerate(v.path)]
    ones, no = [1] * len(visits), [False] * len(visits)
    columns: dict[str, object] = {
        "day": [date] * len(visits),
        "visit_id": [v.number for v in visits],
        "site": [""] * len(visits),
        "subject": [v.subject for v in visits],
        "start_ms": [v.start for v in visits],
        "end_ms": [v.end for v in visits],
        "sightings": ones,
        "stays": [len(v.path) for v in visits],
        "static": [v.static for v in visits],
        "staff": [v.staff for v in visits],
    }
    flags = {name: no for name in VISIT.names if name not in columns}
    return {
        "visit": VISIT.table(**columns, **flags),
        "stay": STAY.table(
            day=[date] * len(stays),
            visit_id=[stay[0].number for stay in stays],
            ordinal=[stay[1] for stay in stays],
            site=[stay[2][0] for stay in stays],
            zone=[stay[2][1] for stay in stays],
            subject=[stay[0].subject for stay in stays],
            from_ms=[stay[3] for stay in stays],
            to_ms=[stay[4] for stay in stays],
        ),
        "sighting": PUBLISHED.table(
            at_ms=[v.start for v in visits],
            subject=[v.subject for v in visits],
            ap=["p"] * len(visits),
            kind=[2] * len(visits),
            signal_dbm=[None] * len(visits),
            feed=["wifi"] * len(visits),
            file=["x.log"] * len(visits),
            line=[*range(1, len(visits) + 1)],
            time_quality=[0] * len(visits),
            visit_id=[v.number for v in visits],
            site=["mall"] * len(visits),
            zone=["food"] * len(visits),
        ),
        "ledger": LEDGER.table(day=[date], feed=["wifi"], status=["kept"], reason=[""], records=[len(visits)]),
    }


def sums_of(visits: list[Visit], date: datetime.date) -> dict[str, Rows]:
    """Every sum of the day, by table, rows in no order."""
    return {
        "device_day": _device_days(visits, date),
        "device_zone_day": _device_zone_days(visits, date),
        "place_day": _place_days(visits, date),
        "dwell_day": _dwell_days(visits, date),
        "move_day": _move_days(visits, date),
    }


def _of_devices(visits: list[Visit]) -> dict[int, list[Visit]]:
    found = defaultdict(list)
    for visit in visits:
        if visit.subject < 0 and not visit.static and not visit.staff:
            found[visit.subject].append(visit)
    return found


def _device_days(visits: list[Visit], date: datetime.date) -> Rows:
    return [
        {
            "day": date,
            "subject": subject,
            **_merged([(v.start, v.end) for v in own], "visits"),
            "first_ms": min(v.start for v in own),
            "last_ms": max(v.start for v in own),
            "until_ms": max(v.end for v in own),
        }
        for subject, own in _of_devices(visits).items()
    ]


def _device_zone_days(visits: list[Visit], date: datetime.date) -> Rows:
    rows: Rows = []
    for subject, own in _of_devices(visits).items():
        there = defaultdict(list)
        for place, begin, end in (one for visit in own for one in visit.path):
            if place[1] != "between":
                there[place].append((begin, end))
        starts = {"first_ms": min(v.start for v in own), "last_ms": max(v.start for v in own)}
        for (site, zone), times in there.items():
            where = {"day": date, "subject": subject, "site": site, "zone": zone}
            rows.append({**where, **_merged(times, "stays"), **starts})
    return rows


def _merged(times: list[tuple[int, int]], name: str) -> dict[str, int]:
    runs: list[list[int]] = []
    for begin, end in sorted(times):
        if runs and begin <= runs[-1][1]:
            runs[-1][1] = max(runs[-1][1], end)
        else:
            runs.append([begin, end])
    return {name: len(runs), "presence_ms": sum(end - begin for begin, end in runs)}


def _place_days(visits: list[Visit], date: datetime.date) -> Rows:
    counted = [v for v in visits if v.is_counted]
    stays = [(v, site, zone, b - a) for v in counted for (site, zone), a, b in v.path if site not in ("", "unknown")]
    rows = [("district", "", "", [(v, v.end - v.start) for v in counted], len(stays))]
    for site in {stay[1] for stay in stays}:
        own = [(v, ms) for v, of, _, ms in stays if of == site]
        rows.append(("site", site, "", own, len(own)))
    for site, zone in {stay[1:3] for stay in stays}:
        own = [(v, ms) for v, of, at, ms in stays if (of, at) == (site, zone)]
        rows.append(("zone", site, zone, own, len(own)))
    return [
        {
            "day": date,
            "level": level,
            "site": site,
            "zone": zone,
            "visitors": len({v.subject for v, _ in own}),
            "visits": len({v.number for v, _ in own}),
            "stays": count,
            "presence_ms": sum(ms for _, ms in own),
            "limits": "300000 5,15,30,60,120 300000 2400000",
        }
        for level, site, zone, own, count in rows
    ]


def _dwell_days(visits: list[Visit], date: datetime.date) -> Rows:
    found = defaultdict(list)
    for visit in (v for v in visits if not v.static and not v.staff):
        ms = visit.end - visit.start
        engagement = "bounce" if ms < LIMITS.engaged_ms else "engaged" if ms < 40 * MINUTE else "fully-engaged"
        found[_band(ms // MINUTE), engagement, visit.is_counted].append(visit.subject)
    return [
        {
            "day": date,
            "band": band,
            "engagement": engagement,
            "counted": counted,
            "visits": len(own),
            "visitors": len(set(own)),
        }
        for (band, engagement, counted), own in found.items()
    ]


def _band(minutes: int) -> str:
    below = [limit for limit in LIMITS.bands_min if limit <= minutes]
    above = [limit for limit in LIMITS.bands_min if limit > minutes]
    return f"{max(below, default=0)}" + (f"-{min(above)}" if above else "+")


def _move_days(visits: list[Visit], date: datetime.date) -> Rows:
    found = defaultdict(list)
    for visit in (v for v in visits if v.is_counted):
        sites = [site for (site, _), _, _ in visit.path if site not in ("", "unknown")]
        for one, two in itertools.pairwise(sites):
            if one != two:
                found[one, two].append(visit.subject)
    return [
        {"day": date, "from_site": one, "to_site": two, "moves": len(own), "visitors": len(set(own))}
        for (one, two), own in found.items()
    ]
