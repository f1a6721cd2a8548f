"""Real logs of seven facilities: the owners' definition gives the owners' own 41,001 stays, no more and no fewer."""

import csv
import datetime
import os
from collections import Counter, defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.product.command import ROOT, shangquan

REAL = ROOT.parent / "shared" / "realdata" / "hokuriku"
CONFIG = ROOT / "examples" / "hokuriku"
DAY = "2024-10-05"

Stay = tuple[int, int]  # start in UTC ms, dwell in seconds
Stays = dict[tuple[str, datetime.date], dict[object, list[Stay]]]  # by facility and day, by user


@pytest.fixture(scope="session")
def raw() -> Path:
    if not REAL.is_dir():
        reason = f"{REAL} is missing"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    return REAL / "raw"


@pytest.fixture(scope="session")
def owners(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the visits of every day under the owners' definition: two steps, no warehouse, no pages."""
    data = tmp_path_factory.mktemp("hokuriku") / "data"
    asked = ("--config", CONFIG, "--raw", raw, "--data", data, "--days", "all", "--definition", "owners")
    shangquan("ingest", *asked).done()
    shangquan("sessionize", *asked).done()
    return data


def test_every_stay_of_the_owners_comes_out(owners: Path):
    want, got = stays_of_the_owners(), stays_of(owners)
    assert sum(len(stays) for users in want.values() for stays in users.values()) == 41_001
    assert want.keys() == got.keys()
    for facility_day, users in want.items():
        assert all_of(users) == all_of(got[facility_day]), facility_day


def test_each_day_has_the_same_people(owners: Path):
    want, got = stays_of_the_owners(), stays_of(owners)
    for facility_day, users in want.items():
        assert partition(users) == partition(got[facility_day]), facility_day


def test_the_ledger_accounts_for_every_row(owners: Path):
    """Each of 2,420,588 rows lies in one day: without memory and tail no other day's job takes it in."""
    records: Counter[tuple[str, str]] = Counter()
    for path in owners.glob("ledger/day=*/owners.parquet"):
        for row in pq.read_table(path, partitioning=None).to_pylist():
            records[row["status"], row["reason"]] += row["records"]
    del records["outside", ""], records["ignored", "header"]
    assert records.keys() == {("kept", ""), ("repeat", "")}
    assert records.total() == 2_420_588


def test_our_definition_renders_its_report(raw: Path, tmp_path: Path):
    data = tmp_path / "data"
    said = shangquan("run", "--config", CONFIG, "--raw", raw, "--data", data, "--day", DAY).done()
    page = data / "reports" / f"day={DAY}" / "default.html"
    assert str(page) in said
    html = page.read_text(encoding="utf-8")
    assert "<svg" in html and "default@1" in html and "<script" not in html


def stays_of_the_owners() -> Stays:
    stays: Stays = defaultdict(lambda: defaultdict(list))
    for path in (REAL / "oracle_stays").glob("*.csv"):
        with path.open(encoding="utf-8-sig") as lines:
            for row in csv.DictReader(lines):
                start = datetime.datetime.fromisoformat(row["dt"])
                hours, minutes, seconds = map(int, row["spend"].split(":"))
                stay = (int(start.timestamp() * 1000), hours * 3600 + minutes * 60 + seconds)
                stays[path.stem, start.date()][row["userid"]].append(stay)
    return stays


def stays_of(data: Path) -> Stays:
    stays: Stays = defaultdict(lambda: defaultdict(list))
    for path in data.glob("visits/day=*/owners.parquet"):
        day = datetime.date.fromisoformat(path.parent.name.removeprefix("day="))
        columns = ["visit_id", "site", "subject", "start_ms", "end_ms"]
        for row in pq.read_table(path, columns=columns, partitioning=None).to_pylist():
            stay = (row["start_ms"], (row["end_ms"] - row["start_ms"]) // 1000)
            stays[row["site"], day][row["subject"]].append(stay)
    return stays


def all_of(users: dict[object, list[Stay]]) -> list[Stay]:
    return sorted(stay for stays in users.values() for stay in stays)


def partition(users: dict[object, list[Stay]]) -> list[list[Stay]]:
    return sorted(sorted(stays) for stays in users.values())
