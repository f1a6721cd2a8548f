"""A process that holds a session on a Spark cluster, and runs back-fills in it, one after another.

One session for all of them: an executor takes its time to come up, and pytest's own process may hold another.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from unittest.mock import patch

from pipelines.engine_run import EngineRun
from pipelines.summary import Reporter
from tests.engines import spark_sessions
from tests.engines.spark_sessions import Cluster
from tests.soak.week import PROCESSES, BackFill, loaded


class Driver:
    """The session's process, as the one who kills workers sees it."""

    def __init__(self, cluster: Cluster, pipe: Connection) -> None:
        self.cluster = cluster
        self._pipe = pipe

    def start(self, back_fill: BackFill) -> None:
        self._pipe.send(back_fill)

    @property
    def is_at_work(self) -> bool:
        """Whether Spark's job of the back-fill has not ended yet."""
        return not self._pipe.poll()

    def ended(self) -> tuple[float, str]:
        """How long Spark's job took, and the digest of the warehouse in the end; EOFError if the job was lost."""
        return self._pipe.recv(), self._pipe.recv()


@contextmanager
def driver(folder: Path) -> Iterator[Driver]:
    """A session on a cluster of its own, until the block ends."""
    folder.mkdir()
    with spark_sessions.cluster(folder) as cluster:
        ours, theirs = PROCESSES.Pipe()
        process = PROCESSES.Process(target=_serve, args=(theirs, cluster.url, folder))
        process.start()
        theirs.close()
        try:
            yield Driver(cluster, ours)
        finally:
            ours.close()
            process.join()


def _serve(pipe: Connection, url: str, folder: Path) -> None:
    """Back-fills as they come until the other end is closed: of each the length of its job, then its digest."""
    with spark_sessions.joined(url, folder) as spark, patch("pipelines.warehouse.load.Gate"):
        while True:
            try:
                back_fill: BackFill = pipe.recv()
            except EOFError:
                return
            began = time.monotonic()
            days = EngineRun(back_fill.district.job(back_fill.data), Reporter(), engine=spark.run)
            dates = days.ingest(None)
            pipe.send(time.monotonic() - began)
            pipe.send(loaded(days, dates))
