"""A stream's snapshot: the engine after some step and how far its outputs reach, in one file that appears whole.

One Arrow IPC table of named parts, versioned by its metadata. What a day holds is sealed under a key derived from that
day's and dies with it; the file is 0600. Never pickle.
"""

import datetime
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from marketing import triggers
from pipelines.files import write_bytes
from pipelines.job import Job
from pipelines.live.day_stream import DayStream
from pipelines.live.engine import Engine
from pipelines.members import Members
from pipelines.sealing import Broken, Sealer
from privacy.keys import spill_key
from schemas import LOGIN, InputError, PrivacyError
from schemas.day import Day
from sessionize.state import State

VERSION = "shangquan stream 3"
_SCHEMA = pa.schema([("name", pa.string()), ("data", pa.large_binary())], {"version": VERSION})


def save(path: Path, engine: Engine, positions: dict[str, int]) -> None:
    """The engine and its outputs' positions as `path`, whole or not at all."""
    parts = {"about": json.dumps(_about(engine, positions)).encode(), "logins": _bytes_of(engine.book.new)}
    if engine.fired is not None:
        parts["triggers"] = triggers.to_bytes(engine.fired)
    for date, stream in engine.days.items():
        sealer = Sealer(spill_key(stream.subjects.day_key))
        for what, data in (("state", stream.state.to_bytes()), ("devices", _bytes_of(stream.devices))):
            parts[f"{what}/{date}"] = sealer.seal(data, f"{what}/{date}".encode())
    table = pa.table({"name": list(parts), "data": list(parts.values())}, schema=_SCHEMA)
    write_bytes(path, _bytes_of(table), mode=0o600)


def resumed(path: Path, job: Job, members: Members, key_of: Callable[[Day], bytes]) -> tuple[Engine, dict[str, int]]:
    """The engine and positions saved in `path`, or fresh ones if there is none.

    InputError for another version, district or definition; a day whose key was destroyed meanwhile is closed.
    """
    if not path.exists():
        return Engine(job, members, key_of), {}
    parts = _parts(path)
    about = json.loads(parts["about"])
    if about["of"] != _of(job):
        raise InputError(f"{path}: a stream of {about['of']}, not of {_of(job)}", "give this one another --data")
    engine = Engine(
        job,
        members,
        key_of,
        number=about["step"],
        newest=about["newest"],
        closed={datetime.date.fromisoformat(date) for date in about["closed"]},
        counts=Counter(about["counts"]),
        fired=triggers.from_bytes(parts["triggers"], job.district.campaigns, job.rules.flap_ms),
    )
    engine.book.add(_table_of(parts["logins"]).cast(LOGIN.arrow))
    for date in map(datetime.date.fromisoformat, about["days"]):
        _resume_day(engine, date, parts, path)
    return engine, about["positions"]


def _resume_day(engine: Engine, date: datetime.date, parts: dict[str, bytes], path: Path) -> None:
    try:
        subjects = engine.subjects(engine.job.calendar.day(date))
        sealer = Sealer(spill_key(subjects.day_key))
        state, devices = (sealer.open(parts[f"{p}/{date}"], f"{p}/{date}".encode()) for p in ("state", "devices"))
    except PrivacyError:
        engine.closed.add(date)
        return
    except Broken:
        raise InputError(f"{path}: the snapshot is damaged", "remove it: the stream starts from its journal") from None
    day = engine.job.calendar.day(date)
    met = _table_of(devices)
    random = dict(zip(met["subject"].to_pylist(), met["random"].to_pylist(), strict=True))
    engine.days[date] = DayStream(day, subjects, State.from_bytes(state), random)


def _of(job: Job) -> str:
    """Whose stream it is; other feeds than the journal's are found out by the journal."""
    return f"{job.district_name} {job.rules.name}"


def _about(engine: Engine, positions: dict[str, int]) -> dict[str, object]:
    return {
        "of": _of(engine.job),
        "step": engine.number,
        "newest": engine.newest,
        "days": [str(date) for date in engine.days],
        "closed": [str(date) for date in sorted(engine.closed)],
        "counts": engine.counts,
        "positions": positions,
    }


def is_of_this_version(path: Path) -> bool:
    """Whether this version of the product can go on from the snapshot in `path`."""
    try:
        schema = _table_of(path.read_bytes()).schema
    except pa.ArrowInvalid:
        return False
    return (schema.metadata or {}).get(b"version") == VERSION.encode()


def _parts(path: Path) -> dict[str, bytes]:
    if not is_of_this_version(path):
        raise InputError(
            f"{path}: no snapshot of this version", "run `shangquan db migrate`: the stream starts from its journal"
        )
    table = _table_of(path.read_bytes())
    return dict(zip(table["name"].to_pylist(), table["data"].to_pylist(), strict=True))


def _bytes_of(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _table_of(data: bytes) -> pa.Table:
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()
