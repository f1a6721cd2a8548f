"""A controller without a second clock, 94 s behind and 20 ppm slow, is corrected by the devices that roam (N7)."""

import itertools
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.clock_offsets import ClockOffsets
from pipelines.job import make_job
from pipelines.sources.pieces import tasks_of
from tests.integration.roaming_district import APS, DISTRICT, write_roaming_district
from tests.integration.skewed_district import BEHIND_S, DAYS, DRIFT, Run, behind, right
from tests.integration.test_clocks import DAY_S, DAY_START_S, stays, visits, with_keys_of
from tests.product.command import shangquan

_, SECOND, THIRD = DAYS


@pytest.fixture(scope="module")
def punctual(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = Run(write_roaming_district(tmp_path_factory.mktemp("right"), right))
    run.visits(*DAYS)
    return run


@pytest.fixture(scope="module")
def skewed(punctual: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = Run(write_roaming_district(tmp_path_factory.mktemp("behind"), behind))
    with_keys_of(punctual, run).visits(*DAYS)
    return run


@pytest.mark.parametrize(("day", "number"), [(SECOND, 1), (THIRD, 2)])
def test_what_roaming_devices_tell_is_right_within_a_second_all_day_long(skewed: Run, day: str, number: int):
    found = skewed.offset("", day)
    assert (found["feed"], found["method"], found["source"]) == ("floor", "roam-pairs", "roam-pairs")
    for since in (0, DAY_S):
        planted = BEHIND_S + DRIFT * (number * DAY_S + DAY_START_S + since)
        assert found["offset_ms"] / 1000 + found["drift_ppm"] * 1e-6 * since == pytest.approx(planted, abs=1)
    assert found["error_ms"] < 2_500
    assert skewed.offset("AC-2", day)["method"] == "right"


@pytest.mark.parametrize("day", [SECOND, THIRD])
def test_visits_are_those_of_the_run_without_skew(punctual: Run, skewed: Run, day: str):
    for ours, theirs in zip(visits(skewed, day), visits(punctual, day), strict=True):
        assert ours == pytest.approx(theirs, abs=2)
    assert paths(skewed, day) == paths(punctual, day)


def paths(run: Run, day: str) -> dict[int, list[str]]:
    """The zones of each subject in order; a second between two of them is beyond a log of seconds."""
    named = [(subject, zone) for subject, _, zone in stays(run, day) if zone != "between"]
    return {subject: [zone for _, zone in rows] for subject, rows in itertools.groupby(named, lambda row: row[0])}


def test_the_first_day_has_no_day_before_it_and_stays_as_stamped(punctual: Run, skewed: Run):
    assert stays(skewed, DAYS[0]) != stays(punctual, DAYS[0])
    assert skewed.table("clock_offsets", DAYS[0]) == []


def test_a_clock_that_roamers_find_right_is_left_alone(punctual: Run):
    assert [punctual.offset("", day)["method"] for day in (SECOND, THIRD)] == ["right", "right"]
    assert [punctual.offset("", day)["offset_ms"] for day in (SECOND, THIRD)] == [0, 0]


def test_no_pseudonym_of_the_pairs_is_kept(skewed: Run):
    kept = {
        name for path in (skewed.root / "data" / "clocks").rglob("*.parquet") for name in pq.read_schema(path).names
    }
    assert kept.isdisjoint({"subject", "draw", "ap"})
    assert not list(Path(skewed.root / "data").rglob("*pair*"))


def test_the_order_in_which_days_run_makes_no_difference(skewed: Run):
    backwards = with_keys_of(skewed, Run(skewed.root, "backwards"))
    backwards.visits(THIRD, SECOND)
    for day in (SECOND, THIRD):
        for name in ("clock_offsets", "visits"):
            assert sorted(map(str, backwards.table(name, day))) == sorted(map(str, skewed.table(name, day))), name


@pytest.mark.parametrize("gone", ["the feed", "its logs"])
def test_a_frozen_offset_holds_when_the_clock_that_it_came_from_is_gone(skewed: Run, gone: str, tmp_path: Path):
    """As `clocks list` says: a day that is run again is corrected as before."""
    shutil.copytree(skewed.root, tmp_path, dirs_exist_ok=True)
    later, config = Run(tmp_path), tmp_path / "district" / "district.toml"
    if gone == "the feed":
        config.write_text(DISTRICT.split("[[feeds]]")[0] + "[[feeds]]" + DISTRICT.split("[[feeds]]")[2])
        (tmp_path / "district" / "aps.csv").write_text(APS.replace(",relay", ","))
    else:
        for log in (tmp_path / "raw" / "relay").iterdir():
            log.write_text("")
    later.visits(THIRD)
    assert later.offset("", THIRD) == skewed.offset("", THIRD)
    assert floor_times(skewed) <= floor_times(later)
    assert moved_by_engines(later) == moved_by_engines(skewed) != 0


def floor_times(run: Run) -> set[int]:
    return {row["at_ms"] for row in run.table("sightings", THIRD) if row["feed"] == "floor"}


def moved_by_engines(run: Run) -> int:
    """By how many ms the workers of an engine move the first row of THIRD's file of the floor."""
    root = run.root
    job = make_job(config=root / "district", raw=root / "raw", data=root / run.data, definition=None, shards=1)
    (floor,) = (feed for feed in job.config.feeds if feed.name == "floor")
    *_, last = job.files(floor)
    task = next(tasks_of(job.config.feed(floor), last, 0))
    read = task.parser.parse(task.piece.data, task.piece.first_line, task.near_ms)
    moved, _ = ClockOffsets(job).frozen().corrected(task.feed, read)
    return int(moved.at_ms[0] - read.at_ms[0])


def test_clocks_found_in_older_logs_correct_a_districts_first_day(punctual: Run, skewed: Run):
    first = with_keys_of(punctual, Run(skewed.root, "first"))
    older = skewed.root / "older"
    for log in (skewed.root / "raw").rglob(f"{SECOND}.*"):
        shutil.copytree(log.parent, older / log.parent.name, ignore=shutil.ignore_patterns(f"{THIRD}.*"))
    told = shangquan(
        "clocks", "estimate", "--days", THIRD, "--config", first.root / "district", "--raw", older,
        "--data", first.root / "first",
    ).done()  # fmt: skip
    assert f"{THIRD}  floor  (its own)  +97." in told
    assert f"of {SECOND}  roam pairs" in told
    assert "estimated 2  corrected 1  declared 0  right 1  not known 0" in told
    listed = shangquan("clocks", "list", "--config", first.root / "district", "--data", first.root / "first").done()
    assert listed == told.replace("estimated", "listed")
    first.visits(THIRD)
    assert first.table("visits", THIRD) == skewed.table("visits", THIRD)


def test_status_counts_the_clocks_of_the_last_day(skewed: Run):
    told = shangquan("status", "--config", skewed.root / "district", "--data", skewed.root / skewed.data).done()
    assert re.search(r"^clocks  2026-11-\d\d  corrected 1  declared 0  right 1  not known 0$", told, re.MULTILINE)


def test_clocks_of_days_that_no_log_tells_of_are_refused(skewed: Run, tmp_path: Path):
    folders = ("--config", skewed.root / "district", "--raw", skewed.root / "raw", "--data", skewed.root / "none")
    refused = shangquan("clocks", "estimate", "--days", DAYS[0], *folders).refused(11)
    assert "nothing tells of any clock on 2026-11-01" in refused
    shutil.copytree(skewed.root / "district", tmp_path / "district")
    (tmp_path / "district" / "offsets.csv").write_text(f"feed,clock,from,offset_s\nfloor,,{DAYS[0]},94\n")
    declared = ("--config", tmp_path / "district", *folders[2:4], "--data", tmp_path / "data")
    assert refused == shangquan("clocks", "estimate", "--days", DAYS[0], *declared).refused(11)
    told = shangquan("clocks", "estimate", "--days", SECOND, *declared).done()
    assert "estimated 1  corrected 0  declared 1  right 1  not known 0" in told
    status = shangquan("status", "--config", tmp_path / "district", "--data", tmp_path / "fresh").done()
    assert f"clocks  {DAYS[0]}  corrected 0  declared 1  right 0  not known 0" in status
    listed = shangquan("clocks", "list", "--config", skewed.root / "district", "--data", skewed.root / "none")
    assert "floor: nothing is known of its clocks yet: its times are as stamped" in listed.err


def test_the_days_page_says_how_much_of_the_time_is_known(punctual: Run, skewed: Run):
    told = with_keys_of(punctual, Run(skewed.root, "reported"))
    told("run", "--day", THIRD)
    report = skewed.root / "reported" / "reports" / f"day={THIRD}" / "default"
    rows = [
        line.split("clocks,item=")[1] for line in Path(f"{report}.csv").read_text().splitlines() if ",clocks," in line
    ]
    kept = len(told.table("sightings", THIRD))
    assert {"as_stamped,value,0", f"corrected,of,{kept}", "clocks_corrected,value,1", "clocks_corrected,of,2"} <= set(
        rows
    )
    assert "largest_offset_s,value,97" in rows
    assert "of sightings; 1 corrected, by 97 s at most" in Path(f"{report}.html").read_text()
