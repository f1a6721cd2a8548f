"""Random logs of many subjects in a small town, and what the visit law says of them, to hold the kernel against.

What does not live here: the law (`visit_law`), the tests (`test_kernel`), arrivals of a stream (`streams`).
"""

import random
from dataclasses import dataclass

import pyarrow as pa

from schemas import PLACE, SIGHTING
from schemas.sighting import KIND_NAMES
from sessionize.rules import VisitRules
from sessionize.visits import Walked, visits
from tests.laws import visit_law

MINUTE = 60_000
HOLDS = ("hold_joined", "hold_seen", "hold_left", "hold_idle", "longest", "flap")
SMALL = VisitRules(nearest=False, **{f"{name}_ms": getattr(visit_law.Small, name) for name in HOLDS})
SMALL_SITES = VisitRules(
    scope="site", nearest=False, **{f"{name}_ms": getattr(visit_law.Small, name) for name in HOLDS}
)
MOVED = 130  # AP D is at zone y of site t before, at zone z of site s from then on
ZONES = {"A": ("s", "x"), "a": ("s", "x"), "B": ("s", "y"), "C": ("t", "y"), "D": ("t", "y")}
Row = tuple[int, str, str]


class Ap(str):
    """An AP as the law sees it: named by its name alone, it knows where it is at that instant."""

    site: str
    zone: str

    def __new__(cls, name: str, at: int) -> "Ap":
        ap = super().__new__(cls, name)
        ap.site, ap.zone = ("s", "z") if name == "D" and at >= MOVED else ZONES.get(name, ("unknown", "unknown"))
        return ap


@dataclass(frozen=True)
class Expected:
    """What the law says: visits (subject, site, start, end, rows), stays (zone, from, to) of each, rows of each.

    `settled`: the instant past which nothing can change each visit.
    """

    visits: list[tuple[int, str, int, int, int]]
    stays: list[list[tuple[str, int, int]]]
    rows: list[list[Row]]
    settled: list[int]


def by_law(logs: dict[int, list[Row]], by_site: bool) -> Expected:
    expected = Expected([], [], [], [])
    for subject in sorted(logs):
        rows = [(at, Ap(ap, at), kind) for at, ap, kind in logs[subject]]
        for site in sorted({ap.site for _, ap, _ in rows}) if by_site else [""]:
            _add_law(expected, subject, rows, site)
    return expected


def _add_law(expected: Expected, subject: int, rows: list[Row], site: str) -> None:
    def here(ap: Ap) -> bool:
        return site in ("", ap.site)

    own = visit_law.scoped(rows, here)
    walked = visit_law.walk(own, visit_law.Small(), here)
    expected.settled.extend(due if after is None else min(due, after) for _, due, after in walked)
    for start, end, used in visit_law.visits(own, visit_law.Small(), here):
        stays = visit_law.stays(used, lambda ap: f"{ap.zone}@{ap.site}", visit_law.Small(), here)
        expected.visits.append((subject, site, start, end, len(used)))
        expected.stays.append([(zone or "between@", begin, until) for zone, begin, until in stays])
        expected.rows.append([row for row in used if here(row[1])])


def town() -> pa.Table:
    """The places of `Ap`, in instants near 0."""
    spans = [(ap, -999, 999) for ap in "AaBC"] + [("D", -999, MOVED), ("D", MOVED, 999)]
    aps = [Ap(name, begin) for name, begin, _ in spans]
    holds = {f"{name}_ms": [None] * len(aps) for name in HOLDS[:4]}
    return PLACE.table(
        ap=[str(ap) for ap in aps],
        from_ms=[begin for _, begin, _ in spans],
        until_ms=[until for _, _, until in spans],
        site=[ap.site for ap in aps],
        zone=[ap.zone for ap in aps],
        feed=[""] * len(aps),
        **holds,
    )


def table(rows: list[tuple[int, Row]]) -> pa.Table:
    """(subject, (at, ap, kind)) as sightings; only the columns of the walk."""
    return pa.table(
        [
            pa.array([row[0] for _, row in rows], pa.int64()),
            pa.array([subject for subject, _ in rows], pa.int64()),
            pa.array([row[1] for _, row in rows], pa.string()).dictionary_encode(),
            pa.array([KIND_NAMES.index(row[2]) for _, row in rows], pa.int8()),
        ],
        schema=pa.schema([SIGHTING.arrow.field(name) for name in ("at_ms", "subject", "ap", "kind")]),
    )


def kernel(rows: list[tuple[int, Row]], by_site: bool, **how: object) -> Walked:
    return visits(table(rows), town(), SMALL_SITES if by_site else SMALL, None, **how)


def random_logs(seed: int, subjects: int = 250) -> list[tuple[int, Row]]:
    """(subject, row) of many subjects, a few of them members (< 0), with ties and repeats, in the order of a log."""
    rnd = random.Random(seed)
    found = []
    for _ in range(subjects):
        subject = rnd.getrandbits(63) - (1 << 63) * (rnd.random() < 0.1)
        span, linked = rnd.choice([30, 120, 260]), rnd.choice([0.2, 0.5, 0.8])
        for _ in range(rnd.randint(1, 28)):
            kind = rnd.choice(["joined", "left", "idle"]) if rnd.random() < linked else "seen"
            found.append((subject, (rnd.randint(0, span), rnd.choice("AaBCD?"), kind)))
    found += rnd.sample(found, len(found) // 20)
    near_order = {id(row): row[1][0] + rnd.uniform(0, 8) for row in found}
    return sorted(found, key=lambda row: near_order[id(row)]) if rnd.random() < 0.7 else rnd.sample(found, len(found))


def assert_lawful(rows: list[tuple[int, Row]], by_site: bool, found: Walked) -> None:
    logs: dict[int, list[Row]] = {}
    for subject, row in rows:
        logs.setdefault(subject, []).append(row)
    expected = by_law(logs, by_site)
    columns = [found.visits[name].to_pylist() for name in ("subject", "site", "start_ms", "end_ms", "sightings")]
    assert list(zip(*columns, strict=True)) == expected.visits
    zones = [f"{z}@{s}" for z, s in zip(*(found.stays[c].to_pylist() for c in ("zone", "site")), strict=True)]
    stays = zip(zones, *(found.stays[c].to_pylist() for c in ("from_ms", "to_ms")), strict=True)
    assert list(stays) == [stay for visit in expected.stays for stay in visit]
    assert found.visits["stays"].to_pylist() == [len(stays) for stays in expected.stays]
    assert found.reach["visit_id"].equals(found.visits["visit_id"])
    assert found.reach["until_ms"].to_pylist() == expected.settled
    kept: list[list[Row]] = [[] for _ in expected.rows]
    for (_, row), fate in zip(rows, found.fate.tolist(), strict=True):
        if fate >= 0:
            kept[fate].append(row)
    assert [sorted(rows) for rows in kept] == [sorted(rows) for rows in expected.rows]
