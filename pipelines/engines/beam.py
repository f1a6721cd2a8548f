"""The Beam engine: all days of a run as one batch pipeline on the runner that is named; holds no rule.

    Create(pieces) -> ParDo(Read) -> GroupByKey(day, shard) -> ParDo(Walk) -> a file a shard, in this run's folder
    driver: the files of its own run become the results

Streaming lives elsewhere. What travels through a runner is sealed, and so is the work itself (`engines.lent`).
"""

import logging
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.engines.beam_options import flags_of, require_job_server
from pipelines.engines.lent import lent
from pipelines.engines.work import Work
from schemas import ConfigError

if TYPE_CHECKING:
    from apache_beam import Pipeline


class OnBeam:
    """An engine on the runner that `options`, in Beam's words, name."""

    def __init__(self, options: Sequence[str]) -> None:
        self._flags = flags_of(options)

    def __call__(self, work: Work, out: Path) -> None:
        """See `pipelines.engine_run.Engine`. `out` must be one folder for driver and workers.

        A job whose driver was killed may go on and write: into its own run's folder, of which nothing is a result.
        """
        pipeline = _pipeline(self._flags)
        from pipelines.engines.beam_steps import publish, raise_mistake, steps

        require_job_server(self._flags)
        folder = out.absolute() / secrets.token_hex(8)
        with lent(work, folder) as given:
            steps(pipeline, given, len(work.pieces))
            _run(pipeline)
        raise_mistake(folder)
        publish(folder, out)


def _pipeline(flags: list[str]) -> "Pipeline":
    _hush()
    try:
        from apache_beam import Pipeline
        from apache_beam.options.pipeline_options import PipelineOptions
    except ImportError:
        raise ConfigError("engine beam: apache-beam is not installed", "pip install 'shangquan[beam]'") from None
    return Pipeline(options=PipelineOptions(flags))


def _hush() -> None:
    """Beam's warnings, which it gives through its own loggers and the root's, on import too; never those of others."""
    logging.getLogger("apache_beam").setLevel(logging.ERROR)
    logging.getLogger().addFilter(_is_error)


def _is_error(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR


def _run(pipeline: "Pipeline") -> None:
    """To its end; who stops the driver stops the job."""
    running = pipeline.run()
    try:
        running.wait_until_finish()
    except KeyboardInterrupt:
        running.cancel()
        raise
