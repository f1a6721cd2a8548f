"""A capture, plain, compressed or in an archive, or a plain log of Kismet, as batches of frames."""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from ingest import kismet_log
from ingest.formats.capture import capture_module
from pipelines.sources.chunks import Chunk, Truncated
from pipelines.sources.folder import RawFile
from pipelines.sources.streams import BLOCK, BlockFile, streams_of
from schemas import InputError

BATCH_FRAMES = 1 << 16


def captures_of(file: RawFile, batch_frames: int = BATCH_FRAMES) -> Iterator[Chunk | Truncated]:
    """All whole frames of `file`, in order, as chunks whose data are Frames; InputError if it cannot be opened.

    A capture that is cut says so in its last Frames; only where compressed data end between two frames is it said here.
    """
    if _is_kismet(file):
        if not isinstance(file.path, Path):
            raise InputError(f"{file.name}: Kismet's log is a database, read in place", "copy it to a folder here")
        place = f"file:{quote(str(file.path.resolve()))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(place, uri=True, check_same_thread=False)) as log:
            for frames in kismet_log.frames_of(log, batch_frames):
                yield Chunk(file.name, frames.first, frames)
        return
    frames_of = capture_module().frames_of

    for stream in streams_of(file):
        frame, fault = 1, ""
        for frames in frames_of(io.BufferedReader(BlockFile(stream.blocks), BLOCK), batch_frames):
            yield Chunk(stream.name, frame, frames)
            frame, fault = frame + frames.ends.size, frames.fault
        if stream.is_damaged and not fault:
            yield Truncated(stream.name, frame)


def _is_kismet(file: RawFile) -> bool:
    """Whether the file is an SQLite database: it is read in place, for it is no stream."""
    try:
        with file.path.open("rb") as raw:
            return raw.read(len(kismet_log.MAGIC)) == kismet_log.MAGIC
    except OSError:
        return False  # told by who reads it next
