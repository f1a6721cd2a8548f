"""What a figure is: one SQL text with its name, its meaning and what guards its small cells. The figures live beside.

SQL is ClickHouse's, over the `visible_*` views (tables of `schemas` with the labels district and definition in front).
`pipelines` runs it with `parameters(...)`; nothing here runs anything.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.words import Text


@dataclass(frozen=True)
class Figure:
    """One figure of the day report.

    `keys` name a row. `people` is the column of distinct subjects behind a row, whose small values hide the row; empty
    where a row counts no people. Rows that agree in `within` add up to a published total, so a second one is hidden
    where only one would be. `grid` names the two keys of a matrix: then this holds along its rows and columns.
    """

    name: str
    title: Text
    meaning: Text
    leaves_out: Text
    sql: str
    keys: tuple[str, ...]
    people: str = ""
    within: tuple[str, ...] = ()
    grid: tuple[str, str] | None = None


NOTHING: Mapping[str, int] = {}
CSV_COLUMNS = ("day", "definition", "figure", "row", "column", "value")  # of the figures' file, a line a cell
BANDS_MIN = (5, 15, 30, 60, 120)


@dataclass(frozen=True)
class Limits:
    """By which lengths a definition reports visits: what makes a visitor, dwell bands (minutes, ascending), engagement.

    `fully_engaged_ms` 0: no such class.
    """

    min_dwell_ms: int = BANDS_MIN[0] * 60_000
    bands_min: tuple[int, ...] = BANDS_MIN
    engaged_ms: int = BANDS_MIN[0] * 60_000
    fully_engaged_ms: int = 0

    @property
    def parameters(self) -> dict[str, int | list[int] | str]:
        """The query parameters that figures and sums share; `limits` tells one set from another."""
        bands = ",".join(map(str, self.bands_min))
        return {
            "min_dwell_ms": self.min_dwell_ms,
            "bands_min": list(self.bands_min),
            "engaged_ms": self.engaged_ms,
            "fully_engaged_ms": self.fully_engaged_ms,
            "limits": f"{self.min_dwell_ms} {bands} {self.engaged_ms} {self.fully_engaged_ms}",
        }


USUAL_LIMITS = Limits()

# Every SQL text filters by these, so one district or definition never shows in another's figure.
SCOPE = "district = {district:String} AND definition = {definition:String}"
DAY = f"{SCOPE} AND day = {{day:Date}}"
BOTH_DAYS = f"{SCOPE} AND day IN ({{day:Date}}, {{before:Date}})"

# A visit that makes a visitor: long enough, no device that lives here, nobody at work.
IS_COUNTED = "NOT static AND NOT staff AND end_ms - start_ms >= {min_dwell_ms:Int64}"
# An access point that gave a sign of life in the hour; the table also has hours in which one usually does.
SPOKE = "(sightings > 0 OR heartbeat)"
WHICH = "if(day = {day:Date}, 'day', 'before')"

# Stays of visits that count, at places the registry knows. `between` and `unknown` are no places of a visitor.
COUNTED_STAYS = f"""
    SELECT site, zone, visit_id, subject, ordinal, to_ms - from_ms AS ms
    FROM visible_stay
    WHERE {DAY} AND zone NOT IN ('between', 'unknown') AND visit_id IN
        (SELECT visit_id FROM visible_visit WHERE {DAY} AND {IS_COUNTED})"""

EXCLUDED = Text("不足最短时长的到访、固定设备、员工", "visits under the minimum, static devices, staff")
NOT_COUNTED = Text(
    "不足最短时长的到访、固定设备、员工；未登记 AP 与离开期间不算任何区域",
    "visits under the minimum, static devices, staff; time at unknown APs or after a leave is in no zone",
)


def parameters(
    *,
    district: str,
    definition: str,
    day: datetime.date,
    time_zone: str,
    registered_aps: int,
    limits: Limits = USUAL_LIMITS,
    late_lines: Mapping[str, int] = NOTHING,
    member_from_ms: Sequence[tuple[int, int]] = (),
    hold_joined_ms: int = 0,
) -> dict[str, str | int | list[int] | list[str]]:
    """The query parameters of every figure; `definition` is the label in the warehouse.

    `late_lines`: files with late rows, and the line after which they are. `member_from_ms`: devices, and the instant
    from which each is a member's. A query may ignore some of them. Dates are ISO text. `before` is the same weekday of
    the week before.
    """
    return {
        "district": district,
        "definition": definition,
        "day": day.isoformat(),
        "before": weekday_before(day).isoformat(),
        "time_zone": time_zone,
        "registered_aps": registered_aps,
        **limits.parameters,
        "late_files": list(late_lines),
        "late_after": list(late_lines.values()),
        "member_devices": [device for device, _ in member_from_ms],
        "member_from_ms": [from_ms for _, from_ms in member_from_ms],
        "hold_joined_ms": hold_joined_ms,
    }


def weekday_before(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=7)
