"""`shangquan capture`: the loop. Take what was heard, keep what is read of it, write it, finish files."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import FrameType

from ingest.formats.capture import capture_module
from ingest.frames import Frames
from ingest.shortened import shortened
from pipelines.clock import now_ms
from pipelines.config import FeedConfig
from pipelines.job import Job
from pipelines.monitor.files import OPEN, CaptureFiles, Retention, name_of, owned, recovered
from pipelines.monitor.interface import WAIT_S, Monitor, link_type_of
from pipelines.sources.folder import require_inside
from pipelines.summary import Reporter, Summary
from schemas import ConfigError, InputError


def capture_frames(
    *, job: Job, feed: str, interface: str, rotate_s: float, seconds: float | None, reporter: Reporter
) -> None:
    """Captures of `interface` in the folder that `feed` reads, until SIGINT, SIGTERM or `seconds` have passed.

    Its own captures are deleted once no day needs what they end with (`Job.keep_raw_ms`), also while nothing is heard.
    """
    folder = _folder(job, _capture_feed(job, feed), interface)
    capture_module()
    link_type_of(interface)
    counts = dict.fromkeys(("frames", "kept", "dropped", "files", "deleted"), 0)
    with owned(folder, interface):
        if left := recovered(folder, interface):
            reporter.note(f"{interface}: {left:,} frames of a capture that was not ended are kept")
        retention = Retention(folder, interface, job.keep_raw_ms)
        counts["deleted"] += retention.turn()
        monitor = Monitor(interface)
        try:
            _capture(monitor, CaptureFiles(folder, interface, monitor.link, rotate_s), retention, seconds, counts)
        finally:
            reporter.say(Summary(counts, folder, head=f"{feed} {interface}"))


def _capture(
    monitor: Monitor, files: CaptureFiles, retention: Retention, seconds: float | None, counts: dict[str, int]
) -> None:
    """One capture, counted in `counts`; whatever ends it, its last file is finished."""
    until = time.monotonic() + (float("inf") if seconds is None else seconds)
    try:
        with _ended_by_signals() as ended:
            while not ended.wait(WAIT_S) and time.monotonic() < until:
                _keep(monitor, files, counts)
                files.turn()
                counts["deleted"] += retention.turn()
        monitor.close()
        _keep(monitor, files, counts)
    finally:
        monitor.close()
        files.close()
        counts |= {"dropped": monitor.dropped, "files": files.finished}


def _keep(monitor: Monitor, files: CaptureFiles, counts: dict[str, int]) -> None:
    heard = Frames.of(1, monitor.taken())
    kept = shortened(heard)
    files.write(kept)
    counts["frames"] += heard.ends.size
    counts["kept"] += kept.ends.size


def _capture_feed(job: Job, name: str) -> FeedConfig:
    feeds = [feed for feed in job.config.feeds if feed.format == "capture"]
    if not (named := [feed for feed in feeds if feed.name == name]):
        known = ", ".join(feed.name for feed in feeds) or 'write one: [[feeds]] with format = "capture"'
        raise ConfigError(f"--feed {name}: no feed of format capture", f"take one of: {known}" if feeds else known)
    return named[0]


def _folder(job: Job, feed: FeedConfig, interface: str) -> Path:
    """Where a capture must lie to be read by the feed: the folder of the first glob that finds it there.

    ConfigError if none does, or one would find it before it is whole; InputError for a glob that no reader takes.
    """
    if not interface or "/" in interface:
        raise InputError(f"--interface {interface}: no name of an interface", "`iw dev` lists them")
    globs = [feed.glob] if isinstance(feed.glob, str) else [*feed.glob]
    for glob in globs:
        require_inside(glob)
    name = name_of(now_ms() * 1000, interface)
    for glob in globs:
        parts = [part for part in PurePosixPath(glob).parts if part != "**"]
        folder = PurePosixPath(*(part for part in parts[:-1] if not set(part) & set("*?[")))
        pattern = "/".join(parts)
        if (folder / name).match(pattern) and not (folder / f".{name}{OPEN}").match(pattern):
            return job.raw_here / folder
    raise ConfigError(
        f"feed {feed.name}: glob {', '.join(globs)} finds no capture of {interface}",
        f'captures are named like {name}: write glob = "{feed.name}/*.pcap"',
    )


@contextmanager
def _ended_by_signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, in place of what they do elsewhere."""
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
