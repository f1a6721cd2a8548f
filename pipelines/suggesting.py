"""`shangquan registry suggest`: the access points that published days name and aps.csv lacks, with a zone for each.

    OUT/sightings of the days -> unknown access points, the zones of their neighbours
    raw logs, the days' keys  -> the addresses of those that are known by address alone

Published data hide the address of an unknown access point: it might be anything, a person's phone that others were
heard with included. It is read again from the raw logs, under the day's key, and shown only where at least
`FEWEST_DEVICES` devices were served: that is equipment. Without raw logs or key such ones are counted, not shown.
"""

import csv
import datetime
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import typer

from ingest.mac_text import mac_of_text
from ingest.registry import Registry, unregistered_name
from ingest.unknown_aps import UnknownAp, together, unknown_aps
from ingest.vendor_exports import HEADER, mac_text
from pipelines.calendar import days_of
from pipelines.clock import file_time_ms, now_ms
from pipelines.files import write_bytes
from pipelines.job import Job
from pipelines.sources.chunks import Truncated
from pipelines.sources.folder import files_of
from pipelines.sources.pieces import tasks_of
from pipelines.summary import Reporter, Summary
from schemas import PUBLISHED, ConfigError, InputError, PrivacyError

FEWEST_DEVICES = 5
HIDDEN = "unregistered-"  # how the name of an AP without one begins
MORE = ("sightings", "devices", "first_seen", "last_seen", "why")


@dataclass(frozen=True)
class Suggestion:
    """A row of aps.csv to look through: `why` says where its zone comes from."""

    ap: str
    bssid: str
    zone: str
    why: str
    heard: UnknownAp


def suggest_access_points(*, job: Job, days: str, out: Path | None, reporter: Reporter) -> None:
    """Prints a line for each unknown access point, and with `out` writes them; InputError if no day is there."""
    if job.district.is_from_data:
        raise ConfigError(
            "district.toml: registry is `from data`: every access point is known", "name an aps.csv first"
        )
    if out is not None and out.exists():
        raise InputError(f"{out}: is there already", "name another file with --out: nothing is written over")
    dates = days_of(days) or tuple(job.workspace.days("sightings", job.definition.name))
    found = {date: _unknown_on(job, date) for date in dates}
    if not found:
        raise InputError(f"{job.workspace.data}: no day is there", "run `shangquan run` first, or mend --data")
    every, hidden = _named(job, found, reporter)
    suggestions = [_suggestion(job.district.registry, one) for one in every]
    zone = ZoneInfo(job.config.district.time_zone)
    if not reporter.as_json:
        for one in suggestions:
            typer.echo(_line(one, zone))
    if out is not None:
        write_bytes(out, _csv(suggestions, zone).encode())
    counts = {"unknown": len(every) + hidden, "with a zone": sum(bool(one.zone) for one in suggestions)}
    reporter.say(Summary({**counts, "not shown": hidden}, out, head=f"{job.district_name} {len(dates)} days"))


def _unknown_on(job: Job, date: datetime.date) -> list[UnknownAp]:
    path = job.workspace.table("sightings", date, job.definition.name)
    if not path.exists():
        raise InputError(f"{path}: no such day", "name a day that was run, with its --data and --definition")
    return unknown_aps(PUBLISHED.cast(pq.read_table(path, partitioning=None)))


def _named(job: Job, found: dict[datetime.date, list[UnknownAp]], reporter: Reporter) -> tuple[list[UnknownAp], int]:
    """Those that may be shown, those of several days together; and how many are not."""
    hides = [date for date, aps in found.items() if any(one.ap.startswith(HIDDEN) for one in aps)]
    macs = _addresses(job) if hides else set()
    every: list[UnknownAp] = []
    for date, aps in found.items():
        names = _names(job, date, macs, reporter) if date in hides else {}
        every += [replace(one, ap=names.get(one.ap, one.ap)) for one in aps]
    shown = together(every)
    may = [one for one in shown if not one.ap.startswith(HIDDEN) and _may_be_shown(one)]
    return may, len(shown) - len(may)


def _may_be_shown(one: UnknownAp) -> bool:
    return mac_of_text(one.ap) is None or one.devices >= FEWEST_DEVICES


def _addresses(job: Job) -> set[int]:
    """Every address that the raw logs name as an access point."""
    macs: set[int] = set()
    for settings in job.config.feeds:
        feed = job.config.feed(settings)
        for file in files_of(job.raw, settings.glob):
            for task in tasks_of(feed, file, file_time_ms(file)):
                if not isinstance(task.piece, Truncated):
                    reading = task.parser.parse(task.piece.data, task.piece.first_line, task.near_ms)
                    found = map(mac_of_text, reading.ap.dictionary.to_pylist())
                    macs.update(mac for mac in found if mac is not None)
    return macs


def _names(job: Job, date: datetime.date, macs: Iterable[int], reporter: Reporter) -> dict[str, str]:
    """The address behind each hidden name of a day; none, and noted, if the day's key is gone."""
    try:
        secret = job.keyring.kept_day_key(date, now_ms()).secret
    except PrivacyError as error:
        reporter.note(f"{date}: addresses stay hidden: {error.what}")
        return {}
    return {unregistered_name(mac, secret): mac_text(mac) for mac in macs}


def _suggestion(registry: Registry, heard: UnknownAp) -> Suggestion:
    mac = mac_of_text(heard.ap)
    beside = None if mac is None else registry.bssids.beside(mac)
    if beside is not None:
        why = f"its first 44 bits are those of {beside}: put the address into that line"
        return Suggestion(beside, heard.ap, _last_zone(registry, beside), why, heard)
    ap, bssid = (heard.ap, "") if mac is None else (f"ap-{mac:012x}", heard.ap)
    if heard.zone is None:
        return Suggestion(ap, bssid, "", "no device was at a known one within a minute", heard)
    zone, share = heard.zone
    return Suggestion(ap, bssid, zone, f"{share:.0%} of {heard.votes.total():,} neighbours within a minute", heard)


def _last_zone(registry: Registry, ap: str) -> str:
    """Where the AP stands by its last row of aps.csv; rows are in order of validity."""
    zones: list[str] = [row["zone"] for row in registry.places.to_pylist() if row["ap"] == ap]
    return zones[-1]


def _line(one: Suggestion, zone: ZoneInfo) -> str:
    heard = one.heard
    counts = f"sightings {heard.sightings:,}  devices {heard.devices:,}"
    when = f"{_at(heard.first_ms, zone)} to {_at(heard.last_ms, zone)}"
    return f"{heard.ap}  {counts}  {when}  zone {one.zone or '?'} ({one.why})"


def _csv(suggestions: Iterable[Suggestion], zone: ZoneInfo) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*HEADER, *MORE))
    for one in suggestions:
        heard = one.heard
        told = (heard.sightings, heard.devices, _at(heard.first_ms, zone), _at(heard.last_ms, zone), one.why)
        writer.writerow((one.ap, one.bssid, one.zone, "", "", "", *told))
    return text.getvalue()


def _at(at_ms: int, zone: ZoneInfo) -> str:
    return datetime.datetime.fromtimestamp(at_ms / 1000, zone).isoformat(" ", "minutes")
