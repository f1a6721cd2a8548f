"""A period shows of each row what the pages of its days show, and of members how many people they are."""

import datetime

import pyarrow as pa

from reports.period import settled_period
from reports.period_figures import OF_DAYS
from reports.period_members import OF_MEMBERS
from reports.small_cells import Settled

MONDAY = datetime.date(2026, 11, 16)
COLUMNS = {
    "total": "item visitors visits hours",
    "days": "date visitors visits hours",
    "period_bands": "band engagement counted visitors visits",
    "period_sites": "site visitors visits hours",
    "period_zones": "site zone visitors stays hours",
    "period_moves": "from_site to_site visitors moves",
}


def days_of(name: str, *rows: tuple[object, ...]) -> pa.Table:
    """Rows of a figure: days after Monday, then its columns."""
    columns = ["day", *COLUMNS[name].split()]
    dated = [(MONDAY + datetime.timedelta(days=int(str(row[0]))), *row[1:]) for row in rows]
    return pa.table(dict(zip(columns, map(list, zip(*dated, strict=True)), strict=True)))


def period(k: int = 10, **tables: pa.Table) -> Settled:
    """The settled figures; those that are not given have no row."""
    given = dict(tables)
    for figure in OF_DAYS:
        given.setdefault(figure.name, pa.table({name: [] for name in ["day", *COLUMNS[figure.name].split()]}))
    for figure in OF_MEMBERS:
        given.setdefault(figure.name, pa.table({"kind": ["present"], "members": [0], "member_days": [0]}))
    return settled_period(given, k)


def rows(table: pa.Table) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


def test_days_add_up_and_a_day_that_is_hidden_is_left_out() -> None:
    sites = days_of(
        "period_sites",
        *(
            (day, site, people, 2 * people, 1.0)
            for day, pair in enumerate([(40, 12), (52, 7), (47, 15)])
            for site, people in zip(("mall", "kiosk"), pair, strict=True)
        ),
        *((day, "garden", 30, 60, 1.0) for day in range(3)),
    ).sort_by([("day", "ascending"), ("visitors", "descending")])
    found = rows(period(period_sites=sites)["period_sites"])
    # On Tuesday the kiosk is small, so the page of that day hides the garden with it.
    assert found == [("mall", 139, 278, 3.0, 0), ("garden", 60, 120, 2.0, 1), ("kiosk", 27, 54, 2.0, 1)]


def test_what_no_day_may_show_is_hidden_in_the_period_too() -> None:
    sites = days_of("period_sites", *((day, "stall", 9, 9, 1.0) for day in range(30)))
    assert rows(period(period_sites=sites)["period_sites"]) == [("stall", None, None, None, 30)]


def test_the_zones_of_a_site_that_is_hidden_on_a_day_are_left_out_on_that_day() -> None:
    sites = days_of(
        "period_sites", (0, "a", 50, 50, 1.0), (0, "b", 9, 9, 1.0), (0, "c", 60, 60, 1.0), (1, "a", 50, 50, 1.0)
    )
    zones = days_of(
        "period_zones", (0, "a", "a1", 50, 50, 1.0), (0, "c", "c1", 60, 60, 1.0), (1, "a", "a1", 50, 50, 1.0)
    )
    found = rows(period(period_sites=sites, period_zones=zones)["period_zones"])
    assert found == [("a", "a1", 50, 50, 1.0, 1), ("c", "c1", 60, 60, 1.0, 0)]


def test_bands_are_in_the_order_of_their_length() -> None:
    bands = days_of(
        "period_bands",
        (0, "120+", "engaged", True, 20, 20),
        (1, "15-30", "engaged", True, 20, 20),
        (1, "5-15", "engaged", True, 20, 20),
    )
    assert period(period_bands=bands)["period_bands"]["band"].to_pylist() == ["5-15", "15-30", "120+"]


def members(present: int, *, new: int, loyal: int, again: int) -> dict[str, pa.Table]:
    def table(**kinds: int) -> pa.Table:
        return pa.table({"kind": list(kinds), "members": list(kinds.values()), "member_days": list(kinds.values())})

    return {
        "members": table(present=present),
        "new_members": table(newcomer=new, returning=present - new),
        "loyalty": table(again=again, loyal=loyal, once=present - loyal - again),
    }


def test_a_small_class_of_members_hides_another_so_that_it_does_not_follow() -> None:
    settled = period(**members(100, new=4, loyal=50, again=20))
    assert settled["members"]["members"].to_pylist() == [100]
    assert settled["new_members"]["members"].to_pylist() == [None, None]
    assert settled["loyalty"]["members"].to_pylist() == [20, 50, 30]


def test_of_fewer_members_than_the_threshold_nothing_is_told() -> None:
    settled = period(**members(9, new=0, loyal=0, again=0))
    assert settled["members"].to_pylist() == [{"kind": "present", "members": None, "member_days": None}]
    assert len(settled["new_members"]) == len(settled["loyalty"]) == 0
