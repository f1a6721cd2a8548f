"""Whether a feed still says what it used to: each hour and the day against the feed's own days before (N19).

A firmware that words a line anew must raise an alarm in the run that meets it, not show as a fall in visitors. So only
shares count, never how many lines there are: a holiday has half the lines and the same words.

    lines of an hour   kept, repeat, other-day, ... | refused, unknown message
                                                      `--- not understood ---`
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pyarrow as pa

from pipelines.quality import Outcome
from pipelines.quality_settings import QualityConfig
from pipelines.steps.shapes import MESSAGES
from sessionize.rules import HOUR_MS

_MOST = 0.999  # of shares that are compared: the odds of 1 are infinite
_SPOKE_DAYS = 3  # a feed is expected in an hour in which it spoke on so many days, and on every one


@dataclass
class Lines:
    """How many records of a feed there were, and how many of them were not understood."""

    read: int = 0
    refused: int = 0
    unknown: int = 0

    def add(self, status: str, reason: str, records: int) -> None:
        self.read += records
        self.refused += records * (status == "rejected")
        self.unknown += records * (status == "ignored" and reason in MESSAGES)

    @property
    def share(self) -> float:
        """Of the lines that were not understood."""
        return (self.refused + self.unknown) / self.read if self.read else 0.0


@dataclass
class History:
    """A feed's days before: all its lines, and those of each hour of the day (UTC) by day."""

    all: Lines = field(default_factory=Lines)
    hours: dict[int, dict[datetime.date, Lines]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Lines))
    )
    days: set[datetime.date] = field(default_factory=set)

    def usual(self, hour_ms: int | None, least: int) -> float:
        """The greatest share that was in order: over all days, or in that hour of one of them."""
        same = [] if hour_ms is None else self.hours.get(_hour_of_day(hour_ms), {}).values()
        return max([self.all.share, *(lines.share for lines in same if lines.read >= least)])

    def always_spoke(self, hour_ms: int) -> bool:
        spoke = self.hours.get(_hour_of_day(hour_ms), {})
        return len(self.days) >= _SPOKE_DAYS and spoke.keys() >= self.days


def drift_of(
    today: pa.Table, before: pa.Table, shapes: pa.Table, limits: QualityConfig, time_zone: str
) -> list[Outcome]:
    """One outcome per feed and per hour that is out of the ordinary; a failed one refuses the day.

    Args:
        today, before: FEED_HOUR of the day, and of the days that went before it.
        shapes: LINE_SHAPE of the day: the form seen most often is told with the finding.
    """
    histories, tz = _histories(before), ZoneInfo(time_zone)
    samples = _samples(shapes)
    outcomes = []
    for feed, hours in sorted(_hours(today).items()):
        history = histories.get(feed)
        whole = Lines(*(sum(getattr(one, name) for one in hours.values()) for name in ("read", "refused", "unknown")))
        outcomes.append(_outcome(feed, None, whole, history, limits, samples, tz))
        found = (_outcome(feed, hour, lines, history, limits, samples, tz) for hour, lines in sorted(hours.items()))
        outcomes += [outcome for outcome in found if outcome.warned or not outcome.passed]
    return [*outcomes, *_silent(_hours(today), histories, tz)]


def _outcome(
    feed: str,
    hour_ms: int | None,
    lines: Lines,
    history: History | None,
    limits: QualityConfig,
    samples: Mapping[str, str],
    tz: ZoneInfo,
) -> Outcome:
    usual = history.usual(hour_ms, limits.least_lines) if history else None
    share = lines.share if history else lines.refused / max(lines.read, 1)
    enough = lines.read >= limits.least_lines
    fails = enough and _is_strange(share, usual, limits.unread_share, limits.unread_factor)
    warns = enough and not fails and _is_strange(share, usual, limits.unread_share / 2, limits.unread_factor / 2)
    if history is None and hour_ms is None and enough and not fails:  # chatter, or a firmware that no reader knows
        share, warns = lines.share, warns or lines.share > limits.unread_share
    finding = f"{share:.0%} of the lines are not understood"
    finding += " (no day before to compare with)" if usual is None else f", usually {usual:.1%}"
    if (fails or warns) and feed in samples:
        finding += f"; most often: {samples[feed]}"
    broken, column = lines.refused + lines.unknown, f"{feed} {_when(hour_ms, tz)}"
    return Outcome("feed_hour", column, "is understood as usual", not fails, broken, lines.read, warns, finding)


def _is_strange(share: float, usual: float | None, most: float, factor: float) -> bool:
    """Whether `share` is beyond `most`, and its odds beyond `factor` times the usual odds."""
    if usual is None:
        return share > most
    return share > most and _odds(share) > factor * _odds(usual)


def _odds(share: float) -> float:
    return min(share, _MOST) / (1 - min(share, _MOST))


def _silent(
    today: Mapping[str, Mapping[int, Lines]], histories: Mapping[str, History], tz: ZoneInfo
) -> Iterator[Outcome]:
    """A warning for each feed that says nothing in hours in which it always spoke; hours to come are not silent."""
    hours = sorted({hour for feed in today.values() for hour in feed})
    for feed, history in sorted(histories.items()):
        missing = [hour for hour in hours if hour not in today.get(feed, {}) and history.always_spoke(hour)]
        if missing:
            many = "an hour" if len(missing) == 1 else f"{len(missing)} hours"
            finding = f"silent for {many} in which it always had lines"
            rule, column = "has lines in every hour in which it always had", f"{feed} from {_when(missing[0], tz)}"
            yield Outcome("feed_hour", column, rule, True, len(missing), len(hours), True, finding)


def _hours(rows: pa.Table) -> dict[str, dict[int, Lines]]:
    hours: dict[str, dict[int, Lines]] = defaultdict(lambda: defaultdict(Lines))
    for row in rows.to_pylist():
        hours[row["feed"]][row["hour_ms"]].add(row["status"], row["reason"], row["records"])
    return hours


def _histories(rows: pa.Table) -> dict[str, History]:
    histories: dict[str, History] = defaultdict(History)
    for row in rows.to_pylist():
        history, ended = histories[row["feed"]], (row["status"], row["reason"], row["records"])
        history.all.add(*ended)
        history.hours[_hour_of_day(row["hour_ms"])][row["day"]].add(*ended)
        history.days.add(row["day"])
    return dict(histories)


def _samples(shapes: pa.Table) -> dict[str, str]:
    """The shape seen most often, by feed."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for row in shapes.to_pylist():
        seen[row["feed"]][row["shape"]] += row["sampled"]
    return {feed: counts.most_common(1)[0][0] for feed, counts in seen.items()}


def _hour_of_day(hour_ms: int) -> int:
    return hour_ms // HOUR_MS % 24


def _when(hour_ms: int | None, tz: ZoneInfo) -> str:
    return "day" if hour_ms is None else f"{datetime.datetime.fromtimestamp(hour_ms / 1000, tz):%H:%M}"
