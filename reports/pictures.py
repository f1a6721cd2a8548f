"""Every chart of a day, drawn once for all languages and in two widths. What a chart looks like is said in `charts`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import altair as alt

from reports.charts import Rows, bands_chart, dwell_chart, hours_chart
from reports.drawing import Svg, svg_of
from reports.facts import PageFacts
from reports.plan import box_of, plan_chart, plan_panels
from reports.small_cells import Settled

# Widths in px for which a chart is drawn. The page scales the wide one, and shows the other on a phone.
FULL, HALF, PHONE = 960, 470, 330


@dataclass(frozen=True)
class Picture:
    """One chart twice: for a desk and paper, and for a phone. `floors` are those of a panel of the plan."""

    wide: Svg
    narrow: Svg
    floors: tuple[str, ...] = ()


# The pictures of each section that has any, by the section's name; none where there is nothing to draw.
Pictures = Mapping[str, tuple[Picture, ...]]


def pictures_of(figures: Settled, facts: PageFacts) -> Pictures:
    """What every page of these figures shows, whatever its language."""
    rows = {name: figures[name].to_pylist() for name in ("hours", "ap_hours", "bands", "dwell", "zones")}
    # The hours of both charts, so that a fall in one stands above a fall in the other.
    hours = sorted({row["hour"] for name in ("hours", "ap_hours") for row in rows[name]})
    charts: dict[str, tuple[int, Callable[[int], alt.LayerChart | alt.Chart]]] = {
        "hours": (FULL, lambda width: hours_chart(rows["hours"], "devices", hours, width, 230)),
        "ap_hours": (FULL, lambda width: hours_chart(rows["ap_hours"], "aps", hours, width, 72)),
        "bands": (HALF, lambda width: bands_chart(rows["bands"], width - 60)),
        "dwell": (HALF, lambda width: dwell_chart(rows["dwell"], width - 45)),
    }
    drawn = {name: (_picture(name, draw, wide),) for name, (wide, draw) in charts.items() if rows[name]}
    return {**dict.fromkeys(charts, ()), **drawn, "plan": _plan(rows["zones"], facts)}


def _plan(rows: Rows, facts: PageFacts) -> tuple[Picture, ...]:
    """Every floor that has zones with a position; the shades of all panels compare."""
    panels = plan_panels(facts.zones.to_pylist(), {(row["site"], row["zone"]): row["minutes"] for row in rows})
    rectangles = [rectangle for panel in panels for rectangle in panel.rectangles]
    box = box_of(rectangles)
    highest = max((r["hours"] for r in rectangles if r["hours"] is not None), default=0.0) or 1.0
    wide = FULL if len(panels) == 1 else HALF
    draws = [partial(plan_chart, panel.rectangles, box, highest) for panel in panels]
    return tuple(
        _picture(f"plan{place}", draw, wide, panel.floors)
        for place, (panel, draw) in enumerate(zip(panels, draws, strict=True))
    )


def _picture(name: str, draw: Callable[[int], alt.TopLevelMixin], wide: int, floors: Sequence[str] = ()) -> Picture:
    return Picture(svg_of(draw(wide), f"{name}-w"), svg_of(draw(PHONE), f"{name}-n"), tuple(floors))
