"""district.toml as frozen models: every fault reported at once, before any work. The only reader of a config."""

import datetime
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.feed import Feed
from pipelines.definition import DefinitionConfig, Name
from pipelines.durations import Duration
from pipelines.quality_settings import QualityConfig
from pipelines.warehouse.settings import WarehouseConfig
from schemas import ConfigError
from sessionize.presets import PRESETS
from sessionize.rules import HOUR_MS

ALL = "all"  # of definitions
FILE_NAME = "district.toml"
FROM_DATA = "from data"
PORTAL = "portal"  # the feed of [members.portal]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone: write an IANA name, e.g. Asia/Shanghai") from None
    return name


def _known_format(name: str) -> str:
    from ingest.formats import FORMATS  # here, for `config show` needs no compiled parser

    if name not in FORMATS:
        raise ValueError(f"{name!r} is no format: one of {', '.join(sorted(FORMATS))}")
    return name


def _vendor(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){2}", text):
        raise ValueError(f"{text!r} is no vendor: write the first three octets, e.g. 00:1a:2b")
    if int(text[:2], 16) & 3:
        raise ValueError(f"{text!r} is of random or group addresses: a vendor's first octet is a multiple of four")
    return text.lower()


TimeZone = Annotated[str, AfterValidator(_known_zone)]
FormatName = Annotated[str, AfterValidator(_known_format)]
Vendor = Annotated[str, AfterValidator(_vendor)]
TimeOfDay = datetime.time


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DistrictConfig(_Model):
    """[district]"""

    name: Name
    title: str = ""
    time_zone: TimeZone
    day_start: TimeOfDay = datetime.time(5)
    registry: str = "aps.csv"
    zones: str | None = "zones.csv"
    merchants: str | None = None


class HoldsConfig(_Model):
    """[feeds.holds]: in place of the definition's, for the APs of this feed."""

    joined: Duration | None = None
    seen: Duration | None = None
    left: Duration | None = None
    idle: Duration | None = None


class FeedConfig(_Model):
    """[[feeds]]: one ordered source of lines. `glob`: one pattern, or a list of them."""

    name: Name
    format: FormatName
    glob: str | tuple[str, ...]
    time_zone: TimeZone | None = None
    time_format: Literal["iso", "epoch_s", "epoch_ms"] = "iso"
    columns: dict[str, str] = {}
    kinds: dict[str, Literal["joined", "seen", "left", "idle", "ignored"]] = {}
    lateness: Duration = 2 * HOUR_MS
    reports_leaving: bool = True
    idle: Duration = 0
    ap_is: Literal["host", "host/interface", "called-station", "nas-identifier", "location-name"] = "host"
    zone_names: dict[str, TimeZone] = {}
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    holds: HoldsConfig = HoldsConfig()


class PortalConfig(_Model):
    """[members.portal]: the login feed that names a member for a device; with `columns.ap`, a feed of sightings too."""

    glob: str
    time_zone: TimeZone | None = None
    time_format: Literal["iso", "epoch_s", "epoch_ms"] = "iso"
    columns: dict[str, str] = {}


class MembersConfig(_Model):
    """[members]: who agreed to what, and how devices become theirs."""

    members: str
    consents: str
    consents_max_age: Duration = 36 * HOUR_MS
    device_days: int = 90
    portal: PortalConfig | None = None


class PrivacyConfig(_Model):
    """[privacy]: how long the strangers' key lives, who keeps the keys, and how small a cell may be (R11, R14).

    `keys_command`: run with `get` and `put` in place of a keyring file (`pipelines.keystore`).
    """

    key_ttl: Duration = 24 * HOUR_MS
    keys_command: tuple[str, ...] = ()
    operator_k: int = Field(10, ge=1)


class OwnDevicesConfig(_Model):
    """[own_devices]: beside the list that `shangquan own-devices` keeps.

    `vendors`: the first three octets of machines that no visitor carries (screens, tills, sensors).
    """

    vendors: tuple[Vendor, ...] = ()


