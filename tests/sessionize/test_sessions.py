"""Where a join belongs that only the end of its session told, and what a restart of a controller ends."""

import pyarrow as pa
import pytest

from schemas import RESTART, SIGHTING
from sessionize.rules import VisitRules
from sessionize.sessions import joins_placed, restarts_applied
from sessionize.visits import visits
from tests.builders import clock_ms, places, sightings, spans

TOWN = places("A food", "B toys", "C shoes")


def with_ends(rows: str, *ends: str) -> pa.Table:
    """One subject's rows, and for each `AP begun left` the two rows of its session's end."""
    tables = [sightings(rows)] if rows else []
    for number, end in enumerate(ends, 100):
        ap, begun, left = end.split()
        both = sightings(f"{ap} {left} left {begun} joined")
        lines = pa.array([number] * 2, pa.int64())
        tables.append(both.set_column(SIGHTING.names.index("line"), SIGHTING.arrow.field("line"), lines))
    return pa.concat_tables(tables).unify_dictionaries()


@pytest.mark.parametrize(
    ("rows", "ends", "visit", "stays"),
    [
        pytest.param("", ["A 09:00 10:00"], ["09:00-10:00"], ["food 09:00-10:00"], id="lost start"),
        pytest.param(
            "A 09:00:01 joined", ["A 09:00 10:00"], ["09:00:01-10:00"], ["food 09:00:01-10:00"], id="rounding"
        ),
        pytest.param(
            "A 09:00 joined | B 09:20 joined",
            ["B 09:00 10:00"],
            ["09:00-10:00"],
            ["food 09:00-09:20", "toys 09:20-10:00"],
            id="roamed, and told of it",
        ),
        pytest.param(
            "B 09:00 joined",
            ["A 09:00 10:00"],
            ["09:00-10:00"],
            ["toys 09:00-09:00:00.001", "food 09:00:00.001-10:00"],
            id="roamed, and told of it at the end alone",
        ),
        pytest.param(
            "A 09:00 joined | B 09:20 joined",
            ["A 09:00 09:21", "B 09:20 10:00"],
            ["09:00-10:00"],
            ["food 09:00-09:20", "toys 09:20-10:00"],
            id="a session of its own at the next AP, before the old one ends",
        ),
        pytest.param(
            "A 09:10 joined | B 09:20 joined",
            ["B 09:00 10:00"],
            ["09:00-10:00"],
            ["toys 09:00-09:10", "food 09:10-09:20", "toys 09:20-10:00"],
            id="lost start and roamed: only the AP of the end is known",
        ),
    ],
)
def test_the_join_that_the_end_of_a_session_tells(rows, ends, visit, stays):
    told = with_ends(rows, *ends)
    found = visits(joins_placed(told, {"spec"}), TOWN, VisitRules(flap_ms=0), None)
    assert spans(found.visits) == visit
    assert spans(found.stays) == stays
    assert joins_placed(told, {"another feed"}).equals(told)


@pytest.mark.parametrize(
    ("rows", "visit"),
    [
        pytest.param("A 09:00 joined 09:10 joined 12:00 seen", ["09:00-09:10", "12:00-12:00"], id="ends the link"),
        pytest.param("A 09:00 joined 12:00 seen", ["09:00-09:00", "12:00-12:00"], id="a link of one join"),
        pytest.param("A 09:00 joined | B 09:10 joined 12:00 joined", ["09:00-12:00"], id="linked elsewhere by then"),
        pytest.param("A 09:00 joined 09:05 left 09:18 joined", ["09:00-09:18"], id="left before, back after"),
        pytest.param("A 09:00 joined 09:10 joined 09:12 joined 09:15 joined", ["09:00-09:15"], id="in its second"),
        pytest.param("A 09:16 joined 12:00 left", ["09:16-12:00"], id="joined after it"),
    ],
)
def test_a_restart_ends_the_links_at_its_access_points(rows, visit):
    restarts = RESTART.table(ap=["A", "C"], at_ms=[clock_ms("09:15")] * 2)
    told = sightings(rows, "B 09:00 joined 12:00 left")
    found = visits(restarts_applied(told, restarts), TOWN, VisitRules(), None)
    assert spans(found.visits) == [*visit, "09:00-12:00"]
