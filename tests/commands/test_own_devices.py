"""`shangquan own-devices`: what is declared is flagged in days that are run from then on; the lists name nobody."""

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
    """The corner without any day run; a till beside it talks all day, and is no member of anything."""
    corner = write_corner(tmp_path)
    lines = "".join(f"{DAY} 1{hour}:00:00,shop-1,{TILL},seen\n" for hour in range(10))
    (corner.raw / "mall" / "till.csv").write_text(f"when,where,client,what\n{lines}", encoding="utf-8")
    toml = corner.config / "district.toml"
    toml.write_text(toml.read_text().replace('"mall/*.csv.gz"', '["mall/*.csv.gz", "mall/*.csv"]'))
    return corner


def own_devices(corner: Corner, verb: str, role: str, addresses: str) -> Ended:
    with patch.object(sys, "stdin", io.StringIO(addresses)):
        return shangquan("own-devices", verb, "--role", role, "--config", corner.config, "--data", corner.data)


def flags(corner: Corner) -> list[tuple[bool, bool]]:
    """`staff` and `static` of every visit of the day that has either, in the order of time."""
    shangquan("run", *corner.options, "--day", DAY).done()
    path = corner.data / "visits" / f"day={DAY}" / "default.parquet"
    visits = pq.read_table(path, partitioning=None).sort_by("start_ms").to_pylist()
    return [(visit["staff"], visit["static"]) for visit in visits if visit["staff"] or visit["static"]]


def test_staff_and_machines_are_flagged_and_can_be_taken_off_again(fresh: Corner):
    assert flags(fresh) == []
    assert "added 1  listed 1" in own_devices(fresh, "add", "staff", ALICE.upper()).done()
    assert "added 1  listed 1" in own_devices(fresh, "add", "asset", f"{BADGE}\n").done()
    assert flags(fresh) == [(True, False), (False, True)]
    assert "removed 1  listed 0" in own_devices(fresh, "remove", "staff", ALICE).done()
    assert flags(fresh) == [(False, True)]


def test_what_is_on_both_lists_is_a_machine(fresh: Corner):
    for role in ("staff", "asset"):
        own_devices(fresh, "add", role, ALICE).done()
    assert flags(fresh) == [(False, True)]


def test_figures_leave_declared_devices_out(fresh: Corner):
    toml = fresh.config / "district.toml"
    toml.write_text(toml.read_text() + "\n[privacy]\noperator_k = 1\n")
    before = visitors(fresh)
    own_devices(fresh, "add", "staff", ALICE).done()
    own_devices(fresh, "add", "asset", BADGE).done()
    assert visitors(fresh) == before - 2


def visitors(corner: Corner) -> int:
    shangquan("run", *corner.options, "--day", DAY).done()
    lines = (corner.data / "reports" / f"day={DAY}" / "default.csv").read_text(encoding="utf-8-sig").splitlines()
    (figure,) = [line for line in lines if "headline,which=day,visitors," in line]
    return int(figure.rpartition(",")[2])


def test_machines_are_told_by_their_vendor_and_random_addresses_have_none(fresh: Corner):
    toml = fresh.config / "district.toml"
    toml.write_text(toml.read_text() + '\n[own_devices]\nasset_vendors = ["00:00:5E"]\n')
    found = flags(fresh)
    assert found and set(found) == {(False, True)}
    path = fresh.data / "visits" / f"day={DAY}" / "default.parquet"
    static = [one for one in pq.read_table(path, partitioning=None).to_pylist() if one["static"]]
    assert {one["random"] for one in static} == {False}


@pytest.mark.parametrize("vendor", ["00:00", "00:00:5e:01", "02:00:00", "tills"])
def test_what_is_no_vendor_is_a_mistake(fresh: Corner, vendor: str):
    toml = fresh.config / "district.toml"
    toml.write_text(toml.read_text() + f'\n[own_devices]\nasset_vendors = ["{vendor}"]\n')
    assert "own_devices.asset_vendors.0" in shangquan("run", *fresh.options, "--day", DAY).refused(10)


def test_a_flagged_visit_is_explained(fresh: Corner):
    own_devices(fresh, "add", "asset", BADGE).done()
    flags(fresh)
    path = fresh.data / "visits" / f"day={DAY}" / "default.parquet"
    (static,) = [one for one in pq.read_table(path, partitioning=None).to_pylist() if one["static"]]
    assert "static" in shangquan("explain", "visit", static["visit_id"], *fresh.options).done()


def test_without_its_key_a_list_is_no_list_and_nothing_is_run(fresh: Corner):
    own_devices(fresh, "add", "staff", ALICE).done()
    ring = fresh.data.with_name("data.keys") / "keyring.json"
    ring.write_text(json.dumps(json.loads(ring.read_text()) | {"own_devices": None}))
    assert "key of own devices is not in" in shangquan("run", *fresh.options, "--day", DAY).refused(14)
    assert "is not in" in own_devices(fresh, "add", "asset", BADGE).refused(14)


def test_the_lists_hold_no_address(fresh: Corner):
    own_devices(fresh, "add", "staff", f"{ALICE}\n{BADGE}").done()
    path = fresh.data / "own_staff.parquet"
    assert path.stat().st_mode & 0o077 == 0
    bare = bytes.fromhex(ALICE.replace(":", ""))
    assert not [secret for secret in (bare, bare[::-1], ALICE.encode(), BADGE.encode()) if secret in path.read_bytes()]