class Config(_Model):
    """A whole district folder's settings. `folder` is where it was read from; paths in it are relative to that.

    `feeds_are_auto`: `feeds = "auto"` stands there, and what the raw folder holds is to be recognised.
    """

    folder: Path = Field(exclude=True)
    feeds_are_auto: bool = Field(False, exclude=True)
    district: DistrictConfig
    feeds: tuple[FeedConfig, ...]
    definitions: tuple[DefinitionConfig, ...] = (DefinitionConfig(name="default"),)
    members: MembersConfig | None = None
    privacy: PrivacyConfig = PrivacyConfig()
    own_devices: OwnDevicesConfig = OwnDevicesConfig()
    warehouse: WarehouseConfig = WarehouseConfig()
    quality: QualityConfig = QualityConfig()

    @model_validator(mode="before")
    @classmethod
    def _auto(cls, settings: dict[str, Any]) -> dict[str, Any]:
        return settings | {"feeds": [], "feeds_are_auto": True} if settings.get("feeds") == "auto" else settings

    @model_validator(mode="after")
    def _feeds_and_names(self) -> "Config":
        if PORTAL in {feed.name for feed in self.feeds}:
            raise ValueError(f'feeds: "{PORTAL}" is the name of the members\' portal: give this feed another')
        if not (self.feeds or self.feeds_are_auto) or not self.definitions:
            raise ValueError('at least one [[feeds]] (or feeds = "auto") and one of [[definitions]] must stand there')
        for what, names in (
            ("feeds", [f.name for f in self.feeds]),
            ("definitions", [d.name for d in self.definitions]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what}: {', '.join(twice)} stands there twice")
        return self

    def definition(self, name: str | None) -> DefinitionConfig:
        """The definition of that name, or the preset; the first one if None. ConfigError if there is neither."""
        if name is None:
            return self.definitions[0]
        for definition in self.definitions:
            if definition.name == name:
                return definition
        if name in {one.name for one in PRESETS}:
            return DefinitionConfig.model_validate({"preset": name})
        known = ", ".join(dict.fromkeys([d.name for d in self.definitions] + [one.name for one in PRESETS]))
        raise ConfigError(f"{FILE_NAME}: no definition {name!r}", f"take one of: {known}")

    def asked(self, names: str | None) -> tuple[DefinitionConfig, ...]:
        """The definitions of "default,meraki", of "all": those of district.toml and every preset; the first if None."""
        if names is None:
            return (self.definitions[0],)
        every = [d.name for d in self.definitions] + [one.name for one in PRESETS]
        return tuple(self.definition(name) for name in dict.fromkeys(every if names == ALL else names.split(",")))

    def feed(self, feed: FeedConfig) -> Feed:
        """`feed` as the parsers take it."""
        return Feed(
            name=feed.name,
            format=feed.format,
            time_zone=feed.time_zone or self.district.time_zone,
            columns=feed.columns,
            kinds=feed.kinds,
            time_format=feed.time_format,
            reports_leaving=feed.reports_leaving,
            idle_s=feed.idle // 1000,
            ap_is=feed.ap_is,
            zone_names=feed.zone_names,
            encoding=feed.encoding,
            lateness_ms=feed.lateness,
        )


def load_config(folder: Path) -> Config:
    """The district of `folder` (or of a district.toml itself); ConfigError lists every fault."""
    path = folder if folder.suffix == ".toml" else folder / FILE_NAME
    settings = read_toml(path)
    try:
        return Config(folder=path.parent, **settings)
    except ValidationError as error:
        raise ConfigError("\n".join(_fault(path.name, one) for one in error.errors())) from None
    except TypeError as error:
        raise ConfigError(f"{path.name}: {error}") from None


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file's table; ConfigError if it is missing or malformed."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file", "`shangquan init DIR` makes a district folder to fill in") from None
    except OSError as error:
        raise ConfigError(f"{path}: {(error.strerror or 'unreadable').lower()}", "make it a readable file") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path.name}: is not UTF-8", "save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: {error}", "mend the file: it is not TOML") from None


def _fault(file: str, error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    what = error["msg"].removeprefix("Value error, ")
    return f"{file}: {where}: {what}" if where else f"{file}: {what}"
