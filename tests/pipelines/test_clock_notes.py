"""What the operator reads of clocks."""

import datetime

import pytest

from pipelines.clock_notes import clock_notes
from schemas import CLOCK_OFFSET


@pytest.mark.parametrize(
    ("clock", "method", "offset_ms", "behind_ms", "told"),
    [
        ("ac-3", "two-clocks", 94_300, 94_300, ["mall: the clock of ac-3 is 94 s behind: corrected"]),
        ("", "declared", -60_000, None, ["mall: its clock is 60 s ahead: corrected as offsets.csv declares"]),
        ("ac-3", "too-far", 0, 3_600_000, ["mall: the clock of ac-3 is 3,600 s behind: too far to be corrected; "
                                           "check the feed's time_zone"]),
        ("ac-3", "unsteady", 0, 40_000, ["mall: the clock of ac-3 jumped or strays: left as it is; "
                                         "set it by NTP, or declare its offset in offsets.csv"]),
        ("ac-3", "two-clocks", 1_400, 1_400, []),
        ("ac-3", "right", 0, 200, []),
        ("ac-3", "too-few", 0, None, []),
    ],
)  # fmt: skip
def test_a_clock_that_is_wrong_is_told_of(clock, method, offset_ms, behind_ms, told):
    row = {"day": datetime.date(2026, 11, 21), "feed": "mall", "clock": clock, "offset_ms": offset_ms, "drift_ppm": 0.0}
    rows = {
        **row,
        "method": method,
        "behind_ms": behind_ms,
        "spread_ms": None,
        "samples": 100,
        "error_ms": None,
        "source": "",
    }
    assert clock_notes(CLOCK_OFFSET.table(**{name: [value] for name, value in rows.items()})) == told
