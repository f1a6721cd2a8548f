"""Parquet (or any Arrow table) with its columns mapped by the feed; a record is a row, `line` its number from 1.

Times may be timestamps (with a zone: UTC, without: local), texts or numbers in the feed's `time_format`.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingest.arrow_spans import civil_of, nothing, spans_of
from ingest.clocks import check_zone
from ingest.feed import Feed
from ingest.mapping import FIELDS, NEEDED, column_names, read_mapped
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
        wanted = {*NEEDED, *(field for field in FIELDS if field in self.feed.columns)}
        if not wanted <= names.keys():
            verdict[:] = refused("not-the-format")
            return read_mapped(dict.fromkeys(NEEDED, nothing(n)), None, verdict, line, self.feed)
        times = None
        if pa.types.is_timestamp(chunk.schema.field(names["at"]).type):
            times = civil_of(chunk.column(names.pop("at")))
            verdict[~times.good] = refused("missing-field")
        columns = {field: spans_of(chunk.column(name)) for field, name in names.items()}
        return read_mapped(columns, times, verdict, line, self.feed)
