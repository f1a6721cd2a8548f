"""The engines that must all say the same: one fixture, one value for each engine that is here."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.engines import beam_sessions, spark_sessions
from tests.engines.runs import Started

# name -> what starts it in a folder of its own
ENGINES: dict[str, Callable[[Path], AbstractContextManager[Started]]] = {
    "spark": spark_sessions.local,
    "spark-standalone": spark_sessions.standalone,
    "beam-fnapi": beam_sessions.in_process,
    "beam-prism": beam_sessions.prism,
    "beam-flink": beam_sessions.flink,
}
# name -> modules, programs on the PATH, and what `make engines` installs
NEEDS = {
    "spark": ["pyspark", "java"],
    "spark-standalone": ["pyspark", "java"],
    "beam-fnapi": ["apache_beam"],
    "beam-prism": ["apache_beam", str(beam_sessions.PRISM)],
    "beam-flink": ["apache_beam", "java", str(beam_sessions.FLINK)],
}
# Beam wants an older pyarrow: `make test` runs what is marked so in an environment of its own.
NAMES = [pytest.param(name, marks=[pytest.mark.beam] if name.startswith("beam") else []) for name in ENGINES]


@pytest.fixture(scope="session", params=NAMES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """An engine that runs for all tests of the session; skipped where what it needs is missing, failed under CI."""
    name = request.param
    missing = [need for need in NEEDS[name] if not is_here(need)]
    if missing:
        reason = f"{name}: {', '.join(missing)} is missing; see `make engines`"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    with ENGINES[name](tmp_path_factory.mktemp(name)) as started:
        yield started


def is_here(need: str) -> bool:
    if "/" in need:
        return Path(need).exists()
    return shutil.which(need) is not None or find_spec(need) is not None
