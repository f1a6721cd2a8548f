"""Growing files of the feeds: what is new since the last look, as whole records, without changing anything."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.clock import file_time_ms
from pipelines.live.journal import Read
from pipelines.sources.folder import RawFile, matching
from pipelines.sources.vanished import passed_over_if_vanished, unreadable

MOST_BYTES = 1 << 17  # of one feed in one step
LONGEST_LINE = 1 << 26  # a line that grows beyond this is handed on cut; the parser rejects it


@dataclass(frozen=True)
class Position:
    """How far a file has been read: its next byte and that byte's line."""

    byte: int = 0
    line: int = 1


class Tail:
    """The files of one feed, in the order of their names: one ordered source."""

    def __init__(
        self, feed: str, raw: Path, globs: str | Sequence[str], record_ends: tuple[bytes, ...] = (b"\n",)
    ) -> None:
        self.feed = feed
        self._record_ends = record_ends
        self._raw = raw
        self._globs = globs
        self._positions: dict[str, Position] = {}

    def sizes(self) -> dict[str, int]:
        """Every file's size now; lines written later belong to a later look."""
        return {file.name: file.stat().st_size for file in matching(self._raw, self._globs)}

    def new(self, sizes: dict[str, int], last: bool) -> Read | None:
        """The next whole records, of the first file that has any. `last`: one without its end is whole, too."""
        for file, size in sizes.items():
            at = self._at(file)
            with passed_over_if_vanished():
                if size > at.byte and (read := self._read(file, at, min(size, at.byte + MOST_BYTES), size, last)):
                    return read
        return None

    def up_to(self, read: Read, line: int) -> Read:
        """The part of `read` before `line`, which lies in it."""
        data = range_of(self._raw, read.file, read.start, read.end)
        end = 0
        for _ in range(line - read.line):
            end = data.index(b"\n", end) + 1
        return replace(read, end=read.start + end, next_line=line)

    def moved(self, read: Read) -> None:
        """Takes note that `read` was acted on."""
        self._positions[read.file] = Position(read.end, read.next_line)

    def _at(self, file: str) -> Position:
        return self._positions.get(file, Position())

    def _read(self, file: str, at: Position, end: int, size: int, last: bool) -> Read | None:
        data = range_of(self._raw, file, at.byte, end)
        whole = max(data.rfind(mark) + len(mark) if mark in data else 0 for mark in self._record_ends)
        if not whole and end < size and end - at.byte < LONGEST_LINE:
            return self._read(file, at, min(size, end + MOST_BYTES), size, last)
        if not whole and (last or end - at.byte >= LONGEST_LINE):
            whole = len(data)
        if last and end == size:
            whole = len(data)
        if not whole:
            return None
        lines = data.count(b"\n", 0, whole)
        near_ms = file_time_ms(RawFile(self._raw / file, file))
        return Read(self.feed, file, at.byte, at.byte + whole, at.line, at.line + lines, near_ms)


def range_of(raw: Path, file: str, start: int, end: int) -> bytes:
    """Bytes [start, end) of a raw file; InputError if it cannot be read any more."""
    try:
        with (raw / file).open("rb") as opened:
            opened.seek(start)
            return opened.read(end - start)
    except OSError as error:
        cure = "the journal names it: bring it back, or mend --raw"
        raise unreadable(raw / file, str(raw / file), error, cure) from None
