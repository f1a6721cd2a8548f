"""Growing captures of a feed: what is new since the last look, as whole frames; many files, or one that grows.

A read is a range of bytes as it is of a log; its lines are frames. Only a pcap can be read from the middle.
"""

from dataclasses import replace

from ingest.pcap_records import HEAD_BYTES, is_pcap, whole_records
from pipelines.clock import file_time_ms
from pipelines.live.journal import Read
from pipelines.live.tail import MOST_BYTES, Position, Tail, range_of
from pipelines.sources.folder import RawFile
from schemas import InputError


class CaptureTail(Tail):
    """The captures of one feed, in the order of their names."""

    def up_to(self, read: Read, line: int) -> Read:
        data = range_of(self._raw, read.file, read.start, read.end)
        head = range_of(self._raw, read.file, 0, HEAD_BYTES)
        return replace(read, end=read.start + whole_records(data, head, line - read.line)[0], next_line=line)

    def _read(self, file: str, at: Position, end: int, size: int, last: bool) -> Read | None:
        """`last`: a frame without its end is read, too, and refused by who reads it."""
        data, head = range_of(self._raw, file, at.byte, end), range_of(self._raw, file, 0, HEAD_BYTES)
        if len(head) == HEAD_BYTES and not is_pcap(head):
            raise InputError(
                f"{self._raw / file}: a stream follows captures that are pcap, plain",
                "write pcap (`dumpcap -P`, `shangquan capture`), or leave this feed to `shangquan run`",
            )
        whole, frames = whole_records(data, head)
        if not frames and end < size:
            return self._read(file, at, min(size, end + MOST_BYTES), size, last)
        if last and end == size and whole < len(data):
            whole, frames = len(data), frames + 1
        if not frames:
            return None
        near_ms = file_time_ms(RawFile(self._raw / file, file))
        return Read(self.feed, file, at.byte, at.byte + whole, at.line, at.line + frames, near_ms)
