"""The people a run knows of: members with their consents, logins and devices, and whose rows are dropped."""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from ingest.feed import Feed
from ingest.formats import FORMATS
from ingest.login_book import LoginBook
from ingest.logins import login_feed, logins_of, user_logins
from ingest.own_devices import NONE, OwnDevices
from ingest.subjects import Subjects
from pipelines.address_lists import opt_outs_of, own_devices_of
from pipelines.clock import file_time_ms, now_ms
from pipelines.clock_offsets import ClockOffsets, time_of_file
from pipelines.config import PORTAL, Config, MembersConfig, PortalConfig
from pipelines.files import write_table
from pipelines.job import Job
from pipelines.sources.chunks import Chunk, Truncated, chunks_of
from pipelines.sources.folder import files_of
from pipelines.sources.pieces import tasks_of
from pipelines.sources.remote import RawPath
from privacy.consent import ConsentProof, require_fresh
from privacy.consent_files import accounts_of, consents_of, members_of
from privacy.listed import NOBODY, Listed
from schemas import CONSENT, LOGIN, MEMBER, MEMBER_DEVICE, ConfigError, InputError
from schemas.day import Day

INSTANTS = 3  # whose tables are kept: a day of several definitions has one, and the next day begins before it ends


@dataclass(frozen=True)
class Members:
    """Who agreed to what, which devices are whose, who must not be stored, and which devices are the operator's own.

    Without [members] all but the last two is empty and `key` None.

    `unreadable`: portal files that hold lines, and no login that could be read. `accounts`: account -> member; they are
    never written, nor shown.
    """

    key: bytes | None
    members: pa.Table
    consents: pa.Table
    logins: pa.Table
    device_days: int
    proof: ConsentProof
    unreadable: tuple[str, ...] = ()
    opt_outs: Listed = field(default=NOBODY)
    own: OwnDevices = field(default=NONE)
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)

    def subjects(self, day_key: bytes, day: Day) -> Subjects:
        """Whose is whose on that day."""
        return Subjects(day_key, self.key, self.devices_before(day.window_end_ms), self.opt_outs, self.own)

    def devices_before(self, at_ms: int) -> pa.Table:
        """MEMBER_DEVICE as the logins before `at_ms` make it; so a day's job gives the same whenever it runs again."""
        if self.key is None:
            return MEMBER_DEVICE.empty()
        return self._devices_before(at_ms)

    @cached_property
    def _devices_before(self) -> Callable[[int], pa.Table]:
        """A day asks often."""
        return lru_cache(INSTANTS)(self.book().devices_before)

    def book(self) -> LoginBook:
        """The logins, for a stream to add others."""
        return LoginBook(self.logins, self.consents, self.device_days)

    def require_fresh(self, now_ms: int) -> None:
        """PrivacyError if the consents are older than the district allows (N22)."""
        require_fresh(self.proof.as_of_ms, now_ms, self.proof.max_age_ms)


def people_of(job: Job, raw: RawPath | None) -> Members:
    """`load_members` with the keys of the job, and its lists; PrivacyError where a key that was used is missing."""
    key = None
    if job.config.members:
        key = job.keyring.long_lived("members", now_ms(), was_used=job.workspace.logins.exists())
    members = load_members(job.config, raw, job.workspace.logins, key)
    if key is not None and raw is not None:
        logins = _kept_logins(job.workspace.logins, _account_logins(job, members.accounts, key))
        members = dataclasses.replace(members, logins=logins)
    return dataclasses.replace(members, opt_outs=opt_outs_of(job).in_force(), own=own_devices_of(job))


