"""A day's visitors: parties who arrive, walk from stop to stop, sometimes step out, and go home.

    street -> hall -> stop -> (out of the district) -> street -> hall -> stop -> ... -> street

All parties take a step at once; a step that a party does not take lasts no time and is dropped.
"""

import numpy as np

from pipelines.simulate.attraction import Attraction, attraction_of
from pipelines.simulate.columns import Array, stream
from pipelines.simulate.people import Weather
from pipelines.simulate.stays import OUTSIDE, Stays, stays_of_steps
from pipelines.simulate.town import town

_MOST_STOPS = 9
_PARTY_SHARES = (0.55, 0.30, 0.10, 0.05)  # of one, two, three, four phones
# arrivals by hour, 06:00 to 25:00
_WEEKDAY_HOURS = (1, 2, 3, 4, 6, 8, 10, 8, 6, 6, 7, 9, 12, 11, 7, 4, 2, 1, 0.5, 0.2)
_WEEKEND_HOURS = (0.5, 1, 2, 4, 8, 10, 11, 11, 11, 11, 10, 10, 11, 9, 6, 4, 3, 2, 1, 0.4)
# kind of zone: median minutes, spread of their logarithm, latest minute of the calendar day
_HABITS = {
    "shop": (10.0, 0.6, 22 * 60 + 10),
    "food": (34.0, 0.45, 22 * 60 + 30),
    "hall": (4.0, 0.6, 22 * 60 + 15),
    "street": (5.0, 0.6, 27 * 60),
    "market": (12.0, 0.6, 21 * 60),
    "cinema": (118.0, 0.12, 25 * 60),
    "bar": (75.0, 0.5, 28 * 60 + 30),
    "home": (60.0, 0.3, 26 * 60),
}


def visitor_stays(seed: int, weather: Weather, phones: int) -> Stays:
    """Where each of `phones` visiting phones is, minute by minute of the day; `phone` counts from 0.

    Phones of one party are a row of neighbours: they share a plan, each some seconds off.
    """
    rng = stream(seed, weather.date.toordinal(), "itinerary")
    party = _party_of(rng, phones)
    zones, minutes, start = _walks(rng, weather, attraction_of(seed, weather.rain), int(party[-1]) + 1)
    own_pace = rng.normal(0.0, 0.08, phones)  # minutes
    return stays_of_steps(zones[party], minutes[party], start[party] + own_pace)


def _party_of(rng: np.random.Generator, phones: int) -> Array:
    size = rng.choice(np.arange(1, 5), phones, p=_PARTY_SHARES)
    return np.repeat(np.arange(phones), size)[:phones]


def _walks(rng: np.random.Generator, weather: Weather, draw: Attraction, parties: int) -> tuple[Array, Array, Array]:
    """(party, step) zones and minutes, and each party's first minute of the calendar day."""
    start = _arrivals(rng, weather, parties)
    passing = rng.random(parties) < 0.18
    stops = np.where(passing, rng.integers(1, 4, parties), np.minimum(1 + rng.poisson(2.6, parties), _MOST_STOPS))
    away = np.where(rng.random(parties) < 0.11, rng.integers(1, _MOST_STOPS, parties), -1)
    clock, site = start.copy(), np.zeros(parties, np.int64)
    zones, minutes = [], []
    for stop in range(_MOST_STOPS):
        goes = stop < stops
        site = np.where((rng.random(parties) < 0.3) | (clock > 21.5 * 60) | (stop == 0), draw.sites(rng, clock), site)
        step_zones, step_minutes = _steps(
            rng, draw, clock, site, passing, np.where(away == stop, _absence(rng, parties), 0)
        )
        step_minutes = step_minutes * goes[:, None]
        tired = (step_minutes[:, -1] < 1.0) | ((clock > 21.5 * 60) & (rng.random(parties) < 0.5))
        stops = np.where(goes & tired, stop, stops)
        clock += step_minutes.sum(axis=1)
        zones.append(step_zones)
        minutes.append(step_minutes)
    return np.concatenate(zones, axis=1), np.concatenate(minutes, axis=1), start


def _arrivals(rng: np.random.Generator, weather: Weather, parties: int) -> Array:
    hours = np.array(_WEEKEND_HOURS if weather.weekend else _WEEKDAY_HOURS)
    return (6 + rng.choice(len(hours), parties, p=hours / hours.sum()) + rng.random(parties)) * 60


def _absence(rng: np.random.Generator, parties: int) -> Array:
    """Minutes out of the district: mostly a short errand, sometimes the hours until a second visit."""
    return np.where(rng.random(parties) < 0.6, rng.uniform(2, 40, parties), rng.uniform(60, 300, parties))


def _steps(
    rng: np.random.Generator, draw: Attraction, clock: Array, site: Array, passing: Array, away: Array
) -> tuple[Array, Array]:
    """(party, 4) zones and minutes of: out of the district, the street, the hall, the stop itself."""
    plan, parties = town(), len(clock)
    zone = np.where(passing, plan.near_streets[site, rng.integers(0, 3, parties)], draw.zones(rng, clock, site))
    street = plan.near_streets[site, rng.integers(0, 3, parties)]
    hall = plan.zone_hall[zone]
    on_street = np.where(rng.random(parties) < 0.42, rng.uniform(0.7, 4.0, parties), 0.0)
    in_hall = np.where((hall >= 0) & (hall != zone) & (rng.random(parties) < 0.7), rng.uniform(0.4, 2.0, parties), 0.0)
    median, spread, latest = (np.array(column)[_kind_number(zone)] for column in zip(*_HABITS.values(), strict=True))
    wanted = np.where(passing, rng.uniform(0.7, 4.0, parties), median * np.exp(spread * rng.standard_normal(parties)))
    there = clock + away + on_street + in_hall
    owls = np.where((plan.zone_kind[zone] == "bar") & (rng.random(parties) < 0.05), 120.0, 0.0)
    stays = np.clip(np.minimum(wanted + owls, latest + owls - there), 0.0, None)
    zones = np.stack([np.full(parties, OUTSIDE), street, np.maximum(hall, 0), zone], axis=1)
    return zones, np.stack([away, on_street, in_hall, stays], axis=1)


def _kind_number(zone: Array) -> Array:
    kinds = list(_HABITS)
    return np.array([kinds.index(kind) for kind in town().zone_kind.tolist()])[zone]
