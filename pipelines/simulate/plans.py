"""A day's plan: which phones are in the district, and where each is. Visitors' walks are made in `itinerary`.

Staff, residents and machines follow routines that are written here.
"""

import datetime
from dataclasses import dataclass

import numpy as np

from pipelines.simulate.addresses import macs_of
from pipelines.simulate.columns import DAY_MS, Array, Rows, stream
from pipelines.simulate.itinerary import visitor_stays
from pipelines.simulate.people import RESIDENT, STAFF, STATIC, People, Weather, visitors_of
from pipelines.simulate.stays import OUTSIDE, Stays, stays_of_steps
from pipelines.simulate.town import DAY_START_HOUR, UTC_OFFSET_MS, town

_EPOCH = datetime.date(1970, 1, 1)


@dataclass(frozen=True)
class Phones(Rows):
    """The phones of one day's plan; `Stays.phone` is a position in here."""

    person: Array
    mac: Array


def midnight_ms(date: datetime.date) -> int:
    """The UTC instant at which `date` begins in the district."""
    return (date - _EPOCH).days * DAY_MS - UTC_OFFSET_MS


def plan_day(seed: int, people: People, weather: Weather) -> tuple[Phones, Stays]:
    """Everybody's day that begins at 05:00 of `weather.date`; stays may run into the next morning. UTC ms."""
    day = weather.date.toordinal()
    rng = stream(seed, day, "routines")
    visitors = visitors_of(seed, people, weather)
    groups = [
        (visitors, visitor_stays(seed, weather, len(visitors))),
        _staff(rng, people, weather),
        _residents(rng, people),
        _machines(rng, people),
    ]
    person = np.concatenate([who for who, _ in groups])
    first = np.cumsum([0, *(len(who) for who, _ in groups[:-1])])
    stays = Stays.concat([part.with_(phone=part.phone + n) for (_, part), n in zip(groups, first, strict=True)])
    midnight = midnight_ms(weather.date)
    stays = stays.with_(from_ms=stays.from_ms + midnight, to_ms=stays.to_ms + midnight)
    return Phones(person, macs_of(seed, day, person, people.random[person])), stays


def _staff(rng: np.random.Generator, people: People, weather: Weather) -> tuple[Array, Stays]:
    """Shifts of eight to ten hours, five days of seven, with a meal in the middle: a quarter takes it elsewhere."""
    plan = town()
    staff = np.flatnonzero(people.kind == STAFF)
    who = staff[(staff + weather.date.toordinal()) % 7 < 5]
    n, zone = len(who), people.zone[who]
    evening = plan.zone_kind[zone] == "bar"
    late = who % 2 == 0
    start = np.where(evening, 17.5, np.where(late, 13.0, 9.3)) * 60 + rng.uniform(0, 40, n)
    half = np.where(evening, 5.0, 4.3) * 60 + rng.uniform(-20, 20, n)
    table = np.where(rng.random(n) < 0.25, OUTSIDE, rng.choice(plan.zones_of("food"), n))
    zones = np.stack([zone, table, zone], axis=1)
    return who, stays_of_steps(zones, np.stack([half, rng.uniform(22, 50, n), half], axis=1), start)


def _residents(rng: np.random.Generator, people: People) -> tuple[Array, Stays]:
    """Home from the evening to the next morning; a third takes a walk before."""
    plan = town()
    who = np.flatnonzero(people.kind == RESIDENT)
    n, home = len(who), people.zone[who]
    walk = np.where(rng.random(n) < 0.33, rng.uniform(5, 30, n), 0.0)
    street = plan.near_streets[plan.zone_site[home], rng.integers(0, 3, n)]
    start = rng.normal(19.0 * 60, 70, n).clip(16 * 60, 23.5 * 60)
    leaves = (24 + 7.6) * 60 + rng.normal(0, 35, n).clip(-90, 90)
    return who, stays_of_steps(np.stack([street, home], axis=1), np.stack([walk, leaves - start - walk], axis=1), start)


def _machines(rng: np.random.Generator, people: People) -> tuple[Array, Stays]:
    """Printers and signs: half are switched off at night, half never; those go on from day to day."""
    who = np.flatnonzero(people.kind == STATIC)
    always = people.always_on[who]
    on = np.where(always, DAY_START_HOUR * 60, 9 * 60 + rng.uniform(0, 30, len(who)))
    off = np.where(always, (24 + DAY_START_HOUR) * 60, 22 * 60 + rng.uniform(0, 20, len(who)))
    stays = stays_of_steps(people.zone[who][:, None], (off - on)[:, None], on)
    return who, stays.with_(goes_on=always[stays.phone])
