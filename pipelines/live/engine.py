"""What a step does: a function of the journal and the log alone, so live, a resumed stream and a backtest agree.

reads -> logins -> member devices
      -> readings -> each day whose window is open: sightings -> advance -> visits, stays
                                                                        `-> members' presence -> triggers
newest instant per feed - lateness -> watermark (the least of all feeds) -> what closes
newest instant per feed            -> clock     (the least of all feeds) -> which stays have lasted long enough
"""

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.feed import Feed
from ingest.formats import FORMATS, Parser
from ingest.login_book import LoginBook
from ingest.logins import logins_of, user_logins
from ingest.own_devices import OwnDevices
from ingest.pcap_records import HEAD_BYTES as HEAD_BYTES_OF_PCAP
from ingest.reading import Reading
from ingest.subjects import Subjects
from marketing import triggers
from pipelines.clock_offsets import ClockOffsets
from pipelines.config import PORTAL
from pipelines.job import Job
from pipelines.live.day_stream import DayStream
from pipelines.live.journal import Read, Step
from pipelines.live.tail import range_of
from pipelines.members import Members, portal_feed
from pipelines.sources.folder import named_ms
from privacy.listed import Listed
from schemas import LOGIN, PRESENCE, STAY, TRIGGER, VISIT, PrivacyError
from schemas.day import Day
from sessionize.advance import Step as Advanced
from sessionize.state import start

NEVER = -(1 << 62)
HEAD_BYTES = 1 << 16
AHEAD_MS = 86_400_000  # a time further ahead of its file than this moves no clock


@dataclass
class Effects:
    """What a step brings: rows to be written."""

    triggers: pa.Table
    visits: dict[datetime.date, pa.Table]
    stays: dict[datetime.date, pa.Table]


