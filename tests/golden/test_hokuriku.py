"""A real log from outside: the first day file of one facility, counted by other means."""

import csv
import io
import os
import tarfile
from pathlib import Path

import pytest

from ingest.formats import FORMATS
from tests.golden.readings import HOKURIKU, NEAR_MS

ARCHIVE = Path(__file__).parents[3] / "shared" / "realdata" / "hokuriku" / "raw" / "24_Higashichaya_Tamakishige.tar.xz"


@pytest.fixture
def day_file() -> bytes:
    if not ARCHIVE.exists():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs {ARCHIVE.name} in ../shared/realdata/hokuriku/raw")
        pytest.skip(f"{ARCHIVE.name} is not in ../shared/realdata/hokuriku/raw")
    with tarfile.open(ARCHIVE) as archive:
        member = next(one for one in archive if one.isfile())
        return archive.extractfile(member).read()


def test_every_row_and_device_of_a_real_day_is_read(day_file):
    truth = list(csv.DictReader(io.StringIO(day_file.decode("utf-8-sig"))))
    reading = FORMATS["csv"].parse(day_file, 1, HOKURIKU, NEAR_MS)
    assert reading.opaque.to_pylist() == [row["ユーザー情報"] for row in truth]
    assert reading.ap.to_pylist() == [row["施設No"] for row in truth]
    assert reading.line.tolist() == list(range(2, len(truth) + 2))
    assert (reading.read, reading.rejects, reading.ignored) == (len(truth) + 1, [], {"header": 1})
    assert len(truth) > 10
