"""Hours that nobody watched and the visits they touch: hand-made days, and random ones against every instant (N8)."""

import datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import AP_HOUR, LIFE_SIGN, USUAL_HOUR
from sessionize.coverage import ap_hours
from sessionize.covered import Watch, covered_hours, with_uncovered
from sessionize.rules import VisitRules
from sessionize.usual import usual_hours
from sessionize.visits import Walked, visits
from tests.builders import DATE, clock_ms, day, places, sightings

DAY = day("05:00", "29:00")
MALL = ("A shop mall", "B food mall", "C street street")
RULES = VisitRules()
REACH_MS = RULES.hold_seen_ms
LATER = clock_ms("72:00")


def usual(*texts: str, days: int = 4) -> pa.Table:
    """USUAL_HOUR of access points that spoke in these hours of the clock on all of their days: `A 9 10 11`."""
    rows = [(ap, int(hour)) for ap, *hours in map(str.split, texts) for hour in hours]
    return USUAL_HOUR.table(
        ap=[ap for ap, _ in rows], hour=[hour for _, hour in rows], spoke=[days] * len(rows), days=[days] * len(rows)
    )


def watch(usually: pa.Table, beats: tuple[tuple[str, str], ...] = (), until_ms: int = LATER) -> Watch:
    signs = LIFE_SIGN.table(ap=[ap for ap, _ in beats], hour_ms=[clock_ms(hour) for _, hour in beats])
    return Watch(signs, usually, places(*MALL), "UTC", until_ms)


def hours_of(rows: tuple[str, ...], watched: Watch) -> pa.Table:
    """AP_HOUR of a day with these sightings."""
    return covered_hours(ap_hours(sightings(*rows), places(*MALL), DAY), watched, DAY)


