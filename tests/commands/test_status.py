"""`status` and `check`: what there is, and every fault of a district folder in one go."""

import json
import os
from pathlib import Path

import pytest

from pipelines.warehouse.embedded import Embedded
from tests.commands.corner import DAY, Corner, write_corner
from tests.product.command import shangquan


def test_status_has_a_line_per_day_and_definition(corner: Corner) -> None:
    shown = shangquan("status", "--config", corner.config, "--data", corner.data)
    assert f"{DAY}  default@1  final  visits 4  kept 8  rejected 1" in shown.out
    assert f"{DAY}  by-site@1  final  visits 5" in shown.out
    assert f"key of {DAY}  lives until" in shown.out
    assert "warehouse  free" in shown.out


def test_a_day_whose_tail_was_still_to_come_is_provisional(corner: Corner) -> None:
    visits = corner.data / "visits" / f"day={DAY}" / "default.parquet"
    before = visits.stat()
    os.utime(visits, ns=(0, 0))
    try:
        shown = shangquan("status", "--config", corner.config, "--data", corner.data)
    finally:
        os.utime(visits, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert f"{DAY}  default@1  provisional" in shown.out


def test_status_says_who_holds_the_warehouse(corner: Corner) -> None:
    with Embedded(corner.data / "warehouse"):
        shown = shangquan("status", "--config", corner.config, "--data", corner.data)
    assert f"held by process {os.getpid()}" in shown.out


def test_status_of_nothing_makes_nothing(tmp_path: Path) -> None:
    made = write_corner(tmp_path)
    shown = shangquan("status", *made.options[:2], "--data", made.data, "--json")
    assert json.loads(shown.out) == {"about": "corner", "days": 0, "live keys": 0, "path": str(made.data)}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["district", "raw"]


def test_check_counts_the_files_of_each_feed(corner: Corner) -> None:
    shown = shangquan("check", "--config", corner.config, "--raw", corner.raw)
    assert shown.code == 0
    assert "feed street  hostapd  street/*.tar.xz  files 1" in shown.out
    assert "no fault  access points 2  zones 2" in shown.out


def test_check_of_a_district_without_logs_yet(corner: Corner) -> None:
    shown = shangquan("check", "--config", corner.config)
    assert shown.code == 0
    assert "feed mall: no file" in shown.err


def test_check_lists_the_faults_of_all_files_at_once(tmp_path: Path) -> None:
    made = write_corner(tmp_path)
    (made.config / "aps.csv").write_text("ap,bssid,zone,valid_from,valid_until\nroof-1,,roof,,\n")
    (made.config / "campaigns").mkdir()
    (made.config / "campaigns" / "tea.toml").write_text('name = "tea"\n')
    with (made.config / "district.toml").open("a") as file:
        file.write('[members]\nmembers = "members.csv"\nconsents = "consents.csv"\n')
    (made.config / "members.csv").write_text("member,joined\nm-1,yesterday\n")
    (made.config / "consents.csv").write_text("member,purpose,merchant,given,withdrawn\n")
    refused = shangquan("check", "--config", made.config, "--raw", made.raw)
    assert refused.code == 10
    for fault in ('unknown zone "roof"', 'zone "road" has no access point', "tea.toml", "members.csv line 2"):
        assert fault in refused.err


def test_check_finds_a_column_that_the_log_lacks(tmp_path: Path) -> None:
    made = write_corner(tmp_path)
    settings = made.config / "district.toml"
    settings.write_text(settings.read_text().replace('ap = "where"', 'ap = "antenna"'))
    refused = shangquan("check", "--config", made.config, "--raw", made.raw)
    assert refused.code == 10
    assert "feed mall: mall/saturday.csv.gz: nothing in it can be read as csv; it looks like csv (5 of 7" in refused.err
    assert 'ap = "where"' in refused.err


@pytest.mark.parametrize("line", ["[district]", "definitions]]\n", 'gap = "fortnight"\n'])
def test_check_of_a_broken_toml(tmp_path: Path, line: str) -> None:
    made = write_corner(tmp_path)
    with (made.config / "district.toml").open("a") as file:
        file.write(line)
    refused = shangquan("check", "--config", made.config)
    assert refused.code == 10
    assert refused.err.startswith("shangquan: district.toml")