def _account_logins(job: Job, accounts: Mapping[str, str], key: bytes) -> pa.Table:
    """LOGIN of the feeds whose logs name accounts, by corrected times.

    They are read before any day is: a login makes the device the member's at once, in whatever file it stands.
    """
    clocks, tables = ClockOffsets(job), [LOGIN.empty()]
    feeds = [(job.config.feed(one), one.glob) for one in job.config.feeds if FORMATS[one.format].names_users]
    for feed, glob in feeds:
        for file in files_of(job.raw, glob):
            for task in tasks_of(feed, file, time_of_file(file)):
                if not isinstance(task.piece, Truncated):
                    reading = task.parser.parse(task.piece.data, task.piece.first_line, task.near_ms)
                    tables.append(user_logins(clocks.corrected(feed, reading)[0], accounts, key))
    return pa.concat_tables(tables)


def load_members(config: Config, raw: RawPath | None, kept: Path, key: bytes | None) -> Members:
    """The members of `config`; logins are those of the portal feed below `raw` and those `kept` from earlier runs.

    New logins are added to `kept`: they are the members' own, under the members' key, and outlive the raw logs. Without
    `raw` the portal is not read: a stream reads it as it grows.
    """
    if config.members is None or key is None:
        return Members(None, MEMBER.empty(), CONSENT.empty(), LOGIN.empty(), 0, ConsentProof("", 0, 0))
    settings, tz = config.members, ZoneInfo(config.district.time_zone)
    listed = _columns(config.folder / settings.members)
    members = members_of(listed, tz)
    path = config.folder / settings.consents
    consents = consents_of(_columns(path), tz, set(members["member"].to_pylist()))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    proof = ConsentProof(digest, file_time_ms(path), settings.consents_max_age)
    new, unreadable = _portal_logins(config, settings, raw, key)
    logins = _kept_logins(kept, new)
    accounts = accounts_of(listed)
    return Members(key, members, consents, logins, settings.device_days, proof, unreadable, accounts=accounts)


def _columns(path: Path) -> pa.Table:
    """All columns of a csv file as text, empty lines kept so that row i is line i + 2."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            names = file.readline().strip().split(",")
        return pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise ConfigError(f"{path}: {reason}", "district.toml names it: write it, or mend the name") from None
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise InputError(f"{path}: not a UTF-8 csv file with as many cells in each line as in the first") from None


def _portal_logins(
    config: Config, settings: MembersConfig, raw: RawPath | None, key: bytes
) -> tuple[pa.Table, tuple[str, ...]]:
    """LOGIN of the portal's files, and those without any that hold records; a line that cannot be read is no login."""
    if settings.portal is None or raw is None:
        return LOGIN.empty(), ()
    feed = portal_feed(config, settings.portal)
    tables, unreadable = [LOGIN.empty()], []
    for file in files_of(raw, settings.portal.glob):
        found, refused, parser = 0, 0, None
        for chunk in chunks_of(file):
            if isinstance(chunk, Chunk):
                parser = parser or FORMATS[feed.format].prepare(chunk.data, feed)
                reading = parser.parse(chunk.data, chunk.first_line, 0)
                tables.append(logins_of(reading, key))
                found += len(tables[-1])
                refused += sum(reject.line.size for reject in reading.rejects)
        if refused and not found:
            unreadable.append(file.name)
    return pa.concat_tables(tables), tuple(unreadable)


def portal_feed(config: Config, portal: PortalConfig) -> Feed:
    """The portal's log in the words of the parsers."""
    feed = Feed(
        PORTAL,
        "csv",
        time_zone=portal.time_zone or config.district.time_zone,
        columns=portal.columns,
        time_format=portal.time_format,
    )
    return login_feed(feed)


def _kept_logins(path: Path, new: pa.Table) -> pa.Table:
    """The distinct logins of `path` and `new`, in order; `path` holds them afterwards."""
    old = pq.read_table(path, schema=LOGIN.arrow) if path.exists() else LOGIN.empty()
    logins = _distinct_logins(old, new)
    if logins.num_rows > old.num_rows:
        write_table(path, logins, mode=0o600)
    return logins


def _distinct_logins(old: pa.Table, new: pa.Table) -> pa.Table:
    both = pa.concat_tables([old, new]).group_by(LOGIN.names).aggregate([])
    return LOGIN.cast(both.sort_by([(name, "ascending") for name in LOGIN.names]))
