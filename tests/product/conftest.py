"""One small simulated day, and the whole product run over it once."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.simulate.simulation import Simulated, simulate
from tests.product.command import Ended, shangquan

DAY = datetime.date(2026, 11, 2)


@dataclass(frozen=True)
class District:
    """A simulated district with the data folder of its one day, and what the run said."""

    made: Simulated
    data: Path
    ended: Ended

    def asked(self, *, raw: Path | None = None, config: Path | None = None, data: Path | None = None) -> list[object]:
        """The options of a command on this district's day, some of them replaced."""
        folders = {"--config": config or self.made.district, "--raw": raw or self.made.raw, "--data": data or self.data}
        return [*(part for option in folders.items() for part in option), "--day", DAY]


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    folder = tmp_path_factory.mktemp("product")
    made = simulate(out=folder / "raw", start=DAY, days=1, lines=8_000, seed=3)
    data = folder / "data"
    asked = ("--config", made.district, "--raw", made.raw, "--data", data, "--day", DAY)
    return District(made, data, shangquan("run", *asked))


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """The raw logs and the district alone, smaller still: to be spoilt."""
    folder = tmp_path_factory.mktemp("plain")
    return simulate(out=folder / "raw", start=DAY, days=1, lines=3_000, seed=3, traps=frozenset())
