"""Ways to disturb a back-fill at a random instant; what does not survive is run again until it comes to its end.

What does not live here: Beam's workers, killed in the middle of a week by `tests/engines`.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.engines.spark_sessions import Cluster
from tests.soak.driver import Driver, driver
from tests.soak.week import BackFill, Week, finished
from tests.warehouse.servers import ServerProcess

SINK = 13  # the exit code of a warehouse that failed
LATEST = 0.8  # part of the undisturbed length: a run may be faster than that one was


@dataclass(frozen=True)
class Round:
    """How one disturbed back-fill went: when the blow fell, whether it was still running, and what it led to."""

    kind: str
    at_s: float
    is_hit: bool
    is_equal: bool


def process_killed(week: Week, folder: Path, rng: random.Random) -> Round:
    """SIGKILL to the local engine's process."""
    back_fill, at = week.again(folder), rng.uniform(0, LATEST * week.seconds)
    process = back_fill.start()
    process.join(at)
    is_hit = process.is_alive()
    process.kill()
    process.join()
    return _ended("process", week, back_fill, at, is_hit)


def server_killed(server: ServerProcess, week: Week, folder: Path, rng: random.Random) -> Round:
    """SIGKILL to the ClickHouse server that is being loaded; it is started again, and so is the back-fill."""
    database = f"soak_{folder.name}".replace("-", "_")
    with server.opened(database):
        pass
    where = f'\n[warehouse]\nkind = "server"\nhost = "127.0.0.1"\nport = {server.port}\ndatabase = "{database}"\n'
    back_fill, at = week.again(folder, where), rng.uniform(0, LATEST * week.seconds)
    process = back_fill.start()
    process.join(at)
    server.kill()
    process.join()
    server.start()
    if process.exitcode not in (0, SINK):
        raise RuntimeError(f"a back-fill whose server was killed ended with {process.exitcode}")
    return _ended("server", week, back_fill, at, process.exitcode == SINK)


def _ended(kind: str, week: Week, back_fill: BackFill, at: float, is_hit: bool) -> Round:
    """The round, once the back-fill has been run again if it was hit."""
    if is_hit:
        finished(back_fill)
    return Round(kind, at, is_hit, back_fill.said == week.undisturbed.said)


class SparkRounds:
    """Rounds in one session on a cluster: its jobs survive, so no back-fill is run again."""

    def __init__(self, driver: Driver, week: Week, folder: Path) -> None:
        """Runs the week twice undisturbed: with cold workers, then with warm ones, whose job is the measure."""
        self._driver, self._week = driver, week
        for name in ("cold", "warm"):
            driver.start(week.again(folder / name))
            self.seconds, said = driver.ended()
            if said != week.undisturbed.said:
                raise RuntimeError("Spark and the local engine do not say the same of the week")

    def executor_killed(self, folder: Path, rng: random.Random) -> Round:
        """SIGKILL to the JVM that runs Spark's tasks; the worker starts another."""
        return self._struck("executor", folder, rng, _kill_executors)

    def worker_killed(self, folder: Path, rng: random.Random) -> Round:
        """SIGKILL to the worker's daemon, whose executors go with it; another daemon takes its place."""
        return self._struck("worker", folder, rng, Cluster.replace_worker)

    def _struck(self, kind: str, folder: Path, rng: random.Random, blow: Callable[[Cluster], None]) -> Round:
        at = rng.uniform(0, LATEST * self.seconds)
        self._driver.start(self._week.again(folder))
        time.sleep(at)
        is_hit = self._driver.is_at_work
        blow(self._driver.cluster)
        _, said = self._driver.ended()
        return Round(kind, at, is_hit, said == self._week.undisturbed.said)


@contextmanager
def spark_rounds(week: Week, folder: Path) -> Iterator[SparkRounds]:
    """Rounds on a cluster that lasts as long as the block; `folder` is theirs alone."""
    folder.mkdir()
    with driver(folder / "cluster") as started:
        yield SparkRounds(started, week, folder)


def _kill_executors(cluster: Cluster) -> None:
    for executor in cluster.executors():
        executor.kill()
