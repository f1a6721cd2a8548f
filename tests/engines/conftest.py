"""The engines that must all say the same: one fixture, one value for each engine that is here."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.engines import spark_sessions
from tests.engines.runs import Started

# name -> what starts it in a folder of its own; add Beam's runners here.
ENGINES: dict[str, Callable[[Path], AbstractContextManager[Started]]] = {
    "spark": spark_sessions.local,
    "spark-standalone": spark_sessions.standalone,
}
NEEDS = {"spark": "java", "spark-standalone": "java"}


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """An engine that runs for all tests of the session; skipped where what it needs is missing, failed under CI."""
    name = request.param
    if shutil.which(NEEDS[name]) is None:
        reason = f"{name}: there is no {NEEDS[name]} on the PATH"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    with ENGINES[name](tmp_path_factory.mktemp(name)) as started:
        yield started
