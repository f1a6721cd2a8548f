"""`run --since`: which days are new or changed, and why; it says so before it runs any, and runs nothing else."""

import gzip
import json
import lzma
import os
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.commands.corner import CAROL, DAY, MALL, Corner, tar_of, write_corner
from tests.product.command import shangquan

LATE = f"when,where,client,what\n{DAY} 11:20:00,shop-1,{CAROL},seen\n"
QUIET = f"""\
<30>1 {DAY}T12:10:00+08:00 street-1 hostapd 812 - - a line that names no device
<30>1 2026-11-25T10:00:00+08:00 street-1 hostapd 812 - - wlan0: STA {CAROL} IEEE 802.11: associated (aid 4)
"""


@pytest.fixture
def done(corner: Corner, tmp_path: Path) -> Corner:
    """The corner whose day is run, without its warehouse: a plan opens none."""
    shutil.copytree(corner.config, tmp_path / "district")
    shutil.copytree(corner.raw, tmp_path / "raw")
    shutil.copytree(corner.data, tmp_path / "data", ignore=shutil.ignore_patterns("warehouse"))
    shutil.copytree(corner.data.with_name("data.keys"), tmp_path / "data.keys")
    return Corner(tmp_path / "district", tmp_path / "raw", tmp_path / "data")


def planned(at: Corner, *more: str) -> str:
    """The first line of a plan."""
    return shangquan("run", *at.options, "--since", "2026-11-01", "--plan", *more).done().splitlines()[0]


def record_of(at: Corner) -> Path:
    return at.data / "runs" / f"day={DAY}" / "default.json"


def add_late_file(at: Corner) -> None:
    (at.raw / "mall" / "sunday.csv.gz").write_bytes(gzip.compress(LATE.encode()))


def test_what_is_done_is_not_run_again(done: Corner) -> None:
    assert planned(done) == "corner default@1: nothing new or changed, nothing to do"


def test_a_day_that_was_never_run_is_new_and_a_plan_writes_nothing(tmp_path: Path) -> None:
    made = write_corner(tmp_path)
    assert planned(made) == f"{DAY}  new"
    assert not made.data.exists()


def test_late_files_are_counted(done: Corner) -> None:
    add_late_file(done)
    assert planned(done) == f"{DAY}  late files: 1"


def test_a_file_that_was_rewritten_is_changed(done: Corner) -> None:
    (done.raw / "mall" / "saturday.csv.gz").write_bytes(gzip.compress(MALL.replace("11:05", "11:04").encode()))
    assert planned(done) == f"{DAY}  changed files: 1"


def test_a_file_that_was_renamed_is_not(done: Corner) -> None:
    (done.raw / "mall" / "saturday.csv.gz").rename(done.raw / "mall" / "saturday.1.csv.gz")
    assert "nothing to do" in planned(done)


def test_an_edited_registry_and_a_changed_definition_are_told_apart(done: Corner) -> None:
    registry = done.config / "aps.csv"
    text = registry.read_text().replace("street-1,,road", "street-1,,shop")
    registry.write_text(text.replace("shop-1,,shop", "shop-1,,road"))
    assert planned(done) == f"{DAY}  registry changed"
    settings = done.config / "district.toml"
    settings.write_text(settings.read_text().replace('name = "default"', 'name = "default"\ngap = "20m"'))
    assert planned(done) == f"{DAY}  definition changed · registry changed"


