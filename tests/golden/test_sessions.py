"""What RADIUS tells of sessions, from the log to the visit: traps whose point is where a visit begins and ends."""

import dataclasses
import datetime

import pyarrow as pa
import pytest

from ingest.formats import FORMATS
from ingest.registry import from_data
from ingest.restarts import Controllers
from schemas import SIGHTING
from schemas.day import Day
from sessionize.rules import VisitRules
from sessionize.sessions import joins_placed, restarts_applied
from sessionize.visits import visits
from tests.builders import MIDNIGHT_MS, places, spans
from tests.golden.readings import DATA, GOLDEN

A, B = "02:00:5e:00:aa:01", "02:00:5e:00:aa:02"
TOWN = places(f"{A} food", f"{B} toys", "ap-food food", "ap-toys toys")
REGISTRY = dataclasses.replace(from_data(), names=frozenset({A, B}))
DATE = datetime.date(2026, 11, 21)
DAY_MS = 86_400_000
DAY = Day("mall", DATE, MIDNIGHT_MS, MIDNIGHT_MS + DAY_MS, MIDNIGHT_MS - DAY_MS, MIDNIGHT_MS + 2 * DAY_MS)


def walked(name: str):
    """Visits and stays of a golden file; the last six digits of an address are the subject's number."""
    feed, near_ms = GOLDEN[name]
    reading = FORMATS[feed.format].parse((DATA / name).read_bytes(), 1, feed, near_ms)
    n = len(reading.at_ms)
    rows = SIGHTING.table(
        at_ms=reading.at_ms,
        subject=(reading.mac & 0xFF_FFFF).astype("int64"),
        ap=reading.ap,
        kind=reading.kind,
        signal_dbm=pa.nulls(n, pa.int16()),
        feed=[feed.name] * n,
        file=[name] * n,
        line=reading.line,
        time_quality=[0] * n,
    )
    controllers = Controllers()
    controllers.learn(reading, REGISTRY, DAY, bytes(32))
    told = restarts_applied(joins_placed(rows, {feed.name}), controllers.table())
    return visits(told, TOWN, VisitRules(), None)


@pytest.mark.parametrize(
    ("name", "expected", "stays"),
    [
        # Without its stop a visit ends where it was last heard: less than an interim's interval too soon.
        ("missing-stop", ["01:00-01:20", "05:40-06:10"], ["food 01:00-01:20", "food 05:40-06:10"]),
        # The power went after 01:12: one device comes back at 03:00, which is another visit; the other does not.
        (
            "accounting-on",
            ["01:00-01:10", "03:00-03:30", "01:02-01:12"],
            ["food 01:00-01:10", "food 03:00-03:30", "toys 01:02-01:12"],
        ),
        ("interim-after-stop", ["01:00-01:40"], ["food 01:00-01:25", "between 01:25-01:30", "food 01:30-01:40"]),
        ("retransmit-delay-time", ["01:00-01:30"], ["food 01:00-01:30"]),
        (
            "session-id-reuse-after-reboot",
            ["01:00-01:30", "03:10-03:45", "03:00-03:40"],
            ["food 01:00-01:30", "toys 03:10-03:45", "food 03:00-03:40"],
        ),
        ("roam-same-session-id", ["01:00-01:50"], ["toys 01:00-01:20", "food 01:20-01:50"]),
        ("portal-mac-as-ap", ["01:00-01:45"], ["food 01:00-01:20", "toys 01:20-01:45"]),
        ("octet-wrap", ["01:00-01:30"], ["food 01:00-01:30"]),
        (
            "idle-timeout-tail",
            ["01:00-02:30", "04:00-04:00:00.001"],
            ["food 01:00-01:30", "between 01:30-02:00", "food 02:00-02:30", "food 04:00-04:00:00.001"],
        ),
    ],
)
def test_a_trap_gives_the_visits_that_were(name, expected, stays):
    found = walked(f"{name}.detail")
    assert spans(found.visits) == expected
    assert spans(found.stays) == stays
