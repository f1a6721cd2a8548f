"""`shangquan opt-out`: whoever objects is in no day that is run from then on; the list itself names nobody."""

import io
import shutil
import sys
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest

from tests.commands.corner import ALICE, BADGE, BOB, DAY, Corner
from tests.product.command import Ended, shangquan


@pytest.fixture
def fresh(corner: Corner, tmp_path: Path) -> Corner:
    """The corner without any day run."""
    return Corner(corner.config, corner.raw, tmp_path / "data")


def opt_out(corner: Corner, verb: str, addresses: str) -> Ended:
    """As somebody pipes addresses in."""
    with patch.object(sys, "stdin", io.StringIO(addresses)):
        return shangquan("opt-out", verb, "--config", corner.config, "--data", corner.data)


def devices_seen(corner: Corner) -> int:
    shangquan("run", *corner.options, "--day", DAY).done()
    path = corner.data / "visits" / f"day={DAY}" / "default.parquet"
    return len(pq.read_table(path, partitioning=None)["subject"].unique())


def opted_out_records(corner: Corner) -> int:
    ledger = pq.read_table(corner.data / "ledger" / f"day={DAY}" / "default.parquet", partitioning=None).to_pylist()
    return sum(row["records"] for row in ledger if row["status"] == "opted-out")


def test_who_objects_is_in_no_table_and_their_lines_are_counted(fresh: Corner):
    everybody = devices_seen(fresh)
    opt_out(fresh, "add", f"{ALICE.replace(':', '').upper()}\n{BADGE}\n\n").done()
    assert devices_seen(fresh) == everybody - 2
    assert opted_out_records(fresh) == 5  # Alice: one on the street, two in the mall; the badge: two


def test_it_holds_whatever_the_day_key(fresh: Corner):
    opt_out(fresh, "add", ALICE).done()
    first = devices_seen(fresh)
    ring = fresh.data.with_name("data.keys") / "keyring.json"
    shutil.rmtree(fresh.data / "visits")
    kept = ring.read_text()
    ring.write_text(kept.replace(DAY, "2026-11-20"))  # the day gets another key
    assert devices_seen(fresh) == first


def test_an_address_is_listed_once_and_can_be_taken_off_again(fresh: Corner):
    assert "added 2" in opt_out(fresh, "add", f"{ALICE}\n{BOB}\n{ALICE}\n").done()
    assert "added 0" in opt_out(fresh, "add", ALICE.replace(":", "-")).done()
    assert "removed 1" in opt_out(fresh, "remove", BOB).done()
    everybody = devices_seen(Corner(fresh.config, fresh.raw, fresh.data.with_name("other")))
    assert devices_seen(fresh) == everybody - 1


def test_the_list_holds_no_address(fresh: Corner):
    opt_out(fresh, "add", f"{ALICE}\n{BADGE}").done()
    path = fresh.data / "opt_outs.parquet"
    assert path.stat().st_mode & 0o077 == 0
    bare = bytes.fromhex(ALICE.replace(":", ""))
    data = path.read_bytes()
    assert not [secret for secret in (bare, bare[::-1], ALICE.encode(), BADGE.encode()) if secret in data]
    values = pq.read_table(path)["device"].to_pylist()
    assert int.from_bytes(bare, "big") not in values


def test_a_list_that_cannot_be_read_is_one_line(fresh: Corner, tmp_path: Path):
    missing = tmp_path / "nobody"
    said = shangquan("opt-out", "add", "--config", fresh.config, "--data", fresh.data, "--file", missing)
    assert "cannot be read" in said.refused(11)
