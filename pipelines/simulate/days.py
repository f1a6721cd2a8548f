"""A simulation's days in turn: plans a trading day, writes a calendar day's files, remembers the truth."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from pipelines.files import whole_file
from pipelines.simulate.addresses import mac_text
from pipelines.simulate.arrival import FeedFile, feed_file, reports_by_feed
from pipelines.simulate.columns import DAY_MS, stream
from pipelines.simulate.lines import CSV_HEADER, Reports
from pipelines.simulate.membership import Logins, Members, logins_of, member_name
from pipelines.simulate.people import People, weather_of
from pipelines.simulate.plans import midnight_ms, plan_day
from pipelines.simulate.radio import links_of
from pipelines.simulate.text import glued, raw_bytes, seconds_text, texts
from pipelines.simulate.town import FEEDS, UTC_OFFSET_MS, town
from pipelines.simulate.traps import events_of, outage_of
from pipelines.simulate.truth import Heard, Presence, heard_of, presence_of, write_truth

_PORTAL_HEADER = b"time,device,member,ap\n"


@dataclass
class Days:
    """What a simulation knows while it goes from day to day."""

    out: Path
    seed: int
    start: datetime.date
    days: int
    visitors: int
    traps: frozenset[str]
    people: People
    members: Members
    presence: list[Presence] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    logins: list[Logins] = field(default_factory=list)
    files: list[FeedFile] = field(default_factory=list)
    waiting: dict[int, Reports] = field(default_factory=dict)  # by feed: reports that have not arrived yet
    waiting_logins: list[Logins] = field(default_factory=list)

    def outage(self, date: datetime.date) -> tuple[int, int] | None:
        return outage_of(date, self.start, self.days) if "outage" in self.traps else None

    def add(self, date: datetime.date) -> None:
        """Plans the trading day and puts what it makes the networks report on its way."""
        day = date.toordinal()
        phones, stays = plan_day(self.seed, self.people, weather_of(self.seed, date, self.visitors))
        links = links_of(stream(self.seed, day, "links"), stays)
        trap = self.people.trap[phones.person[links.phone]]
        events = events_of(self.seed, day, links, trap, self.outage(date))
        for feed, reports in reports_by_feed(self.seed, date, events, phones.mac, self.traps).items():
            before = self.waiting.get(feed)
            self.waiting[feed] = reports if before is None else Reports.concat([before, reports])
        logins = logins_of(self.seed, day, phones, self.people, self.members, events)
        self.waiting_logins.append(logins)
        self.logins.append(logins)
        self.presence.append(presence_of(phones, stays))
        self.heard.append(heard_of(phones, events))

    def write_day(self, date: datetime.date, on_day: Callable[[datetime.date, int], None] | None) -> None:
        """Writes the files of a calendar day: of each feed what has arrived by its end, if anything has."""
        end = midnight_ms(date) + DAY_MS
        lines = 0
        for feed, reports in self.waiting.items():
            now = reports.arrival_ms < end
            arrived, self.waiting[feed] = reports.take(now), reports.take(~now)
            if len(arrived):
                file, text = feed_file(self.seed, date, feed, arrived, self.traps)
                _write_lines(self.out / file.path, CSV_HEADER if FEEDS[feed].format == "csv" else b"", text)
                self.files.append(file)
                lines += file.lines
        logins = Logins.concat(self.waiting_logins)
        logins, self.waiting_logins = logins.take(logins.at_ms < end), [logins.take(logins.at_ms >= end)]
        _write_lines(self.out / "portal" / f"{date}.csv", _PORTAL_HEADER, _portal_lines(logins))
        if on_day is not None:
            on_day(date, lines)

    def write_truth(self, folder: Path) -> int:
        """Writes what really happened on all days so far; returns the number of true visits."""
        dates = (self.start + datetime.timedelta(days=n) for n in range(self.days))
        return write_truth(
            folder,
            people=self.people,
            presence=self.presence,
            heard=self.heard,
            logins=self.logins,
            files=self.files,
            outages=[outage for date in dates if (outage := self.outage(date))],
            skew="skew" in self.traps,
        )


def _portal_lines(logins: Logins) -> pa.Array:
    iso = seconds_text(logins.at_ms + UTC_OFFSET_MS, lambda times: [f"{t.replace('T', ' ')}," for t in times])
    aps, where = town().aps, zip(logins.member.tolist(), logins.ap.tolist(), strict=True)
    names = texts([f",{member_name(member)},{aps[ap].ap}\n" for member, ap in where])
    return glued(iso, mac_text(logins.mac), names)


def _write_lines(path: Path, header: bytes, text: pa.Array) -> None:
    """Raw logs hold addresses: readable by their owner alone."""
    with whole_file(path, 0o600) as file:
        file.write(header)
        file.write(raw_bytes(text))
