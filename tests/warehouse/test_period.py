"""A period's report is the sum of its days' pages; members are counted as people, as by hand."""

import datetime
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest

from pipelines.warehouse.member_tables import remember
from pipelines.warehouse.protocol import Warehouse
from reports.figure import Figure, parameters
from reports.period import PERIOD_FIGURES, settled_period
from reports.period_members import PERIOD_MEMBER_SQL
from reports.place_figures import SITE_MOVES, SITES, ZONES
from reports.small_cells import Settled, hide_small, hide_with, plain
from reports.visit_figures import BAND_FIGURE, HEADLINE
from schemas import MEMBER_DEVICE
from tests.warehouse.small_day import DATE, START
from tests.warehouse.summed import put
from tests.warehouse.summed_day import LIMITS, MINUTE, visits_of

DAYS = [DATE - datetime.timedelta(days=3 - place) for place in range(4)]
HERE, K = "period", 5
SEEDS = dict(zip(DAYS, (11, 12, 13, 14), strict=True))


@pytest.fixture(scope="module")
def loaded(warehouse: Warehouse) -> Warehouse:
    """Four days; of the second an older run lies beside the visible one."""
    put(warehouse, HERE, 99, DAYS[1], count=80)
    for day, seed in SEEDS.items():
        put(warehouse, HERE, seed, day, count=80)
    warehouse.replace_members(HERE, MEMBER_DEVICE.empty(), [])
    return warehouse


def asked(first: datetime.date, last: datetime.date) -> dict[str, Any]:
    return {"district": HERE, "definition": "x@1", "from": first, "until": last, **LIMITS.parameters}


def period(warehouse: Warehouse, first: datetime.date, last: datetime.date, k: int) -> Settled:
    remember(warehouse, "period_member", PERIOD_MEMBER_SQL, asked(first, last))
    return settled_period({one.name: warehouse.query(one.sql, asked(first, last)) for one in PERIOD_FIGURES}, k)


def of_a_page(warehouse: Warehouse, figure: Figure, day: datetime.date) -> pa.Table:
    """A figure of a day's own page, settled."""
    told = parameters(district=HERE, definition="x@1", day=day, time_zone="UTC", registered_aps=0, limits=LIMITS)
    return hide_small(figure, plain(warehouse.query(figure.sql, told)), K)


@pytest.mark.parametrize(
    ("name", "figure", "column"),
    [
        ("days", HEADLINE, "visits"),
        ("period_bands", BAND_FIGURE, "visits"),
        ("period_sites", SITES, "visits"),
        ("period_zones", ZONES, "stays"),
        ("period_moves", SITE_MOVES, "moves"),
    ],
)
def test_a_period_is_the_sum_of_what_its_days_show(loaded: Warehouse, name: str, figure: Figure, column: str) -> None:
    wanted: Counter[tuple[object, ...]] = Counter()
    for day in DAYS[1:]:
        rows = of_a_page(loaded, figure, day)
        if figure is ZONES:
            rows = hide_with(ZONES, rows, ("site",), SITES, of_a_page(loaded, SITES, day), ("site",))
        for row in rows.to_pylist():
            if row[column] is not None and row.get("which") != "before":
                key = (str(day),) if figure is HEADLINE else tuple(row[one] for one in figure.keys)
                wanted[key] += row[column]
    keys = ("date",) if figure is HEADLINE else figure.keys
    found = [row for row in period(loaded, DAYS[1], DAYS[3], K)[name].to_pylist() if row[column] is not None]
    assert {tuple(row[one] for one in keys): row[column] for row in found} == wanted
    assert wanted


def test_the_total_adds_up_every_visit_that_makes_a_visitor(loaded: Warehouse) -> None:
    counted = [[visit for visit in visits_of(SEEDS[day], 80) if visit.is_counted] for day in DAYS]
    (total,) = period(loaded, DAYS[0], DAYS[3], K)["total"].to_pylist()
    assert total["visits"] == sum(map(len, counted))
    assert total["visitor_days"] == sum(len({visit.subject for visit in day}) for day in counted)
    dwell_ms = sum(visit.end - visit.start for day in counted for visit in day)
    assert total["hours"] == pytest.approx(dwell_ms / 3_600_000)


def test_members_are_people_counted_once_from_consent_on(loaded: Warehouse) -> None:
    """Every device is somebody's; one becomes a member's in the middle of a day, one ceases to be."""
    noon = START + 10 * 60 * MINUTE  # all days of the tests lie at the same instants
    spans = [(-device, f"m{device % 6}", 0, 2**62) for device in range(3, 11)]
    spans += [(-1, "late", noon, 2**62), (-2, "gone", 0, noon), (-2, "next", noon, noon + 120 * MINUTE)]
    columns = zip(*spans, strict=True)
    devices = MEMBER_DEVICE.table(**dict(zip(MEMBER_DEVICE.names, map(list, columns), strict=True)))
    agreed = sorted({member for _, member, _, _ in spans} - {"m3"})
    loaded.replace_members(HERE, devices, agreed)
    days: dict[str, set[datetime.date]] = {member: set() for member in agreed}
    for day in DAYS:
        for visit in visits_of(SEEDS[day], 80):
            for device, member, begin, end in spans:
                is_hers = visit.subject == device and begin <= visit.start < end and member in days
                if is_hers and not visit.static and not visit.staff:
                    days[member].add(day)
    here = {member: own for member, own in days.items() if own & set(DAYS[2:])}
    settled = period(loaded, DAYS[2], DAYS[3], 1)
    loaded.replace_members(HERE, MEMBER_DEVICE.empty(), [])
    member_days = sum(len(own & set(DAYS[2:])) for own in here.values())
    assert settled["members"].to_pylist() == [{"kind": "present", "members": len(here), "member_days": member_days}]
    kinds = {row["kind"]: row["members"] for one in ("new_members", "loyalty") for row in settled[one].to_pylist()}
    before = Counter("returning" if own & set(DAYS[:2]) else "newcomer" for own in here.values())
    times = Counter("loyal" if len(own & set(DAYS[2:])) > 1 else "once" for own in here.values())
    assert kinds == before | times
