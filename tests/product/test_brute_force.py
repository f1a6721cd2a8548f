"""An attacker with everything on the disk tries every address of a vendor (N16, privacy R10 and R11).

Before the day's key is destroyed, with the keyring, every planted phone is found; afterwards, with all that is left in
the data folder and beside it, none is, whatever of it is taken for a key.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.product.command import shangquan

DAY = "2026-11-21"
VENDOR = bytes.fromhex("00005e0053")  # the prefix that the attacker knows; its last octet is tried
PLANTED = range(0, 256, 5)
DISTRICT = """
[district]
name = "vendor"
time_zone = "Asia/Shanghai"

[[feeds]]
name = "mall"
format = "csv"
glob = "*.csv"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district with one day of phones of one vendor, run."""
    made = tmp_path_factory.mktemp("vendor")
    (made / "raw").mkdir()
    rows = [f"{DAY} 10:00:{last % 60:02},{(VENDOR + bytes([last])).hex(':')},shop-1" for last in PLANTED]
    (made / "raw" / "day.csv").write_text("\n".join(["at,device,ap", *rows]) + "\n")
    (made / "district.toml").write_text(DISTRICT)
    (made / "aps.csv").write_text("ap,bssid,zone,valid_from,valid_until\nshop-1,,shop,,\n")
    (made / "zones.csv").write_text(
        "zone,name,site,floor,kind,x_m,y_m,width_m,height_m\nshop,Shop,mall,1,shop,0,0,9,9\n"
    )
    shangquan("run", *_options(made), "--day", DAY).done()
    return made


def test_the_key_finds_everybody_and_its_destruction_leaves_nobody(folder: Path):
    stored = json.loads((folder / "data.keys" / "keyring.json").read_text())["days"][DAY]["secret"]
    assert _found(folder, [bytes.fromhex(stored)]) == set(PLANTED)
    shangquan("keys", "shred", "--config", folder, "--data", folder / "data", "--day", DAY, "--yes").done()
    assert _found(folder, list(_candidates(folder))) == set()


def _options(folder: Path) -> tuple[object, ...]:
    return ("--config", folder, "--raw", folder / "raw", "--data", folder / "data")


def _found(folder: Path, keys: list[bytes]) -> set[int]:
    """The last octets of the vendor's addresses whose pseudonym, or any plain hash, stands in the published tables."""
    published = {
        subject
        for path in (folder / "data").glob("*/day=*/*.parquet")
        for name, column in zip(pq.read_schema(path).names, pq.read_table(path, partitioning=None).columns, strict=True)
        if name == "subject"
        for subject in column.to_pylist()
    }
    assert published
    return {
        last
        for last in range(256)
        for head in _heads(VENDOR + bytes([last]), keys)
        if int.from_bytes(head, "big") & 0x7FFF_FFFF_FFFF_FFFF in published
    }


def _heads(address: bytes, keys: list[bytes]) -> Iterator[bytes]:
    """The first 8 bytes of every hash of the address that the attacker can make."""
    for name in ("md5", "sha1", "sha256", "blake2b"):
        yield hashlib.new(name, address, usedforsecurity=False).digest()[:8]
    for key in keys:
        yield hmac.digest(key, address, "sha256")[:8]


def _candidates(folder: Path) -> Iterator[bytes]:
    """Whatever lies on the disk and might be a key: every run of 16 or 64 hex digits, names of days and districts."""
    for path in [*(folder / "data").rglob("*"), *(folder / "data.keys").rglob("*")]:
        if path.is_file():
            for run in set(re.findall(rb"[0-9a-f]{64}|[0-9a-f]{16}", path.read_bytes())):
                yield bytes.fromhex(run.decode())
    yield from (b"", DAY.encode(), b"vendor", bytes(32))