def test_each_definition_runs_the_days_that_are_new_under_it(done: Corner) -> None:
    """Of three days the middle one has run under two of three definitions: it parts the days that run together."""
    settings = done.config / "district.toml"
    settings.write_text(f'{settings.read_text()}\n[[definitions]]\nname = "short"\ngap = "20m"\n')
    around = ("2026-11-20", "2026-11-22")
    lines = "".join(f"{day} 11:20:00,shop-1,{CAROL},seen\n" for day in around)
    (done.raw / "mall" / "around.csv.gz").write_bytes(gzip.compress(f"when,where,client,what\n{lines}".encode()))
    asked = ("run", *done.options, "--since", around[0], "--until", around[1], "--definition", "default,by-site,short")
    said = shangquan(*asked).done()
    new = re.findall(r"^(2026-11-2.)  new  (.*)@1$", said, re.MULTILINE)
    assert set(new) == {(DAY, "short"), *((day, name) for day in around for name in ("default", "by-site", "short"))}
    found = {(path.parent.name, path.stem) for path in (done.data / "visits").rglob("*.parquet")}
    assert found == {(f"day={day}", name) for day in (DAY, *around) for name in ("default", "by-site", "short")}
    assert shangquan(*asked, "--plan").done().count("nothing new or changed, nothing to do") == 3


def test_an_access_point_of_later_days_touches_no_earlier_one(done: Corner) -> None:
    with (done.config / "aps.csv").open("a") as file:
        file.write("shop-2,02:00:5e:00:00:02,shop,2027-01-01,\n")
    assert "nothing to do" in planned(done)


def test_an_address_that_a_known_access_point_is_given_is_a_changed_registry(done: Corner) -> None:
    registry = done.config / "aps.csv"
    registry.write_text(registry.read_text().replace("shop-1,,", "shop-1,02:00:5e:00:00:01,"))
    assert planned(done) == f"{DAY}  registry changed"


def test_a_day_run_before_its_tail_had_passed_becomes_final(done: Corner) -> None:
    record = json.loads(record_of(done).read_text())
    record_of(done).write_text(json.dumps(record | {"is_final": False}))
    assert planned(done) == f"{DAY}  provisional -> final"


def test_a_day_whose_key_was_destroyed_stays_as_it_is(done: Corner) -> None:
    shangquan("keys", "shred", "--day", DAY, *done.options[:2], "--data", done.data, "--yes").done()
    add_late_file(done)
    assert planned(done) == f"{DAY}  late files: 1  stays as it is: too late, its key was destroyed"
    assert "days to run 0  stay as they are 1" in shangquan("run", *done.options, "--since", DAY).done()


def test_a_day_whose_raw_files_are_gone_stays_as_it_is(done: Corner) -> None:
    add_late_file(done)
    (done.raw / "mall" / "saturday.csv.gz").unlink()
    assert planned(done) == f"{DAY}  late files: 1  stays as it is: raw files are gone: 1"


def test_a_touched_file_is_read_again_to_be_sure(done: Corner) -> None:
    os.utime(done.raw / "mall" / "saturday.csv.gz", ns=(1, 1))
    assert planned(done) == f"{DAY}  changed files: 1"


@pytest.mark.parametrize("more", [("--day", DAY), ("--until", "2026-10-01"), ("--until", "soon")])
def test_days_are_named_one_way(done: Corner, more: tuple[str, str]) -> None:
    assert shangquan("run", *done.options, "--since", "2026-11-01", *more).refused(10)


def test_status_says_what_waits(done: Corner) -> None:
    add_late_file(done)
    said = shangquan("status", *done.options).done()
    assert f"{DAY}  default@1  final  late files: 1  visits 4" in said
    assert f"{DAY}  by-site@1  final  late files: 1  visits 5" in said


def test_status_of_lines_that_no_run_has_read(tmp_path: Path) -> None:
    made = write_corner(tmp_path)
    assert f"{DAY}  default@1  raw arrived  new" in shangquan("status", *made.options).done()
    assert not made.data.exists()


def test_a_file_that_has_only_heartbeats_in_a_day_is_read_for_it(tmp_path: Path) -> None:
    made = write_corner(tmp_path)
    (made.raw / "street" / "quiet.tar.xz").write_bytes(lzma.compress(tar_of("quiet.log", QUIET.encode())))
    shangquan("run", *made.options, "--since", DAY, "--until", DAY).done()
    heard = pq.read_table(made.data / "ap_hours" / f"day={DAY}" / "default.parquet").to_pylist()
    assert [(row["ap"], row["sightings"]) for row in heard if row["heartbeat"]] == [("street-1", 3), ("street-1", 0)]
