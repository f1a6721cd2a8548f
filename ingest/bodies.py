"""JSON bodies, one a line, each with any number of records: from a chunk to a Reading, every body and record judged.

    line -> body judged as a whole: refused, passed over ......... one record
                                    kept -> its records, each judged by itself

What a body holds is in `formats`; how lines of JSON become columns, in `json_rows`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.clocks import check_zone
from ingest.feed import Feed
from ingest.json_rows import rows_of
from ingest.mapping import no_signals
from ingest.reading import KEPT, NO_TIME, Reading, Records, passed_over, refused, settled
from ingest.scan import NO_MAC, lines_of, mac_text
from ingest.words import Words, words_from
from schemas.sighting import SEEN

LONGEST_BODY = 8 << 20  # what a network posts of one minute may hold thousands of observations

Lines = npt.NDArray[np.int64]
Verdicts = npt.NDArray[np.int8]


@dataclass(frozen=True)
class BodiesParser(ABC):
    """The parser of one feed's bodies; nothing depends on the head of the file. A format fills in what is its own."""

    feed: Feed

    schema: ClassVar[pa.Schema]  # the columns of a body that are read

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> Self:
        del head
        check_zone(feed.time_zone)
        return cls(feed)

    @abstractmethod
    def verdicts(self, bodies: pa.Table) -> Verdicts:
        """Of each body as a whole."""

    @abstractmethod
    def records(self, bodies: pa.Table, line: Lines) -> Records:
        """All records of the bodies that were kept, in order; a body's line number stands beside it."""

    def parse(self, chunk: bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of a chunk. `near_ms` is not needed."""
        lines = lines_of(chunk, first_line)
        judged = np.zeros(lines.start.size, np.int8)
        bodies, rows = rows_of(lines, judged, self.schema, LONGEST_BODY)
        judged[rows] = self.verdicts(bodies)
        if judged.size and judged[-1] > KEPT and not chunk.endswith(b"\n"):
            judged[-1] = refused("truncated")
        whole = judged[rows] == KEPT
        kept = bodies if whole.all() else bodies.filter(pa.array(whole)).combine_chunks()
        found = self.records(kept, first_line + rows[whole])
        return settled(_with_lines(found, judged, first_line))


def first_fault(*faults: tuple[npt.NDArray[np.bool_], int]) -> Verdicts:
    """Of each body the verdict of the first fault that it has, else KEPT."""
    return np.select([fault for fault, _ in faults], [verdict for _, verdict in faults], KEPT).astype(np.int8)


def begins_with(column: pa.ChunkedArray, start: str) -> npt.NDArray[np.bool_]:
    """Of each text, whether it begins so; false where there is none."""
    return np.asarray(pc.fill_null(pc.starts_with(column, start), False), np.bool_)


def is_any(column: pa.Array | pa.ChunkedArray, words: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Of each text, whether it is one of the words; false where there is none."""
    return np.asarray(pc.is_in(column, pa.array(words, pa.string()).cast(column.type)), np.bool_)


def are_true(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Of each flag, whether it says so; false where there is none."""
    return np.asarray(pc.fill_null(column, False), np.bool_)


def counts_of(lists: pa.Array | pa.ChunkedArray) -> Lines:
    """Of each body how many items its list has, -1 where it has no list."""
    return np.asarray(pc.fill_null(pc.list_value_length(lists), -1), np.int64)


def listed_or_alone(bodies: pa.Table, name: str) -> tuple[pa.StructArray, Lines]:
    """(all items in order, the body of each): those of a body's list `name`, or the body itself where it has none."""
    lists = bodies[name].combine_chunks()
    is_alone = counts_of(lists) < 0
    kind = lists.type.value_type
    alone = pa.StructArray.from_arrays([bodies[field.name].combine_chunks() for field in kind], fields=list(kind))
    if is_alone.all():  # as a log has them, which need not be sorted in
        return alone, np.arange(len(alone))
    items = pa.concat_arrays([pc.list_flatten(lists), alone.filter(pa.array(is_alone))])
    body = np.concatenate((pc.list_parent_indices(lists).to_numpy(), np.flatnonzero(is_alone)))
    order = np.argsort(body, kind="stable")
    return items.take(pa.array(order)), body[order]


def count_faults(items: pa.Array) -> tuple[tuple[npt.NDArray[np.bool_], int], tuple[npt.NDArray[np.bool_], int]]:
    """The faults of bodies whose list of records is missing, or empty."""
    count = counts_of(items)
    return (count < 0, refused("missing-field")), (count == 0, passed_over("no-observation"))


def ap_words(ap: npt.NDArray[np.uint64]) -> Words:
    """AP keys of addresses; empty where NO_MAC."""
    distinct, index = np.unique(ap, return_inverse=True)
    return words_from(index, [mac_text(value) if value != NO_MAC else "" for value in distinct.tolist()])


def _with_lines(records: Records, judged: Verdicts, first_line: int) -> Records:
    """The same with a record for each line that was judged as a whole."""
    rows = np.flatnonzero(judged != KEPT)
    n = rows.size
    return Records(
        np.concatenate((records.verdict, judged[rows])),
        np.concatenate((records.line, first_line + rows)),
        np.concatenate((records.at_ms, np.zeros(n, np.int64))),
        np.concatenate((records.mac, np.full(n, NO_MAC, np.uint64))),
        _longer_if(records.opaque, n),
        _longer(records.ap, n),
        np.concatenate((records.kind, np.full(n, SEEN, np.int8))),
        np.concatenate((records.signal_dbm, no_signals(n))),
        clock=_longer_if(records.clock, n),
        received_ms=None if records.received_ms is None else np.append(records.received_ms, np.full(n, NO_TIME)),
        user=_longer_if(records.user, n),
    )


def _longer_if(words: Words | None, n: int) -> Words | None:
    return None if words is None else _longer(words, n)


def _longer(words: Words, n: int) -> Words:
    """The column with n empty values more."""
    return Words(np.concatenate((words.codes, np.full(n, -1, np.int32))), words.values, words.bad)
