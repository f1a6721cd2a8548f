"""A district whose only feed is a capture goes through the whole product."""

import gzip
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.captures.written import AP, PHONE, PROBE, RADIOTAP, answer, management, pcap, radiotap
from tests.product.command import shangquan

DISTRICT = """
[district]
name = "corner"
time_zone = "UTC"

[[feeds]]
name = "door"
format = "capture"
glob = "*.pcap*"

[[definitions]]
name = "default"
"""
APS = f"ap,bssid,zone,valid_from,valid_until\ndoor,,street,,\nshop-1,{AP},shop,,\n"
ZONES = (
    "zone,name,site,floor,kind,x_m,y_m,width_m,height_m\n"
    "street,Street,road,,street,0,0,10,10\n"
    "shop,Shop,mall,1,shop,10,0,10,10\n"
)
DAY = "2026-11-21"


@pytest.fixture
def options(tmp_path: Path) -> list[object]:
    """A phone that probes at the door and joins in the shop; the capture ends inside a frame."""
    config, raw = tmp_path / "district", tmp_path / "raw"
    config.mkdir()
    raw.mkdir()
    for name, text in (("district.toml", DISTRICT), ("aps.csv", APS), ("zones.csv", ZONES)):
        (config / name).write_text(text, encoding="utf-8")
    frames = [PROBE, PROBE, management(2, AP, PHONE, AP), management(3, PHONE, AP, AP, answer(0)), PROBE]
    capture = pcap([radiotap(frame) for frame in frames], RADIOTAP)[:-5]
    (raw / "saturday.pcap.gz").write_bytes(gzip.compress(capture))
    return ["--config", config, "--raw", raw, "--data", tmp_path / "data"]


def test_a_capture_becomes_visits(options, tmp_path):
    assert "no fault" in shangquan("check", *options[:4]).done()
    shangquan("run", *options, "--day", DAY).done()
    visits = pq.read_table(tmp_path / "data" / "visits" / f"day={DAY}" / "default.parquet")
    stays = pq.read_table(tmp_path / "data" / "stays" / f"day={DAY}" / "default.parquet")
    ledger = pq.read_table(tmp_path / "data" / "ledger" / f"day={DAY}" / "default.parquet").to_pylist()
    assert visits.num_rows == 1
    assert stays["zone"].to_pylist() == ["street", "shop"]
    assert {(row["status"], row["reason"]): row["records"] for row in ledger} == {
        ("kept", ""): 4,
        ("rejected", "truncated"): 1,
    }
