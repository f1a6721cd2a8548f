"""`shangquan explain visit`: the raw lines that a visit came from, and the proof that they alone make it again.

    visit_id -> its row in visits/ -> its rows in sightings/ -> their lines in the raw files
             -> [parser -> pseudonyms under the day's key -> walk]  -> the same row, or no answer

A line is shown only if it still gives the visit's own device, and masked (`privacy.masking`). In scope site a join at
another site may end a visit: such rows of the same device are read too, though another visit publishes them.
"""

import dataclasses
import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import typer

from ingest.sightings import sightings_of
from ingest.subjects import Subjects
from pipelines.clock import now_ms
from pipelines.clock_offsets import ClockOffsets
from pipelines.job import Job
from pipelines.members import people_of
from pipelines.raw_lines import RawLine, lines_at
from pipelines.steps.walking import walk_of
from pipelines.summary import Reporter, Summary
from privacy.masking import excerpt, masked
from schemas import DEVICE, PUBLISHED, SIGHTING, VISIT, InputError
from schemas.day import Day
from schemas.sighting import KIND_NAMES
from sessionize.marks import with_random
from sessionize.sessions import joins_placed
from sessionize.signal import visits_by_signal

WIDTH = 240  # characters of a line that are shown


@dataclass(frozen=True)
class Found:
    """A published visit: its row, where it lies, and every published sighting of its device within its time."""

    path: Path
    date: datetime.date
    row: dict[str, Any]
    sightings: pa.Table


@dataclass(frozen=True)
class Line:
    """What a raw line says of the visit's device (SIGHTING, DEVICE), and its text, fit to be read."""

    place: tuple[str, str, int]
    sightings: pa.Table
    devices: pa.Table
    text: str


def explain(*, job: Job, visit: int, reporter: Reporter) -> None:
    """Shows the lines of a visit and reads them again; PrivacyError without the key, InputError without a line."""
    found = _found(job, visit)
    job = job.under(job.config.definition(found.path.stem))
    day = job.calendar.day(found.date)
    subjects = _subjects(job, day)
    places = {(row["feed"], row["file"], row["line"]) for row in found.sightings.to_pylist()}
    clocks = ClockOffsets(job)
    lines = [_line(job, day, subjects, clocks, found, line) for line in lines_at(job, places, day.start_ms)]
    _require_same(found.row, _walked(job, day, found, lines))
    _show(job, found, {line.place: line.text for line in lines}, reporter)


def _found(job: Job, visit: int) -> Found:
    """The visit in whichever day and definition has it: its id tells both apart."""
    for path in sorted(job.workspace.data.glob("visits/day=*/*.parquet")):
        rows = VISIT.cast(pq.read_table(path, filters=[("visit_id", "=", visit)], partitioning=None)).to_pylist()
        if rows:
            date = datetime.date.fromisoformat(path.parent.name.removeprefix("day="))
            return Found(path, date, rows[0], _sightings(job, date, path.stem, rows[0]))
    raise InputError(
        f"{job.workspace.data}: no visit {visit}",
        "take a visit_id of visits/day=DAY/DEFINITION.parquet, or mend --data",
    )


def _sightings(job: Job, date: datetime.date, definition: str, visit: dict[str, Any]) -> pa.Table:
    one = [
        ("subject", "=", visit["subject"]),
        ("at_ms", ">=", visit["start_ms"]),
        ("at_ms", "<=", visit["end_ms"]),
    ]
    path = job.workspace.table("sightings", date, definition)
    rows = PUBLISHED.cast(pq.read_table(path, filters=one, partitioning=None))
    return rows.sort_by([("at_ms", "ascending"), ("line", "ascending")])


def _subjects(job: Job, day: Day) -> Subjects:
    """As the day's job had them; PrivacyError if the day's key is gone."""
    secret = job.keyring.kept_day_key(day.date, now_ms()).secret
    return people_of(job, None).subjects(secret, day)


def _line(job: Job, day: Day, subjects: Subjects, clocks: ClockOffsets, found: Found, line: RawLine) -> Line:
    """InputError if the line no longer gives the visit's device: then it is another line, and not shown."""
    (_, file, number), subject = line.place, found.row["subject"]
    reading, _ = clocks.corrected(line.feed, line.reading)
    named = subjects.of_rows(reading.mac, reading.opaque, reading.at_ms)
    own = named.subject == subject
    if not own.any():
        raise InputError(
            f"{file} line {number}: does not give this visit's device any more",
            "the file or the members' list has changed since: run the day again",
        )
    sightings, _, _ = sightings_of(reading, line.feed, file, job.district.registry, day, subjects)
    opaque = [None] * len(own) if reading.opaque is None else reading.opaque.to_pylist()
    texts = {text for text, mine in zip(opaque, own, strict=True) if text and mine}
    others = {text for text, mine in zip(opaque, own, strict=True) if text and not mine}
    others |= set() if reading.user is None else {text for text in reading.user.to_pylist() if text}
    text = masked(line.text, set(reading.mac[own].tolist()), texts, others)
    its_own = pc.equal(sightings["subject"], subject)
    return Line(line.place, sightings.filter(its_own), named.devices, excerpt(text, WIDTH))


