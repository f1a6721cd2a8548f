"""The steps of a Beam pipeline, importable by workers; they hold no rule.

    (number of a piece)      -> Read -> ((day, shard), (kind, sealed))
    ((day, shard), batches)  -> Walk -> the shard's file in the run's folder

Not here: which runner, which options, what a work is.
"""

import datetime
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import apache_beam as beam
import pyarrow as pa

from pipelines.engines.lent import Lent
from pipelines.engines.read import read_pieces
from pipelines.engines.rows import SCHEMA, Row, batch_of
from pipelines.engines.walk import walk_groups
from pipelines.engines.work import Work
from pipelines.files import write_bytes, write_table
from schemas import ShangquanError, errors

Place = tuple[int, int]  # the day's ordinal, the shard
Batch = tuple[str, bytes]  # kind, sealed
ROWS, MISTAKE = ".rows", ".mistake"


def steps(pipeline: beam.Pipeline, lent: Lent, pieces: int) -> None:
    """Adds the whole run to `pipeline`; its labels are fixed."""
    numbers = pipeline | "pieces" >> beam.Create(range(pieces)) | "spread" >> beam.Reshuffle()
    batches = numbers | "read" >> beam.ParDo(Read(lent)).with_output_types(tuple[Place, Batch])
    _ = batches | "by day and shard" >> beam.GroupByKey() | "walk" >> beam.ParDo(Walk(lent))


class _Worker(beam.DoFn):
    """Knows the work while it lives, and is pickled without it."""

    def __init__(self, lent: Lent) -> None:
        self._lent = lent

    def setup(self) -> None:
        self._work: Work = self._lent.work()


class Read(_Worker):
    """Raw files to sealed batches. An operator's mistake is told in a file: an error would be tried again."""

    def process(self, piece: int) -> Iterator[tuple[Place, Batch]]:
        try:
            for row in read_pieces(self._work, [self._work.pieces[piece]]):
                yield (row.day.toordinal(), row.shard), (row.kind, row.sealed)
        except ShangquanError as mistake:
            told = [type(mistake).__name__, mistake.what, mistake.cure]
            write_bytes(self._lent.folder / f"{piece:08}{MISTAKE}", json.dumps(told).encode())


class Walk(_Worker):
    """A shard's batches to its results in one file, named by day and shard: a second attempt writes it anew."""

    def process(self, group: tuple[Place, Iterable[Batch]]) -> None:
        (ordinal, shard), batches = group
        day = datetime.date.fromordinal(ordinal)
        rows = (Row(day, shard, kind, sealed) for kind, sealed in batches)
        results = pa.Table.from_batches((batch_of([row]) for row in walk_groups(self._work, rows)), SCHEMA)
        write_table(self._lent.folder / f"{day}-{shard}{ROWS}", results)


def raise_mistake(folder: Path) -> None:
    """Raises what the first piece that met an operator's mistake has told; nothing if none did."""
    for told in sorted(folder.glob(f"*{MISTAKE}")):
        name, what, cure = json.loads(told.read_bytes())
        mistake: ShangquanError = getattr(errors, name)(what, cure)
        raise mistake


def publish(folder: Path, out: Path) -> None:
    """What the workers of a run have written to its `folder` becomes its results under `out`."""
    for file in folder.glob(f"*{ROWS}"):
        file.replace(out / f"{file.stem}.parquet")
