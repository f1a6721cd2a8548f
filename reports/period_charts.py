"""The chart of a period's days: a bar each, weekends lighter; a day without data, or hidden, leaves a gap."""

import datetime
from collections.abc import Callable, Sequence

import altair as alt

from reports.charts import Rows
from reports.drawing import MAIN, RAMP, rows_of


def days_chart(rows: Rows, dates: Sequence[datetime.date], width: int) -> alt.Chart:
    """Visits a day over all of `dates`; `rows` are those of the figure `days`."""
    visits = {row["date"]: row["visits"] for row in rows}
    shown = [
        {"date": date.isoformat(), "visits": visits[date.isoformat()], "weekend": date.weekday() > 4}
        for date in dates
        if visits.get(date.isoformat()) is not None
    ]
    names = [date.isoformat() for date in dates]
    axis = alt.Axis(title=None, values=_ticks(dates, width), labelAngle=0, grid=False, ticks=False, labelExpr=_SHORT)
    return (
        alt.Chart(rows_of(shown))
        .mark_bar(cornerRadiusEnd=2 if len(dates) < 100 else 0)
        .encode(
            x=alt.X("date:O", scale=alt.Scale(domain=names, paddingInner=0.25 if len(dates) < 100 else 0), axis=axis),
            y=alt.Y("visits:Q", axis=alt.Axis(title=None, format=",d", tickCount=4, domain=False, ticks=False)),
            color=alt.Color("weekend:N", scale=alt.Scale(domain=[False, True], range=[MAIN, RAMP[2]]), legend=None),
        )
        .properties(width=width - 40, height=230)
    )


_COARSER: tuple[Callable[[datetime.date], bool], ...] = (
    lambda date: date.weekday() == 0,
    lambda date: date.day == 1,
    lambda date: date.month % 3 == 1,
)
_SHORT = "slice(datum.label, 5)"
_LABEL_PX = 46


def _ticks(dates: Sequence[datetime.date], width: int) -> list[str]:
    """As many dates as fit: Mondays, or first days of months."""
    fitting = max(width // _LABEL_PX, 2)
    chosen = list(dates)
    for keep in _COARSER:
        if len(chosen) > fitting:
            chosen = [date for date in chosen if keep(date)]
    return [date.isoformat() for date in chosen]
