"""A feed against its own days: other words raise an alarm in the same run; a quiet day and a small change do not."""

import datetime

import pyarrow as pa
import pytest

from pipelines.drift import drift_of
from pipelines.quality import Gate, Outcome
from pipelines.quality_settings import QualityConfig
from schemas import FEED_HOUR, LINE_SHAPE, GateError

DATE = datetime.date(2026, 11, 21)
HOUR = 3_600_000
OPEN = range(10, 20)
KEPT, UNKNOWN, REFUSED = ("kept", ""), ("ignored", "other-message"), ("rejected", "bad-time")
NO_SHAPES = LINE_SHAPE.empty()
Counts = dict[tuple[str, str], int]


def day(counts: dict[int, Counts], days_ago: int = 0, feed: str = "street") -> pa.Table:
    """FEED_HOUR: per hour of the day (UTC), how many records ended how."""
    date = DATE - datetime.timedelta(days=days_ago)
    midnight = date.toordinal() - datetime.date(1970, 1, 1).toordinal()
    rows = [(hour, *ended, n) for hour, one in counts.items() for ended, n in one.items()]
    return FEED_HOUR.table(
        day=[date] * len(rows),
        feed=[feed] * len(rows),
        hour_ms=[midnight * 24 * HOUR + hour * HOUR for hour, *_ in rows],
        status=[status for _, status, _, _ in rows],
        reason=[reason for *_, reason, _ in rows],
        records=[n for *_, n in rows],
    )


def usual(lines: int = 1000, unknown: int = 20) -> dict[int, Counts]:
    return {hour: {KEPT: lines - unknown, UNKNOWN: unknown} for hour in OPEN}


HISTORY = pa.concat_tables([day(usual(), days_ago) for days_ago in (1, 2, 3)])


def found(
    today: dict[int, Counts], before: pa.Table = HISTORY, shapes: pa.Table = NO_SHAPES, **limits: float
) -> list[Outcome]:
    return drift_of(day(today), before, shapes, QualityConfig(**limits), "UTC")  # type: ignore[arg-type]


def failed(outcomes: list[Outcome]) -> list[str]:
    return [outcome.column for outcome in outcomes if not outcome.passed]


def warned(outcomes: list[Outcome]) -> list[str]:
    return [outcome.column for outcome in outcomes if outcome.warned]


def test_a_firmware_that_words_a_line_anew_at_noon_fails_the_same_run_and_shows_the_form() -> None:
    after_noon = {hour: {KEPT: 300, UNKNOWN: 700} for hour in OPEN if hour >= 12}
    shapes = LINE_SHAPE.table(
        day=[DATE], feed=["street"], status=["ignored"], reason=["other-message"], shape=["sta ~ ~"], sampled=[8]
    )
    outcomes = found(usual() | after_noon, shapes=shapes)
    assert failed(outcomes) == ["street day", *(f"street {hour}:00" for hour in range(12, 20))]
    with pytest.raises(
        GateError, match=r"street day: 56% of the lines are not understood, usually 2\.0%; most often: sta ~ ~"
    ):
        Gate("d").feeds(outcomes)


def test_only_the_hour_that_changed_is_told() -> None:
    assert failed(found(usual() | {15: {KEPT: 300, REFUSED: 700}})) == ["street 15:00"]


def test_a_small_change_warns_only() -> None:
    outcomes = found(usual() | {15: {KEPT: 850, UNKNOWN: 150}})
    assert (failed(outcomes), warned(outcomes)) == ([], ["street 15:00"])


@pytest.mark.parametrize("lines", [500, 2000, 101])
def test_a_holiday_and_a_fair_are_in_order(lines: int) -> None:
    outcomes = found(usual(lines=lines, unknown=lines // 50))
    assert (failed(outcomes), warned(outcomes)) == ([], [])


def test_an_hour_that_is_always_full_of_other_messages_is_in_order() -> None:
    """At night the access points talk of themselves only."""
    night = {3: {KEPT: 10, UNKNOWN: 190}}
    before = pa.concat_tables([day(usual() | night, days_ago) for days_ago in (1, 2, 3)])
    assert failed(found(usual() | night, before)) == []


def test_an_hour_of_few_lines_is_not_judged() -> None:
    assert failed(found(usual() | {4: {REFUSED: 99}})) == []
    assert failed(found(usual() | {4: {REFUSED: 100}})) == ["street 04:00"]


def test_a_first_day_fails_by_refused_lines_alone_and_warns_of_unknown_ones() -> None:
    unknown = {hour: {KEPT: 500, UNKNOWN: 500} for hour in OPEN}
    assert failed(found(unknown, FEED_HOUR.empty())) == []
    assert warned(found(unknown, FEED_HOUR.empty())) == ["street day"]
    assert warned(found(usual(), FEED_HOUR.empty())) == []
    assert failed(found(usual() | {15: {KEPT: 700, REFUSED: 300}}, FEED_HOUR.empty())) == ["street 15:00"]


def test_a_feed_that_falls_silent_warns_and_hours_to_come_are_not_silent() -> None:
    until_noon = {hour: counts for hour, counts in usual().items() if hour < 12}
    assert warned(found(until_noon)) == []
    other = day(usual(), feed="mall")
    outcomes = drift_of(pa.concat_tables([day(until_noon), other]), HISTORY, NO_SHAPES, QualityConfig(), "UTC")
    assert warned(outcomes) == ["street from 12:00"]
    assert failed(outcomes) == []


def test_the_gate_can_be_told_to_let_every_change_pass() -> None:
    assert failed(found({15: {UNKNOWN: 1000}}, unread_share=1)) == []
