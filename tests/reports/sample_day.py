"""A district's day that looks like one: 15,000 visits over eight sites, with the weekday before, as schema tables.

Not the simulator: no logs, only what the figures read. Invented from a seed, the same every time.
"""

import datetime

import numpy as np
import pyarrow as pa

import schemas
from reports.facts import ZONE_PLAN, PageFacts

DAY = datetime.date(2026, 11, 21)
BEFORE = datetime.date(2026, 11, 14)
ZONE = datetime.timezone(datetime.timedelta(hours=8))
MINUTE, HOUR = 60_000, 3_600_000

# site: (x, y, width, height, columns, rows, floors, draw)
SITES = {
    "大悦城": (20, 330, 300, 250, 4, 3, ("1", "2"), 9.0),
    "万象汇": (360, 360, 260, 220, 4, 3, ("1", "2"), 7.5),
    "新华天地": (660, 330, 300, 250, 4, 3, ("1", "2"), 6.0),
    "南街": (20, 280, 940, 36, 10, 1, ("1",), 8.0),
    "美食广场": (20, 30, 240, 230, 3, 3, ("1",), 5.0),
    "Harbour Mall": (290, 30, 300, 230, 4, 3, ("1", "2"), 4.0),
    "老城里": (620, 30, 180, 230, 2, 4, ("1",), 2.5),
    "影城": (830, 30, 130, 230, 1, 3, ("1",), 1.6),
}
NAMES = [
    "优衣库",
    "星巴克",
    "海底捞",
    "无印良品",
    "耐克",
    "苹果",
    "屈臣氏",
    "喜茶",
    "西西弗",
    "乐高",
    "小米",
    "名创优品",
    "必胜客",
    "丝芙兰",
    "周大福",
    "华为",
]


def plan() -> pa.Table:
    rows = []
    for site, (x, y, width, height, across, down, floors, _) in SITES.items():
        for floor in floors:
            for place in range(across * down):
                column, row = place % across, place // across
                rows.append(
                    {
                        "zone": f"{site}-{floor}-{place + 1:02d}",
                        "name": f"{NAMES[(len(rows) * 7) % len(NAMES)]} {floor}{place + 1:02d}",
                        "site": site,
                        "floor": floor,
                        "kind": "street" if site == "南街" else "shop",
                        "x_m": x + column * width / across,
                        "y_m": y + row * height / down,
                        "width_m": width / across - 3,
                        "height_m": height / down - 3,
                    }
                )
    return pa.Table.from_pylist(rows, schema=ZONE_PLAN)


def facts(**changes: object) -> PageFacts:
    known = {
        "district": "新江湾商圈",
        "day": DAY,
        "definition": "default@1",
        "provisional": False,
        "made": "2026-11-22 11:40 · run 3f2a",
        "min_dwell_ms": 5 * MINUTE,
        "zones": plan(),
    }
    return PageFacts(**{**known, **changes})


def tables() -> dict[str, list[pa.Table]]:
    """schema name -> one batch for the day and one for the weekday before."""
    days = [_day(DAY, 15_000, 1), _day(BEFORE, 13_700, 2)]
    return {name: [day[name] for day in days] for name in days[0]}


def _day(day: datetime.date, visits: int, seed: int) -> dict[str, pa.Table]:
    rng = np.random.default_rng(seed)
    start_ms = int(datetime.datetime.combine(day, datetime.time(5), ZONE).timestamp() * 1000)
    hours = rng.choice([6.6, 8.5, 14.2], visits, p=[0.38, 0.12, 0.5]) + rng.normal(0, 1.7, visits)
    begin = start_ms + (np.clip(hours, 0, 22) * HOUR).astype(np.int64)
    minutes = np.where(rng.random(visits) < 0.24, rng.uniform(0, 5, visits), rng.lognormal(3.75, 0.85, visits))
    dwell = (np.minimum(minutes, 700) * MINUTE).astype(np.int64)
    subject = rng.integers(0, int(visits * 0.86), visits)
    paths = _paths(rng, visits)
    visit = schemas.VISIT.table(
        day=[day] * visits,
        visit_id=np.arange(visits) + seed * 10**6,
        site=[""] * visits,
        subject=subject,
        start_ms=begin,
        end_ms=begin + dwell,
        sightings=rng.integers(1, 60, visits),
        stays=[len(path) for path in paths],
        random=[None if r < 0.001 else r < 0.79 for r in rng.random(visits)],
        bounce=dwell < 5 * MINUTE,
        static=rng.random(visits) < 0.0006,
        staff=dwell > 6 * HOUR,
        cut=rng.random(visits) < 0.0015,
        uncovered=rng.random(visits) < 0.06,
    )
    return {
        "visit": visit,
        "stay": _stays(rng, day, paths, visit),
        "flap": _flaps(rng, day, visits),
        "ledger": _ledger(rng, day),
        "zone_hour": _presence(day, start_ms, visit),
        "ap_hour": _ap_hours(rng, day, start_ms),
        "passage": _passages(rng, day, start_ms),
    }


