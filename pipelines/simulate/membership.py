"""Members: when each joined, what each agreed to, and the portal logins that name a member's phone."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.simulate.columns import DAY_MS, SECOND_MS, Array, Rows, stream
from pipelines.simulate.people import People
from pipelines.simulate.plans import Phones, midnight_ms
from pipelines.simulate.radio import Events
from pipelines.simulate.town import town

_OLDEST_DAYS = 400
_PURPOSES = (("location", "contact"), ("location",), ("contact",), ())
_PURPOSE_SHARES = (0.80, 0.10, 0.06, 0.04)


@dataclass(frozen=True)
class Members:
    """By member number. A member may agree to some merchants; `withdrawn_ms` (-1: never) ends all consents at once."""

    joined_ms: Array
    purposes: Array
    merchants: tuple[tuple[str, ...], ...]
    withdrawn_ms: Array

    def consents(self) -> Iterator[tuple[int, str, str, int, int]]:
        """(member, purpose, merchant or empty, given, withdrawn or -1), by member."""
        for number, purpose in enumerate(self.purposes.tolist()):
            given, withdrawn = int(self.joined_ms[number]), int(self.withdrawn_ms[number])
            for name in _PURPOSES[purpose]:
                yield number, name, "", given, withdrawn
            for merchant in self.merchants[number]:
                yield number, "merchant", merchant, given, withdrawn


@dataclass(frozen=True)
class Logins(Rows):
    at_ms: Array
    mac: Array
    member: Array
    ap: Array  # where the phone is then


def member_name(number: int) -> str:
    return f"M{number:06}"


def members_of(seed: int, people: People, start: datetime.date, days: int) -> Members:
    """Every member; most joined long before `start`, some during the simulation; one in sixteen withdraws during it."""
    rng = stream(seed, 0, "members")
    count = int(people.member.max()) + 1
    begin = midnight_ms(start)
    before = begin - rng.integers(DAY_MS, _OLDEST_DAYS * DAY_MS, count)
    during = begin + rng.integers(0, days * DAY_MS, count)
    joined = np.where(rng.random(count) < 0.88, before, during)
    withdrawn = np.maximum(begin + rng.integers(0, days * DAY_MS, count), joined + SECOND_MS)
    shops = [merchant.merchant for merchant in town().merchants]
    purposes = rng.choice(len(_PURPOSES), count, p=_PURPOSE_SHARES)
    wanted = np.where(purposes == 0, rng.choice(3, count, p=(0.7, 0.2, 0.1)), 0)
    first = rng.integers(0, len(shops), count)
    merchants = tuple(
        tuple(sorted({shops[(f + 11 * i) % len(shops)] for i in range(n)}))
        for f, n in zip(first.tolist(), wanted.tolist(), strict=True)
    )
    return Members(
        joined // SECOND_MS * SECOND_MS,
        purposes,
        merchants,
        np.where(rng.random(count) < 1 / 16, withdrawn // SECOND_MS * SECOND_MS, -1),
    )


def logins_of(seed: int, day: int, phones: Phones, people: People, members: Members, events: Events) -> Logins:
    """Today's logins: a phone with a new address nearly always, a known one half the time.

    Six in ten have a profile that logs in as the phone associates, just before its first line; the others meet the
    portal's page and take up to a minute and a half.
    """
    rng = stream(seed, day, "logins")
    first_ms = np.full(len(phones.person), np.iinfo(np.int64).max)
    np.minimum.at(first_ms, events.phone, events.line_ms)
    member, is_random = people.member[phones.person], people.random[phones.person]
    wait = np.where(rng.random(len(member)) < 0.6, -1500, rng.integers(20 * SECOND_MS, 90 * SECOND_MS, len(member)))
    willing = rng.random(len(member)) < np.where(is_random, 0.93, 0.5)
    was_heard = first_ms < np.iinfo(np.int64).max
    is_member = (member >= 0) & (members.joined_ms[np.maximum(member, 0)] < np.where(was_heard, first_ms, 0))
    phone = np.flatnonzero(willing & was_heard & is_member)
    phone = phone[np.argsort(first_ms[phone] + wait[phone], kind="stable")]
    at_ms = first_ms[phone] + wait[phone]
    return Logins(at_ms, phones.mac[phone], member[phone], _ap_at(events, phone, at_ms))


def _ap_at(events: Events, phone: Array, at_ms: Array) -> Array:
    """Where each phone was last told of at an instant, or where it is told of first."""
    order = np.lexsort((events.line_ms, events.phone))
    key = events.phone[order] * (1 << 44) + events.line_ms[order]
    last = np.searchsorted(key, phone * (1 << 44) + at_ms, "right") - 1
    place = np.maximum(last, np.searchsorted(key, phone * (1 << 44)))
    ap: Array = events.ap[order][place]
    return ap
