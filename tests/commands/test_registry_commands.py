"""`registry suggest` on a day with access points that aps.csv lacks, and `registry import` into a new aps.csv."""

import csv
import gzip
import shutil
from pathlib import Path

import pytest

from tests.commands.corner import DAY, MALL, Corner, write_corner
from tests.product.command import shangquan

BUSY, QUIET, OWN = "02:00:5e:00:09:00", "02:00:5e:00:08:00", "02:00:5e:00:00:a7"


def rows() -> str:
    """Six devices at shop-1, a busy unknown AP and a named one; one at a quiet AP; five at another radio of shop-1."""
    text = ""
    for second in range(6):
        phone = f"02:00:00:00:0d:{second:02x}"
        for at, ap in (("12:00", "shop-1"), ("12:01", BUSY), ("12:02", "shop-9"), ("13:00", OWN)):
            text += f"{DAY} {at}:00,{ap},{phone},seen\n"
    return text + f"{DAY} 14:00:00,{QUIET},02:00:00:00:0d:00,seen\n"


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Corner:
    made = write_corner(tmp_path_factory.mktemp("unknown"))
    aps = made.config / "aps.csv"
    aps.write_text(aps.read_text().replace("shop-1,,", "shop-1,02:00:5e:00:00:a0,"))
    (made.raw / "mall" / "saturday.csv.gz").write_bytes(gzip.compress((MALL + rows()).encode()))
    shangquan("run", *made.options, "--day", DAY).done()
    return made


def test_unknown_aps_are_proposed_with_zone_and_reason(district: Corner, tmp_path: Path) -> None:
    out = tmp_path / "new.csv"
    said = shangquan("registry", "suggest", *district.options, "--day", DAY, "--out", out).done()
    assert "unknown 4  with a zone 2  not shown 1" in said
    found = {row["ap"]: row for row in csv.DictReader(out.read_text(encoding="utf-8").splitlines())}
    assert set(found) == {"shop-9", "ap-02005e000900", "shop-1"}
    busy, own = found["ap-02005e000900"], found["shop-1"]
    assert (busy["bssid"], busy["zone"], busy["devices"]) == (BUSY, "shop", "6")
    assert busy["why"] == "100% of 6 neighbours within a minute"
    assert busy["first_seen"].startswith(f"{DAY} 12:01+08:00")
    assert found["shop-9"]["zone"] == ""  # two minutes from shop-1: nobody to ask
    assert (own["bssid"], own["zone"]) == (OWN, "shop")
    assert "first 44 bits are those of shop-1" in own["why"]


def test_an_address_that_served_few_devices_is_shown_nowhere(district: Corner, tmp_path: Path) -> None:
    out = tmp_path / "new.csv"
    ended = shangquan("registry", "suggest", *district.options, "--out", out)
    said = ended.done() + ended.err + out.read_text()
    assert BUSY in said
    assert QUIET not in said
    assert "02:00:00:00" not in said


def test_without_the_key_addresses_stay_hidden(district: Corner, tmp_path: Path) -> None:
    for part in (district.data, district.data.with_name("data.keys")):
        shutil.copytree(part, tmp_path / part.name, ignore=shutil.ignore_patterns("warehouse"))
    copied = Corner(district.config, district.raw, tmp_path / "data")
    shangquan("keys", "shred", "--config", copied.config, "--data", copied.data, "--day", DAY, "--yes").done()
    ended = shangquan("registry", "suggest", *copied.options)
    assert "shop-9" in ended.done()
    assert "not shown 3" in ended.out
    assert "addresses stay hidden" in ended.err
    assert BUSY not in ended.out + ended.err


def test_a_day_that_never_ran(district: Corner) -> None:
    said = shangquan("registry", "suggest", *district.options, "--day", "2026-11-01").refused(11)
    assert "no such day" in said


def test_an_export_becomes_an_aps_csv_that_check_takes(tmp_path: Path) -> None:
    made = write_corner(tmp_path)
    export = tmp_path / "meraki.csv"
    export.write_text(
        "Name,MAC address,Serial,Tags\nstreet-1,02:00:5e:00:00:10,Q2,road\nshop-1,02:00:5e:00:00:20,Q3,shop\n"
    )
    (made.config / "aps.csv").unlink()
    command = ("registry", "import", export, "--from", "meraki", "--zone-column", "Tags")
    said = shangquan(*command, "--out", made.config / "aps.csv").done()
    assert "access points 2  without zone 0" in said
    shangquan("check", "--config", made.config, "--raw", made.raw).done()
    assert "is there already" in shangquan(*command, "--out", made.config / "aps.csv").refused(11)


@pytest.mark.parametrize(
    ("more", "fault"),
    [(("--from", "nobody"), "--from nobody"), (("--from", "meraki", "--columns", "serial=x"), "serial")],
)
def test_wrong_options_of_an_import(tmp_path: Path, more: tuple[str, ...], fault: str) -> None:
    (tmp_path / "x.csv").write_text("Name,MAC\n")
    said = shangquan("registry", "import", tmp_path / "x.csv", *more, "--out", tmp_path / "aps.csv").refused(11)
    assert fault in said
    assert not (tmp_path / "aps.csv").exists()
