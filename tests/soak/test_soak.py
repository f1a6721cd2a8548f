"""A back-fill of a week, killed at a random instant and run again, ends as if undisturbed. `make soak`: many times."""

import random
from pathlib import Path

import pytest

from tests.soak.rounds import process_killed, server_killed
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
