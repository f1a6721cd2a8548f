"""Which sections the page has, in order: each figure's chart and table. How a section is made is said in `section`."""

from collections import Counter
from typing import Any

from reports.charts import bands_chart, dwell_chart, hours_chart, matrix_chart
from reports.plan import Box, box_of, plan_chart, plan_panels
from reports.section import FULL, HALF, Desk, Drawing, Section
from reports.words import word

MOST_ROWS, MOST_PAIRS, MOST_SITES = 15, 10, 20

Row = dict[str, Any]


def figure_sections(desk: Desk) -> list[Section]:
    """The body of the page."""
    return [
        _hours(desk),
        _ap_hours(desk),
        _bands(desk),
        _dwell(desk),
        _plan(desk),
        _sites(desk),
        _zones(desk),
        _site_moves(desk),
        _zone_moves(desk),
        _shared(desk),
        _pairs(desk),
    ]


def quality_sections(desk: Desk) -> list[Section]:
    """The tables behind the data-quality strip, for the end of the page."""
    columns = {"records": "status reason records", "kinds": "kind visits visitors", "network": "item value of"}
    return [desk.section(name, width="third", table=desk.table(name, columns[name])) for name in columns]


def _hours(desk: Desk) -> Section:
    rows = desk.rows["hours"]
    drawn = desk.drawing("hours", lambda width: hours_chart(rows, "devices", _hours_shown(desk), width, 230), FULL)
    more = desk.table("hours", "which hour devices mean_present peak")
    return desk.section("hours", width="full", drawings=(drawn,) if rows else (), more=more, compares=True)


def _ap_hours(desk: Desk) -> Section:
    rows = desk.rows["ap_hours"]
    drawn = desk.drawing("ap_hours", lambda width: hours_chart(rows, "aps", _hours_shown(desk), width, 72), FULL)
    more = desk.table("ap_hours", "which hour aps")
    return desk.section("ap_hours", width="full", drawings=(drawn,) if rows else (), more=more, compares=True)


def _hours_shown(desk: Desk) -> list[int]:
    """The hours of both charts, so that a fall in one stands above a fall in the other."""
    return sorted({row["hour"] for name in ("hours", "ap_hours") for row in desk.rows[name]})


def _bands(desk: Desk) -> Section:
    rows = desk.rows["bands"]
    drawn = desk.drawing("bands", lambda width: bands_chart(rows, desk.language, width - 60), HALF)
    more = desk.table("bands", "band counted visits visitors")
    return desk.section("bands", width="half", drawings=(drawn,) if rows else (), more=more)


def _dwell(desk: Desk) -> Section:
    rows = desk.rows["dwell"]
    drawn = desk.drawing("dwell", lambda width: dwell_chart(rows, desk.language, width - 45), HALF)
    more = desk.table("dwell", "bin_min counted visits visitors")
    return desk.section("dwell", width="half", drawings=(drawn,) if rows else (), more=more)


def _plan(desk: Desk) -> Section:
    """Every floor that has zones with a position; the shades of all floors compare."""
    minutes = {(row["site"], row["zone"]): row["minutes"] for row in desk.rows["zones"]}
    panels = plan_panels(desk.facts.zones.to_pylist(), minutes)
    rectangles = [rectangle for panel in panels.values() for rectangle in panel]
    box = box_of(rectangles)
    highest = max((r["hours"] for r in rectangles if r["hours"] is not None), default=0.0) or 1.0
    width = FULL if len(panels) == 1 else HALF
    drawings = []
    for place, (floor, panel) in enumerate(panels.items()):
        caption = word("floor", desk.language, floor) if len(panels) > 1 else ""
        drawings.append(_plan_drawing(desk, f"plan{place}", panel, box, highest, width, caption))
    section = desk.section("zones", width="full", drawings=tuple(drawings), under="plan")
    return section if drawings else section.without(word("no_plan", desk.language))


def _plan_drawing(
    desk: Desk, name: str, panel: list[Row], box: Box, highest: float, width: int, caption: str
) -> Drawing:
    legend, title = word("dwell_hours", desk.language), word("plan", desk.language)
    return desk.drawing(
        name, lambda wide: plan_chart(panel, box, highest, wide, legend), width, title=title, caption=caption
    )


def _sites(desk: Desk) -> Section:
    table = desk.table("sites", "site visitors visits median_minutes", most=MOST_ROWS, bar="visitors")
    return desk.section("sites", width="half", table=table)


def _zones(desk: Desk) -> Section:
    table = desk.table("zones", "zone site visitors stays minutes", most=MOST_ROWS, bar="minutes")
    return desk.section("zones", width="half", table=table)


def _site_moves(desk: Desk) -> Section:
    cells = [
        _matrix_cell(row["from_site"], row["to_site"], row["moves"], desk.label("site_moves", row, "moves"))
        for row in desk.rows["site_moves"]
    ]
    return _matrix(desk, "site_moves", cells, ("from_site", "to_site"), "from_site to_site moves visitors")


def _zone_moves(desk: Desk) -> Section:
    table = desk.table("zone_moves", "from_zone to_zone moves visitors", most=MOST_ROWS, bar="moves")
    return desk.section("zone_moves", width="half", table=table)


def _shared(desk: Desk) -> Section:
    """Row: whose visitors; column: where else they were; shade and number: the share of the row's visitors."""
    cells = []
    for row in desk.rows["shared"]:
        for one, two, share in (("site", "other", "share_of_site"), ("other", "site", "share_of_other")):
            cells.append(_matrix_cell(row[one], row[two], row[share], desk.label("shared", row, share)))
    return _matrix(desk, "shared", cells, ("visitors_of", "also_in"), "")


def _pairs(desk: Desk) -> Section:
    table = desk.table("shared", "site other both share_of_site share_of_other lift", most=MOST_PAIRS)
    return desk.section("shared", width="half", table=table, under="pairs")


def _matrix(desk: Desk, name: str, cells: list[Row], axes: tuple[str, str], columns: str) -> Section:
    """The matrix of the sites that occur in most people's cells, the busiest first."""
    top = _largest(cells)
    shown = [cell for cell in cells if cell["row"] in top and cell["column"] in top]
    titles = (word(axes[0], desk.language), word(axes[1], desk.language))
    drawings: tuple[Drawing, ...] = ()
    if shown:
        drawings = (
            desk.drawing(name, lambda width: matrix_chart(shown, top, titles, width), HALF, on_phone=len(top) < 9),
        )
    more = desk.table(name, columns) if columns else None
    return desk.section(name, width="half", drawings=drawings, more=more)


def _matrix_cell(row: str, column: str, value: float | None, label: str) -> Row:
    return {"row": row, "column": column, "value": value, "label": label}


def _largest(cells: list[Row]) -> list[str]:
    weight: Counter[str] = Counter()
    for cell in cells:
        weight[cell["row"]] += cell["value"] or 0
        weight[cell["column"]] += cell["value"] or 0
    return sorted(weight, key=lambda name: (-weight[name], name))[:MOST_SITES]
