"""What makes a trading day one: a record inside it that can open a visit. Memory, tail and leaves make none."""

from pathlib import Path

import pytest

from ingest.subjects import Subjects
from pipelines.spill import Spill
from pipelines.steps.intake import Intake, Window
from pipelines.steps.tally import DayTally
from schemas import DEVICE
from tests.builders import day, sightings

DAY = day("05:00", "29:00")


@pytest.mark.parametrize(
    ("rows", "own"),
    [
        ("A 05:00 joined", 1),
        ("A 28:59:59.999 seen", 1),
        ("A 09:00 joined 09:10 seen 09:20 left", 2),
        ("A 09:20 left 09:50 idle", 0),
        ("A 04:59:59.999 joined", 0),
        ("A 29:00 joined", 0),
    ],
)
def test_records_that_make_a_day(rows: str, own: int, tmp_path: Path) -> None:
    intake = Intake(DAY, Subjects(bytes(32)), Spill(tmp_path, bytes(32)), 4, (Window(DAY, DayTally(DAY)),))
    intake.take(sightings(rows), DEVICE.empty())
    assert intake.own == own
