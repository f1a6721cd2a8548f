"""The corner district with its day run once, under both its definitions."""

import pytest

from tests.commands.corner import DAY, Corner, write_corner
from tests.product.command import shangquan


@pytest.fixture(scope="session")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Corner:
    made = write_corner(tmp_path_factory.mktemp("corner"))
    for definition in ("default", "by-site"):
        shangquan("run", *made.options, "--day", DAY, "--definition", definition).done()
    return made
