"""The registry: which access point stood in which zone when, from aps.csv, zones.csv and merchants.csv.

Takes bytes and gives tables; every fault of all files is reported at once. Reading the csv cells lives in
`ingest.registry_csv`. Holds and sites are only carried here, never interpreted.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.bssids import Bssids, Tenure
from ingest.mac_text import mac_of_text
from ingest.registry_csv import AccessPoint, Faults, Tenancy, ZoneRow, read_access_points, read_merchants, read_zones
from privacy.keys import unregistered_key
from schemas import MERCHANT, PLACE, ZONE, ConfigError
from schemas.place import RESERVED_ZONES
from schemas.sighting import JOINED, SEEN

ALWAYS_FROM_MS = 0
ALWAYS_UNTIL_MS = 253_402_300_800_000  # the year 10000

HOLDS = ("hold_joined_ms", "hold_seen_ms", "hold_left_ms", "hold_idle_ms")
Holds = Mapping[str, int | None]


@dataclass(frozen=True)
class Registry:
    """What ingest, the walk and the pages know of the district's places."""

    places: pa.Table  # PLACE, ordered by AP name and validity
    zones: pa.Table  # ZONE
    merchants: pa.Table  # MERCHANT
    names: frozenset[str] = frozenset()  # of the registered APs
    bssids: Bssids = field(default_factory=Bssids)
    mute: frozenset[str] = frozenset()  # APs whose own feed never reports leaving

    def ap_names(self, keys: pa.DictionaryArray, at_ms: NDArray[np.int64], day_key: bytes) -> pa.DictionaryArray:
        """The AP name for each of a log's keys: by BSSID, as whose it was at that instant, else as the log gives it.

        Before the first access point that a BSSID has ever had, it is that one's. A BSSID that the registry lacks is no
        name to publish: it becomes `unregistered-` and 8 hex digits that only the holder of the day's key can compute.
        """
        texts = keys.dictionary.to_pylist()
        macs = [None if text in self.names else mac_of_text(text) for text in texts]
        owners = self.bssids.tenures(np.array([-1 if mac is None else mac for mac in macs], np.int64))
        turns = [
            owner or ((ALWAYS_FROM_MS, text if mac is None else unregistered_name(mac, day_key)),)
            for text, mac, owner in zip(texts, macs, owners, strict=True)
        ]
        distinct = pa.array([name for one in turns for _, name in one], pa.string()).dictionary_encode()
        indices = distinct.indices.take(_places_of(turns, keys.indices, at_ms))
        return pa.DictionaryArray.from_arrays(indices.cast(pa.int32()), distinct.dictionary)

    def kinds(self, aps: pa.DictionaryArray, kind: NDArray[np.int8]) -> NDArray[np.int8]:
        """The kinds of rows at these APs: where no leave is ever told, a join makes no link, whoever tells it."""
        is_mute = np.array([name in self.mute for name in aps.dictionary.to_pylist()], np.bool_)
        if not is_mute.any():
            return kind
        return np.where((kind == JOINED) & is_mute[aps.indices.to_numpy()], SEEN, kind).astype(np.int8)


def _places_of(turns: list[tuple[Tenure, ...]], keys: pa.Array, at_ms: NDArray[np.int64]) -> pa.Array:
    """For each row the place of its key's tenure at that instant, counted over all `turns`."""
    most = max(map(len, turns), default=1)
    if most == 1:
        return keys
    code = keys.to_numpy()
    place = np.cumsum([0, *map(len, turns)])[code]
    for turn in range(1, most):
        since = np.array([one[turn][0] if turn < len(one) else ALWAYS_UNTIL_MS for one in turns], np.int64)
        place += at_ms >= since[code]
    return pa.array(place)


def unregistered_name(mac: int, day_key: bytes) -> str:
    """The name of an access point that is known by its address alone; nobody without the day's key can compute it."""
    return "unregistered-" + hmac.digest(unregistered_key(day_key), mac.to_bytes(6, "big"), "sha256")[:4].hex()


def from_files(
    aps: bytes,
    zones: bytes,
    merchants: bytes | None,
    time_zone: str,
    feed_holds: Mapping[str, Holds] | None = None,
) -> Registry:
    """The registry of a district's csv files; ConfigError with one line per fault, all of them at once.

    Args:
        time_zone: of the files' dates; `valid_from` is the first instant, `valid_until` the first no longer valid.
        feed_holds: the feeds of the config and the holds they set; an AP's feed must be one of them, if given.
    """
    faults = Faults()
    zone_rows = read_zones(zones, faults)
    points = read_access_points(aps, time_zone, faults)
    tenancies = read_merchants(merchants, time_zone, faults) if merchants is not None else []
    if (
        points and zone_rows
    ) or not faults.lines:  # what lacks a file that cannot be read at all is no fault of its own
        _check(points, zone_rows, tenancies, feed_holds, faults)
    if faults.lines:
        raise ConfigError("\n".join(faults.lines))
    return Registry(
        places=_places(points, {row.zone: row.site for row in zone_rows}, feed_holds or {}),
        zones=_zones(zone_rows),
        merchants=_merchants(tenancies),
        names=frozenset(point.ap for point in points),
        bssids=Bssids.of((span, (_from(point.from_ms), point.ap)) for point in points for span in point.bssids),
    )


