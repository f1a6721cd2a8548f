"""The folder that an engine leaves on the driver's disk: Parquet files of sealed rows, read back day by day."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.engines.read import Told, told_by
from pipelines.engines.rows import SCHEMA, TOLD, rows_of
from pipelines.engines.walk import parts_from
from pipelines.engines.work import Work
from pipelines.steps.walking import Part

_Where = dict[int, list[Path]]  # shard -> the files that hold it


class Results:
    """What the workers of one run gave. All rows of a shard lie in one file, if its engine groups them; any will do."""

    def __init__(self, folder: Path, work: Work) -> None:
        self._work = work
        self._files = sorted(folder.rglob("*.parquet"))
        self._where: dict[datetime.date, _Where] = defaultdict(lambda: defaultdict(list))
        for file in self._files:
            table = pq.read_table(file, columns=["day", "shard"], partitioning=None).group_by(["day", "shard"])
            for place in table.aggregate([]).to_pylist():
                self._where[place["day"]][place["shard"]].append(file)

    def told(self) -> Told:
        """What the reading workers told."""
        tables = (pq.read_table(file, filters=[("kind", "=", TOLD)], partitioning=None) for file in self._files)
        return told_by(self._work, (row for table in tables for row in rows_of(table.select(SCHEMA.names))))

    def parts(self, date: datetime.date) -> Iterator[list[Part]]:
        """Of the day's shards, in order, what each gives under each definition; one shard in memory at a time."""
        for shard, files in sorted(self._where.get(date, {}).items()):
            wanted = [("day", "=", date), ("shard", "=", shard), ("kind", "!=", TOLD)]
            rows = [
                row
                for file in files
                for row in rows_of(pq.read_table(file, filters=wanted, partitioning=None).select(SCHEMA.names))
            ]
            yield parts_from(self._work, rows)
