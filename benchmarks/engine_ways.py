"""The gap-only rule on each engine of `make bench`, sightings Parquet to visits Parquet; one way a process.

    python -m benchmarks.engine_ways WAY SIGHTINGS OUT

Spark's ways run in one kind of session: local[2], the same heap, the same shuffle partitions, adaptive execution on.
Not here: Beam, which lives in an environment of its own (`beam_visits`).
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.made import GAP_MS, ap_names, bare_row_groups, places
from benchmarks.tree import measured_child
from pipelines.engines.spark import started
from pipelines.spill import to_ipc
from schemas.sighting import SEEN
from sessionize.rules import VisitRules
from sessionize.visits import visits

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

VISITS = ["subject", "start_ms", "end_ms"]
PARTITIONS = 16
SESSION = {
    "spark.master": "local[2]",
    "spark.driver.memory": "3g",
    "spark.io.encryption.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": str(PARTITIONS),
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(1 << 18),
}
# One gap longer by a millisecond: Spark ends a session AT the gap, the rule of the product keeps it open.
_SESSION_MS = GAP_MS + 1
_RULES = VisitRules(
    definition="gap",
    flap_ms=0,
    **dict.fromkeys(("hold_joined_ms", "hold_seen_ms", "hold_left_ms", "hold_idle_ms"), GAP_MS),
)


def local(path: str, out: Path) -> None:
    """The local engine's kernel in two threads."""
    _local(path, out, threads=2)


def local_one_core(path: str, out: Path) -> None:
    """The same in one thread: what every other cost is told against."""
    _local(path, out, threads=1)


def _local(path: str, out: Path, threads: int) -> None:
    out.mkdir(parents=True)
    found = visits(bare_row_groups(path), places(zones=1, sites=1), _RULES, None, threads=threads, fate=False)
    pq.write_table(found.visits.select(VISITS), out / "visits.parquet")


def spark_core(path: str, out: Path) -> None:
    """As the product's engine: pieces of the file -> batches by shard, shuffled whole -> the kernel on each shard."""
    groups = pq.read_metadata(path).num_row_groups
    pieces = _session().range(0, groups, 1, min(groups, PARTITIONS))
    batches = pieces.mapInArrow(partial(batches_by_shard, path), "shard int, rows binary")
    found = batches.repartition(PARTITIONS, "shard").mapInArrow(
        kernel_on_shards, "subject long, start_ms long, end_ms long"
    )
    found.write.parquet(out.absolute().as_uri())


def batches_by_shard(path: str, pieces: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """A row (shard, its rows as bytes) for each shard of each row group that `pieces` number."""
    for group in (number for batch in pieces for number in batch.column(0).to_pylist()):
        for shard, rows in sharded(group, path):
            yield pa.record_batch({"shard": pa.array([shard], pa.int32()), "rows": pa.array([rows], pa.binary())})


def sharded(group: int, path: str) -> Iterator[tuple[int, bytes]]:
    """(shard, its rows as bytes) of a row group's rows, by the shard of their subject."""
    rows = pq.ParquetFile(path).read_row_group(group, ["at_ms", "subject"])
    shard = (rows["subject"].to_numpy().view(np.uint64) % np.uint64(PARTITIONS)).astype(np.uint8)
    ordered = rows.take(pa.array(np.argsort(shard, kind="stable")))
    bounds = np.append(0, np.cumsum(np.bincount(shard, minlength=PARTITIONS))).tolist()
    for number, (begin, end) in enumerate(pairwise(bounds)):
        yield number, to_ipc(ordered.slice(begin, end - begin))


def whole(parts: Iterable[bytes]) -> pa.Table:
    """The rows of a shard again."""
    return pa.concat_tables(pa.ipc.open_stream(part).read_all() for part in parts)


def kernel_on_shards(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The visits of all shards of one partition, which are whole."""
    parts = [part.as_buffer() for batch in batches for part in batch.column(1)]
    if parts:
        yield from visits_of(whole(parts)).combine_chunks().to_batches()


def visits_of(rows: pa.Table) -> pa.Table:
    """(subject, start_ms, end_ms) of rows (at_ms, subject), by the kernel in one thread."""
    nowhere = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(rows), np.int32)), ap_names()[:1])
    seen = pa.array(np.full(len(rows), SEEN, np.int8))
    bare = rows.append_column("ap", nowhere).append_column("kind", seen)
    return visits(bare, places(zones=1, sites=1), _RULES, None, threads=1, fate=False).visits.select(VISITS)


def spark_session_window(path: str, out: Path) -> None:
    _in_sql(
        path,
        out,
        f"""SELECT subject, unix_millis(w.start) AS start_ms, unix_millis(w.end) - {_SESSION_MS} AS end_ms
            FROM (SELECT subject, session_window(timestamp_millis(at_ms), '{_SESSION_MS} milliseconds') AS w
                  FROM sighting GROUP BY subject, session_window(timestamp_millis(at_ms), '{_SESSION_MS} milliseconds'))
        """,
    )


def spark_windows(path: str, out: Path) -> None:
    _in_sql(
        path,
        out,
        f"""SELECT subject, min(at_ms) AS start_ms, max(at_ms) AS end_ms
            FROM (SELECT subject, at_ms, sum(begins) OVER (PARTITION BY subject ORDER BY at_ms) AS n
                  FROM (SELECT subject, at_ms,
                               ifnull(int(at_ms - lag(at_ms) OVER before > {GAP_MS}), 0) AS begins
                        FROM sighting WINDOW before AS (PARTITION BY subject ORDER BY at_ms)))
            GROUP BY subject, n""",
    )


def _in_sql(path: str, out: Path, query: str) -> None:
    spark = _session()
    spark.read.parquet(path).select("at_ms", "subject").createOrReplaceTempView("sighting")
    spark.sql(query).write.parquet(out.absolute().as_uri())


@cache
def _session() -> "SparkSession":
    return started(SESSION)


WAYS: dict[str, Callable[[str, Path], Any]] = {
    way.__name__: way for way in (local, local_one_core, spark_core, spark_session_window, spark_windows)
}

if __name__ == "__main__":
    measured_child(WAYS[sys.argv[1]], sys.argv[2], Path(sys.argv[3]))
