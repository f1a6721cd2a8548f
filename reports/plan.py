"""The district plan: zones as rectangles, shaded by the hours that visitors spent there.

Floors that lie beside each other on the plan share one panel; floors that lie above each other get one each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import altair as alt

from reports.drawing import GREY, INK, RAMP, rows_of

Rows = list[dict[str, Any]]
Box = tuple[float, float, float, float]
_SIDES = ("x_m", "y_m", "width_m", "height_m")
_TOUCH_M = 0.05  # rectangles that overlap by less are neighbours: coordinates are rounded


@dataclass
class Panel:
    """Floors that do not cover each other, in the order of zones.csv, and the rectangles of their zones."""

    floors: list[str] = field(default_factory=list)
    rectangles: Rows = field(default_factory=list)


def plan_panels(zones: Rows, minutes: Mapping[tuple[str, str], float | None]) -> list[Panel]:
    """As few panels as come of laying each floor on the first where it covers nothing.

    `minutes` by (site, zone): null where hidden, absent where nobody was. Zones without a position are left out.
    """
    floors: dict[str, Rows] = {}
    for zone in zones:
        if all(zone[side] is not None for side in _SIDES):
            hours = _hours(minutes.get((zone["site"], zone["zone"])))
            floors.setdefault(zone["floor"] or "", []).append(_rectangle(zone, hours))
    panels: list[Panel] = []
    for floor, rectangles in floors.items():
        panel = next((p for p in panels if not _covers(p.rectangles, rectangles)), None)
        if panel is None:
            panels.append(panel := Panel())
        panel.floors.append(floor)
        panel.rectangles += rectangles
    return panels


def box_of(rectangles: Rows) -> Box:
    """The smallest (x, y, x2, y2) around all rectangles; (0, 0, 1, 1) around none."""
    if not rectangles:
        return 0.0, 0.0, 1.0, 1.0
    west, south = (min(float(r[side]) for r in rectangles) for side in ("x", "y"))
    east, north = (max(float(r[side]) for r in rectangles) for side in ("x2", "y2"))
    return west, south, east, north


def plan_chart(rectangles: Rows, box: Box, highest: float, width: int) -> alt.LayerChart:
    """One panel; `box` (x, y, x2, y2 in metres) and `highest` hours are shared by all panels, so shades compare.

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
    empty = base.mark_rect(fill="white", stroke=GREY, strokeWidth=0.8).transform_filter("!isValid(datum.hours)")
    shown = base.mark_rect(stroke="white", strokeWidth=0.8).transform_filter("isValid(datum.hours)")
    filled = shown.encode(color=_shade(highest, width))
    labels = _labels(rectangles, small=width < 400)
    return alt.layer(empty, filled, *labels).properties(width=width, height=height)


def _shade(highest: float, width: int) -> alt.Color:
    return alt.Color(
        "hours:Q",
        scale=alt.Scale(type="sqrt", domain=[0, highest], range=list(RAMP)),
        legend=alt.Legend(title=None, orient="bottom", gradientLength=min(240, width - 40), format="~s", tickCount=4),
    )


def _labels(rectangles: Rows, *, small: bool) -> list[alt.Chart]:
    """Names of sites in their middle, along a street; floors at their western edge.

    All have a white edge: the page's style draws it behind the letters.
    """
    sites = [_label(rows, site, 0.5) for site, rows in _grouped(rectangles, "site").items()]
    floors = [_label(rows, floor, 0.0) for (_, floor), rows in _grouped(rectangles, "site", "floor").items() if floor]
    return [
        _texts(floors, align="left", dx=3, fontSize=6 if small else 9),
        _texts(sites, fontSize=8 if small else 11, fontWeight="bold", limit=130),
    ]


def _texts(labels: Rows, **style: Any) -> alt.Chart:
    edged = alt.Chart(rows_of(labels)).mark_text(fill=INK, stroke="white", strokeWidth=3, strokeJoin="round", **style)
    return edged.encode(x=alt.X("lx:Q"), y=alt.Y("ly:Q"), text="text:N", angle=alt.Angle("angle:Q", scale=None))


def _label(rows: Rows, text: str, across: float) -> dict[str, Any]:
    """`text` at the share `across` of the rectangles' width; upright where they are much taller than wide."""
    x, y, x2, y2 = box_of(rows)
    return {
        "text": text,
        "lx": x + across * (x2 - x),
        "ly": (y + y2) / 2,
        "angle": 270 if y2 - y > 3 * (x2 - x) else 0,
    }


def _grouped(rectangles: Rows, *keys: str) -> dict[Any, Rows]:
    groups: dict[Any, Rows] = {}
    for rectangle in rectangles:
        name = tuple(rectangle[key] for key in keys) if len(keys) > 1 else rectangle[keys[0]]
        groups.setdefault(name, []).append(rectangle)
    return groups


def _rectangle(zone: dict[str, Any], hours: float | None) -> dict[str, Any]:
    return {
        "x": zone["x_m"],
        "y": zone["y_m"],
        "x2": zone["x_m"] + zone["width_m"],
        "y2": zone["y_m"] + zone["height_m"],
        "site": zone["site"],
        "floor": zone["floor"] or "",
        "hours": hours,
    }


def _covers(some: Rows, others: Rows) -> bool:
    """Whether a rectangle of `some` and one of `others` lie over each other."""
    return any(
        min(one["x2"], two["x2"]) - max(one["x"], two["x"]) > _TOUCH_M
        and min(one["y2"], two["y2"]) - max(one["y"], two["y"]) > _TOUCH_M
        for one in some
        for two in others
    )


def _hours(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes / 60, 3)
