"""What arrives in the next step: the new whole lines of all feeds, up to one instant for all of them.

Live, every feed has some new lines, and all of them arrive. While catching up, whole days are new at once; then a step
takes of each feed only what lies at most `SLACK_MS` after the earliest new line, so that a phone's rows arrive in their
order though its feeds are separate files.
"""

from collections.abc import Callable, Iterator

import numpy as np

from ingest.reading import Reading
from pipelines.config import PORTAL
from pipelines.live.journal import Read
from pipelines.live.tail import Tail

SLACK_MS = 120_000


class Arrivals:
    """The tails of all feeds, looked at together."""

    def __init__(self, tails: dict[str, Tail], reading_of: Callable[[Read], Reading]) -> None:
        self._tails = tails
        self._reading_of = reading_of

    def moved(self, read: Read) -> None:
        """Takes note that `read` was acted on."""
        self._tails[read.feed].moved(read)

    def next(self, *, last: bool) -> list[Read]:
        """The reads of the next step, none if nothing is new. `last`: a line without its line end is whole, too.

        The portal is looked at last and read first: a login precedes what its device does next, so whoever has read
        that has read the login.
        """
        feeds = [feed for feed in self._tails if feed != PORTAL]
        sizes = {feed: self._tails[feed].sizes() for feed in feeds}
        logins = list(self._logins(last))
        return logins + self._up_to_one_instant([r for f in feeds if (r := self._tails[f].new(sizes[f], last))])

    def _logins(self, last: bool) -> Iterator[Read]:
        if PORTAL not in self._tails:
            return
        tail = self._tails[PORTAL]
        sizes = tail.sizes()
        while read := tail.new(sizes, last):
            tail.moved(read)
            yield read

    def _up_to_one_instant(self, reads: list[Read]) -> list[Read]:
        parsed = [(read, self._reading_of(read)) for read in reads]
        earliest = min((int(reading.at_ms[0]) for _, reading in parsed if reading.at_ms.size), default=0)
        cut = (self._cut(read, reading, earliest + SLACK_MS) for read, reading in parsed)
        return [read for read in cut if read is not None]

    def _cut(self, read: Read, reading: Reading, limit_ms: int) -> Read | None:
        """The lines of `read` before the first that lies beyond the limit; None if that is its first."""
        beyond = np.flatnonzero(reading.at_ms > limit_ms)
        if not beyond.size:
            return read
        line = int(reading.line[beyond[0]])
        if line == read.line and beyond[0] > 0:
            line += 1  # one line of many records, some of them within the limit
        if line == read.line:
            return None
        return self._tails[read.feed].up_to(read, line)
