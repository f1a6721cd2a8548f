"""Parquet (or any Arrow table) with its columns mapped by the feed; a record is a row, `line` its number from 1.

Times may be timestamps (with a zone: UTC, without: local), texts or numbers in the feed's `time_format`.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingest.arrow_spans import civil_of, nothing, spans_of
from ingest.clocks import check_zone
from ingest.feed import Feed
from ingest.mapping import NEEDED, Civil, column_names, read_mapped, wanted_fields
from ingest.reading import Reading, refused


@dataclass(frozen=True)
class ParquetParser:
    """Tables of one feed. One that lacks a needed or a mapped column is `not-the-format`, row by row."""

    feed: Feed

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "ParquetParser":
        del head
        check_zone(feed.time_zone)
        return cls(feed)

    def parse(self, chunk: pa.Table | pa.RecordBatch, first_line: int, near_ms: int) -> Reading:
        """The Reading of some rows; `first_line` is the number of the first. `near_ms` is not needed."""
        names = {field: name for field, name in column_names(self.feed).items() if name in chunk.schema.names}
        n = chunk.num_rows
        verdict, line = np.zeros(n, np.int8), np.arange(first_line, first_line + n)
        if not wanted_fields(self.feed) <= names.keys():
            verdict[:] = refused("not-the-format")
            return read_mapped(dict.fromkeys(NEEDED, nothing(n)), {}, verdict, line, self.feed)
        times: dict[str, Civil] = {}
        for field in ("at", "received"):
            if field in names and pa.types.is_timestamp(chunk.schema.field(names[field]).type):
                times[field] = civil_of(chunk.column(names.pop(field)))
        if "at" in times:
            verdict[~times["at"].good] = refused("missing-field")
        columns = {field: spans_of(chunk.column(name)) for field, name in names.items()}
        return read_mapped(columns, times, verdict, line, self.feed)
