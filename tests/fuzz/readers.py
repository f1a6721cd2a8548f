"""Every format as something that can be fed spoilt records: what is a record of it, and a file made of such records.

A file is whole in what is around its records (a header, a container) and spoilt in them; `run` and the test beside it
look at what the reader makes of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ingest.feed import Feed
from ingest.formats import FORMATS
from ingest.reading import Reading
from tests.captures.test_kismet import FRAMES, each_second, kismet
from tests.captures.written import AP, PHONE, PROBE, RADIOTAP, answer, management, pcap, radiotap
from tests.golden.readings import DATA, GOLDEN, NEAR_MS, total_of

# Formats whose first line says what the columns are.
_WITH_HEADER = {"csv", "radacct"}
_MANAGEMENT = [
    radiotap(PROBE),
    *(radiotap(management(subtype, PHONE, AP, AP, answer(0))) for subtype in (0, 1, 2, 3, 8, 10, 11, 12)),
]


@dataclass(frozen=True)
class Reader:
    """A format under a feed that reads most of its golden records. `file_of` makes a file of any records."""

    feed: Feed
    records: Sequence[bytes]
    file_of: Callable[[Sequence[bytes]], Any]

    def read(self, records: Sequence[bytes]) -> Reading:
        """The Reading of a file of these records; AssertionError if a record is lost or a row is half a row."""
        reading = FORMATS[self.feed.format].parse(self.file_of(records), 1, self.feed, NEAR_MS)
        assert reading.read == total_of(reading), "records are lost"
        columns = (reading.at_ms, reading.mac, reading.ap, reading.kind, reading.signal_dbm, reading.line)
        assert {len(column) for column in columns} == {len(reading.at_ms)}, "columns of different lengths"
        assert reading.ap.null_count == 0, "a row without an access point"
        return reading


def readers() -> dict[str, list[Reader]]:
    """Of each format, a reader for each way in which the golden logs declare it."""
    found: dict[str, list[Reader]] = {name: [] for name in FORMATS}
    for name, (feed, _) in GOLDEN.items():
        found[feed.format].append(_of_log((DATA / name).read_bytes(), feed))
    found["parquet"] = [Reader(Feed("probes", "parquet"), [b"2026-11-21 09:00:01", b"02:00:5e:00:00:01", b"7"], _table)]
    found["capture"] = [Reader(Feed("door", "capture"), _MANAGEMENT, lambda frames: pcap(frames, RADIOTAP))]
    found["kismet"] = [Reader(Feed("door", "kismet"), FRAMES, lambda frames: kismet(each_second(list(frames))))]
    return found


def _of_log(log: bytes, feed: Feed) -> Reader:
    end = FORMATS[feed.format].record_ends[0]
    header, records = b"", log.split(end)
    if feed.format in _WITH_HEADER and not log.lstrip().startswith(b"{"):
        header, records = records[0] + end, records[1:]
    return Reader(feed, [record for record in records if record], lambda spoilt: header + end.join(spoilt) + end)


def _table(values: Sequence[bytes]) -> pa.Table:
    """Rows of three columns of text; what is no text is bytes."""
    rows = [[*values[at : at + 3], b"", b""][:3] for at in range(0, len(values), 3)]
    return pa.table({name: _column([row[k] for row in rows]) for k, name in enumerate(("at", "device", "ap"))})


def _column(values: list[bytes]) -> pa.Array:
    try:
        return pa.array([value.decode() for value in values], pa.string())
    except UnicodeDecodeError:
        return pa.array(values, pa.binary())
