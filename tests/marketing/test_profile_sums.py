"""The profile from the sums of days is the profile from visits: random members, held against merging by hand.

Members have several devices that are here at the same time, devices change hands, consent begins and ends in the middle
of days, visits reach into the next day, and one day is restated.
"""

import itertools
import random
from collections import defaultdict
from dataclasses import dataclass

import pyarrow as pa

from marketing.profile import PROFILE_SQL, PROFILE_ZONE_SQL
from schemas import MEMBER_DEVICE
from tests.marketing.conftest import Tables
from tests.marketing.test_profile import MINUTE_MS, TODAY, at, consented, stays, visits

ZONES = ("food", "shoes", "between", "unknown")
DAY_MINUTES = 1440
DAYS = (0, 1, 2, 3, 6, 7, 29, 30, 31, 60, 88, 89, 90, 91)
MEMBERS = 16
Span = tuple[int, str, int, int]  # device, member, from_ms, until_ms


@dataclass(frozen=True)
class Visit:
    """Minutes count from the begin of its day; `path` is (zone, from, to)."""

    number: int
    device: int
    days_ago: int
    path: tuple[tuple[str, int, int], ...]

    @property
    def start(self) -> int:
        return self.path[0][1]

    @property
    def end(self) -> int:
        return self.path[-1][2]


def random_visits(rng: random.Random, first: int, days_ago: int, devices: list[int]) -> list[Visit]:
    """Up to three visits of a device on a day, apart; the last may reach into the next day."""
    made: list[Visit] = []
    for device in devices:
        begin = rng.randrange(1300)
        for _ in range(rng.randrange(4)):
            edges = sorted([begin, *(begin + rng.randrange(500) for _ in range(rng.randrange(1, 4)))])
            path = tuple((rng.choice(ZONES), a, b) for a, b in itertools.pairwise(edges))
            made.append(Visit(first + len(made), device, days_ago, path))
            begin = edges[-1] + rng.randrange(1, 400)
            if begin >= DAY_MINUTES:
                break
    return made


def random_spans(rng: random.Random, devices: list[int]) -> list[Span]:
    """Each device is a member's from one instant to another, many of them inside a day, and then perhaps another's."""
    spans = []
    for device in devices:
        days = rng.sample(DAYS, rng.choice([2, 2, 3, 4]))
        instants = sorted(at(days_ago, rng.randrange(DAY_MINUTES)) for days_ago in days)
        for begin, end in itertools.pairwise(instants):
            if rng.random() < 0.9:
                spans.append((device, f"m{rng.randrange(MEMBERS):02}", begin, end))
    return spans


def merged(spans: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """(days ago, ms) of each run of overlapping or touching (from, to, days ago)."""
    runs: list[list[int]] = []
    for begin, end, days_ago in sorted(spans):
        if runs and begin <= runs[-1][1]:
            runs[-1][1] = max(runs[-1][1], end)
        else:
            runs.append([begin, end, days_ago])
    return [(days_ago, end - begin) for begin, end, days_ago in runs]


def by_hand(known: list[Visit], spans: list[Span], agreed: set[str]) -> tuple[list[list[object]], list[list[object]]]:
    """The rows of profile and profile_zone, without their day."""
    here, there = defaultdict(list), defaultdict(list)
    for visit in known:
        if visit.days_ago > 90:
            continue
        for device, member, begin, end in spans:
            if device == visit.device and member in agreed and begin <= at(visit.days_ago, visit.start) < end:
                from_to = at(visit.days_ago, visit.start), at(visit.days_ago, visit.end), visit.days_ago
                here[member].append(from_to)
                for zone, a, b in visit.path:
                    if zone != "between":
                        there[member, zone].append((at(visit.days_ago, a), at(visit.days_ago, b), visit.days_ago))
    profile: list[list[object]] = []
    for member, times in sorted(here.items()):
        runs = merged(times)
        if sums(runs, 90)[0]:
            counts, minutes = zip(*(sums(runs, days) for days in (7, 30, 90)), strict=True)
            profile.append([member, *counts, *minutes, min(days_ago for days_ago, _ in runs)])
    zones: list[list[object]] = []
    for (member, zone), times in sorted(there.items()):
        runs = merged(times)
        if sums(runs, 90)[0]:
            zones.append([member, "mall", zone, *(sums(runs, days)[1] for days in (7, 30, 90)), sums(runs, 30)[0]])
    return profile, zones


def sums(runs: list[tuple[int, int]], days: int) -> tuple[int, int]:
    counted = [ms for days_ago, ms in runs if days_ago < days]
    return len(counted), sum(counted) // MINUTE_MS


def as_rows(known: list[Visit]) -> tuple[pa.Table, pa.Table]:
    paths = [(v.number, v.device, v.days_ago, zone, a, b) for v in known for zone, a, b in v.path]
    return visits(*((v.number, v.device, v.days_ago, v.start, v.end) for v in known)), stays(*paths)


def test_the_profile_from_sums_is_that_from_visits(tables: Tables) -> None:
    rng = random.Random(5)
    devices = [-number for number in range(1, 25)]
    spans = random_spans(rng, devices)
    agreed = {f"m{number:02}" for number in range(MEMBERS) if number != 3}
    tables.fill(
        "member_device", MEMBER_DEVICE.table(**dict(zip(MEMBER_DEVICE.names, zip(*spans, strict=True), strict=True)))
    )
    tables.fill("consented", consented(*agreed))
    for run in range(4):  # each later run restates the day before today
        known = [v for d in DAYS for v in random_visits(random.Random(d + run * (d == 1)), 100 * d, d, devices)]
        for name, rows in zip(("visible_visit", "visible_stay"), as_rows(known), strict=True):
            tables.empty(name)
            tables.fill(name, rows)
        tables.sum_up()
        tables.prepare(TODAY)
        profile, zones = by_hand(known, spans, agreed)
        assert len(profile) > 3 and len(zones) > 9
        assert [list(row.values())[1:] for row in tables.ask(PROFILE_SQL, day=TODAY)] == profile
        assert [list(row.values())[1:] for row in tables.ask(PROFILE_ZONE_SQL, day=TODAY)] == zones