def from_data(ap_names: Iterable[str] = (), holds: Holds | None = None) -> Registry:
    """A registry out of the log itself: each AP is its own zone and its own site, always valid.

    An AP that bears the name of a reserved zone gets the zone `NAME (AP)`.
    """
    names = sorted(set(ap_names), key=str.encode)
    zones = [f"{name} (AP)" if name in RESERVED_ZONES else name for name in names]
    points = [AccessPoint(0, name, (), zone, None, None, "") for name, zone in zip(names, zones, strict=True)]
    rows = [ZoneRow(0, zone, name, zone, "", "", (None,) * 4) for name, zone in zip(names, zones, strict=True)]
    return Registry(
        _places(points, dict(zip(zones, zones, strict=True)), {"": holds or {}}), _zones(rows), MERCHANT.empty()
    )


def _check(
    points: list[AccessPoint],
    zones: list[ZoneRow],
    tenancies: list[Tenancy],
    feed_holds: Mapping[str, Holds] | None,
    faults: Faults,
) -> None:
    known = {row.zone for row in zones}
    for point in points:
        if point.zone not in known:
            faults.add("aps.csv", point.line, f'unknown zone "{point.zone}"; add it to zones.csv, or mend the name')
        if point.feed and feed_holds is not None and point.feed not in feed_holds:
            faults.add(
                "aps.csv", point.line, f'unknown feed "{point.feed}"; name one of district.toml, or leave it empty'
            )
    for tenancy in tenancies:
        if tenancy.zone not in known:
            faults.add("merchants.csv", tenancy.line, f'unknown zone "{tenancy.zone}"; add it to zones.csv')
    with_ap = {point.zone for point in points}
    for row in zones:
        if row.zone not in with_ap:
            cure = "add one to aps.csv, or remove the zone"
            faults.add("zones.csv", row.line, f'zone "{row.zone}" has no access point; {cure}')
    _check_overlaps("aps.csv", [(p.ap, p.line, p.from_ms, p.until_ms) for p in points], faults)
    _check_overlaps(
        "merchants.csv", [(f"{t.merchant} in {t.zone}", t.line, t.from_ms, t.until_ms) for t in tenancies], faults
    )
    _check_bssids(points, faults)


def _check_overlaps(file: str, spans: list[tuple[str, int, int | None, int | None]], faults: Faults) -> None:
    ordered = sorted((name, _from(start), _until(end), line) for name, line, start, end in spans)
    latest = ("", 0, 0)  # name, its furthest end so far, that row's line
    for name, start, end, line in ordered:
        if name == latest[0] and start < latest[1]:
            faults.add(file, line, f'"{name}" is also valid by line {latest[2]}; let one end where the other begins')
        if name != latest[0] or end > latest[1]:
            latest = (name, end, line)


def _check_bssids(points: list[AccessPoint], faults: Faults) -> None:
    ordered = sorted(
        ((*span, point) for point in points for span in point.bssids), key=lambda one: (*one[:2], one[2].line)
    )
    before: list[tuple[int, AccessPoint]] = []  # the last address, whose it is: those that may reach this one
    for first, last, point in ordered:
        before = [one for one in before if one[0] >= first]
        other = next((other for _, other in before if other.ap != point.ap and _meet(point, other)), None)
        if other is not None:
            early, late = sorted((point, other), key=lambda one: one.line)
            what = f'its BSSID is also that of "{early.ap}" in line {early.line}'
            faults.add("aps.csv", late.line, f"{what}; let one end where the other begins")
        before.append((last, point))


def _meet(one: AccessPoint, other: AccessPoint) -> bool:
    return max(_from(one.from_ms), _from(other.from_ms)) < min(_until(one.until_ms), _until(other.until_ms))


def _from(at_ms: int | None) -> int:
    return ALWAYS_FROM_MS if at_ms is None else at_ms


def _until(at_ms: int | None) -> int:
    return ALWAYS_UNTIL_MS if at_ms is None else at_ms


def _places(points: list[AccessPoint], sites: Mapping[str, str], feed_holds: Mapping[str, Holds]) -> pa.Table:
    points = sorted(points, key=lambda point: (point.ap.encode(), _from(point.from_ms)))
    holds = [feed_holds.get(point.feed, {}) for point in points]
    return PLACE.table(
        ap=[point.ap for point in points],
        from_ms=[_from(point.from_ms) for point in points],
        until_ms=[_until(point.until_ms) for point in points],
        site=[sites[point.zone] for point in points],
        zone=[point.zone for point in points],
        feed=[point.feed for point in points],
        **{name: [one.get(name) for one in holds] for name in HOLDS},
    )


def _zones(rows: list[ZoneRow]) -> pa.Table:
    edges = ("x_m", "y_m", "width_m", "height_m")
    return ZONE.table(
        **{name: [getattr(row, name) for row in rows] for name in ("zone", "name", "site", "floor", "kind")},
        **{name: [row.rectangle[place] for row in rows] for place, name in enumerate(edges)},
    )


def _merchants(tenancies: list[Tenancy]) -> pa.Table:
    return MERCHANT.table(
        merchant=[one.merchant for one in tenancies],
        name=[one.name for one in tenancies],
        zone=[one.zone for one in tenancies],
        from_ms=[_from(one.from_ms) for one in tenancies],
        until_ms=[_until(one.until_ms) for one in tenancies],
    )
