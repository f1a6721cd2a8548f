"""The days of a period added up: of each row exactly what the pages of its days may show, so that no sum tells more.

    site    Mon   Tue   Wed    period   days left out
    mall     40    52    47       139               0
    kiosk    12   <10*   15        27               1
    stall   <10*  <10*  <10*     <10*               3

A sum over all days beside the published days would give away the one that is hidden; and of strangers nobody knows
whether ten visitors of ten days are ten people. Members are counted as people, each once, and hidden like any figure.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc

from reports.figure import Figure
from reports.period_figures import LARGEST_FIRST, OF_DAYS, SITES, ZONES, of_a_day
from reports.period_members import LOYALTY, MEMBERS, NEW_MEMBERS, OF_MEMBERS
from reports.small_cells import Settled, hide_small, hide_with, plain

PERIOD_FIGURES: tuple[Figure, ...] = (*OF_DAYS[:2], *OF_MEMBERS, *OF_DAYS[2:])
PERIOD_BY_NAME = {figure.name: figure for figure in PERIOD_FIGURES}


def settled_period(tables: Mapping[str, pa.Table], k: int) -> Settled:
    """The figures of a period from the result of each one's SQL; places and moves by size.

    A row has its keys, `visitor_days`, its other measures and `days_left_out`. One without a day that may be shown is
    hidden: all but its keys and `days_left_out` are null.
    """
    days = {figure.name: list(_settled_days(figure, plain(tables[figure.name]), k)) for figure in OF_DAYS}
    days[ZONES.name] = [_with_their_sites(zones, days[SITES.name]) for zones in days[ZONES.name]]
    safe = {figure.name: _added_up(figure, days[figure.name]) for figure in OF_DAYS}
    members = {figure.name: hide_small(figure, plain(tables[figure.name]), k) for figure in OF_MEMBERS}
    if members[MEMBERS.name][MEMBERS.people].null_count:  # then no part of them may be shown
        members |= {figure.name: members[figure.name].slice(0, 0) for figure in (NEW_MEMBERS, LOYALTY)}
    return Settled(safe | members)


def _settled_days(figure: Figure, rows: pa.Table, k: int) -> Iterator[pa.Table]:
    """The rows of each day as its own page shows them, day by day."""
    start = 0
    for _, days in groupby(rows["day"].to_pylist()):
        length = sum(1 for _ in days)
        yield hide_small(of_a_day(figure), rows.slice(start, length), k)
        start += length


def _with_their_sites(zones: pa.Table, sites: list[pa.Table]) -> pa.Table:
    """A day's zones, those of a site that is hidden on the day hidden with it."""
    day = zones["day"][0]
    same = next((table for table in sites if table["day"][0] == day), None)
    if same is None:
        return zones
    return hide_with(of_a_day(ZONES), zones, ("site",), of_a_day(SITES), same, ("site",))


def _added_up(figure: Figure, days: list[pa.Table]) -> pa.Table:
    """One row of the period a key: hidden days add nothing but to `days_left_out`."""
    if not days:
        return pa.table({name: pa.array([], pa.string()) for name in (*figure.keys, figure.people)})
    rows = pa.concat_tables(days)
    rows = rows.append_column("days_left_out", rows["visitors"].is_null().cast(pa.int64()))
    measures = [name for name in rows.column_names if name not in ("day", *figure.keys)]
    sums = rows.group_by(list(figure.keys), use_threads=False).aggregate([(name, "sum") for name in measures])
    columns = {name: sums[name] for name in figure.keys}
    columns |= {"visitor_days" if name == "visitors" else name: sums[f"{name}_sum"] for name in measures}
    return _ordered(figure, pa.table(columns))


def _ordered(figure: Figure, sums: pa.Table) -> pa.Table:
    """Places and moves by size, what is hidden last; bands by length; days as they are."""
    if "band" in figure.keys:
        starts = pc.extract_regex(sums["band"], "^(?P<start>[0-9]+)").combine_chunks().field("start").cast(pa.int64())
        order = pa.table({"start": starts, "engagement": sums["engagement"]})
        return sums.take(pc.sort_indices(order, [("start", "ascending"), ("engagement", "ascending")]))
    if figure.name not in LARGEST_FIRST:
        return sums
    return sums.sort_by([(LARGEST_FIRST[figure.name], "descending"), *((key, "ascending") for key in figure.keys)])
