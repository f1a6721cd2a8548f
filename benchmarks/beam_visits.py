"""The gap-only rule on Beam's FnApiRunner with our kernel; run by the environment that has Beam (.venv-beam).

python -m benchmarks.beam_visits SIGHTINGS OUT

row groups -> (shard, columns of bytes) -> GroupByKey -> the kernel on each shard -> a Parquet file a shard
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import apache_beam as beam
import pyarrow.parquet as pq
from apache_beam.options.pipeline_options import PipelineOptions

from benchmarks.engine_ways import sharded, visits_of, whole
from benchmarks.tree import measured_child


def beam_fnapi(path: str, out: Path) -> None:
    out.mkdir(parents=True)
    groups = pq.read_metadata(path).num_row_groups
    with beam.Pipeline(options=PipelineOptions(["--runner=FnApiRunner"])) as pipeline:
        numbers = pipeline | beam.Create(range(groups)) | beam.Reshuffle()
        shards = numbers | beam.FlatMap(sharded, path).with_output_types(tuple[int, bytes])
        _ = shards | beam.GroupByKey() | beam.Map(walked, str(out))


def walked(shard: tuple[int, Iterable[bytes]], out: str) -> None:
    number, parts = shard
    pq.write_table(visits_of(whole(parts)), Path(out) / f"{number}.parquet")


if __name__ == "__main__":
    measured_child(beam_fnapi, sys.argv[1], Path(sys.argv[2]))
