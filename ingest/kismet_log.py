"""Kismet's log, an SQLite database, as frames: the packets of its table `packets` that its 802.11 part took.

Opening the database is the caller's affair. What a frame says is in `frames`.
"""

import sqlite3
from collections.abc import Iterator

from ingest.frames import Frames

MAGIC = b"SQLite format 3\0"
_LATEST_US = 1 << 62
_BROKEN = (sqlite3.Error, UnicodeDecodeError)  # the latter: SQLite's message quotes the damaged bytes
_PACKETS = """
    SELECT CAST(packet AS BLOB), CAST(ts_sec AS INTEGER), CAST(ts_usec AS INTEGER), CAST(dlt AS INTEGER)
    FROM packets WHERE phyname = 'IEEE802.11' ORDER BY rowid
"""


def frames_of(log: sqlite3.Connection, batch_frames: int) -> Iterator[Frames]:
    """All 802.11 frames in the order in which they were logged, in batches.

    The last batch says what is wrong: `not-the-format` where there is no table of packets, `truncated` where the
    database breaks off.
    """
    try:
        log.execute("PRAGMA trusted_schema = OFF")
        is_log = log.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'packets'").fetchone()
        cursor = log.execute(_PACKETS) if is_log else None
    except _BROKEN:
        cursor = None
    if cursor is None:
        yield Frames.of(1, [], "not-the-format")
        return
    first, packets = 1, list[tuple[bytes, int, int]]()
    fault = ""
    try:
        for row in cursor:
            packets.append(_packet(*row))
            if len(packets) == batch_frames:
                yield Frames.of(first, packets)
                first, packets = first + len(packets), []
    except _BROKEN:
        fault = "truncated"
    if packets or fault:
        yield Frames.of(first, packets, fault)


def _packet(
    data: bytes | None, second: int | None, microsecond: int | None, link: int | None
) -> tuple[bytes, int, int]:
    """(bytes, microsecond since 1970 or -1, link type)."""
    at_us = -1 if second is None else second * 1_000_000 + (microsecond or 0)
    return data or b"", at_us if -1 < at_us < _LATEST_US else -1, -1 if link is None else link
