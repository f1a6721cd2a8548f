"""A back-fill of a week, killed at a random instant and run again, ends as if undisturbed. `make soak`: many times."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.conftest import is_here
from tests.soak.rounds import SparkRounds, process_killed, server_killed, spark_rounds
from tests.soak.week import Week, week_in
from tests.warehouse.servers import ServerProcess


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    return week_in(tmp_path_factory.mktemp("week"))


def test_the_process_is_killed(week: Week, tmp_path: Path) -> None:
    ended = process_killed(week, tmp_path, random.Random(20261102))
    assert ended.is_hit
    assert ended.is_equal


def test_the_server_is_killed(week: Week, tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "server")
    try:
        ended = server_killed(server, week, tmp_path, random.Random(20261103))
    finally:
        server.kill()
    assert ended.is_hit
    assert ended.is_equal


@pytest.fixture(scope="module")
def on_spark(week: Week, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkRounds]:
    """The week on Spark says what it says on the local engine, before anything is killed."""
    if not (is_here("pyspark") and is_here("java")):
        reason = "pyspark or java is missing; see `make engines`"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    with spark_rounds(week, tmp_path_factory.mktemp("soak") / "spark") as started:
        yield started


def test_an_executor_is_killed(on_spark: SparkRounds, tmp_path: Path) -> None:
    ended = on_spark.executor_killed(tmp_path / "again", random.Random(20261104))
    assert ended.is_hit
    assert ended.is_equal


def test_a_worker_daemon_is_killed(on_spark: SparkRounds, tmp_path: Path) -> None:
    ended = on_spark.worker_killed(tmp_path / "again", random.Random(20261105))
    assert ended.is_hit
    assert ended.is_equal
