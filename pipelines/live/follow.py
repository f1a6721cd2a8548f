"""`shangquan stream`: the loop. Look what has grown, journal it, act on it, write, now and then keep a snapshot."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.formats import FORMATS
from pipelines.address_lists import opt_outs_of, own_devices_of, own_list_of
from pipelines.clock import now_ms
from pipelines.config import PORTAL
from pipelines.job import Job, claim
from pipelines.live.arrival import Arrivals
from pipelines.live.capture_tail import CaptureTail
from pipelines.live.engine import Effects
from pipelines.live.journal import Journal, Read, Step, of_feeds, steps_of
from pipelines.live.outputs import Outputs
from pipelines.live.snapshot import resumed, save
from pipelines.live.tail import Tail
from pipelines.members import Members, people_of
from pipelines.summary import Reporter, Summary
from schemas import ConfigError, InputError, SinkError
from schemas.day import Day

JOURNAL, SNAPSHOT, TRIGGERS = "journal.ndjson", "snapshot.arrow", "triggers.ndjson"
IDLE_S = 0.1  # between two looks when nothing is new
SNAPSHOT_S = 5.0
SILENT_MS = 2_000  # a feed that is caught up and silent for so long gets a heartbeat


def follow(*, job: Job, replay: bool, until_end: bool, reporter: Reporter) -> None:
    """Follows the feeds until Ctrl-C, or with `until_end` until their files end.

    `replay`: no heartbeat of the wall clock; time moves by the logs alone.
    """
    with _owned(job.workspace.stream):
        stream = Stream(job)
        try:
            stream.catch_up()
            stream.run(heartbeats=not (replay or until_end), until_end=until_end)
        except KeyboardInterrupt:
            reporter.note("stopped; the next start goes on from here")
        finally:
            stream.close()
        reporter.say(Summary(dict(stream.engine.counts), job.workspace.stream / TRIGGERS, head=job.district_name))


class Stream:
    """A running stream: engine, journal, tails and outputs, always in step with one another."""

    def __init__(self, job: Job) -> None:
        _require_followable(job)
        claim(job)
        self._job = job
        self._folder = job.workspace.stream
        self._lists_of = self._lists_changed()  # before they are read: a change meanwhile is seen
        members, key_of = members_and_keys(job)
        self.engine, positions = resumed(self._folder / SNAPSHOT, job, members, key_of)
        self._outputs = Outputs(self._folder, positions)
        self._arrivals = Arrivals(tails_of(job), self.engine.reading)
        self._journal = Journal(self._folder / JOURNAL)
        self._saved_at = time.monotonic()
        self._last_heard: dict[str, int] = {}

    def catch_up(self) -> None:
        """The steps that were journaled before this start: the snapshot's are known, the later ones are done again.

        InputError for a journal of other feeds, or one that ends before the snapshot.
        """
        known, last = self.engine.number, 0
        for step in of_feeds(steps_of(self._folder / JOURNAL), tails_of(self._job)):
            last = step.number
            for read in step.reads:
                self._arrivals.moved(read)
            if step.number > self.engine.number:
                self._write(self.engine.step(step))
        if last < known:
            raise InputError(
                f"{self._folder / JOURNAL}: ends before its snapshot",
                f"bring it back, or remove {self._folder} and begin anew",
            )
        if self.engine.number > known:
            self._keep()

    def run(self, *, heartbeats: bool, until_end: bool) -> None:
        while True:
            self._look_at_lists()
            step = self._next(heartbeats=heartbeats, last=until_end)
            if step is None and until_end:
                self._do(Step(self.engine.number + 1, end=True))
                self._keep()
                return
            if step is None:
                time.sleep(IDLE_S)
                continue
            self._do(step)

    def close(self) -> None:
        """No snapshot: what ended the stream may have done so in the middle of a step. The journal has the steps."""
        self._journal.close()

    def _look_at_lists(self) -> None:
        """Whoever opts out while the stream runs, and what is declared, is dropped from the next step on (R5)."""
        changed = self._lists_changed()
        if changed != self._lists_of:
            self.engine.drop_from_now_on(opt_outs_of(self._job).in_force(), own_devices_of(self._job))
            self._lists_of = changed

    def _lists_changed(self) -> tuple[int, int]:
        return opt_outs_of(self._job).changed_ms, own_list_of(self._job).changed_ms

    def _do(self, step: Step) -> None:
        self._journal.append(step)
        for read in step.reads:
            self._arrivals.moved(read)
        self._write(self.engine.step(step))
        if time.monotonic() - self._saved_at > SNAPSHOT_S:
            self._keep()

    def _write(self, effects: Effects) -> None:
        self._outputs.append(TRIGGERS, effects.triggers)
        for date, visits in effects.visits.items():
            self._outputs.append(f"visits/day={date}.ndjson", visits)
        for date, stays in effects.stays.items():
            self._outputs.append(f"stays/day={date}.ndjson", stays)

    def _keep(self) -> None:
        self._outputs.sync()
        save(self._folder / SNAPSHOT, self.engine, self._outputs.positions)
        self._saved_at = time.monotonic()

    def _next(self, *, heartbeats: bool, last: bool) -> Step | None:
        """What has arrived since the last step; None if nothing has."""
        reads = self._arrivals.next(last=last)
        silent = self._silent(reads) if heartbeats else {}
        return Step(self.engine.number + 1, tuple(reads), silent) if reads or silent else None

    def _silent(self, reads: list[Read]) -> dict[str, int]:
        """Heartbeats: the instant up to which each silent feed said nothing, at most one a second."""
        now = now_ms()
        self._last_heard |= {read.feed: now for read in reads}
        found = {}
        for feed in self.engine.newest:
            if now - self._last_heard.setdefault(feed, now) >= SILENT_MS + 1_000:
                found[feed] = now - SILENT_MS
                self._last_heard[feed] = now - SILENT_MS
        return found


def _require_followable(job: Job) -> None:
    """ConfigError for what a batch can read, and a stream cannot follow."""
    if job.config.district.registry == "from data":
        raise ConfigError("a stream needs a registry of access points", 'write aps.csv: "from data" is for batches')
    if job.rules.asks_for_signal:
        raise ConfigError(
            f"definition {job.rules.name}: asks how strong a signal was, and a stream does not",
            "stream under a definition without enter_dbm; leave this one to `shangquan run`",
        )
    for feed in job.config.feeds:
        if FORMATS[feed.format].unit != "lines" and feed.format != "capture":  # kismet's captures lie in a database
            raise ConfigError(
                f"feed {feed.name}: {feed.format} is no log of lines, and cannot be followed as it grows",
                "leave it to `shangquan run`",
            )


def tails_of(job: Job) -> dict[str, Tail]:
    config, raw = job.config, job.raw_here
    tails = {
        f.name: (CaptureTail if form.unit == "capture" else Tail)(f.name, raw, f.glob, form.record_ends)
        for f, form in ((feed, FORMATS[feed.format]) for feed in config.feeds)
    }
    if config.members and config.members.portal:
        tails[PORTAL] = Tail(PORTAL, raw, config.members.portal.glob)
    return tails


def members_and_keys(job: Job) -> tuple[Members, Callable[[Day], bytes]]:
    """The members as earlier runs know them (the stream reads the portal itself), and how to get a day's key.

    Getting one destroys those that have expired meanwhile: a stream runs for months.

    PrivacyError if there are campaigns and the consents are stale: nothing may be triggered.
    """
    members = people_of(job, None)
    if job.district.campaigns and members.key is not None:
        members.require_fresh(now_ms())

    def key_of(day: Day) -> bytes:
        return job.keyring.day_key(day.date, now_ms(), day.end_ms, job.config.privacy.key_ttl).secret

    return members, key_of


@contextmanager
def _owned(folder: Path) -> Iterator[None]:
    """One stream per data folder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "owner").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SinkError(f"{folder}: another stream runs here", "end it first, or give another --data") from None
        yield
