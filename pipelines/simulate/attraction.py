"""What draws people when: tables from which an itinerary takes its next site and zone.

Five parts of the day; a table row holds cumulative shares, so that a choice is one comparison with a random number.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.columns import Array, stream
from pipelines.simulate.town import Town, town

# until 11:00, 14:00, 17:30, 21:30, and later; minutes of the calendar day
_PART_ENDS = np.array([11, 14, 17.5, 21.5]) * 60
_SITE_DRAW = {
    "mall-a": (1.0, 1.0, 1.0, 1.0, 0.0),
    "mall-b": (0.8, 0.8, 0.8, 0.8, 0.0),
    "mall-c": (0.6, 0.7, 0.8, 0.8, 0.0),
    "mall-d": (0.8, 0.7, 0.7, 0.6, 0.0),
    "market-hall": (1.0, 0.8, 0.5, 0.2, 0.0),
    "bar-quarter": (0.03, 0.15, 0.15, 0.5, 1.6),
    "courts": (0.0,) * 5,
}
_STREET_DRAW = (0.06, 0.05, 0.06, 0.07, 0.08)
_KIND_DRAW = {
    "food": (0.5, 2.4, 0.8, 2.2, 0.3),
    "shop": (1.0, 0.9, 1.2, 1.0, 0.0),
    "hall": (0.4, 0.3, 0.4, 0.3, 0.0),
    "street": (1.0, 1.0, 1.0, 1.0, 1.0),
    "market": (1.5, 1.0, 0.8, 0.3, 0.0),
    "cinema": (0.1, 0.4, 0.8, 1.2, 0.0),
    "bar": (0.0, 0.05, 0.2, 1.0, 2.0),
    "home": (0.0,) * 5,
}


@dataclass(frozen=True)
class Attraction:
    """`site_share[part]` and `zone_share[part, site]` are cumulative; `zone_table[site]` names the latter's zones."""

    site_share: Array
    zone_share: Array
    zone_table: Array

    def sites(self, rng: np.random.Generator, minute: Array) -> Array:
        return _chosen(self.site_share[_part(minute)], rng)

    def zones(self, rng: np.random.Generator, minute: Array, site: Array) -> Array:
        return self.zone_table[site, _chosen(self.zone_share[_part(minute), site], rng)]


def attraction_of(seed: int, rain: bool) -> Attraction:
    """The draw of every place: the town's own popularity for a seed, and less of the open air when it rains."""
    plan = town()
    open_air = np.array([0.35 if rain and not _is_roofed(site) else 1.0 for site in plan.sites])
    site_draw = np.array([_SITE_DRAW.get(site, _STREET_DRAW) for site in plan.sites]).T * open_air
    popularity = stream(seed, 0, "popularity").lognormal(0.0, 0.5, len(plan.zones))
    zone_draw = np.array([_KIND_DRAW[kind] for kind in plan.zone_kind.tolist()]).T * popularity
    table, draw = _by_site(plan, zone_draw)
    return Attraction(_cumulative(site_draw), _cumulative(draw), table)


def _is_roofed(site: str) -> bool:
    return site.startswith(("mall", "market"))


def _by_site(plan: Town, zone_draw: Array) -> tuple[Array, Array]:
    """(site, place) zone numbers, padded, and (part, site, place) draws, 0 in the padding."""
    members = [np.flatnonzero(plan.zone_site == site) for site in range(len(plan.sites))]
    table = np.zeros((len(members), max(map(len, members))), np.int64)
    draw = np.zeros((len(zone_draw), *table.shape))
    for site, zones in enumerate(members):
        table[site, : len(zones)] = zones
        draw[:, site, : len(zones)] = zone_draw[:, zones]
    return table, draw


def _cumulative(draw: Array) -> Array:
    total = draw.sum(axis=-1, keepdims=True)
    share = np.cumsum(draw / np.where(total > 0, total, 1.0), axis=-1)
    share[..., -1] = 1.0
    return share


def _part(minute: Array) -> Array:
    return np.searchsorted(_PART_ENDS, minute, side="right")


def _chosen(share: Array, rng: np.random.Generator) -> Array:
    """For each row of cumulative shares, one position by its share."""
    return (share <= rng.random(len(share))[:, None]).sum(axis=1)
