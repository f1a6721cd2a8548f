"""What a published day was made from: OUT/runs/day=D/DEFINITION.json, written last, after the switch.

The next run compares itself with it (`pipelines.plan`), and so finds what is late, changed or still provisional.
"""

import datetime
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from pipelines.district import District
from pipelines.files import write_bytes
from pipelines.job import Job
from pipelines.raw_hours import RawHours, digest
from pipelines.workspace import Workspace
from schemas.day import Day


class FileRead(BaseModel):
    """What a run read of a raw file in a day's window: a digest of its rows, and each part's last line with a row."""

    model_config = ConfigDict(frozen=True)

    feed: str
    file: str
    mark: str
    last_lines: dict[str, int]


class RunRecord(BaseModel):
    """One run of a day under a definition. `first_final` is what the first run after the day's tail had read."""

    model_config = ConfigDict(frozen=True)

    definition: str
    ran_ms: int
    is_final: bool
    files: tuple[FileRead, ...]
    settings: dict[str, str]
    first_final: tuple[FileRead, ...] | None = None
    why: tuple[str, ...] = ()
    restatements: int = 0
    counts: dict[str, int] = {}

    @property
    def is_empty(self) -> bool:
        """No record lay in the day."""
        return not self.counts


def record_of(workspace: Workspace, date: datetime.date, definition: str) -> RunRecord | None:
    """The last whole run of the day; None if there was none that left a record."""
    path = workspace.run_record(date, definition)
    return RunRecord.model_validate_json(path.read_bytes()) if path.exists() else None


def write_record(workspace: Workspace, date: datetime.date, definition: str, record: RunRecord) -> None:
    write_bytes(workspace.run_record(date, definition), record.model_dump_json(indent=1).encode())


def run_now(job: Job, hours: RawHours, day: Day, now_ms: int) -> RunRecord:
    """The record of a run of `day` at this moment, as if it were its first; its counts are not known yet."""
    files, last = hours.marks(day), hours.last_lines(day)
    read = tuple(
        FileRead(feed=key[0], file=key[1], mark=mark, last_lines=last[key]) for key, mark in sorted(files.items())
    )
    is_final = now_ms >= day.window_end_ms
    settings = _settings(job, day, {feed for feed, _ in files})
    return RunRecord(
        definition=job.rules.name,
        ran_ms=now_ms,
        is_final=is_final,
        files=read,
        settings=settings,
        first_final=read if is_final else None,
    )


def late_parts(record: RunRecord) -> Mapping[str, int]:
    """Parts of raw files with rows that came late: the last line that the day's first final run had read of each.

    A file that has only been renamed since is not late; of one that has grown, what was added is.
    """
    first = record.first_final if record.first_final is not None else record.files
    marks = {(one.feed, one.mark) for one in first}
    known = {part: line for one in first for part, line in one.last_lines.items()}
    late = [one for one in record.files if (one.feed, one.mark) not in marks]
    return {part: known.get(part, 0) for one in late for part in one.last_lines}


def _settings(job: Job, day: Day, feeds: set[str]) -> dict[str, str]:
    """Digests of what beside raw lines makes the day's numbers, by the name that a reason gives it."""
    config = job.config
    definition = [job.definition.model_dump(mode="json"), str(job.day_start), config.district.time_zone]
    own = {f"feed {feed.name}": digest(feed.model_dump(mode="json")) for feed in config.feeds if feed.name in feeds}
    return {"definition": digest(definition), "registry": digest(_places(job.district, day)), **own}


def _places(district: District, day: Day) -> object:
    """What the registry and offsets.csv say of the day's window: a change for later days touches no earlier one."""
    registry = district.registry
    places = [
        row
        for row in registry.places.to_pylist()
        if row["from_ms"] < day.window_end_ms and row["until_ms"] > day.window_start_ms
    ]
    offsets = [repr(offset) for offset in district.offsets if offset.since <= day.date]
    bssids = registry.bssids.before(day.window_end_ms).stretches
    return [places, registry.zones.to_pylist(), sorted(registry.mute), offsets, *([bssids] if bssids else [])]
