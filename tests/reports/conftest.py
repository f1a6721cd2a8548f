"""The sample day and the small day, each read from chDB once per session."""

import pyarrow as pa
import pytest

from reports.figure import parameters
from reports.page import pages as pages_of
from reports.small_cells import Settled, settled
from tests.reports import sample_day, small_day
from tests.reports.tables_in_chdb import figures_of, labelled


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """A whole day's figures as pages get them."""
    tables = {
        name: [labelled(batch, "d", "default") for batch in batches] for name, batches in sample_day.tables().items()
    }
    told = parameters(
        district="d",
        definition="default",
        day=sample_day.DAY,
        time_zone="Asia/Shanghai",
        registered_aps=120,
    )
    return settled(figures_of(tmp_path_factory.mktemp("sample"), tables, told), 10)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """The raw figures of `small_day`, before anything is hidden."""
    return figures_of(tmp_path_factory.mktemp("small"), small_day.tables(), small_day.PARAMETERS)


@pytest.fixture(scope="session")
def pages(sample: Settled) -> dict[str, str]:
    """The sample day's page in both languages, and provisional: drawn once, since drawing is what takes time."""
    provisional = pages_of(sample, sample_day.facts(provisional=True))
    return {**pages_of(sample, sample_day.facts()), "provisional": provisional["en"]}
