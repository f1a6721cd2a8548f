"""A small simulated day and its batch visits."""

import pytest

from pipelines.simulate.simulation import simulate
from pipelines.simulate.traps import TRAPS
from tests.live.simulated import DAY, District


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Simulated, ingested and sessionized as a batch; a stream over the same data folder uses the same keys."""
    root = tmp_path_factory.mktemp("live")
    simulate(out=root / "raw", days=1, lines=15_000, traps=TRAPS - {"late"}, seed=3)
    made = District(root)
    made.run("ingest", "--day", DAY)
    made.run("sessionize", "--day", DAY)
    return made
