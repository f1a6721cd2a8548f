"""The charts of the day report: hours and dwell. The plan, the matrices and the look have their own modules.

Each takes rows of a settled figure and the width in px; hidden rows are omitted, never drawn as zero. No chart holds a
word: what the axes mean is said on the page, in its language.
"""

from typing import Any

import altair as alt

from reports.drawing import BEFORE, GREY, INK, MAIN, rows_of

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


def bands_chart(rows: Rows, width: int) -> alt.LayerChart:
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
        y=alt.Y(
            "band:N", sort=names, scale=alt.Scale(domain=names), axis=alt.Axis(title=None, ticks=False, domain=False)
        ),
        yOffset=alt.YOffset("counted:N") if _is_split(shown) else alt.Undefined,
        x=alt.X("visits:Q", axis=None, scale=alt.Scale(domainMax=1.35 * max((r["visits"] for r in shown), default=1))),
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(color=_counted_colour())
    labels = base.mark_text(align="left", dx=6, color=INK, fontSize=11).encode(text="label:N")
    return (bars + labels).properties(width=width, height=max(150, 34 * len(names)))


def dwell_chart(rows: Rows, width: int) -> alt.Chart:
    """Visits by steps of dwell; the last step holds everything longer."""
    drawn = [
        {"from": row["bin_min"], "to": row["bin_min"] + 5, "visits": row["visits"], "counted": row["counted"]}
        for row in rows
        if row["visits"] is not None
    ]
    chart = alt.Chart(rows_of(drawn)).mark_bar(binSpacing=1)
    return chart.encode(
        x=alt.X("from:Q", bin="binned", axis=_minute_axis(), scale=alt.Scale(domain=[0, 185], nice=False)),
        x2="to:Q",
        y=alt.Y("visits:Q", axis=alt.Axis(title=None, format=",d", tickCount=4, **_QUIET_Y)),
        color=_counted_colour(),
    ).properties(width=width, height=204)


_QUIET_Y: dict[str, Any] = {"domain": False, "ticks": False, "minExtent": 36, "maxExtent": 36}


def _hour_axis(width: int) -> alt.Axis:
    return alt.Axis(title=None, labelAngle=0, ticks=False, grid=False, labelOverlap="parity" if width < 500 else False)


def _minute_axis() -> alt.Axis:
    last = "datum.value == 180 ? '180+' : datum.label"
    return alt.Axis(title=None, values=list(range(0, 181, 30)), grid=False, labelExpr=last)


def _counted_colour() -> alt.Color:
    return alt.Color("counted:N", scale=alt.Scale(domain=[True, False], range=[MAIN, GREY]), legend=None)


def _is_split(rows: Rows) -> bool:
    bands = [row["band"] for row in rows]
    return len(bands) != len(set(bands))
