"""Two small simulated days, made once."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.simulate.simulation import Simulated, simulate

START = datetime.date(2026, 11, 20)
LINES = 12_000


@dataclass(frozen=True)
class World:
    made: Simulated

    def raw(self, feed: str) -> list[bytes]:
        """All lines of a feed, in order of arrival."""
        files = sorted((self.made.raw / feed).iterdir())
        return [line for file in files for line in file.read_bytes().split(b"\n")[:-1]]

    def truth(self, name: str):
        return pq.read_table(self.made.truth / f"{name}.parquet")

    @property
    def addresses(self) -> set[str]:
        return set((self.made.truth / "addresses.txt").read_text().split())


def _world(folder: Path, **settings) -> World:
    return World(simulate(out=folder / "raw", seed=5, start=START, days=2, lines=LINES, **settings))


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> World:
    return _world(tmp_path_factory.mktemp("district"))


@pytest.fixture(scope="session")
def calm_world(tmp_path_factory) -> World:
    """The same people in a district where nothing goes wrong."""
    return _world(tmp_path_factory.mktemp("calm"), traps=frozenset())
