"""`feeds = "auto"`: the feeds of a raw folder, made from what each file's head looks like. No line is read beyond it.

    files -> head of each -> format, columns -> a feed for each folder and way of writing

Files of one folder that are written alike are one ordered source. What a declaration would say and a head cannot (the
time zone, the silence before an idle leave) stays as the district's or the default.
"""

import re
from collections.abc import Iterator
from glob import escape
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.recognised import Recognised, guessed_table, recognised
from pipelines.clock import file_time_ms
from pipelines.config import Config, FeedConfig
from pipelines.sources.chunks import Chunk, chunks_of
from pipelines.sources.folder import RawFile, files_of, matching, named_ms
from pipelines.sources.remote import RawPath, for_parquet
from pipelines.sources.vanished import passed_over_if_vanished, unreadable
from schemas import InputError

AUTO = "auto"
HEAD_BYTES = 1 << 20


def auto_feeds(config: Config, raw: RawPath) -> tuple[tuple[FeedConfig, ...], tuple[str, ...]]:
    """The feeds of every file below `raw` but the portal's; and a line for each file, what it was taken for.

    InputError if nothing is recognised.
    """
    portal = config.members.portal.glob if config.members and config.members.portal else None
    logins = {file.name for file in matching(raw, portal)} if portal else set()
    files = [file for file in files_of(raw, "**/*") if file.name not in logins]
    found = list(_looked_at(files, config.district.time_zone))
    told = tuple(f"{file.name}: {one or 'not recognised, and left out'}" for file, one in found)
    known = [(file, one) for file, one in found if one is not None]
    if not known:
        raise InputError(f"{raw}: no file looks like a log that can be read", "declare [[feeds]] in district.toml")
    return tuple(_feeds(known)), told


def _looked_at(files: list[RawFile], time_zone: str) -> Iterator[tuple[RawFile, Recognised | None]]:
    for file in files:
        with passed_over_if_vanished():
            yield file, looks_like(file, time_zone)


def looks_like(file: RawFile, time_zone: str) -> Recognised | None:
    """What a file looks like, compressed or not; None if like nothing that can be read."""
    try:
        with file.path.open("rb") as opened:
            head = opened.read(16)
    except OSError as error:
        raise unreadable(file.path, file.name, error) from error
    if head.startswith(b"PAR1"):
        return guessed_table(_titles(file))
    near_ms = named_ms(file.name)
    near_ms = file_time_ms(file) if near_ms is None else near_ms
    if magic := recognised(head, time_zone, near_ms):
        return magic
    chunk = next((piece for piece in chunks_of(file, HEAD_BYTES) if isinstance(piece, Chunk)), None)
    return None if chunk is None else recognised(chunk.data, time_zone, near_ms)


def _titles(file: RawFile) -> list[str]:
    try:
        names: list[str] = pq.read_schema(for_parquet(file.path)).names
    except (OSError, pa.ArrowException):
        return []
    return names


def _feeds(known: list[tuple[RawFile, Recognised]]) -> Iterator[FeedConfig]:
    """One feed for the files of a folder that are written alike; a second such of a folder gets a number."""
    named: dict[str, int] = {}
    for (folder, _), group in groupby(sorted(known, key=_place), key=_place):
        files = list(group)
        looks = files[0][1]
        name = re.sub(r"[^\w.-]", "-", f"{folder}-{looks.format}".replace("/", ".")).lstrip(".-") or looks.format
        named[name] = named.get(name, 0) + 1
        yield FeedConfig(
            name=name if named[name] == 1 else f"{name}-{named[name]}",
            format=looks.format,
            glob=tuple(escape(file.name) for file, _ in files),
            **looks.settings,
        )


def _place(one: tuple[RawFile, Recognised]) -> tuple[str, str]:
    file, looks = one
    settings: dict[str, Any] = dict(looks.settings)
    folder = str(PurePosixPath(file.name).parent)
    return "" if folder == "." else folder, f"{looks.format} {sorted(settings.items())!r}"
