"""The Spark engine: all days of a run in one application; holds no rule.

    range(pieces) -> mapInArrow(read_pieces) -> repartition(day, shard), sorted -> mapInArrow(walk_groups) -> Parquet

The work, keys in it, is a broadcast: its bytes go from the driver to the executors, and are in no configuration,
environment or event log. What is shuffled, spilled and written is sealed (`engines.rows`). Spark's own commit keeps
the output of one attempt of each task.
"""

import pickle
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipelines.engines.read import read_pieces
from pipelines.engines.rows import batch_of, rows_of
from pipelines.engines.spark_options import settings_of
from pipelines.engines.walk import walk_groups
from pipelines.engines.work import Work
from pipelines.environment import give_workers_this_python
from schemas import ConfigError, errors

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROWS = "day date, shard int, kind string, sealed binary"
_TASKS_PER_CORE = 4
_MB = 1 << 20
# What a shuffle of few and large rows wants; whoever starts the job may set each of them otherwise.
SETTINGS = {
    "spark.app.name": "shangquan",
    "spark.log.level": "ERROR",
    "spark.io.encryption.enabled": "true",  # the broadcast passes through files of driver and executors
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
    "spark.sql.execution.arrow.maxBytesPerBatch": str(64 * _MB),
    "spark.sql.shuffle.partitions": "64",
    "spark.ui.showConsoleProgress": "false",
}
_HERE = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}  # of a local master
_PARQUET = {"compression": "none", "parquet.enable.dictionary": "false", "parquet.block.size": str(16 * _MB)}
_MISTAKE = re.compile(r"schemas\.errors\.(?P<name>\w+Error): (?P<what>.+)(?:\n    (?P<cure>.+))?")
Batches = Iterable[pa.RecordBatch]


class OnSpark:
    """An engine on the cluster that `options`, in the words of spark-submit, name; made by spark-submit, on its own."""

    def __init__(self, options: Sequence[str] = ()) -> None:
        self._settings = settings_of(options)

    def __call__(self, work: Work, out: Path) -> None:
        """See `pipelines.engine_run.Engine`. `out` must be one folder for driver and executors."""
        with _session(self._settings) as spark, _mistakes_told():
            run(spark, work, out)


def run(spark: "SparkSession", work: Work, out: Path) -> None:
    """The results of `work` under `out`, in a session that stays open."""
    known = spark.sparkContext.broadcast(pickle.dumps(work))  # PySpark cannot encrypt large buffers inside of objects
    try:
        cores = spark.sparkContext.defaultParallelism
        pieces = spark.range(0, len(work.pieces), 1, min(len(work.pieces), _TASKS_PER_CORE * cores))
        sealed = pieces.mapInArrow(_reading(known), ROWS).repartition("day", "shard")
        walked = sealed.sortWithinPartitions("day", "shard").mapInArrow(_walking(known), ROWS)
        walked.write.mode("overwrite").options(**_PARQUET).parquet(out.absolute().as_uri())
    finally:
        known.destroy()


def _reading(known: Any) -> Callable[[Batches], Iterator[pa.RecordBatch]]:
    def read(batches: Batches) -> Iterator[pa.RecordBatch]:
        work = _opened(known.value)
        pieces = (work.pieces[i] for batch in batches for i in batch.column(0).to_pylist())
        return (batch_of([row]) for row in read_pieces(work, pieces))

    return read


def _walking(known: Any) -> Callable[[Batches], Iterator[pa.RecordBatch]]:
    def walk(batches: Batches) -> Iterator[pa.RecordBatch]:
        rows = (row for batch in batches for row in rows_of(batch))
        return (batch_of([row]) for row in walk_groups(_opened(known.value), rows))

    return walk


@lru_cache(maxsize=1)
def _opened(work: bytes) -> Work:
    """Once a worker, which runs many tasks."""
    opened: Work = pickle.loads(work)
    return opened


@contextmanager
def _mistakes_told() -> Iterator[None]:
    """An operator's mistake that a worker met is the same error here; anything else stays Spark's."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        told = _MISTAKE.search(str(error))
        if told is None:
            raise
        raise getattr(errors, told["name"])(told["what"], told["cure"] or "") from None


@contextmanager
def _session(settings: dict[str, str]) -> Iterator["SparkSession"]:
    """The session of this process, or a new one that ends with the block."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise ConfigError("engine spark: pyspark is not installed", "pip install 'shangquan[spark]'") from None
    running = SparkSession.getActiveSession()
    spark = running or started(settings)
    try:
        yield spark
    finally:
        if running is None:
            spark.stop()


def started(settings: dict[str, str]) -> "SparkSession":
    """A session under what is set here, by spark-submit, and by `settings`: the later wins."""
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder
    give_workers_this_python()
    given = dict(SparkConf().getAll()) | settings
    here = _HERE if given.get("spark.master", "local").startswith("local") else {}
    for name, value in (SETTINGS | here | given).items():
        builder = builder.config(name, value)
    session: SparkSession = builder.getOrCreate()
    return session
