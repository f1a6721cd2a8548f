"""The charts of the day report: hours, dwell, matrices. The plan and the look have their own modules.

Each takes rows of a settled figure and the width in px; hidden rows are omitted, never drawn as zero.
"""

from typing import Any

import altair as alt

from reports.drawing import BEFORE, GREY, INK, MAIN, RAMP, rows_of
from reports.words import Language, word

Rows = list[dict[str, Any]]


def hours_chart(rows: Rows, value: str, hours: list[int], width: int, height: int) -> alt.LayerChart:
    """Bars of the day against a dotted line of the weekday before, over `hours` of the trading day (25 is 01:00)."""
    names = [f"{hour % 24:02d}" for hour in hours]
    shown = [
        {"hour": f"{row['hour'] % 24:02d}", "value": row[value], "which": row["which"]}
        for row in rows
        if row[value] is not None
    ]
    base = alt.Chart(rows_of(shown)).encode(
        x=alt.X("hour:O", sort=names, scale=alt.Scale(domain=names), axis=_hour_axis(width)),
        y=alt.Y("value:Q", axis=alt.Axis(title=None, format=",d", tickCount=max(2, height // 55), **_QUIET_Y)),
    )
    bars = base.transform_filter(alt.datum.which == "day").mark_bar(cornerRadiusEnd=2, color=MAIN)
    line = base.transform_filter(alt.datum.which == "before").mark_line(
        color=BEFORE, strokeDash=[2, 4], strokeWidth=2.2, strokeCap="round", interpolate="monotone"
    )
    return (bars + line).properties(width=width - 40, height=height)


def bands_chart(rows: Rows, language: Language, width: int) -> alt.LayerChart:
    """One bar a dwell band with its visits and its share of what is shown; what makes no visitor is grey."""
    names = list(dict.fromkeys(row["band"] for row in rows))
    shown = [row for row in rows if row["visits"] is not None]
    total = sum(row["visits"] for row in shown) or 1
    drawn = [
        {
            "band": row["band"],
            "visits": row["visits"],
            "counted": row["counted"],
            "label": f"{row['visits']:,}  ·  {row['visits'] / total:.0%}",
        }
        for row in shown
    ]
    base = alt.Chart(rows_of(drawn)).encode(
        y=alt.Y("band:N", sort=names, scale=alt.Scale(domain=names), axis=_band_axis(language)),
        yOffset=alt.YOffset("counted:N") if _is_split(shown) else alt.Undefined,
        x=alt.X("visits:Q", axis=None, scale=alt.Scale(domainMax=1.35 * max((r["visits"] for r in shown), default=1))),
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(color=_counted_colour())
    labels = base.mark_text(align="left", dx=6, color=INK, fontSize=11).encode(text="label:N")
    return (bars + labels).properties(width=width, height=max(150, 34 * len(names)))


def dwell_chart(rows: Rows, language: Language, width: int) -> alt.Chart:
    """Visits by steps of dwell; the last step holds everything longer."""
    drawn = [
        {"from": row["bin_min"], "to": row["bin_min"] + 5, "visits": row["visits"], "counted": row["counted"]}
        for row in rows
        if row["visits"] is not None
    ]
    chart = alt.Chart(rows_of(drawn)).mark_bar(binSpacing=1)
    return chart.encode(
        x=alt.X("from:Q", bin="binned", axis=_minute_axis(language), scale=alt.Scale(domain=[0, 185], nice=False)),
        x2="to:Q",
        y=alt.Y("visits:Q", axis=alt.Axis(title=None, format=",d", tickCount=4, **_QUIET_Y)),
        color=_counted_colour(),
    ).properties(width=width, height=204)


def matrix_chart(cells: Rows, names: list[str], axes: tuple[str, str], width: int) -> alt.LayerChart:
    """A heat matrix of `cells` (row, column, value, label); a hidden cell has its mark as label and no colour.

    Rows and columns run in the order of `names`; `axes` are their titles.
    """
    side = max(22, min(44, (width - 130) // max(len(names), 1)))
    place = alt.Scale(domain=names, paddingInner=0.06)
    base = alt.Chart(rows_of(cells)).encode(
        x=alt.X("column:N", scale=place, axis=alt.Axis(title=axes[1], orient="top", labelAngle=-40, **_QUIET)),
        y=alt.Y("row:N", scale=place, axis=alt.Axis(title=axes[0], **_QUIET)),
    )
    highest = max((c["value"] for c in cells if c["value"] is not None), default=1) or 1
    heat = (
        base.transform_filter("isValid(datum.value)")
        .mark_rect(cornerRadius=2)
        .encode(color=alt.Color("value:Q", scale=alt.Scale(domain=[0, highest], range=list(RAMP)), legend=None))
    )
    dark = alt.condition(f"isValid(datum.value) && datum.value > {0.55 * highest}", alt.value("white"), alt.value(INK))
    text = base.mark_text(fontSize=10 if side > 30 else 8).encode(text="label:N", color=dark)
    return (heat + text).properties(width=side * len(names), height=int(side * 0.72) * len(names))


_QUIET_Y: dict[str, Any] = {"domain": False, "ticks": False, "minExtent": 36, "maxExtent": 36}
_QUIET: dict[str, Any] = {"domain": False, "ticks": False, "grid": False, "labelLimit": 120}


def _hour_axis(width: int) -> alt.Axis:
    return alt.Axis(title=None, labelAngle=0, ticks=False, grid=False, labelOverlap="parity" if width < 500 else False)


def _band_axis(language: Language) -> alt.Axis:
    return alt.Axis(
        title=word("minute", language), titleAngle=0, titleAlign="right", titleY=-8, ticks=False, domain=False
    )


def _minute_axis(language: Language) -> alt.Axis:
    return alt.Axis(
        title=word("minute", language), values=list(range(0, 181, 30)), grid=False,
        labelExpr="datum.value == 180 ? '180+' : datum.label",
    )  # fmt: skip


def _counted_colour() -> alt.Color:
    return alt.Color("counted:N", scale=alt.Scale(domain=[True, False], range=[MAIN, GREY]), legend=None)


def _is_split(rows: Rows) -> bool:
    bands = [row["band"] for row in rows]
    return len(bands) != len(set(bands))
