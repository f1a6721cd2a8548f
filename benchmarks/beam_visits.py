"""The gap-only rule on Beam's FnApiRunner with our kernel; run by the environment that has Beam (.venv-beam).

python -m benchmarks.beam_visits SIGHTINGS OUT

row groups -> (shard, columns of bytes) -> GroupByKey -> the kernel on each shard -> a Parquet file a shard
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.options.pipeline_options import PipelineOptions

from benchmarks.engine_ways import PARTITIONS, visits_of
from benchmarks.tree import measured_child
from pipelines.spill import to_ipc


def beam_fnapi(path: str, out: Path) -> None:
    out.mkdir(parents=True)
    groups = pq.read_metadata(path).num_row_groups
    with beam.Pipeline(options=PipelineOptions(["--runner=FnApiRunner"])) as pipeline:
        numbers = pipeline | beam.Create(range(groups)) | beam.Reshuffle()
        shards = numbers | beam.FlatMap(sharded, path).with_output_types(tuple[int, bytes])
        _ = shards | beam.GroupByKey() | beam.Map(walked, str(out))


def sharded(group: int, path: str) -> Iterator[tuple[int, bytes]]:
    """The row group's rows by shard of their subject."""
    rows = pq.ParquetFile(path).read_row_group(group, ["at_ms", "subject"])
    shard = rows["subject"].to_numpy().view(np.uint64) % np.uint64(PARTITIONS)
    for number in range(PARTITIONS):
        yield number, to_ipc(rows.filter(pa.array(shard == number)))


def walked(shard: tuple[int, Iterable[bytes]], out: str) -> None:
    number, parts = shard
    rows = pa.concat_tables(pa.ipc.open_stream(part).read_all() for part in parts)
    pq.write_table(visits_of(rows), Path(out) / f"{number}.parquet")


if __name__ == "__main__":
    measured_child(beam_fnapi, sys.argv[1], Path(sys.argv[2]))
