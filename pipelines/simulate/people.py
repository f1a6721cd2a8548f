"""Who owns a phone here: visitors, members among them, staff, residents, and machines; and who comes on a day.

A person keeps habits, membership and the phone's weaknesses for the whole simulation; where they go is `plans`' matter.
"""

import datetime
from dataclasses import dataclass

import numpy as np

from pipelines.simulate.columns import Array, Rows, stream
from pipelines.simulate.town import town

VISITOR, STAFF, RESIDENT, STATIC = range(4)
KIND_NAMES = ("visitor", "staff", "resident", "static")
# What a phone or its access points do wrong, for as long as the phone lives; a device has at most one of them.
DEVICE_TRAPS = ("flaps", "sleep", "lost_leaves", "lost_joins")
_TRAP_SHARES = (0.08, 0.12, 0.03, 0.03)

_WEEKDAY = (0.88, 0.86, 0.9, 0.94, 1.06, 1.22, 1.14)  # Monday first; their mean is 1
_RANDOM_SHARE = (0.63, 0.57, 0.57, 0.0)
WIFI_SHARE = 0.57  # of the people in the district, those whose phone is on the WiFi
_MEMBERS_A_DAY = 0.15


@dataclass(frozen=True)
class People(Rows):
    """Everybody, by person number."""

    kind: Array
    member: Array  # member number, -1: none
    random: Array  # the phone shows a new address every day
    trap: Array  # index into DEVICE_TRAPS, -1: none
    habit: Array  # how often they come, relative
    zone: Array  # where staff work, residents live, machines stand; -1: visitors
    always_on: Array


@dataclass(frozen=True)
class Weather:
    """A day's circumstances, and how many visiting phones it brings."""

    date: datetime.date
    rain: bool
    visitors: int

    @property
    def weekend(self) -> bool:
        return self.date.weekday() >= 5


def people_of(seed: int, visitors_per_day: int, traps: frozenset[str], staff: int | None = None) -> People:
    """Everybody who may ever come, for a mean of `visitors_per_day` phones; as many `staff` as these need if None."""
    rng = stream(seed, 0, "people")
    counts = (
        visitors_per_day * 10 + 200,
        visitors_per_day // 33 + 20 if staff is None else staff,
        visitors_per_day // 50 + 12,
        16,
    )
    kind = np.repeat(np.arange(4), counts)
    members = visitors_per_day // 2 + 40
    number = np.arange(len(kind))
    uniform = rng.random(len(kind))
    trap = np.searchsorted(np.cumsum(_TRAP_SHARES), rng.random(len(kind)), side="right")
    trap[(trap == len(DEVICE_TRAPS)) | (kind == STATIC)] = -1
    enabled = np.array([name in traps for name in DEVICE_TRAPS])
    return People(
        kind=kind,
        member=np.where(number < members, number, -1),
        random=uniform < np.array(_RANDOM_SHARE)[kind],
        trap=np.where((trap >= 0) & enabled[trap], trap, -1),
        habit=rng.lognormal(0.0, 1.0, len(kind)),
        zone=_places(rng, kind),
        always_on=(kind == STATIC) & (number % 2 == 0),
    )


def _places(rng: np.random.Generator, kind: Array) -> Array:
    plan = town()
    work = plan.zones_of("shop", "food", "market", "bar", "cinema")
    stands = plan.zones_of("shop", "food")
    zone = np.full(len(kind), -1)
    for who, choice in ((STAFF, work), (RESIDENT, plan.zones_of("home")), (STATIC, stands)):
        zone[kind == who] = rng.choice(choice, int((kind == who).sum()))
    return zone


def weather_of(seed: int, date: datetime.date, visitors_per_day: int) -> Weather:
    rain = bool(stream(seed, date.toordinal(), "weather").random() < 0.15)
    mean = visitors_per_day * _WEEKDAY[date.weekday()] * (0.75 if rain else 1.0)
    return Weather(date, rain, max(1, round(mean)))


def visitors_of(seed: int, people: People, weather: Weather) -> Array:
    """The person numbers of a day's visitors, members drawn by habit, in random order."""
    rng = stream(seed, weather.date.toordinal(), "visitors")
    members = np.flatnonzero((people.kind == VISITOR) & (people.member >= 0))
    strangers = np.flatnonzero((people.kind == VISITOR) & (people.member < 0))
    wanted = min(round(weather.visitors * _MEMBERS_A_DAY), len(members))
    come = np.concatenate(
        [
            _drawn(rng, members, people.habit[members], wanted),
            _drawn(rng, strangers, np.ones(len(strangers)), weather.visitors - wanted),
        ]
    )
    return rng.permutation(come)


def _drawn(rng: np.random.Generator, among: Array, weight: Array, count: int) -> Array:
    """`count` of `among` without repeats, by weight (Efraimidis and Spirakis 2006: the smallest exponential races)."""
    race = rng.exponential(size=len(among)) / weight
    return among[np.argpartition(race, count - 1)[:count]] if 0 < count < len(among) else among[:count]