def _walked(job: Job, day: Day, found: Found, lines: list[Line]) -> list[dict[str, Any]]:
    """VISIT rows: what the walk makes of these lines alone, and of what restarts of controllers ended."""
    told = pa.concat_tables([SIGHTING.empty(), *(line.sightings for line in lines)]).unify_dictionaries()
    sightings = _as_published(found, joins_placed(told, walk_of(job, 0).told_late))
    places = job.district.places(sightings["ap"].unique().to_pylist())
    window = dataclasses.replace(day, start_ms=day.window_start_ms, end_ms=day.window_end_ms)
    walked = visits_by_signal(sightings, places, job.rules, window, threads=1)
    devices = pa.concat_tables([DEVICE.empty(), *(line.devices for line in lines)])
    rows: list[dict[str, Any]] = VISIT.cast(with_random(walked.visits, devices)).to_pylist()
    return rows


def _as_published(found: Found, told: pa.Table) -> pa.Table:
    """The lines' rows with the kinds that were published: the record that ended a link by a restart names no device."""
    kind_of = {_key(row): row["kind"] for row in found.sightings.to_pylist()}
    kinds = [kind_of.get(_key(row), row["kind"]) for row in told.to_pylist()]
    place = told.column_names.index("kind")
    return told.set_column(place, SIGHTING.arrow.field("kind"), pa.array(kinds, pa.int8()))


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    """One row of a line: a session's end has two, at different times."""
    return row["file"], row["line"], row["ap"], row["at_ms"]


def _require_same(published: dict[str, Any], again: list[dict[str, Any]]) -> None:
    same = [row for row in again if row["visit_id"] == published["visit_id"]]
    others = ("uncovered", "staff")  # of other devices' silence and of other visits no line of this one tells
    told = [name for name in published if name not in others]
    differing = [name for name in told if not same or same[0][name] != published[name]]
    if differing:
        what = f"differs in {', '.join(differing)}" if same else "is another one"
        raise InputError(
            f"the visit that these lines make now {what}",
            "registry, definition or members have changed since: run the day again, then explain it",
        )


def _show(job: Job, found: Found, texts: dict[tuple[str, str, int], str], reporter: Reporter) -> None:
    """The visit, each of its sightings above its line, and the closing line."""
    tz = ZoneInfo(job.config.district.time_zone)
    visit = found.row
    if not reporter.as_json:
        dwell = datetime.timedelta(seconds=(visit["end_ms"] - visit["start_ms"]) // 1000)
        where = f"  site {visit['site']}" if visit["site"] else ""
        flags = "".join(f"  {flag}" for flag in ("bounce", "static", "staff", "cut", "uncovered") if visit[flag])
        typer.echo(f"visit {visit['visit_id']}  {found.date}  {job.rules.name}{where}")
        typer.echo(f"  {_at(visit['start_ms'], tz)} to {_at(visit['end_ms'], tz)}  dwell {dwell}{flags}")
    for row in found.sightings.to_pylist():
        text = texts[row["feed"], row["file"], row["line"]]
        typer.echo(_sighting_json(row, tz, text) if reporter.as_json else _sighting(row, tz, text))
    counts = {"sightings": visit["sightings"], "lines": len(texts), "files": len({file for _, file, _ in texts})}
    reporter.say(Summary(counts, found.path, head="parsed again, these lines alone make the same visit"))


def _sighting(row: dict[str, Any], tz: ZoneInfo, text: str) -> str:
    kind = KIND_NAMES[row["kind"]]
    return f"  {_at(row['at_ms'], tz)}  {kind:6}  {row['ap']}  {row['zone']}  {row['file']}:{row['line']}\n      {text}"


def _sighting_json(row: dict[str, Any], tz: ZoneInfo, text: str) -> str:
    about = {"at": _at(row["at_ms"], tz), "kind": KIND_NAMES[row["kind"]], "text": text}
    return json.dumps({**about, **{name: row[name] for name in ("ap", "zone", "file", "line")}}, ensure_ascii=False)


def _at(at_ms: int, tz: ZoneInfo) -> str:
    return datetime.datetime.fromtimestamp(at_ms / 1000, tz).isoformat(" ", "seconds")
