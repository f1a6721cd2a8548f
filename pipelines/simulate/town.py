"""The district as arrays: zones with rectangles, access points with neighbours, merchants, feeds.

The same town for every seed; only its popularity differs. Who walks through it lives in `plans`, its files in `folder`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from pipelines.simulate.columns import Array
from pipelines.simulate.places import BLOCKS, BRANDS, STREETS, TRADES, Block

TIME_ZONE = "Asia/Shanghai"
UTC_OFFSET_MS = 8 * 3_600_000  # the whole year: no summer time
DAY_START_HOUR = 5


@dataclass(frozen=True)
class FeedSpec:
    """One controller: its format, how its files end, whether it reports leaving, how long it waits before `idle`."""

    name: str
    format: str
    suffix: str
    reports_leaving: bool = True
    rfc: int = 0


FEEDS = (
    FeedSpec("streets", "hostapd", "log", rfc=5424),
    FeedSpec("mall-a", "hostapd", "log", rfc=5424),
    FeedSpec("mall-b", "hostapd", "log", rfc=3164),
    FeedSpec("mall-c", "meraki-v3", "jsonl", reports_leaving=False),
    FeedSpec("market", "meraki-v3", "jsonl", reports_leaving=False),
    FeedSpec("mall-d", "csv", "csv"),
)
FEED_NAMES = tuple(feed.name for feed in FEEDS)
IDLE_MS = 300_000  # every controller here reports an idle phone after five minutes


@dataclass(frozen=True)
class Zone:
    """One leaf zone; the rectangle is in metres on the district's plan."""

    zone: str
    name: str
    site: str
    floor: str
    kind: str
    trade: str
    feed: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Ap:
    ap: str
    bssid: str
    zone: int
    feed: int
    x: float
    y: float


@dataclass(frozen=True)
class Merchant:
    merchant: str
    name: str
    zone: int


@dataclass(frozen=True)
class Town:
    """Everything that stands still. Arrays are by zone or by AP number; APs of a zone are numbered in one run."""

    zones: tuple[Zone, ...]
    aps: tuple[Ap, ...]
    merchants: tuple[Merchant, ...]
    sites: tuple[str, ...]
    zone_site: Array
    zone_kind: Array
    zone_hall: Array  # the hall of the zone's floor; -1: none
    zone_feed: Array
    first_ap: Array
    ap_count: Array
    ap_zone: Array
    ap_feed: Array
    ap_neighbour: Array  # the nearest AP of the same feed in another zone
    near_streets: Array  # (site, 3): the street zones nearest to a site

    def zones_of(self, *kinds: str) -> Array:
        return np.flatnonzero(np.isin(self.zone_kind, kinds))


@cache
def town() -> Town:
    """The harbour district."""
    zones = (*_street_zones(), *(zone for block in BLOCKS for zone in _block_zones(block)))
    aps = tuple(_access_points(zones))
    sites = tuple(dict.fromkeys(zone.site for zone in zones))
    ap_zone = np.array([ap.zone for ap in aps])
    ap_feed = np.array([ap.feed for ap in aps])
    ap_count = np.bincount(ap_zone, minlength=len(zones))
    return Town(
        zones=zones,
        aps=aps,
        merchants=tuple(_merchants(zones)),
        sites=sites,
        zone_site=np.array([sites.index(zone.site) for zone in zones]),
        zone_kind=np.array([zone.kind for zone in zones]),
        zone_hall=_halls(zones),
        zone_feed=np.array([FEED_NAMES.index(zone.feed) for zone in zones]),
        first_ap=np.cumsum(ap_count) - ap_count,
        ap_count=ap_count,
        ap_zone=ap_zone,
        ap_feed=ap_feed,
        ap_neighbour=_neighbours(aps, ap_zone, ap_feed),
        near_streets=_near_streets(zones, sites),
    )


