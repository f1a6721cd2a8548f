"""What a page must be told beside its figures: where, when, by which definition, and the plan's rectangles."""

import datetime
from dataclasses import dataclass, field

import pyarrow as pa

from privacy.suppression import OPERATOR_K
from reports.figure import weekday_before
from reports.restatement import Restatement

ZONE_PLAN = pa.schema(
    [
        ("zone", pa.string()),
        ("name", pa.string()),
        ("site", pa.string()),
        ("floor", pa.string()),
        ("kind", pa.string()),
        ("x_m", pa.float64()),
        ("y_m", pa.float64()),
        ("width_m", pa.float64()),
        ("height_m", pa.float64()),
    ]
)


@dataclass(frozen=True)
class PageFacts:
    """Facts of one report. `definition` is the full name (`default@1`), printed beside every number.

    `made` is the label of the run that made it, as text: the package has no clock. `zones` is zones.csv in schema
    ZONE_PLAN; zones without a position (null) are left off the plan. `day_start` is local, "05:00". `restated`:
    the last run that moved published figures.
    """

    district: str
    day: datetime.date
    definition: str
    provisional: bool
    made: str
    min_dwell_ms: int
    day_start: str = "05:00"
    threshold: int = OPERATOR_K
    zones: pa.Table = field(default_factory=ZONE_PLAN.empty_table)
    restated: Restatement | None = None

    @property
    def when(self) -> str:
        """The day, or the days, as files and heads name them."""
        return self.day.isoformat()

    @property
    def before(self) -> datetime.date:
        return weekday_before(self.day)

    @property
    def mark(self) -> str:
        """What stands in place of a hidden cell; explained wherever it occurs."""
        return f"<{self.threshold}*"

    @property
    def zone_names(self) -> dict[str, str]:
        """Zone to the name that people know it by."""
        return {
            zone: name or zone
            for zone, name in zip(*(self.zones[c].to_pylist() for c in ("zone", "name")), strict=True)
        }


@dataclass(frozen=True)
class CountedDay:
    """One day of a period: `state` is final, provisional, missing, or other-limits (counted by another definition)."""

    day: datetime.date
    state: str
    run: str = ""


@dataclass(frozen=True)
class PeriodFacts(PageFacts):
    """Facts of a report of several days; `day` is the last one. `snapshot` names the runs of all of them together."""

    days: tuple[CountedDay, ...] = ()
    snapshot: str = ""

    @property
    def when(self) -> str:
        return f"{self.days[0].day.isoformat()}..{self.day.isoformat()}"

    def those(self, *states: str) -> list[CountedDay]:
        """The days in one of these states, in order."""
        return [day for day in self.days if day.state in states]