def silent(table: pa.Table) -> list[tuple[str, str, int]]:
    """(AP, zone, hour of the day) of the hours that are not covered."""
    rows = table.filter(
        pa.array([bool(r["expected"] and not r["sightings"] and not r["heartbeat"]) for r in rows_of(table)])
    )
    return [(row["ap"], row["zone"], (row["hour_ms"] - clock_ms("00:00")) // 3_600_000) for row in rows_of(rows)]


def rows_of(table: pa.Table) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = table.to_pylist()
    return rows


def test_an_hour_without_a_line_of_who_usually_speaks_is_not_covered() -> None:
    found = hours_of(("A 09:00 11:00",), watch(usual("A 9 10 11", "B 10")))
    assert silent(found) == [("A", "shop", 10), ("B", "food", 10)]
    assert found.schema == AP_HOUR.arrow


def test_a_heartbeat_is_a_sign_of_life() -> None:
    """A message that names no device; the access point was there and nobody came."""
    found = hours_of(("A 09:00 11:00",), watch(usual("A 9 10 11"), (("A", "10:00"),)))
    assert silent(found) == []
    assert [(r["sightings"], r["heartbeat"]) for r in rows_of(found)] == [(1, False), (0, True), (1, False)]


def test_nothing_is_expected_of_hours_to_come() -> None:
    """A provisional run at half past ten knows nothing of the hour from ten."""
    assert silent(hours_of(("A 09:00",), watch(usual("A 9 10 11"), until_ms=clock_ms("10:30")))) == []
    assert silent(hours_of(("A 09:00",), watch(usual("A 9 10 11"), until_ms=clock_ms("11:00")))) == [("A", "shop", 10)]


def test_with_few_days_before_the_day_itself_says_what_is_usual() -> None:
    """Between first and last report, if most hours between have one; else nobody knows."""
    steady = "A 09:00 10:00 11:00 13:00 14:00"
    assert silent(hours_of((steady,), watch(usual("A 8", days=2)))) == [("A", "shop", 12)]
    now_and_then = hours_of(("A 09:00 12:00 15:00",), watch(USUAL_HOUR.empty()))
    assert [row["expected"] for row in rows_of(now_and_then)] == [None] * 3


def test_an_access_point_that_was_taken_down_is_not_expected() -> None:
    gone = Watch(LIFE_SIGN.empty(), usual("D 9 10"), places(*MALL, "D shop mall 00:00-06:00"), "UTC", LATER)
    assert hours_of((), gone).num_rows == 0


def test_usual_is_nine_in_ten_of_the_days_on_which_it_spoke() -> None:
    def before(days_ago: int, *rows: str) -> pa.Table:
        found = ap_hours(sightings(*rows), places(*MALL), DAY)
        date = pa.array([DATE - datetime.timedelta(days=days_ago)] * len(found), pa.date32())
        return AP_HOUR.cast(found.set_column(0, "day", date))

    days = [before(ago, "A 09:00 10:00" if ago != 5 else "A 09:00", "ghost 09:00") for ago in range(1, 11)]
    assert [(row["ap"], row["hour"], row["spoke"], row["days"]) for row in rows_of(usual_hours(days, "UTC"))] == [
        ("A", 9, 10, 10),
        ("A", 10, 9, 10),
    ]
    assert silent(hours_of((), watch(usual_hours(days, "UTC")))) == [("A", "shop", 9), ("A", "shop", 10)]
    fewer = usual_hours([*days[:4], before(12, "A 09:00")], "UTC")  # four of five
    assert silent(hours_of((), watch(fewer))) == [("A", "shop", 9)]


def test_usual_hours_go_by_the_clock_when_it_changes() -> None:
    """Nine o'clock in Berlin is another UTC hour in summer; the shop opens at nine all the same."""
    summer, winter = (
        int(datetime.datetime(2026, 10, d, h, tzinfo=datetime.UTC).timestamp()) * 1000 for d, h in ((24, 7), (26, 8))
    )
    rows = [
        AP_HOUR.table(
            day=[datetime.date(2026, 10, d)],
            ap=["A"],
            site=["mall"],
            zone=["shop"],
            hour_ms=[at],
            sightings=[1],
            heartbeat=[False],
            expected=[None],
        )
        for d, at in ((24, summer), (26, winter))
    ]
    assert [(row["hour"], row["spoke"]) for row in rows_of(usual_hours(rows, "Europe/Berlin"))] == [(9, 2)]


def flagged(*subjects: str, usually: pa.Table, where: tuple[str, ...] = MALL) -> list[bool | None]:
    """`uncovered` of each visit, in the order of subjects."""
    return judged(visits(sightings(*subjects), places(*where), RULES, DAY), hours_of(subjects, watch(usually)))


def judged(walked: Walked, covered: pa.Table) -> list[bool | None]:
    found = with_uncovered(walked.visits, walked.stays, covered, walked.reach)
    flags: list[bool | None] = found["uncovered"].to_pylist()
    return flags


OFF_AT_TEN = usual("A 9 10 11", "B 9 10 11")


@pytest.mark.parametrize(
    ("subject", "is_flagged"),
    [
        ("A 09:30 joined 11:20 left", True),  # linked all the while
        ("A 09:40 09:50", True),  # the next row would have been heard until 10:05
        ("A 09:30 09:44", False),  # it was gone when the hour began
        ("A 11:05", True),  # it may have come before eleven
        ("A 11:20", False),
        ("A 09:50 | B 09:55 10:10 10:20 10:30", False),  # B spoke, and the visit left A before
        ("A 09:55 | B 10:10", True),  # in A until B heard it
        ("A 09:10 joined", True),  # nobody told of a leave: it may have gone in the dark
        ("A 09:10 joined 09:20 left", False),
        ("A 09:10 joined | A 09:40 seen", True),  # what is seen ends no link
        ("A 09:10 joined | B 09:40 seen", True),  # another access point's ear neither
        ("A 09:10 joined | B 09:40 joined", False),  # linked to B, which spoke
        ("A 09:10 joined 09:40 idle", True),  # a phone that sleeps is held for half an hour
        ("A 09:10 joined 09:29 idle", False),
        ("A 09:30 09:45", True),  # exactly the hold: the same visit
    ],
)
def test_a_visit_is_flagged_if_the_hour_could_have_changed_it(subject: str, is_flagged: bool) -> None:
    others = ("A 09:01 11:59", "B 09:01 | B 10:59 | B 11:59")
    assert flagged(subject, *others, usually=OFF_AT_TEN)[0] is is_flagged


def test_a_feed_has_holds_of_its_own() -> None:
    """By the definition's, 15 minutes, the first would be flagged and the second not."""
    own = ("A 09:50 09:53", "A 09:25 09:30 | A 11:40")
    others = ("B 09:01 | B 10:59 | B 11:59",)
    for minutes, wanted in (("5", [False, False, False]), ("45", [True, True, True])):
        where = (f"A shop mall seen={minutes}", *MALL[1:])
        assert flagged(*own, *others, usually=OFF_AT_TEN, where=where)[:3] == wanted


def test_the_next_visit_settles_the_one_before() -> None:
    """A link reaches on for 14 h, but who came anew at 09:55 was not in the first visit at ten."""
    where = ("A shop mall joined=10", *MALL[1:])
    others = ("B 09:01 | B 10:59 | B 11:59",)
    assert flagged("A 09:10 joined | B 09:35 09:50", *others, usually=OFF_AT_TEN, where=where)[:2] == [False, False]


def test_where_nothing_is_known_of_access_points_no_visit_is_judged() -> None:
    assert flagged("A 09:00 12:00 15:00", usually=USUAL_HOUR.empty()) == [None, None, None]


some_rows = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(5 * 12, 14 * 12)), min_size=1, max_size=6)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(some_rows, min_size=1, max_size=4),
    st.sets(st.tuples(st.sampled_from("ABC"), st.integers(5, 14)), min_size=1),
)
def test_flags_equal_looking_at_every_instant(
    subjects: list[list[tuple[str, int]]], expected: set[tuple[str, int]]
) -> None:
    """Every five minutes of every stay, the first one longer by the reach before, the last one after."""
    texts = [
        " | ".join(f"{ap} {at // 12:02d}:{at % 12 * 5:02d}" for ap, at in sorted(rows, key=lambda r: r[1]))
        for rows in subjects
    ]
    usually = usual(*(f"{ap} {hour}" for ap, hour in sorted(expected)))
    walked = visits(sightings(*texts), places(*MALL), RULES, DAY)
    covered = hours_of(tuple(texts), watch(usually))
    quiet = {(zone, hour) for _, zone, hour in silent(covered)}
    wanted = {row["visit_id"]: False for row in rows_of(walked.visits)}
    count = {row["visit_id"]: row["stays"] for row in rows_of(walked.visits)}
    for stay in rows_of(walked.stays):
        begin = stay["from_ms"] - REACH_MS * (stay["ordinal"] == 0)
        end = stay["to_ms"] + (REACH_MS + 1) * (stay["ordinal"] == count[stay["visit_id"]] - 1)
        for at in range(begin, max(end, begin + 1), 300_000):
            wanted[stay["visit_id"]] |= (stay["zone"], (at - clock_ms("00:00")) // 3_600_000) in quiet
    found = judged(walked, covered)
    if any(row["expected"] for row in rows_of(covered)):
        assert dict(zip(walked.visits["visit_id"].to_pylist(), found, strict=True)) == wanted
    else:
        assert found == [None] * len(wanted)
