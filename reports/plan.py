"""The district plan: zones as rectangles, shaded by the minutes that visitors spent there, one panel a floor."""

from typing import Any

import altair as alt

from reports.drawing import GREY, INK, RAMP, rows_of

Rows = list[dict[str, Any]]
Box = tuple[float, float, float, float]


def plan_panels(zones: Rows, minutes: dict[tuple[str, str], float | None]) -> dict[str, Rows]:
    """Floor to rectangles, ground plan order kept; `minutes` by (site, zone), null where hidden, absent where empty."""
    panels: dict[str, Rows] = {}
    for zone in zones:
        if any(zone[side] is None for side in ("x_m", "y_m", "width_m", "height_m")):
            continue
        panels.setdefault(zone["floor"] or "", []).append(
            {
                "x": zone["x_m"],
                "y": zone["y_m"],
                "x2": zone["x_m"] + zone["width_m"],
                "y2": zone["y_m"] + zone["height_m"],
                "site": zone["site"],
                "name": zone["name"] or zone["zone"],
                "hours": _hours(minutes.get((zone["site"], zone["zone"]))),
            }
        )
    return panels


def box_of(rectangles: Rows) -> Box:
    """The smallest (x, y, x2, y2) around all rectangles; (0, 0, 1, 1) around none."""
    if not rectangles:
        return 0.0, 0.0, 1.0, 1.0
    west, south = (min(float(r[side]) for r in rectangles) for side in ("x", "y"))
    east, north = (max(float(r[side]) for r in rectangles) for side in ("x2", "y2"))
    return west, south, east, north


def plan_chart(rectangles: Rows, box: Box, highest: float, width: int, legend: str) -> alt.LayerChart:
    """One floor; `box` (x, y, x2, y2 in metres) and `highest` hours are shared by all floors, so shades compare.

    y grows to the north. A zone whose cell is hidden or that nobody visited stays white with a grey edge.
    """
    x, y, x2, y2 = box
    height = int(width * (y2 - y) / (x2 - x))
    base = alt.Chart(rows_of(rectangles)).encode(
        x=alt.X("x:Q", scale=alt.Scale(domain=[x, x2], nice=False, zero=False), axis=None),
        y=alt.Y("y:Q", scale=alt.Scale(domain=[y, y2], nice=False, zero=False), axis=None),
        x2="x2:Q",
        y2="y2:Q",
    )
    shade = alt.Color(
        "hours:Q",
        scale=alt.Scale(type="sqrt", domain=[0, highest], range=list(RAMP)),
        legend=alt.Legend(title=legend, orient="bottom", gradientLength=min(240, width - 40), format="~s", tickCount=4),
    )
    filled = (
        base.mark_rect(stroke="white", strokeWidth=0.8).encode(color=shade).transform_filter("isValid(datum.hours)")
    )
    empty = base.mark_rect(fill="white", stroke=GREY, strokeWidth=0.8).transform_filter("!isValid(datum.hours)")
    return (empty + filled + _site_labels(rectangles)).properties(width=width, height=height)


def _site_labels(rectangles: Rows) -> alt.LayerChart:
    """The name of each site in the middle of its zones, with a white edge so that it reads on any shade."""
    sites: dict[str, Rows] = {}
    for rectangle in rectangles:
        sites.setdefault(rectangle["site"], []).append(rectangle)
    labels = [
        {"site": site, "lx": _middle(rows, "x", "x2"), "ly": _middle(rows, "y", "y2")} for site, rows in sites.items()
    ]
    base = alt.Chart(rows_of(labels)).encode(x=alt.X("lx:Q"), y=alt.Y("ly:Q"), text="site:N")
    style = {"fontSize": 11, "fontWeight": "bold", "limit": 130}
    return base.mark_text(stroke="white", strokeWidth=3, strokeJoin="round", **style) + base.mark_text(
        color=INK, **style
    )


def _middle(rows: Rows, low: str, high: str) -> float:
    return float(min(row[low] for row in rows) + max(row[high] for row in rows)) / 2


def _hours(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes / 60, 3)
