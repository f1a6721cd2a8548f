"""A visit's number: the published construction, one by one and by the million, never negative."""

import datetime
import hashlib

import numpy as np

from sessionize.numbering import visit_id, visit_ids
from sessionize.rules import VisitRules
from sessionize.visits import visits
from tests.builders import DATE, day, places, sightings

PLACES_AND_DAYS = [("", datetime.date(2026, 11, 21)), ("mall", datetime.date(2026, 11, 22))]


def test_the_construction_is_the_documented_one():
    prefix = hashlib.blake2b(b"default@1\0old-town\0mall\x002026-11-21", digest_size=32).digest()
    message = prefix + (-5).to_bytes(8, "little", signed=True) + (1_790_000_000_000).to_bytes(8, "little")
    number = int.from_bytes(hashlib.blake2b(message, digest_size=8).digest(), "little") % (1 << 63)
    assert visit_id("default@1", "old-town", "mall", DATE, -5, 1_790_000_000_000) == number


def test_many_at_once_are_those_of_hashlib():
    rng = np.random.default_rng(21)
    subject, start = rng.integers(-(1 << 63), (1 << 63) - 1, 500), rng.integers(0, 1 << 41, 500)
    group = rng.integers(0, 2, 500)
    numbers = visit_ids("owners@2", "old-town", PLACES_AND_DAYS, group, subject, start)
    one_by_one = [
        visit_id("owners@2", "old-town", *PLACES_AND_DAYS[g], s, t)
        for g, s, t in zip(group.tolist(), subject.tolist(), start.tolist(), strict=True)
    ]
    assert numbers.tolist() == one_by_one
    assert numbers.min() >= 0


def test_visits_carry_them():
    rules = VisitRules(definition="owners", scope="site")
    found = visits(sightings("A 09:00", "B 09:05"), places("A hall north", "B hall south"), rules, day()).visits
    of_law = [
        visit_id("owners@1", "spec", row["site"], row["day"], row["subject"], row["start_ms"])
        for row in found.to_pylist()
    ]
    assert found["visit_id"].to_pylist() == of_law
