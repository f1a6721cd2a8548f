"""Times moved by the offset of their clock and day; what nothing is known of stays as it was stamped."""

import datetime
from dataclasses import replace

import numpy as np
import pyarrow as pa

from ingest.correction import Offsets, corrected
from ingest.reading import NO_TIME, Restarts, Signs
from schemas import CLOCK_OFFSET
from schemas.day import Day
from schemas.sighting import CHECKED, CORRECTED, STAMPED
from tests.registry.readings_of_clocks import read_by

FIRST, SECOND = (Day("north", datetime.date(2026, 11, 21 + k), 1000 * k, 1000 * k + 1000, 0, 2000) for k in range(2))


def offsets(day: Day, *rows: tuple[str, str, int, float]) -> Offsets:
    """From (clock, method, offset in ms, drift in ppm)."""
    n = len(rows)
    table = CLOCK_OFFSET.table(
        day=[day.date] * n,
        feed=["mall"] * n,
        clock=[row[0] for row in rows],
        method=[row[1] for row in rows],
        offset_ms=[row[2] for row in rows],
        drift_ppm=[row[3] for row in rows],
        behind_ms=[None] * n,
        spread_ms=[None] * n,
        samples=[0] * n,
        error_ms=[None] * n,
        source=[""] * n,
    )
    return Offsets(day, table)


def test_a_row_is_moved_by_the_offset_of_the_day_of_its_raw_time():
    known = [offsets(FIRST, ("ac-1", "two-clocks", 50, 0.0)), offsets(SECOND, ("ac-1", "declared", -7, 0.0))]
    reading, quality = corrected(read_by("ac-1", np.array([0, 999, 1000, 1999, 2000]), None), known)
    assert reading.at_ms.tolist() == [50, 1049, 993, 1992, 2000]
    assert quality.tolist() == [CORRECTED] * 4 + [STAMPED]


def test_drift_grows_from_the_days_start():
    known = [offsets(SECOND, ("ac-1", "two-clocks", 10, 20_000.0))]
    reading, _ = corrected(read_by("ac-1", np.array([1000, 1500]), None), known)
    assert reading.at_ms.tolist() == [1010, 1520]


def test_each_clock_has_its_own_offset_and_rows_without_a_clock_the_feeds():
    clock = pa.array(["ac-2", None, "ac-3", "ac-1"], pa.string()).dictionary_encode()
    rows = replace(read_by(None, np.zeros(4), None), clock=clock)
    known = offsets(FIRST, ("", "declared", 5, 0.0), ("ac-1", "two-clocks", 9, 0.0), ("ac-2", "right", 0, 0.0))
    reading, quality = corrected(rows, [known])
    assert reading.at_ms.tolist() == [0, 5, 0, 9]
    assert quality.tolist() == [CHECKED, CORRECTED, STAMPED, CORRECTED]


def test_a_row_on_which_both_clocks_agree_is_not_moved():
    rows = read_by("ac-1", np.array([10, 20, 30]), np.array([10, 25, NO_TIME]))
    reading, quality = corrected(rows, [offsets(FIRST, ("ac-1", "two-clocks", 50, 0.0))])
    assert reading.at_ms.tolist() == [10, 70, 80]
    assert quality.tolist() == [CHECKED, CORRECTED, CORRECTED]


def test_a_clock_that_cannot_be_told_is_as_stamped():
    known = offsets(FIRST, ("ac-1", "unsteady", 0, 0.0))
    assert corrected(read_by("ac-1", np.array([10]), None), [known])[1].tolist() == [STAMPED]


def test_a_restart_is_moved_by_its_clock():
    rows = replace(read_by("ac-1", np.array([10]), None), restarts=Restarts(np.array([20, 1500]), ["ac-1", "ac-2"]))
    known = offsets(FIRST, ("ac-1", "two-clocks", 50, 0.0), ("ac-2", "two-clocks", 9, 0.0))
    restarts = corrected(rows, [known])[0].restarts
    assert restarts is not None
    assert restarts.at_ms.tolist() == [70, 1500]


def test_a_sign_of_life_is_moved_by_its_clock_unless_both_clocks_agree():
    words = pa.array(["ac-1", "ac-1", "ac-2", None], pa.string()).dictionary_encode()
    signs = Signs(np.array([10, 20, 30, 1500]), words, words, np.array([NO_TIME, 20, 31, NO_TIME]))
    known = offsets(FIRST, ("ac-1", "two-clocks", 50, 0.0), ("ac-2", "two-clocks", 9, 0.0))
    moved = corrected(replace(read_by("ac-1", np.array([10]), None), signs=signs), [known])[0].signs
    assert moved is not None
    assert moved.at_ms.tolist() == [60, 20, 39, 1500]
