"""JSON Lines: an object a line, its fields mapped by the feed; a dotted name (`client.mac`) goes into an object."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow_spans import nothing, spans_of
from ingest.clocks import check_zone
from ingest.feed import Feed
from ingest.json_rows import rows_of
from ingest.mapping import column_names, read_mapped, wanted_fields
from ingest.reading import LONGEST_LINE, Reading
from ingest.scan import Spans, lines_of


@dataclass(frozen=True)
class JsonLinesParser:
    """All but the needed fields are read only where the feed maps them: a field of that name may mean anything."""

    feed: Feed
    paths: dict[str, list[str]]
    schema: pa.Schema

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "JsonLinesParser":
        del head
        check_zone(feed.time_zone)
        wanted = wanted_fields(feed)
        paths = {field: name.split(".") for field, name in column_names(feed).items() if field in wanted}
        return cls(feed, paths, pa.schema(_fields(list(paths.values()))))

    def parse(self, chunk: bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of a chunk, a record a line. `near_ms` is not needed."""
        lines = lines_of(chunk, first_line)
        n = lines.start.size
        verdict = np.zeros(n, np.int8)
        table, rows = rows_of(lines, verdict, self.schema, LONGEST_LINE)
        columns = {field: _spread(table, path, rows, n) for field, path in self.paths.items()}
        line = np.arange(first_line, first_line + n)
        return read_mapped(columns, {}, verdict, line, self.feed, not chunk.endswith(b"\n"))


def _fields(paths: list[list[str]]) -> list[pa.Field]:
    """Arrow fields for the paths, strings at the leaves; a path that ends inside another one loses against it."""
    heads = dict.fromkeys(path[0] for path in paths)
    fields = []
    for head in heads:
        tails = [path[1:] for path in paths if path[0] == head and len(path) > 1]
        fields.append(pa.field(head, pa.struct(_fields(tails)) if tails else pa.string()))
    return fields


def _spread(table: pa.Table, path: list[str], rows: npt.NDArray[np.int64], n: int) -> Spans:
    """The texts at `path`, over all n lines: empty where the line is not one of `rows`."""
    column = table.column(path[0])
    values = spans_of(pc.struct_field(column, path[1:]) if len(path) > 1 else column)
    spread = nothing(n)
    spread.start[rows], spread.stop[rows] = values.start, values.stop
    return Spans(values.buf, spread.start, spread.stop)
