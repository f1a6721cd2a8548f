"""One day of all vendors, in their words and by their clocks, is the day of the same sightings in plain CSV."""

import hashlib
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.auto_feeds import looks_like
from pipelines.sources.folder import RawFile
from schemas import STAY, VISIT
from tests.product.command import shangquan
from tests.product.vendors.all import VENDORS
from tests.product.vendors.district import write_logs, write_plain
from tests.product.vendors.town import DAYS

DAY = DAYS[1]


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The vendors' logs and the plain CSV, both run for DAY under the same keys."""
    logs, plain = tmp_path_factory.mktemp("logs"), tmp_path_factory.mktemp("plain")
    assert write_logs(logs) > 20_000
    write_plain(plain)
    run(plain)
    shutil.copytree(plain / "data.keys", logs / "data.keys")
    run(logs)
    return logs, plain


def run(root: Path) -> None:
    folders = ("--config", root / "district", "--raw", root / "raw", "--data", root / "data")
    for step in ("ingest", "sessionize"):
        shangquan(step, *folders, "--day", DAY).done()


def table(root: Path, name: str) -> pa.Table:
    return pq.read_table(root / "data" / name / f"day={DAY}" / "default.parquet", partitioning=None)


def digest(root: Path) -> str:
    """Of all visits and stays of the day, whatever the order in which they stand."""
    whole = hashlib.blake2b(digest_size=16)
    for schema, name in ((VISIT, "visits"), (STAY, "stays")):
        rows = table(root, name)
        whole.update("\n".join(sorted(map(str, rows.select(schema.names).to_pylist()))).encode())
    return whole.hexdigest()


def test_all_vendors_give_the_visits_of_plain_csv(roots: tuple[Path, Path]):
    logs, plain = roots
    assert table(plain, "visits").num_rows > 600
    assert digest(logs) == digest(plain)


def test_every_vendor_s_sightings_are_all_there_and_no_other(roots: tuple[Path, Path]):
    logs, plain = map(sightings, roots)
    assert {feed for feed, *_ in plain} == {vendor.name for vendor in VENDORS}
    assert sorted(logs - plain) == []
    assert sorted(plain - logs) == []


def sightings(root: Path) -> set[tuple]:
    names = ("feed", "at_ms", "subject", "ap", "kind")
    return set(zip(*(table(root, "sightings")[name].to_pylist() for name in names), strict=True))


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_every_vendor_s_log_is_recognised(roots: tuple[Path, Path], vendor):
    (file,) = (roots[0] / "raw" / vendor.name).glob(f"{DAY}.*")
    looks = looks_like(RawFile(file, file.name), "Asia/Shanghai")
    assert looks is not None and looks.format == vendor.format
