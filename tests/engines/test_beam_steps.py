"""What a runner is given of a work: the pipeline as it is sent, its steps unpacked."""

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.engine_run import EngineRun, work_of
from pipelines.engines.lent import lent
from pipelines.summary import Reporter
from tests.engines import packed
from tests.engines.test_engines import notations

if TYPE_CHECKING:
    from apache_beam import DoFn, Pipeline

pytestmark = pytest.mark.beam


def test_the_pipeline_that_a_runner_gets_holds_no_key(tmp_path: Path) -> None:
    from apache_beam import Pipeline
    from apache_beam.options.pipeline_options import PipelineOptions

    from pipelines.engines.beam_steps import Read, Walk, steps

    job = packed.written(tmp_path, packed.rows()[:50]).job(tmp_path / "data")
    work = work_of(EngineRun(job, Reporter(), engine=lambda work, out: None), frozenset([packed.DATE]))
    pipeline = Pipeline(options=PipelineOptions(["--runner=FnApiRunner"]))
    with lent(work, tmp_path / "run") as given:
        steps(pipeline, given, len(work.pieces))
    ours = [pickle.dumps(step) for step in sent_steps(pipeline) if isinstance(step, Read | Walk)]
    assert len(ours) == 2
    assert all(given.opener in step for step in ours)
    plain = b"".join(ours) + str(pipeline.options.get_all_options()).encode()
    for secret in [*work.secrets.known.values(), work.tally_key]:
        assert not any(form in plain for form in notations(secret))


def sent_steps(pipeline: "Pipeline") -> "Iterator[DoFn]":
    """The DoFns that a worker unpacks."""
    from apache_beam.internal import pickler
    from apache_beam.portability.api import beam_runner_api_pb2

    for transform in pipeline.to_runner_api().components.transforms.values():
        if transform.spec.urn == "beam:transform:pardo:v1":
            step = beam_runner_api_pb2.ParDoPayload.FromString(transform.spec.payload).do_fn
            yield pickler.loads(step.payload)[0]
