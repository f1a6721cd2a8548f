"""`shangquan own-devices`: what is declared is in no day that is run from then on, but counted."""

import io
import json
import sys
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest

from tests.commands.corner import ALICE, BADGE, DAY, Corner, write_corner
from tests.product.command import Ended, shangquan

TILL = "00:00:5e:00:53:07"  # a vendor's address


@pytest.fixture
def fresh(tmp_path: Path) -> Corner:
    """The corner without any day run, and a till in it that talks all day."""
    corner = write_corner(tmp_path)
    lines = "".join(f"{DAY} 1{hour}:00:00,shop-1,{TILL},seen\n" for hour in range(10))
    (corner.raw / "mall" / "till.csv").write_text(f"when,where,client,what\n{lines}", encoding="utf-8")
    toml = corner.config / "district.toml"
    toml.write_text(toml.read_text().replace('"mall/*.csv.gz"', '["mall/*.csv.gz", "mall/*.csv"]'))
    return corner


def own_devices(corner: Corner, verb: str, addresses: str) -> Ended:
    with patch.object(sys, "stdin", io.StringIO(addresses)):
        return shangquan("own-devices", verb, "--config", corner.config, "--data", corner.data)


def by_vendor(corner: Corner, vendor: str) -> None:
    toml = corner.config / "district.toml"
    toml.write_text(toml.read_text() + f'\n[own_devices]\nvendors = ["{vendor}"]\n')


def devices_seen(corner: Corner) -> int:
    shangquan("run", *corner.options, "--day", DAY).done()
    path = corner.data / "visits" / f"day={DAY}" / "default.parquet"
    return len(pq.read_table(path, partitioning=None)["subject"].unique())


def records(corner: Corner, status: str) -> int:
    ledger = pq.read_table(corner.data / "ledger" / f"day={DAY}" / "default.parquet", partitioning=None).to_pylist()
    return sum(row["records"] for row in ledger if row["status"] == status)


def test_what_is_declared_is_in_no_table_and_its_lines_are_counted(fresh: Corner):
    everybody = devices_seen(fresh)
    assert "added 2  listed 2" in own_devices(fresh, "add", f"{ALICE.upper()}\n{BADGE}\n").done()
    assert devices_seen(fresh) == everybody - 2
    assert records(fresh, "own-device") == 5  # Alice: one on the street, two in the mall; the badge: two
    assert records(fresh, "opted-out") == 0
    assert "removed 1  listed 1" in own_devices(fresh, "remove", ALICE).done()
    assert devices_seen(fresh) == everybody - 1


def test_machines_are_told_by_their_vendor(fresh: Corner):
    everybody = devices_seen(fresh)
    by_vendor(fresh, "00:00:5E")
    assert devices_seen(fresh) == everybody - 1
    assert records(fresh, "own-device") == 10


@pytest.mark.parametrize("vendor", ["00:00", "00:00:5e:01", "02:00:00", "tills"])
def test_what_is_no_vendor_is_a_mistake(fresh: Corner, vendor: str):
    by_vendor(fresh, vendor)
    assert "own_devices.vendors.0" in shangquan("run", *fresh.options, "--day", DAY).refused(10)


def test_nothing_published_tells_a_declared_device_from_day_to_day(fresh: Corner):
    """No row of it is there: its times would be linked by what they have in common."""
    own_devices(fresh, "add", TILL).done()
    devices_seen(fresh)
    rows = pq.read_table(fresh.data / "sightings" / f"day={DAY}" / "default.parquet", partitioning=None)
    assert rows.num_rows > 0
    assert not any(file.endswith("till.csv") for file in rows["file"].to_pylist())


def test_without_its_key_a_list_is_no_list_and_nothing_is_run(fresh: Corner):
    own_devices(fresh, "add", ALICE).done()
    ring = fresh.data.with_name("data.keys") / "keyring.json"
    ring.write_text(json.dumps(json.loads(ring.read_text()) | {"own_devices": None}))
    assert "key of own devices is not in" in shangquan("run", *fresh.options, "--day", DAY).refused(14)
    assert "is not in" in own_devices(fresh, "add", BADGE).refused(14)
    (fresh.data / "own_devices.parquet").unlink()  # the way out without a backup: declare anew
    assert "added 1  listed 1" in own_devices(fresh, "add", BADGE).done()


def test_the_list_holds_no_address(fresh: Corner):
    own_devices(fresh, "add", f"{ALICE}\n{BADGE}").done()
    path = fresh.data / "own_devices.parquet"
    assert path.stat().st_mode & 0o077 == 0
    bare = bytes.fromhex(ALICE.replace(":", ""))
    assert not [secret for secret in (bare, bare[::-1], ALICE.encode(), BADGE.encode()) if secret in path.read_bytes()]
