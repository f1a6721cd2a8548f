"""Unknown access points: whom they served, and which zone their neighbours suggest."""

from collections import Counter

import pyarrow as pa

from ingest.unknown_aps import UnknownAp, together, unknown_aps
from schemas import PUBLISHED


def published(*rows: tuple[int, int, str, str]) -> pa.Table:
    """PUBLISHED rows of (second, subject, AP, zone)."""
    n = len(rows)
    return PUBLISHED.table(
        at_ms=[at * 1000 for at, _, _, _ in rows],
        subject=[subject for _, subject, _, _ in rows],
        ap=[ap for _, _, ap, _ in rows],
        kind=[3] * n,
        signal_dbm=[None] * n,
        feed=["mall"] * n,
        file=["a.log"] * n,
        line=list(range(1, n + 1)),
        time_quality=[0] * n,
        visit_id=[1] * n,
        site=["mall"] * n,
        zone=[zone for _, _, _, zone in rows],
    )


def test_neighbours_within_a_minute_vote_each_subject_on_its_own() -> None:
    rows = [
        (0, 1, "tea-1", "tea"),
        (60, 1, "ap-99", "unknown"),  # exactly a minute after: near
        (121, 1, "tea-1", "tea"),  # 61 s later: not
        (70, 2, "ap-99", "unknown"),
        (71, 2, "ap-98", "unknown"),  # an unknown one has no vote
        (72, 2, "noodle-1", "noodle"),
        (61, 3, "hall-1", "hall"),  # another subject
    ]
    first, second = unknown_aps(published(*reversed(rows)))
    assert second == UnknownAp("ap-99", 2, 2, 60_000, 70_000, Counter({"tea": 1, "noodle": 1}))
    assert first == UnknownAp("ap-98", 1, 1, 71_000, 71_000, Counter({"noodle": 1}))


def test_the_zone_with_most_votes_has_its_share() -> None:
    votes = Counter({"tea": 1, "noodle": 3})
    assert UnknownAp("x", 4, 2, 0, 1, votes).zone == ("noodle", 0.75)
    assert UnknownAp("x", 4, 2, 0, 1, Counter()).zone is None


def test_days_are_put_together() -> None:
    days = [UnknownAp("x", 4, 2, 5, 9, Counter(a=1)), UnknownAp("y", 9, 1, 0, 1, Counter())]
    assert together([*days, UnknownAp("x", 6, 3, 1, 7, Counter(a=1, b=1))]) == [
        UnknownAp("x", 10, 3, 1, 9, Counter(a=2, b=1)),
        days[1],
    ]


def test_a_day_without_unknown_ones_or_without_rows() -> None:
    assert unknown_aps(published((0, 1, "tea-1", "tea"))) == []
    assert unknown_aps(published()) == []
