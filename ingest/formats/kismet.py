"""Kismet's log `*.kismet`, an SQLite database: the 802.11 frames of its table `packets`, read as those of a capture.

What a frame means is said under `capture`; a record is a packet of Kismet's 802.11 part, its line its place among them.
Two radios that hear one frame give two packets a moment apart. Where Kismet was told to keep no packets there is
nothing to read: its table of devices says only that one was there, some time between two instants. The log must be
plain, not compressed.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from ingest.feed import Feed
from ingest.formats.capture import CaptureParser
from ingest.frames import Frames
from ingest.kismet_log import MAGIC, frames_of
from ingest.reading import Reading


@dataclass(frozen=True)
class KismetParser(CaptureParser):
    """Kismet of one feed; nothing depends on the head of the file, and scapy is not needed."""

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "KismetParser":
        del head
        return cls(feed)

    def parse(self, chunk: Frames | bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of a batch of frames, or of a whole log."""
        frames = _whole(chunk) if isinstance(chunk, bytes) else chunk
        return super().parse(frames, first_line, near_ms)


def _whole(data: bytes) -> Frames:
    """All frames of a log as one batch."""
    if not data.startswith(MAGIC):
        return Frames.of(1, [], "not-the-format" if data else "")
    with closing(sqlite3.connect(":memory:")) as log:
        log.deserialize(data)
        batches = [*frames_of(log, len(data))]
    return batches[0] if batches else Frames.of(1, [])