@dataclass
class Engine:
    """Everything a stream knows after some step. `members_only`: a backtest needs no stranger."""

    job: Job
    members: Members
    key_of: Callable[[Day], bytes]
    members_only: bool = False
    number: int = 0
    newest: dict[str, int] = field(default_factory=dict)
    days: dict[datetime.date, DayStream] = field(default_factory=dict)
    closed: set[datetime.date] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    fired: triggers.State | None = None
    _feeds: dict[str, Feed] = field(default_factory=dict)
    _parsers: dict[tuple[str, str], Parser] = field(default_factory=dict)
    _clocks: ClockOffsets = field(init=False)
    book: LoginBook = field(init=False)

    def __post_init__(self) -> None:
        config = self.job.config
        self._feeds = {feed.name: config.feed(feed) for feed in config.feeds}
        self._clocks = ClockOffsets(self.job)
        self.book = self.members.book()
        if config.members and config.members.portal:
            self._feeds[PORTAL] = portal_feed(config, config.members.portal)
        self.newest = {feed.name: NEVER for feed in config.feeds} | self.newest
        if self.fired is None:
            self.fired = triggers.start(self.job.district.campaigns, self.job.rules.flap_ms)

    def step(self, step: Step) -> Effects:
        """Act on one step; the engine is then the one after it."""
        self._learn_logins(step.reads)
        for read in step.reads:
            if read.feed != PORTAL:
                self._take(read)
        for feed, at_ms in step.heartbeats.items():
            self.newest[feed] = max(self.newest[feed], at_ms)
        self.number = step.number
        clock_ms = triggers.END_OF_TIME_MS if step.end else min(self.newest.values())
        return self._advanced(self._watermark_ms(), clock_ms, end=step.end)

    def _watermark_ms(self) -> int:
        return min(at_ms - self._feeds[feed].lateness_ms for feed, at_ms in self.newest.items())

    def _learn_logins(self, reads: Sequence[Read]) -> None:
        """Before anything else of a step: a login precedes what its device does next."""
        if self.members.key is None:
            return
        rows = [self._logins(read, self.members.key) for read in reads]
        found = pa.concat_tables([LOGIN.empty(), *rows])
        if found.num_rows:
            self.book.add(found)
            devices = found["device"].to_numpy()
            for stream in self.days.values():
                stream.subjects.know(devices, self.book.devices_among(devices, stream.day.window_end_ms))

    def _logins(self, read: Read, key: bytes) -> pa.Table:
        """LOGIN of a read: of the portal's, or of a log that names accounts."""
        if read.feed == PORTAL:
            return logins_of(self.reading(read), key)
        if FORMATS[self._feeds[read.feed].format].names_users:
            return user_logins(self.reading(read), self.members.accounts, key)
        return LOGIN.empty()

    def drop_from_now_on(self, opt_outs: Listed, own: OwnDevices) -> None:
        """Rows of these addresses are dropped when they arrive; what arrived before stays with its visit."""
        self.members = replace(self.members, opt_outs=opt_outs, own=own)
        for stream in self.days.values():
            stream.subjects = self._subjects(stream.subjects.day_key, stream.day)

    def _take(self, read: Read) -> None:
        """One read's records, to every day in whose open window they lie."""
        reading = self.reading(read)
        self.counts["read"] += reading.read
        self.counts["rejected"] += sum(reject.line.size for reject in reading.rejects)
        self.counts["ignored"] += sum(reading.ignored.values())
        if not reading.at_ms.size:
            return
        believed = reading.at_ms[reading.at_ms <= read.near_ms + AHEAD_MS]
        self.newest[read.feed] = max(self.newest[read.feed], int(believed.max(initial=NEVER)))
        for day in self.job.calendar.touched_by(reading.at_ms):
            if (stream := self._open(day, reading)) is not None:
                stream.take(
                    reading,
                    self._feeds[read.feed],
                    read.file,
                    self.job.district.registry,
                    members_only=self.members_only,
                )

    def _open(self, day: Day, reading: Reading) -> DayStream | None:
        """The stream of `day`; None, and its records counted, once it is closed or its key destroyed."""
        if day.date in self.days:
            return self.days[day.date]
        if day.date not in self.closed:
            try:
                places = self.job.district.places(reading.ap.dictionary.to_pylist())
                state = start(places, self.job.rules, day, presence_of="members")
                self.days[day.date] = DayStream(day, self.subjects(day), state, {})
                return self.days[day.date]
            except PrivacyError:
                self.closed.add(day.date)
        own = (reading.at_ms >= day.start_ms) & (reading.at_ms < day.end_ms)
        self.counts["too-late"] += int(np.count_nonzero(own))
        return None

    def subjects(self, day: Day) -> Subjects:
        """Whose is whose on that day, by the logins known so far; PrivacyError if its key was destroyed."""
        return self._subjects(self.key_of(day), day)

    def _subjects(self, day_key: bytes, day: Day) -> Subjects:
        known = self.members
        return Subjects(day_key, known.key, self.book.devices_before(day.window_end_ms), known.opt_outs, known.own)

    def reading(self, read: Read) -> Reading:
        """The records of a read, their times corrected."""
        feed = self._feeds[read.feed]
        known = (read.feed, read.file)  # two feeds may read one file: a portal's lines are logins and sightings
        if known not in self._parsers:
            head = range_of(self.job.raw_here, read.file, 0, HEAD_BYTES)
            self._parsers[known] = FORMATS[feed.format].prepare(head, feed)
        data = range_of(self.job.raw_here, read.file, read.start, read.end)
        if read.start and FORMATS[feed.format].unit == "capture":
            data = range_of(self.job.raw_here, read.file, 0, HEAD_BYTES_OF_PCAP) + data
        named = named_ms(read.file)
        parsed = self._parsers[known].parse(data, read.line, read.near_ms if named is None else named)
        return self._clocks.corrected(feed, parsed)[0]

    def _advanced(self, watermark_ms: int, clock_ms: int, *, end: bool) -> Effects:
        visits, stays, presence = {}, {}, [PRESENCE.empty()]
        for date, stream in sorted(self.days.items()):
            steps = [stream.step(watermark_ms)]
            if end or watermark_ms >= stream.day.window_end_ms:
                steps.append(stream.close())
                self._forget(date)
            visits[date] = pa.concat_tables([VISIT.empty(), *(step.visits for step in steps)])
            stays[date] = pa.concat_tables([STAY.empty(), *(step.stays for step in steps)])
            presence += [_of_own_visits(step.presence, stream.day) for step in steps]
            self._count(steps, visits[date])
        assert self.fired is not None
        signs = pa.concat_tables(presence).unify_dictionaries()
        self.fired, fired = triggers.advance(self.fired, signs, clock_ms)
        self.counts["triggers"] += fired.num_rows
        return Effects(TRIGGER.cast(fired), visits, stays)

    def _forget(self, date: datetime.date) -> None:
        """A day has closed: its stream goes, and so do the triggers' visits that nothing can come back to."""
        del self.days[date]
        self.closed.add(date)
        if self.fired is not None:
            kept = triggers.to_bytes(self.fired)
            self.fired = triggers.from_bytes(kept, self.job.district.campaigns, self.job.rules.flap_ms)

    def _count(self, steps: list[Advanced], visits: pa.Table) -> None:
        self.counts["visits"] += visits.num_rows
        for step in steps:
            for name in ("late", "repeat", "kept", "out_of_order"):
                self.counts[name.replace("_", "-")] += getattr(step.counts, name)


def _of_own_visits(presence: pa.Table, day: Day) -> pa.Table:
    """The presence of visits that start in the day: exactly one of the open days sees each of them so."""
    start_ms = presence["visit_start_ms"]
    return presence.filter(pc.and_(pc.greater_equal(start_ms, day.start_ms), pc.less(start_ms, day.end_ms)))
