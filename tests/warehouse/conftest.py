"""One embedded warehouse per test module: chDB opens one folder per process. Tests use districts of their own."""

from collections.abc import Iterator

import pytest

from pipelines.warehouse.embedded import Embedded


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with Embedded(tmp_path_factory.mktemp("warehouse") / "chdb") as opened:
        yield opened
