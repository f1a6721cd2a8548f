"""Two small simulated days with every trap set, and the second of them run undisturbed."""

import datetime

import pytest

from pipelines.simulate.simulation import Simulated, simulate
from tests.integration.days import Folder


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    folder = tmp_path_factory.mktemp("laws")
    return simulate(out=folder / "raw", start=datetime.date(2026, 11, 2), days=2, lines=5_000, seed=11)


@pytest.fixture(scope="session")
def undisturbed(made: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(made, tmp_path_factory.mktemp("undisturbed") / "data")
    folder.load()
    return folder
