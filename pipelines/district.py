"""The files of a district folder beside district.toml: APs, zones, merchants, campaigns, audiences, clocks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pyarrow as pa

from ingest.correction import DeclaredOffset
from ingest.registry import Holds, Registry, from_data, from_files
from ingest.registry_csv import Faults, read_offsets
from marketing.audiences import Audience, audiences_of
from marketing.campaigns import Campaign, campaigns_of
from marketing.campaigns import Places as Names
from pipelines.config import FROM_DATA, Config, read_toml
from schemas import ConfigError

T = TypeVar("T")

OFFSETS = "offsets.csv"


@dataclass(frozen=True)
class District:
    """What the district folder says of places and campaigns; checked as a whole before any work."""

    registry: Registry
    is_from_data: bool
    holds: dict[str, Holds]
    campaigns: tuple[Campaign, ...]
    audiences: tuple[Audience, ...]
    offsets: tuple[DeclaredOffset, ...]

    def places(self, ap_names: Iterable[str]) -> pa.Table:
        """PLACE rows: the registry's, or where it is `from data` one for each AP that the data name."""
        if not self.is_from_data:
            return self.registry.places
        return from_data(ap_names, next(iter(self.holds.values()), None)).places


def load_district(config: Config) -> District:
    """The district of `config`; ConfigError with every fault of every file at once."""
    faults: list[str] = []
    registry = _collect(faults, lambda: _registry(config))
    names = _names(config, registry)
    campaigns = _collect(faults, lambda: campaigns_of(_tomls(config.folder / "campaigns"), names))
    audiences = _collect(
        faults, lambda: audiences_of(_tomls(config.folder / "audiences"), _known_places(names), names.merchants)
    )
    offsets = _collect(faults, lambda: _offsets(config))
    if faults or registry is None:
        raise ConfigError("\n".join(faults))
    return District(
        registry,
        config.district.registry == FROM_DATA,
        _feed_holds(config),
        campaigns or (),
        audiences or (),
        offsets or (),
    )


def _registry(config: Config) -> Registry:
    district = config.district
    if district.registry == FROM_DATA:
        return from_data()
    registry = from_files(
        _bytes(config, district.registry),
        _bytes(config, district.zones or "zones.csv"),
        _bytes(config, district.merchants) if district.merchants else None,
        district.time_zone,
        None if config.feeds_are_auto else _feed_holds(config),  # recognised feeds have names that aps.csv cannot know
    )
    silent = {feed.name for feed in config.feeds if not feed.reports_leaving}
    points = zip(registry.places["ap"].to_pylist(), registry.places["feed"].to_pylist(), strict=True)
    return replace(registry, mute=frozenset(ap for ap, feed in points if feed in silent))


def _offsets(config: Config) -> tuple[DeclaredOffset, ...]:
    """What offsets.csv says of clocks; a district without skewed clocks needs none."""
    if not (config.folder / OFFSETS).exists():
        return ()
    faults = Faults()
    offsets = read_offsets(_bytes(config, OFFSETS), {feed.name for feed in config.feeds}, faults)
    if faults.lines:
        raise ConfigError("\n".join(faults.lines))
    return tuple(offsets)


def _bytes(config: Config, name: str) -> bytes:
    path = config.folder / name
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise ConfigError(f"{path}: {reason}", "district.toml names it: write it, or mend the name") from None


def _feed_holds(config: Config) -> dict[str, Holds]:
    return {
        feed.name: {f"hold_{name}_ms": hold for name, hold in feed.holds.model_dump().items()} for feed in config.feeds
    }


def _names(config: Config, registry: Registry | None) -> Names:
    tz = ZoneInfo(config.district.time_zone)
    if registry is None or config.district.registry == FROM_DATA:
        return Names(tz=tz)
    return Names(
        zones=set(registry.zones["zone"].to_pylist()),
        sites=set(registry.zones["site"].to_pylist()),
        merchants=set(registry.merchants["merchant"].to_pylist()) if config.district.merchants else None,
        tz=tz,
    )


def _known_places(names: Names) -> set[str] | None:
    return None if names.zones is None or names.sites is None else {*names.zones, *names.sites}


def _tomls(folder: Path) -> dict[str, dict[str, Any]]:
    return {f"{folder.name}/{path.name}": read_toml(path) for path in sorted(folder.glob("*.toml"))}


def _collect(faults: list[str], make: Callable[[], T]) -> T | None:
    try:
        return make()
    except ConfigError as error:
        faults.append(str(error))
        return None
