"""Rotating captures: each appears whole under a name that says when it begins; what a crash leaves is made whole.

    .20261124T185500.123Z.wlan0mon.pcap.open     being written, synced every second, 0600
     20261124T185500.123Z.wlan0mon.pcap          whole: a feed's glob sees these only

What does not live here: frames (`interface`), what is kept of them (`ingest.shortened`).
"""

import datetime
import fcntl
import math
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import Any, BinaryIO

from ingest.frames import Frames
from ingest.pcap_records import HEAD_BYTES, whole_records
from pipelines.clock import file_time_ms, now_ms
from pipelines.files import sync_folder, unwritable
from pipelines.sources.folder import matching
from schemas import SinkError

SYNC_S = 1.0
LOOK_S = 60.0  # between two looks for what is too old
OPEN = ".open"
_STAMP = "%Y%m%dT%H%M%S.%f"


def name_of(at_us: int, interface: str) -> str:
    """Of a capture that begins at that instant; names sort as instants do."""
    at = datetime.datetime.fromtimestamp(at_us // 1_000_000, datetime.UTC)
    return f"{at.replace(microsecond=at_us % 1_000_000):{_STAMP}}"[:-3] + f"Z.{interface}.pcap"


class CaptureFiles:
    """The captures of one interface in one folder; a file is finished `rotate_s` after it was begun."""

    def __init__(self, folder: Path, interface: str, link: int, rotate_s: float) -> None:
        self._folder = folder
        self._interface = interface
        self._link = link
        self._rotate_s = rotate_s
        self._file: BinaryIO | None = None
        self._writer: Any = None
        self._begun_at = self._synced_at = 0.0
        self._disk = ThreadPoolExecutor(1, "capture-disk")  # a slow card must not keep the frames waiting
        self._pending: Future[None] | None = None
        self.finished = 0

    def write(self, frames: Frames) -> None:
        """Add frames of this capture's link type. SinkError if the disk refuses them."""
        try:
            start = 0
            for end, at_us in zip(frames.ends.tolist(), frames.at_us.tolist(), strict=True):
                self._write_one(frames.data[start:end].tobytes(), at_us)
                start = end
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def turn(self) -> None:
        """Once in a while: what was written is synced each second, a file whose time is over finished."""
        now = time.monotonic()
        if self._file is None:
            return
        if now - self._begun_at >= self._rotate_s:
            self.finish()
        elif now - self._synced_at >= SYNC_S and (self._pending is None or self._pending.done()):
            self._settle()
            self._file.flush()
            self._pending = self._disk.submit(os.fdatasync, self._file.fileno())
            self._synced_at = now

    def finish(self) -> None:
        """The open file, if there is one, gets its name."""
        self._settle()
        if self._file is None:
            return
        file, self._file = self._file, None
        self._pending = self._disk.submit(_finish, file)
        self.finished += 1

    def close(self) -> None:
        """Finish the open file, and wait until it is on the disk."""
        self.finish()
        self._settle()
        self._disk.shutdown()

    def _write_one(self, data: bytes, at_us: int) -> None:
        if self._file is None:
            self._begin(at_us)
        self._writer.write_packet(data, sec=at_us // 1_000_000, usec=at_us % 1_000_000)

    def _begin(self, at_us: int) -> None:
        from scapy.utils import RawPcapWriter

        whole = self._folder / name_of(at_us, self._interface)
        while whole.exists() or _part(whole).exists():  # begun in the same millisecond
            at_us += 1000
            whole = self._folder / name_of(at_us, self._interface)
        part = _part(whole)
        part.touch(0o600, exist_ok=False)
        self._file = part.open("wb")
        self._writer = RawPcapWriter(self._file, linktype=self._link)
        self._writer.write_header(None)
        sync_folder(self._folder)
        self._begun_at = self._synced_at = time.monotonic()

    def _settle(self) -> None:
        """Wait for the disk; SinkError if it has refused."""
        pending, self._pending = self._pending, None
        try:
            if pending is not None:
                pending.result()
        except OSError as error:
            raise unwritable(self._folder, error) from error


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}{OPEN}")


def _finish(file: BinaryIO) -> None:
    with file:
        file.flush()
        os.fsync(file.fileno())
    _name(Path(file.name))


def recovered(folder: Path, interface: str) -> int:
    """How many frames were left in files that a crash kept open: they are cut behind the last whole one, and named."""
    frames = 0
    for part in sorted(folder.glob(f".*Z.{escape(interface)}.pcap{OPEN}")):
        data = part.read_bytes()
        size, count = whole_records(data, data[:HEAD_BYTES])
        if not count:
            part.unlink()
            continue
        written_ns = part.stat().st_mtime_ns
        with part.open("r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())
        os.utime(part, ns=(written_ns, written_ns))  # its frames are no younger for it
        _name(part)
        frames += count
    return frames


def _name(part: Path) -> None:
    part.rename(part.with_name(part.name.removeprefix(".").removesuffix(OPEN)))
    sync_folder(part.parent)


class Retention:
    """Deletes the whole captures of an interface once they were last written more than `keep_ms` ago."""

    def __init__(self, folder: Path, interface: str, keep_ms: int) -> None:
        self._folder = folder
        self._own = re.compile(rf"\d{{8}}T\d{{6}}\.\d{{3}}Z\.{re.escape(interface)}\.pcap")  # as `name_of` has it
        self._keep_ms = keep_ms
        self._looked_at = -math.inf

    def turn(self) -> int:
        """How many were deleted: of those that are there now, once every `LOOK_S`; 0 in between."""
        if time.monotonic() - self._looked_at < LOOK_S:
            return 0
        self._looked_at = time.monotonic()
        before_ms = now_ms() - self._keep_ms
        own = [file for file in matching(self._folder, "*.pcap") if self._own.fullmatch(file.name)]
        old = [self._folder / file.name for file in own if file_time_ms(file) < before_ms]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)


@contextmanager
def owned(folder: Path, interface: str) -> Iterator[None]:
    """One capture of an interface at a time writes to a folder; SinkError otherwise."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / f".{interface}.capturing").open("w")
    except OSError as error:
        raise unwritable(folder, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SinkError(f"{folder}: {interface} is being captured here already", "end that first") from None
        yield
