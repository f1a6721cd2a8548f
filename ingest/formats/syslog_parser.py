"""The form of every parser of syslog: frames, then one loop of the format over them, then a Reading.

lines -> frames -> scan: what each text says .............. the format's own
                `-> access points: hosts, or what lines name
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from ingest.feed import Feed
from ingest.formats.controller_frames import controller_frames
from ingest.formats.first_and_last import first_and_last
from ingest.formats.syslog_lines import (
    Framed,
    Said,
    clocks_of,
    framed,
    host_aps,
    named_aps,
    nothing_said,
    passed_frames,
    reading_of,
    received_of,
)
from ingest.mapping import Civil, utc_times
from ingest.reading import KEPT, Reading, Signs
from ingest.scan import Spans, lines_of
from ingest.words import Words
from ingest.zone_names import check_zones


@dataclass(frozen=True)
class SyslogParser(ABC):
    """The parser of one feed; nothing depends on the head of the file. By default the hosts are the access points."""

    feed: Feed

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> Self:
        del head
        return cls(check_zones(feed))

    @abstractmethod
    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        """Fill in `said` for each line that is `KEPT` so far, or judge it in `frames.verdict`."""

    def frames(self, log: Spans, near_ms: int) -> Framed:
        """The frames of all lines."""
        return framed(log, near_ms)

    def access_points(self, log: Spans, frames: Framed, said: Said) -> Words:
        """Of each line the key of its access point."""
        return host_aps(log, (frames.host, frames.host_stop, said.ap, said.ap_stop), frames.verdict, self.feed)

    def parse(self, chunk: bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of a chunk, a record a line."""
        log = lines_of(chunk, first_line)
        frames = self.frames(log, near_ms)
        said = nothing_said(log.start.size)
        self.scan(log.buf, frames, said)
        reading = reading_of(log, frames, said, self.access_points(log, frames, said), self.feed, first_line)
        return replace(reading, signs=self._signs(log, frames, said))

    def proves_alive(self, frames: Framed, said: Said) -> npt.NDArray[np.bool_]:
        """Of each line, whether it is a sign of life of its access point, though it says nothing of a device."""
        del said
        return passed_frames(frames)

    def _signs(self, log: Spans, frames: Framed, said: Said) -> Signs | None:
        """The access points of ignored lines, which prove them alive, each minute's first and last; None if none is."""
        rows = first_and_last(log.buf, np.flatnonzero(self.proves_alive(frames, said)), frames, said)
        if not rows.size:
            return None
        verdict = np.full(rows.size, KEPT, np.int8)
        passed = Framed._make(column[rows] for column in frames)._replace(verdict=verdict)
        ap = self.access_points(log, passed, Said._make(column[rows] for column in said))
        clock, received_ms = clocks_of(log, passed, self.feed), received_of(passed, 0, self.feed.time_zone)
        civil = Civil(passed.civil, passed.offset, np.ones(rows.size, np.bool_))
        at_ms = utc_times(civil, verdict, self.feed.time_zone)
        named = (verdict == KEPT) & (ap.codes >= 0)
        received_ms = None if received_ms is None else received_ms[named]
        return Signs(at_ms[named], ap.taken(named), clock.taken(named), received_ms)


class NamedApsParser(SyslogParser):
    """Of senders whose lines name the access point: the host is a controller, or of no meaning."""

    def access_points(self, log: Spans, frames: Framed, said: Said) -> Words:
        return named_aps(log, frames, said, self.feed)

    def proves_alive(self, frames: Framed, said: Said) -> npt.NDArray[np.bool_]:
        """Only of lines that name one: a controller's message proves the controller alive."""
        return passed_frames(frames) & (said.ap_stop > said.ap)


class ControllerParser(NamedApsParser):
    """Of controllers that put a frame of their own around their messages."""

    def frames(self, log: Spans, near_ms: int) -> Framed:
        return controller_frames(log, near_ms, self.feed)
