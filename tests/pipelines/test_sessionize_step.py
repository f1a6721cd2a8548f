"""What a day keeps of its window: visits and triggers of what starts inside it, once over all days."""

from collections import defaultdict
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa

from marketing.campaigns import ALWAYS_MS, NEVER_MS, Campaign
from pipelines.job import Job
from pipelines.steps.day_files import DayFiles
from pipelines.steps.intake import Handoff
from pipelines.steps.sessionize import DayTables, parts_of, sessionize
from pipelines.steps.tally import DayTally
from schemas import DEVICE, LIFE_SIGN, RESTART, USUAL_HOUR
from sessionize.covered import Watch
from sessionize.rules import VisitRules
from tests.builders import clock_ms, day, places, sightings

DAY = day("05:00", "29:00")
ENTER = Campaign("hello", "m1", "enter", "zone", "shop", 0, 0.0, ALWAYS_MS, NEVER_MS)


class Collected:
    """In place of the day's files: the rows of each table."""

    def __init__(self) -> None:
        self.rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(self, name: str, rows: pa.Table) -> None:
        self.rows[name] += rows.to_pylist()


def day_of(
    rows: str,
    now: str,
    restarts: pa.Table | None = None,
    rules: VisitRules | None = None,
    dbm: tuple[int, ...] | None = None,
) -> Collected:
    """The day of one member's device; `dbm`: the signal of each row."""
    rules = rules or VisitRules()
    window = sightings(rows)
    if dbm:
        place = window.column_names.index("signal_dbm")
        window = window.set_column(place, window.schema.field(place), pa.array(dbm, pa.int16()))
    window = window.set_column(
        window.column_names.index("subject"), "subject", pa.array([-7] * len(window), pa.int64())
    )
    district = SimpleNamespace(campaigns=(ENTER,), places=lambda _: places("A shop mall", "B den elsewhere"))
    handoff = SimpleNamespace(
        day=DAY,
        shards=["all"],
        devices=DEVICE.empty(),
        restarts=restarts if restarts is not None else RESTART.empty(),
        tally=DayTally(DAY),
        sightings=lambda _: window,
    )
    found = Collected()
    minimum = SimpleNamespace(min_dwell_ms=300_000)
    config = SimpleNamespace(feeds=())
    job = cast(Job, SimpleNamespace(district=district, rules=rules, definition=minimum, config=config))
    parts = parts_of([job], [cast(Handoff, handoff)], clock_ms(now))
    watch = Watch(LIFE_SIGN.empty(), USUAL_HOUR.empty(), places("A shop mall"), "UTC", clock_ms(now))
    sessionize(parts, [DayTables(watch, cast(Handoff, handoff), cast(DayFiles, found))])
    return found


def test_what_is_set_aside_for_its_signal_triggers_nothing() -> None:
    told = day_of("A 10:00 | B 10:00", now="40:00", rules=VisitRules(enter_dbm=-65), dbm=(-80, -60)).rows
    assert [row["sightings"] for row in told["visit"]] == [1]
    assert told["trigger"] == []
    assert len(day_of("A 10:00", now="40:00", rules=VisitRules(enter_dbm=-65), dbm=(-60,)).rows["trigger"]) == 1


def test_what_starts_in_the_days_before_and_after_is_theirs() -> None:
    found = day_of("A 04:00 seen 10:00 seen 29:00 seen", now="40:00").rows
    assert [row["start_ms"] for row in found["visit"]] == [clock_ms("10:00")]
    assert [row["at_ms"] for row in found["trigger"]] == [clock_ms("10:00")]
    assert [row["at_ms"] for row in found["sighting"]] == [clock_ms("10:00")]
    ended = {row["status"]: row["records"] for row in found["ledger"]}
    assert ended == {"kept": 1, "other-day": 2}


def test_a_row_dated_after_the_run_triggers_nothing_yet() -> None:
    assert day_of("A 10:00 seen", now="09:59").rows["trigger"] == []
    assert len(day_of("A 10:00 seen", now="10:00").rows["trigger"]) == 1


def test_a_restart_ends_a_link_where_it_was_last_heard() -> None:
    restart = RESTART.table(ap=["A"], at_ms=[clock_ms("10:30")])
    found = day_of("A 10:00 joined 10:10 joined 13:00 seen", now="40:00", restarts=restart).rows
    spans = [(row["start_ms"], row["end_ms"]) for row in found["visit"]]
    assert spans == [(clock_ms("10:00"), clock_ms("10:10")), (clock_ms("13:00"), clock_ms("13:00"))]
    assert {row["status"]: row["records"] for row in found["ledger"]} == {"kept": 3}


def test_a_site_of_which_only_this_day_tells_has_its_zeros() -> None:
    """Places are from data, and nothing is usual: a leave names the site, and that nobody passed it is said."""
    found = day_of("B 10:00 left", now="40:00").rows["passage"]
    assert {row["site"]: row["passers_by"] for row in found} == {"": 0, "mall": 0, "elsewhere": 0}