def _street_zones() -> Iterator[Zone]:
    for site, zh, en, x, y, width, height, pieces in STREETS:
        along_x = width > height
        step = (width if along_x else height) / pieces
        for i in range(pieces):
            rectangle = (x + step * i, y, step, height) if along_x else (x, y + step * i, width, step)
            yield Zone(f"{site}-{i + 1}", f"{zh} {i + 1} {en}", site, "", "street", "", "streets", *rectangle)


def _block_zones(block: Block) -> Iterator[Zone]:
    strip = block.height / len(block.floors)
    for level, (floor, trades) in enumerate(block.floors):
        names = trades.split()
        # a hall takes half a share more than a shop, the last zone the rest of the strip
        shares = np.array([1.5 if name == "hall" else 1.0 for name in names])
        lefts = block.x + block.width * np.concatenate([[0], np.cumsum(shares) / shares.sum()])
        for i, name in enumerate(names):
            trade = TRADES[name]
            yield Zone(
                f"{block.site}-{floor.lower()}-{name}",
                f"{block.zh} {floor} {trade.zh} {trade.en}",
                block.site,
                floor,
                trade.kind,
                name,
                block.feed,
                round(float(lefts[i]), 1),
                round(block.y + strip * level + 2, 1),
                round(float(lefts[i + 1] - lefts[i]) - 2, 1),
                round(strip - 4, 1),
            )


_APS_OF_KIND = {"hall": 2, "food": 2, "shop": 1, "market": 2, "street": 2, "cinema": 3, "bar": 2, "home": 3}


def _access_points(zones: tuple[Zone, ...]) -> Iterator[Ap]:
    number = 0
    for i, zone in enumerate(zones):
        count = _APS_OF_KIND[zone.kind]
        for k in range(count):
            number += 1
            bssid = f"02:5a:00:00:{number >> 8:02x}:{number & 255:02x}"
            along = (k + 0.5) / count
            across = zone.width > zone.height
            x = zone.x + zone.width * (along if across else 0.5)
            y = zone.y + zone.height * (0.5 if across else along)
            yield Ap(f"{zone.zone}-ap{k + 1}", bssid, i, FEED_NAMES.index(zone.feed), x, y)


def _merchants(zones: tuple[Zone, ...]) -> Iterator[Merchant]:
    number = 0
    for i, zone in enumerate(zones):
        if zone.kind in ("shop", "food", "market", "bar", "cinema"):
            number += 1
            zh, en = BRANDS[number * 7 % len(BRANDS)]
            trade = TRADES[zone.trade]
            yield Merchant(f"m-{number:03}", f"{zh}{trade.zh} {en} {trade.en}", i)


def _halls(zones: tuple[Zone, ...]) -> Array:
    halls = {(zone.site, zone.floor): i for i, zone in enumerate(zones) if zone.kind == "hall"}
    return np.array([halls.get((zone.site, zone.floor), -1) for zone in zones])


def _neighbours(aps: tuple[Ap, ...], ap_zone: Array, ap_feed: Array) -> Array:
    at = np.array([(ap.x, ap.y) for ap in aps])
    distance = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    distance[(ap_zone[:, None] == ap_zone[None, :]) | (ap_feed[:, None] != ap_feed[None, :])] = np.inf
    return distance.argmin(axis=1)


def _near_streets(zones: tuple[Zone, ...], sites: tuple[str, ...]) -> Array:
    middle = np.array([(zone.x + zone.width / 2, zone.y + zone.height / 2) for zone in zones])
    site_of = np.array([zone.site for zone in zones])
    streets = np.flatnonzero(np.array([zone.kind for zone in zones]) == "street")
    centres = np.array([middle[site_of == site].mean(axis=0) for site in sites])
    distance = np.hypot(*(centres[:, None, :] - middle[streets][None, :, :]).transpose(2, 0, 1))
    return streets[distance.argsort(axis=1, kind="stable")[:, :3]]
