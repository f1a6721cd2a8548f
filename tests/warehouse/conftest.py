"""Warehouses for one body of tests: embedded and on a real server. Tests use districts of their own."""

from collections.abc import Iterator

import pytest

from pipelines.warehouse.embedded import Embedded
from pipelines.warehouse.protocol import Warehouse
from tests.warehouse.servers import ServerProcess


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("server"))
    yield process
    process.kill()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """One per test module: chDB opens one folder per process."""
    with Embedded(tmp_path_factory.mktemp("warehouse") / "chdb") as opened:
        yield opened


@pytest.fixture(scope="module", params=["embedded", "server"])
def warehouse(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    if request.param == "embedded":
        yield request.getfixturevalue("embedded")
        return
    database = request.module.__name__.rpartition(".")[2]
    with request.getfixturevalue("server").opened(database) as opened:
        yield opened
