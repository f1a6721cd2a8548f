"""What every command works on: a district, a definition, a raw and a data folder, checked before any work."""

import dataclasses
import datetime
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelines.auto_feeds import AUTO, auto_feeds
from pipelines.calendar import TradingCalendar
from pipelines.config import FILE_NAME, Config, DefinitionConfig, FeedConfig, load_config
from pipelines.district import District, load_district
from pipelines.files import unwritable, write_bytes
from pipelines.keyring import Keyring
from pipelines.keystore import KeyCommand, KeyFolder
from pipelines.portal_rows import with_portal_rows
from pipelines.sources.folder import RawFile, files_of
from pipelines.sources.remote import RawPath, raw_path
from pipelines.workspace import Workspace
from schemas import ConfigError
from sessionize.rules import HOUR_MS, VisitRules


@dataclass(frozen=True)
class Job:
    """One command's district and folders."""

    config: Config
    raw: RawPath
    workspace: Workspace
    definition: DefinitionConfig
    shards: int
    recognised: tuple[str, ...] = ()  # what each raw file was taken for, where feeds are auto
    passed_over: frozenset[tuple[str, str]] = frozenset()  # feed and raw file: known to touch no day of this run

    @property
    def district_name(self) -> str:
        return self.config.district.name

    @property
    def day_start(self) -> datetime.time:
        return self.definition.day_start or self.config.district.day_start

    def under_each(self, names: str | None) -> tuple["Job", ...]:
        """The same job under each of the definitions that a command line names (`Config.asked`)."""
        return tuple(self.under(definition) for definition in self.config.asked(names))

    def under(self, definition: DefinitionConfig) -> "Job":
        """The same job with another definition of its district."""
        return dataclasses.replace(self, definition=definition)

    @property
    def raw_here(self) -> Path:
        """The raw folder for whoever follows it as it grows, or writes into it; ConfigError for remote storage."""
        if not isinstance(self.raw, Path):
            raise ConfigError(f"{self.raw}: is no folder of this machine", "name one with --raw; `run` reads both")
        return self.raw

    def files(self, feed: FeedConfig) -> list[RawFile]:
        """The raw files of a feed that this run reads, by name; InputError if its glob matches none."""
        return [file for file in files_of(self.raw, feed.glob) if (feed.name, file.name) not in self.passed_over]

    @cached_property
    def district(self) -> District:
        """Registry, campaigns and audiences; ConfigError with every fault of their files."""
        return load_district(self.config)

    @cached_property
    def keyring(self) -> Keyring:
        """The keys of the data folder, wherever they lie."""
        command, folder = self.config.privacy.keys_command, self.workspace.keys
        return Keyring(KeyCommand(command, folder) if command else KeyFolder(folder))

    @cached_property
    def rules(self) -> VisitRules:
        return self.definition.rules()

    @cached_property
    def calendar(self) -> TradingCalendar:
        """The trading days of this definition; their memory follows from its longest short hold and the feeds'."""
        short = [self.rules.hold_seen_ms, self.rules.hold_left_ms, self.rules.hold_idle_ms]
        for feed in self.config.feeds:
            short += [hold for hold in (feed.holds.seen, feed.holds.left, feed.holds.idle) if hold is not None]
        return TradingCalendar(
            district=self.district_name,
            time_zone=self.config.district.time_zone,
            day_start=self.day_start,
            memory_ms=self.rules.memory_for(max(short)),
            tail_ms=self.rules.tail_ms,
        )

    @property
    def keep_raw_ms(self) -> int:
        """How long a raw log may be needed: memory, a day, tail and key_ttl, over all definitions (architecture §2)."""
        calendars = [self.under(one).calendar for one in self.config.definitions]
        longest = max(calendar.memory_ms + calendar.tail_ms for calendar in calendars)
        return longest + 24 * HOUR_MS + self.config.privacy.key_ttl


def make_job(
    *,
    config: Path,
    raw: Path | str | None,
    data: Path | None,
    definition: str | None,
    shards: int,
    feeds: str | None = None,
) -> Job:
    """The job of a command line; ConfigError for every fault of the district folder at once.

    `feeds` "auto", here or in district.toml: what the raw folder holds is recognised now.
    """
    district = load_config(config)
    root = raw_path(str(raw or district.folder / "raw"))
    data = (data or district.folder / "data").absolute()
    if isinstance(root, Path) and _is_inside(root.absolute(), data):
        raise ConfigError(
            f"{FILE_NAME}: the raw folder {root} lies inside the data folder {data}",
            "keep raw logs beside the data folder: they hold addresses, it must not",
        )
    if feeds not in (None, AUTO):
        raise ConfigError(f"--feeds {feeds}: no such way", f"write --feeds {AUTO}, or declare [[feeds]]")
    recognised: tuple[str, ...] = ()
    if feeds == AUTO or district.feeds_are_auto:
        found, recognised = auto_feeds(district, root)
        district = district.model_copy(update={"feeds": found, "feeds_are_auto": True})
    district = with_portal_rows(district)
    return Job(district, root, Workspace(data), district.definition(definition), shards, recognised)


def claim(job: Job) -> None:
    """The data folder is this district's from now on; ConfigError if it is another's: files and keys name but days."""
    path = job.workspace.owner
    try:
        job.workspace.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # for the service alone: it names members
    except OSError as error:
        raise unwritable(job.workspace.data, error) from error
    if not path.exists():
        write_bytes(path, job.district_name.encode())
    elif (owner := path.read_text(encoding="utf-8")) != job.district_name:
        raise ConfigError(
            f"{job.workspace.data}: holds district {owner}, not {job.district_name}",
            "give each district its own --data",
        )


def _is_inside(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents
