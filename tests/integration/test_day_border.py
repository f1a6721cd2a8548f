"""Two days that meet at 05:00: a visit that starts on the very instant is the new day's, and of no other."""

import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from tests.product.command import shangquan

DISTRICT = """
[district]
name = "border"
time_zone = "Asia/Shanghai"
registry = "from data"

[[feeds]]
name = "mall"
format = "csv"
glob = "*.csv"
"""
LOG = """at,device,ap,kind
2026-11-21 05:00:00,02:00:00:00:00:01,a,seen
2026-11-22 04:59:59,02:00:00:00:00:02,a,seen
2026-11-22 05:00:00,02:00:00:00:00:03,a,seen
2026-11-22 05:00:01,02:00:00:00:00:04,a,seen
"""


def starts(data: Path, day: str) -> list[int]:
    visits = pq.read_table(data / "visits" / f"day={day}" / "default.parquet", partitioning=None)
    return sorted(visits["start_ms"].to_pylist())


def test_a_visit_that_starts_at_day_start_is_of_that_day_alone(tmp_path: Path) -> None:
    for name, text in (("district/district.toml", DISTRICT), ("raw/mall.csv", LOG)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    asked = ("--config", tmp_path / "district", "--raw", tmp_path / "raw", "--data", tmp_path / "data")
    for step in ("ingest", "sessionize"):
        shangquan(step, *asked).done()
    five = round(datetime.datetime(2026, 11, 21, 5, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)
    assert starts(tmp_path / "data", "2026-11-21") == [five, five + 86_399_000]
    assert starts(tmp_path / "data", "2026-11-22") == [five + 86_400_000, five + 86_401_000]