def _paths(rng: np.random.Generator, visits: int) -> list[list[dict]]:
    zones = plan().to_pylist()
    by_site: dict[str, list[dict]] = {}
    for zone in zones:
        by_site.setdefault(zone["site"], []).append(zone)
    sites, draw = list(SITES), np.array([site[-1] for site in SITES.values()])
    near = np.array(
        [[1 / (80 + abs(SITES[a][0] - SITES[b][0]) + abs(SITES[a][1] - SITES[b][1])) for b in sites] for a in sites]
    )
    paths = []
    for _ in range(visits):
        site = rng.choice(len(sites), p=draw / draw.sum())
        path = []
        for _ in range(1 + rng.poisson(1.1)):
            here = by_site[sites[site]]
            path += [here[int(len(here) * rng.random() ** 1.6)] for _ in range(1 + rng.poisson(0.9))]
            reach = near[site] * draw
            site = rng.choice(len(sites), p=reach / reach.sum())
        paths.append([zone for zone, before in zip(path, [None, *path], strict=False) if zone is not before])
    return paths


def _stays(rng: np.random.Generator, day: datetime.date, paths: list[list[dict]], visit: pa.Table) -> pa.Table:
    rows: dict[str, list] = {name: [] for name in schemas.STAY.names}
    begins, ends, ids, subjects = (visit[c].to_numpy() for c in ("start_ms", "end_ms", "visit_id", "subject"))
    for path, begin, end, visit_id, subject in zip(paths, begins, ends, ids, subjects, strict=True):
        cuts = np.sort(rng.integers(begin, end + 1, len(path) - 1))
        edges = [int(begin), *(int(cut) for cut in cuts), int(end)]
        for ordinal, zone in enumerate(path):
            values = (day, visit_id, ordinal, zone["site"], zone["zone"], subject, edges[ordinal], edges[ordinal + 1])
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return schemas.STAY.table(**rows)


def _flaps(rng: np.random.Generator, day: datetime.date, visits: int) -> pa.Table:
    count = visits // 9
    return schemas.FLAP.table(
        day=[day] * count,
        visit_id=rng.integers(0, visits, count),
        from_ap=["ap-1"] * count,
        to_ap=["ap-2"] * count,
        at_ms=np.arange(count),
    )


def _ledger(rng: np.random.Generator, day: datetime.date) -> pa.Table:
    rows = [
        ("kept", "", 1_230_144),
        ("other-day", "", 214_300),
        ("repeat", "", 9_911),
        ("ignored", "unmatched-leave", 6_120),
        ("ignored", "authenticated-only", 1_700),
        ("rejected", "bad-time", 2_104),
        ("rejected", "truncated", 31),
        ("late", "", 812),
        ("outside", "", 94),
    ]
    return schemas.LEDGER.table(
        day=[day] * len(rows),
        feed=["controllers"] * len(rows),
        status=[row[0] for row in rows],
        reason=[row[1] for row in rows],
        records=[row[2] + int(rng.integers(0, 30)) for row in rows],
    )


def _presence(day: datetime.date, start_ms: int, visit: pa.Table) -> pa.Table:
    begin, end = visit["start_ms"].to_numpy(), visit["end_ms"].to_numpy()
    hours = [start_ms + hour * HOUR for hour in range(24)]
    devices = [int(((begin < hour + HOUR) & (end >= hour)).sum()) for hour in hours]
    present = [int(np.clip(np.minimum(end, h + HOUR) - np.maximum(begin, h), 0, None).sum()) for h in hours]
    return schemas.ZONE_HOUR.table(
        day=[day] * 24,
        level=["district"] * 24,
        site=[""] * 24,
        zone=[""] * 24,
        hour_ms=hours,
        devices=devices,
        presence_ms=present,
        peak=[int(p / HOUR * 1.2) for p in present],
    )


def _ap_hours(rng: np.random.Generator, day: datetime.date, start_ms: int) -> pa.Table:
    """118 of 120 registered APs, 2 unknown; on DAY a third of them is off from 15:00 to 17:00."""
    rows: dict[str, list] = {name: [] for name in schemas.AP_HOUR.names}
    for ap in range(120):
        known = ap < 118
        for hour in range(3, 20):
            is_off = (day == DAY and ap % 3 == 0 and hour in (10, 11)) or rng.random() < 0.01
            site = list(SITES)[ap % len(SITES)] if known else "unknown"
            zone = "z" if known else "unknown"
            values = (day, f"ap-{ap:03d}", site, zone, start_ms + hour * HOUR, 0 if is_off else 40, False, known)
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return schemas.AP_HOUR.table(**rows)


def _passages(rng: np.random.Generator, day: datetime.date, start_ms: int) -> pa.Table:
    """Three in ten who pass come in; the district and its sites, over the day and by hour."""
    places = [("district", "", ""), *(("site", site, "") for site in SITES)]
    spans = [("day", start_ms), *(("hour", start_ms + hour * HOUR) for hour in range(24))]
    rows: dict[str, list] = {name: [] for name in schemas.PASSAGE.names}
    for level, site, zone in places:
        for span, hour_ms in spans:
            passed = int(rng.integers(0, 4000 if span == "hour" else 40_000))
            values = (day, level, site, zone, span, hour_ms, passed, passed * 3 // 10, passed // 5)
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return schemas.PASSAGE.table(**rows)
