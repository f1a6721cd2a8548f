"""`--feeds auto`: a folder of mixed, compressed, oddly named files is read right, and each file's nature is told."""

import bz2
import gzip
import io
import lzma
import shutil
import tarfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import zstandard

from tests.golden.readings import DATA
from tests.product.command import Ended, shangquan

DAY = "2026-11-21"
DISTRICT = """
feeds = "auto"

[district]
name = "mixed"
time_zone = "Asia/Shanghai"
"""
HOSTAPD = "".join(
    f"<30>1 {DAY}T10:0{minute}:00+08:00 shop-1 hostapd 812 - - wlan0: AP-STA-CONNECTED 02:00:00:00:00:0{minute}\n"
    for minute in range(4)
).encode()
CSV = f"Client MAC;AP;Time\n02-00-00-00-01-01;shop-1;{DAY} 11:00:00\n02-00-00-00-01-02;shop-1;{DAY} 11:01:00\n".encode()


@pytest.fixture
def district(tmp_path: Path) -> Path:
    (tmp_path / "district.toml").write_text(DISTRICT)
    (tmp_path / "aps.csv").write_text("ap,bssid,zone,valid_from,valid_until\nshop-1,,shop,,\n")
    (tmp_path / "zones.csv").write_text(
        "zone,name,site,floor,kind,x_m,y_m,width_m,height_m\nshop,Shop,mall,1,shop,0,0,9,9\n"
    )
    (tmp_path / "raw" / "mall x").mkdir(parents=True)
    return tmp_path


def run(folder: Path, *more: str) -> Ended:
    return shangquan(
        "ingest", "--config", folder, "--raw", folder / "raw", "--data", folder / "data", "--day", DAY, *more
    )


def test_each_file_is_told_and_read_as_what_it_is(district: Path):
    raw = district / "raw"
    (raw / "mall x" / "backup(1).old").write_bytes(gzip.compress(HOSTAPD))
    (raw / "mall x" / "数据").write_bytes(zstandard.compress(CSV))
    (raw / "events.bin").write_bytes(lzma.compress((DATA / "meraki-rssi-negative.jsonl").read_bytes()))
    (raw / "notes.txt").write_text("move AP 7 on Monday\n")
    shutil.copy(DATA / "ruijie.log", raw / "ac.2026-11-21")
    said = run(district)
    said.done()
    told = dict(line.split(": ", 1) for line in said.err.splitlines() if ": " in line)
    assert told["mall x/backup(1).old"] == "hostapd (4 of 4 records)"
    assert told["mall x/数据"] == "csv (2 of 3 records)"
    assert told["events.bin"].startswith("meraki-v3 (")
    assert told["ac.2026-11-21"].startswith("ruijie (")
    assert told["notes.txt"] == "not recognised, and left out"


def test_what_is_recognised_gives_the_visits_of_a_declaration(district: Path, tmp_path: Path):
    (district / "raw" / "mall x" / "a").write_bytes(gzip.compress(HOSTAPD))
    options = ("--config", district, "--raw", district / "raw", "--day", DAY)
    shangquan("run", *options, "--data", district / "auto").done()
    declared = DISTRICT.replace('feeds = "auto"', "") + '[[feeds]]\nname = "x"\nformat = "hostapd"\nglob = "mall*/*"\n'
    (district / "district.toml").write_text(declared)
    shangquan("run", *options, "--data", district / "said").done()
    auto, said = (
        pq.read_table(district / data / "visits" / f"day={DAY}" / "default.parquet", partitioning=None)
        for data in ("auto", "said")
    )
    assert auto.num_rows == said.num_rows == 4
    assert sorted(auto["start_ms"].to_pylist()) == sorted(said["start_ms"].to_pylist())  # each folder has its own keys


def test_a_declared_district_may_be_read_by_recognition(district: Path):
    declared = '[[feeds]]\nname = "mall"\nformat = "csv"\nglob = "*.csv"\n'
    (district / "district.toml").write_text(DISTRICT.replace('feeds = "auto"', "") + declared)
    (district / "aps.csv").write_text("ap,bssid,zone,valid_from,valid_until,feed\nshop-1,,shop,,,mall\n")
    (district / "raw" / "a").write_bytes(HOSTAPD)
    assert "a: hostapd (4 of 4 records)" in run(district, "--feeds", "auto").err
    assert (district / "data" / "work" / f"day={DAY}").exists()


def test_an_archive_is_told_by_its_first_member(district: Path):
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as tar:
        member = tarfile.TarInfo("day")
        member.size = len(HOSTAPD)
        tar.addfile(member, io.BytesIO(HOSTAPD))
    (district / "raw" / "week").write_bytes(lzma.compress(sink.getvalue()))
    assert "week: hostapd (4 of 4 records)" in run(district).err


def test_a_folder_of_nothing_is_refused(district: Path):
    (district / "raw" / "notes.txt").write_bytes(bz2.compress(b"move AP 7"))
    assert "no file looks like a log" in run(district).refused(11)


@pytest.mark.parametrize(
    ("declared", "log", "looks"),
    [
        pytest.param("hostapd", CSV, 'format = "csv"', id="columns"),
        pytest.param("csv", HOSTAPD, 'format = "hostapd"', id="another format"),
        pytest.param("hostapd", (DATA / "huawei.log").read_bytes(), 'format = "huawei"', id="another vendor"),
        pytest.param("csv", CSV, 'device = "Client MAC"', id="other columns"),
    ],
)
def test_a_wrong_declaration_is_refused_with_what_it_looks_like(district: Path, declared: str, log: bytes, looks: str):
    feed = f'[[feeds]]\nname = "x"\nformat = "{declared}"\nglob = "*"\n'
    (district / "district.toml").write_text(DISTRICT.replace('feeds = "auto"', "") + feed)
    (district / "raw" / "a.log").write_bytes(log)
    said = run(district).refused(11)
    assert "feed x: a.log: nothing in it can be read" in said
    assert looks in said
    assert looks in shangquan("check", "--config", district, "--raw", district / "raw").refused(10)
