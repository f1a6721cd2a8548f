"""From an Altair chart to SVG text that can stand in a page: one look, one palette, no script, no network."""

import html
import json
import re
from typing import Any

import altair as alt
import vl_convert as vlc

INK, MUTED, LINE, PAPER = "#1c2b33", "#5d6b75", "#e3e8eb", "#ffffff"
MAIN, MAIN_SOFT, GREY, BEFORE = "#0f6b6b", "#8fc1bd", "#c5ced4", "#c8692b"
RAMP = ("#edf5f4", "#b9dbd7", "#76b3ae", "#35878a", "#0b5458")
SANS = "system-ui, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans', sans-serif"

_AXIS = {
    "labelColor": MUTED,
    "titleColor": MUTED,
    "labelFontSize": 11,
    "titleFontSize": 11,
    "titleFontWeight": "normal",
    "domainColor": LINE,
    "tickColor": LINE,
    "gridColor": LINE,
    "labelLimit": 150,
}
LOOK: dict[str, Any] = {
    "font": SANS,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": _AXIS,
    "legend": {"labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 11, "titleFontSize": 11},
    "aria": False,
}


def rows_of(rows: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=rows)


def svg_of(chart: alt.TopLevelMixin, name: str, title: str) -> str:
    """The chart as one `<svg>` element with `title` for screen readers; its inner ids start with `name`.

    The size is in the viewBox alone, so the page scales it. Text stays text.
    """
    spec = {**chart.to_dict(validate=False), "config": LOOK}
    drawn = vlc.vegalite_to_svg(json.dumps(spec))
    drawn = _named_ids(drawn, name)
    opening, rest = drawn.split(">", 1)
    box = re.search(r'viewBox="[^"]+"', opening)
    assert box, "vl-convert gives every SVG a viewBox"
    label = html.escape(title)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box.group()} role="img" aria-label="{label}">'
    return f"{head}<title>{label}</title>{rest}"


def _named_ids(drawn: str, name: str) -> str:
    """Inner ids as `name-0`, `name-1`...: unique in a page, and the same each time (Vega counts on over all charts)."""
    for place, old in enumerate(re.findall(r'\bid="([^"]+)"', drawn)):
        drawn = re.sub(rf'(\bid="|url\(#|href="#){re.escape(old)}(?=["\')])', rf"\g<1>{name}-{place}", drawn)
    return drawn
