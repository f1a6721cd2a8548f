"""Passer-by or visitor by signal: what is strong enough to open a visit, and what to hold one (U3)."""

import numpy as np
import pyarrow as pa
import pytest

from schemas import SIGHTING
from sessionize.kernel import FATE_REPEAT, FATE_WEAK
from sessionize.rules import VisitRules
from sessionize.signal import visits_by_signal
from tests.builders import day, places, sightings, spans

RULES = VisitRules(enter_dbm=-65, stay_dbm=-75)
SITES = VisitRules(scope="site", enter_dbm=-65, stay_dbm=-75)
TOWN = places("A food", "B toys", "X cinema arcade")
WEAK = int(FATE_WEAK)


def heard(text: str, *dbm: int | None) -> pa.Table:
    """The sightings of one subject, with their signals in the order of the text."""
    rows = sightings(text)
    return rows.set_column(
        SIGHTING.names.index("signal_dbm"), SIGHTING.arrow.field("signal_dbm"), pa.array(dbm, pa.int16())
    )


@pytest.mark.parametrize(
    ("rows", "dbm", "visits", "weak"),
    [
        # a trace that crosses both thresholds, up and down again
        (
            "A 09:00 09:05 09:10 09:15 09:20 09:25 09:30",
            (-80, -70, -65, -70, -75, -76, -70),
            ["09:10-09:30"],
            [0, 1, 5],
        ),
        # exactly at the thresholds it counts, one dBm under it does not
        ("A 09:00 09:05", (-65, -75), ["09:00-09:05"], []),
        ("A 09:00 09:05", (-66, -75), [], [0, 1]),
        # what holds a visit does not open the next one
        ("A 09:00 09:15 09:31 09:40", (-60, -70, -70, -60), ["09:00-09:15", "09:40-09:40"], [2]),
        # whoever is joined is no passer-by, nor is one whose signal nobody knows
        ("A 09:00 joined 09:30 10:00 left", (-90, -76, -90), ["09:00-10:00"], [1]),
        ("A 09:00 09:05 09:10", (None, -70, None), ["09:00-09:10"], []),
        # of one probe at two access points only the louder is judged
        ("A 09:00 | B 09:00 | B 09:10", (-60, -80, -72), ["09:00-09:10"], []),
    ],
)
def test_signals_open_and_hold_visits(rows, dbm, visits, weak):
    found = visits_by_signal(heard(rows, *dbm), TOWN, RULES, None)
    assert spans(found.visits) == visits
    assert np.flatnonzero(found.fate == FATE_WEAK).tolist() == weak


def test_of_equal_rows_the_strongest_counts():
    found = visits_by_signal(heard("A 09:00 09:00 09:00", -90, -60, -80), TOWN, RULES, None)
    assert spans(found.visits) == ["09:00-09:00"]
    assert sorted(found.fate.tolist()) == [int(FATE_REPEAT), int(FATE_REPEAT), 0]


def test_a_site_is_entered_by_its_own_access_points():
    rows = heard("A 09:00 | X 09:05 | A 09:10", -60, -70, -70)
    assert spans(visits_by_signal(rows, TOWN, RULES, None).visits) == ["09:00-09:10"]
    by_site = visits_by_signal(rows, TOWN, SITES, None)
    assert by_site.visits["site"].to_pylist() == ["mall"]
    assert by_site.fate.tolist() == [0, WEAK, 0]


def test_weak_rows_alone_hold_a_visit_for_longest_and_no_more():
    rules = VisitRules(enter_dbm=-65, stay_dbm=-75, longest_ms=4 * 3_600_000)
    times = " ".join(f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 300, 10))
    found = visits_by_signal(heard(f"A {times}", -60, *[-70] * 29), TOWN, rules, None)
    assert spans(found.visits) == ["00:00-04:00"]


def test_without_thresholds_every_signal_counts():
    rows = heard("A 09:00 09:05", -95, -95)
    assert spans(visits_by_signal(rows, TOWN, VisitRules(), day()).visits) == ["09:00-09:05"]


def test_thresholds_that_contradict_are_refused():
    with pytest.raises(ValueError, match="stay_dbm needs an enter_dbm"):
        VisitRules(enter_dbm=-75, stay_dbm=-65)
