"""Commands that only look: what the data folder holds, and what is wrong with a district folder.

What the settings and tables are is shown by `pipelines.showing`.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import typer

from ingest.formats import FORMATS
from pipelines.clock import file_time_ms, now_ms
from pipelines.clocks import told_of_clocks
from pipelines.config import ALL, FeedConfig
from pipelines.declared import refuse_another
from pipelines.job import Job
from pipelines.members import load_members
from pipelines.plan import plan_of
from pipelines.run_record import RunRecord, record_of
from pipelines.scheduled import known_now
from pipelines.sources.captures import captures_of
from pipelines.sources.chunks import Chunk, Truncated, chunks_of
from pipelines.sources.folder import files_of
from pipelines.sources.tables import Rows, rows_of
from pipelines.steps.day_files import records_by_status
from pipelines.summary import Reporter, Summary
from pipelines.warehouse.opening import where
from privacy.keys import KEY_BYTES
from schemas import ConfigError, InputError, ShangquanError

HEAD_BYTES = 1 << 16
HEAD_FRAMES = 1 << 10
CURE = "mend the feed's format, columns or time_format in district.toml"


def show_status(*, job: Job, reporter: Reporter) -> None:
    """A line per day and definition: how far it is, and why it would be run again; then clocks, keys, the warehouse.

    Raw files that are not known yet are read for it; nothing is written.
    """
    lines = list(_days(job, reporter))
    for line in lines:
        reporter.say(line)
    for line in told_of_clocks(job):
        reporter.say(line)
    tz = ZoneInfo(job.config.district.time_zone)
    expiries = job.keyring.expiries(now_ms()) if job.workspace.keys.exists() else {}
    if not reporter.as_json:
        for date, expires_ms in expiries.items():
            until = datetime.datetime.fromtimestamp(expires_ms / 1000, tz)
            typer.echo(f"key of {date}  lives until {until:%Y-%m-%d %H:%M}: the day can be restated and explained")
        typer.echo(f"warehouse  {where(job)}")
    done = sum("visits" in line.counts for line in lines)
    counts = {"days": done, "live keys": len(expiries)}
    reporter.say(Summary(counts, job.workspace.data, head=job.district_name))


def _days(job: Job, reporter: Reporter) -> Iterator[Summary]:
    """By definition and day: what is published, and what waits."""
    hours = known_now(job, reporter, keeps=False)
    for definition in job.config.asked(ALL):
        if definition not in job.config.definitions and not job.workspace.runs_of(definition.name):
            continue  # a preset that nobody has asked for
        under = job.under(definition)
        planned = plan_of(under, hours, datetime.date.min, datetime.date.max, now_ms())
        waiting = {day.date: day.waiting() for day in planned}
        published = job.workspace.days("visits", definition.name)
        for date in sorted({*published, *waiting}):
            is_published = date in published
            yield _day(under, date, waiting.get(date, "")) if is_published else _unpublished(under, date, waiting[date])


def _day(job: Job, date: datetime.date, waiting: str) -> Summary:
    """Final if the day's window had ended when its visits were written; loaded and gated if its run ended well."""
    visits = job.workspace.table("visits", date, job.definition.name)
    is_final = file_time_ms(visits) >= job.calendar.day(date).window_end_ms
    ended = records_by_status(job, date)
    counts = {"visits": pq.read_metadata(visits).num_rows}
    counts |= {status: ended.get(status, 0) for status in ("kept", "rejected")}
    record = record_of(job.workspace, date, job.definition.name)
    counts |= {"restated": record.restatements} if record and record.restatements else {}
    told = [str(date), job.rules.name, "final" if is_final else "provisional", _stopped(job, date, record), waiting]
    return Summary(counts, head="  ".join(text for text in told if text))


def _stopped(job: Job, date: datetime.date, record: RunRecord | None) -> str:
    """Where a published day's last run has stopped, if not at its end: at the gate, or killed."""
    if date in job.workspace.days_at_work(job.definition.name):
        return "not loaded"
    return "" if record else "loaded by steps"


def _unpublished(job: Job, date: datetime.date, waiting: str) -> Summary:
    """A day of which raw lines have arrived."""
    is_ingested = date in job.workspace.days_at_work(job.definition.name)
    return Summary(head=f"{date}  {job.rules.name}  {'ingested' if is_ingested else 'raw arrived'}  {waiting}")


def check_district(*, job: Job, reporter: Reporter) -> None:
    """ConfigError with every fault of the folder; else what it holds, and how many files each feed has by now.

    Of a feed's files only the beginning of the first is read, to see that anything in it can be.
    """
    for line in job.recognised:
        reporter.note(line)
    faults = [fault for look in (_district, _members) for fault in _faults_of(look, job)]
    for feed in job.config.feeds:
        files = _files(job, feed.glob)
        faults += _faults_of(lambda job, feed=feed: _head(job, feed), job) if files else []
        reporter.say(Summary({"files": files}, head=f"feed {feed.name}  {feed.format}  {_pattern(feed.glob)}"))
        if not files:
            reporter.note(f"feed {feed.name}: no file under {job.raw} yet; `run` would refuse")
    if job.config.members and (portal := job.config.members.portal):
        reporter.say(Summary({"files": _files(job, portal.glob)}, head=f"logins  {portal.glob}"))
    if faults:
        raise ConfigError("\n".join(faults))
    district = job.district
    counts = {"access points": len(district.registry.names), "zones": district.registry.zones.num_rows}
    counts |= {"campaigns": len(district.campaigns), "audiences": len(district.audiences)}
    reporter.say(Summary(counts, job.config.folder, head=f"{job.district_name}: no fault"))


def _faults_of(look: Callable[[Job], object], job: Job) -> Iterator[str]:
    try:
        look(job)
    except ShangquanError as error:
        yield str(error)


def _district(job: Job) -> None:
    _ = job.district


def _members(job: Job) -> None:
    """The lists alone: no login is read, so no key is used."""
    load_members(job.config, None, job.workspace.logins, bytes(KEY_BYTES))


def _head(job: Job, settings: FeedConfig) -> None:
    """InputError if the feed's declaration makes nothing of the beginning of its first file."""
    file, feed = files_of(job.raw, settings.glob)[0], job.config.feed(settings)
    form = FORMATS[feed.format]
    pieces: Iterator[Chunk | Truncated | Rows] = chunks_of(file, HEAD_BYTES, record_ends=form.record_ends)
    if form.unit != "lines":
        pieces = rows_of(file) if form.unit == "table" else captures_of(file, HEAD_FRAMES)
    piece = next(pieces, None)
    if piece is None or isinstance(piece, Truncated):
        return
    data = piece.batch if isinstance(piece, Rows) else piece.data
    reading = form.parse(data, 1, feed, file_time_ms(file))
    refused = Counter({reject.reason: reject.line.size for reject in reading.rejects})
    if reading.read and not reading.at_ms.size:
        refuse_another(job, settings, file)
    if reading.read and refused.total() == reading.read:
        why = ", ".join(f"{reason} {count}" for reason, count in refused.items())
        raise InputError(f"feed {feed.name}: {piece.file}: none of its first records can be read: {why}", CURE)


def _pattern(glob: str | tuple[str, ...]) -> str:
    return glob if isinstance(glob, str) else f"{glob[0]} and {len(glob) - 1} more" if glob[1:] else glob[0]


def _files(job: Job, glob: str | tuple[str, ...]) -> int:
    try:
        return len(files_of(job.raw, glob))
    except InputError:
        return 0
