"""From an Altair chart to SVG that can stand in a page of any language: one look, no script, no network."""

import html
import json
import re
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert as vlc
from markupsafe import Markup

INK, MUTED, LINE = "#1c2b33", "#5d6b75", "#e3e8eb"
MAIN, GREY, BEFORE = "#0f6b6b", "#c5ced4", "#c8692b"
RAMP = ("#edf5f4", "#b9dbd7", "#76b3ae", "#35878a", "#0b5458")

# The page's own font is what readers see. Measuring text in its long list of families takes most of the drawing time.
_FONT = "sans-serif"
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
    "font": _FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": _AXIS,
    "legend": {"labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 11, "titleFontSize": 11},
    "aria": False,
}


@dataclass(frozen=True)
class Svg:
    """A drawing without words of its own, so one serves every language; `box` is its viewBox."""

    box: str
    inside: str

    def titled(self, title: str) -> Markup:
        """One `<svg>` element with `title` for screen readers. The size is in the viewBox alone: the page scales it."""
        label = html.escape(title)
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{self.box}" role="img" aria-label="{label}">'
        return Markup(f"{head}<title>{label}</title>{self.inside}</svg>")


def rows_of(rows: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=rows)


def svg_of(chart: alt.TopLevelMixin, name: str) -> Svg:
    """The chart drawn, its inner ids beginning with `name`. Text stays text, in the font of the page around it."""
    spec = {**chart.to_dict(validate=False), "config": LOOK}
    drawn = _named_ids(vlc.vegalite_to_svg(json.dumps(spec)), name).replace(f' font-family="{_FONT}"', "")
    found = re.fullmatch(r'<svg[^>]* viewBox="([^"]+)"[^>]*>(.*)</svg>\s*', drawn, re.DOTALL)
    assert found, "vl-convert gives every SVG a viewBox"
    return Svg(found[1], found[2])


def _named_ids(drawn: str, name: str) -> str:
    """Inner ids as `name-0`, `name-1`...: unique in a page, and the same each time (Vega counts on over all charts)."""
    places = {old: place for place, old in enumerate(re.findall(r'\bid="([^"]+)"', drawn))}
    return re.sub(
        r'(\bid="|url\(#|href="#)([^"\')]+)',
        lambda found: f"{found[1]}{name}-{places[found[2]]}" if found[2] in places else found[0],
        drawn,
    )
