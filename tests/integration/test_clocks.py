"""Two clocks in a line (N7): what a controller 94 s behind and 20 ppm slow is corrected by."""

import json
import shutil
from pathlib import Path

import pytest

from tests.integration.skewed_district import BEHIND_S, DAYS, DRIFT, Run, behind, right, write_district

_, SECOND, THIRD = DAYS
DAY_S = 86_400
DAY_START_S = -4 * 3600  # 05:00, before the first instant at 09:00


@pytest.fixture(scope="module")
def punctual(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The mall whose clocks are right, all days run in order."""
    run = Run(write_district(tmp_path_factory.mktemp("right"), right))
    run.visits(*DAYS)
    return run


@pytest.fixture(scope="module")
def skewed(punctual: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same guests under the same keys, AC-1's clock behind."""
    run = Run(write_district(tmp_path_factory.mktemp("behind"), behind))
    with_keys_of(punctual, run).visits(*DAYS)
    return run


def with_keys_of(one: Run, other: Run) -> Run:
    shutil.copytree(one.root / f"{one.data}.keys", other.root / f"{other.data}.keys")
    return other


def visits(run: Run, day: str) -> list[tuple[int, float, float]]:
    rows = run.table("visits", day)
    return sorted((row["subject"], row["start_ms"] / 1000, row["end_ms"] / 1000) for row in rows)


def stays(run: Run, day: str) -> list[tuple[int, float, str]]:
    return sorted((row["subject"], row["from_ms"] / 1000, row["zone"]) for row in run.table("stays", day))


@pytest.mark.parametrize(("day", "number"), [(SECOND, 1), (THIRD, 2)])
def test_a_planted_skew_is_recovered_within_a_second_all_day_long(skewed: Run, day: str, number: int):
    found = skewed.offset("AC-1", day)
    for since in (0, DAY_S):
        planted = BEHIND_S + DRIFT * (number * DAY_S + DAY_START_S + since)
        assert found["offset_ms"] / 1000 + found["drift_ppm"] * 1e-6 * since == pytest.approx(planted, abs=1)
    assert found["method"] == "two-clocks"
    assert skewed.offset("AC-2", day) | {"behind_ms": 0, "spread_ms": 0, "error_ms": 0} == {
        "day": found["day"], "feed": "relay", "clock": "AC-2", "offset_ms": 0, "drift_ppm": 0.0, "method": "right",
        "behind_ms": 0, "spread_ms": 0, "samples": 150, "error_ms": 0, "source": "two-clocks",
    }  # fmt: skip


@pytest.mark.parametrize("day", [SECOND, THIRD])
def test_visits_are_those_of_the_run_without_skew(punctual: Run, skewed: Run, day: str):
    for ours, theirs in zip(visits(skewed, day), visits(punctual, day), strict=True):
        assert ours == pytest.approx(theirs, abs=1)
    pairs = list(zip(stays(skewed, day), stays(punctual, day), strict=True))
    assert [(a[0], a[2]) for a, _ in pairs] == [(b[0], b[2]) for _, b in pairs]


def test_the_first_day_has_no_day_before_it_and_stays_as_stamped(punctual: Run, skewed: Run):
    assert {row["time_quality"] for row in skewed.table("sightings", DAYS[0])} == {0}
    assert stays(skewed, DAYS[0]) != stays(punctual, DAYS[0])
    assert skewed.table("clock_offsets", DAYS[0]) == []


def test_a_sighting_says_what_is_known_of_its_time(skewed: Run):
    assert {(row["ap"], row["time_quality"]) for row in skewed.table("sightings", THIRD)} == {("a1", 2), ("b1", 1)}


def test_the_operator_is_told_which_clock_is_wrong(punctual: Run, skewed: Run):
    skewed("ingest", "--day", THIRD)
    told = skewed.ended("sessionize", "--day", THIRD).err
    assert told == f"{THIRD}: relay: the clock of AC-1 is 97 s behind: corrected\n"
    punctual("ingest", "--day", THIRD)
    assert punctual.ended("sessionize", "--day", THIRD).err == ""


def test_the_order_in_which_days_run_makes_no_difference(skewed: Run):
    backwards = with_keys_of(skewed, Run(skewed.root, "backwards"))
    backwards.visits(*reversed(DAYS))
    for day in DAYS:
        for name in ("clock_offsets", "visits", "sightings"):
            assert sorted(map(str, backwards.table(name, day))) == sorted(map(str, skewed.table(name, day))), name


def test_a_stream_corrects_as_the_batch_does(skewed: Run):
    stream = with_keys_of(skewed, Run(skewed.root, "streamed"))
    stream("stream", "--replay", "--until-end")
    for day in DAYS:
        text = (skewed.root / "streamed" / "stream" / "visits" / f"day={day}.ndjson").read_text()
        live = sorted((row["subject"], row["start_ms"], row["end_ms"]) for row in map(json.loads, text.splitlines()))
        assert live == sorted((r["subject"], r["start_ms"], r["end_ms"]) for r in skewed.table("visits", day))


def test_once_a_day_has_run_other_lines_of_the_day_before_change_no_offset(skewed: Run, tmp_path: Path):
    shutil.copytree(skewed.root, tmp_path / "later")
    shutil.copytree(f"{skewed.root / skewed.data}.keys", tmp_path / "later" / "data.keys", dirs_exist_ok=True)
    other = write_district(tmp_path / "other", lambda second: second - 300)
    shutil.copy(other / "raw" / "relay" / f"{SECOND}.log", tmp_path / "later" / "raw" / "relay" / f"{SECOND}.log")
    later = Run(tmp_path / "later")
    later.visits(THIRD)
    assert later.table("clock_offsets", THIRD) == skewed.table("clock_offsets", THIRD)


def test_what_the_operator_declares_wins(punctual: Run, tmp_path: Path):
    offsets = f"feed,clock,from,offset_s\nrelay,AC-1,{DAYS[0]},90\nrelay,AC-1,{THIRD},95.5\n"
    run = with_keys_of(punctual, Run(write_district(tmp_path, behind, offsets)))
    run.visits(*DAYS)
    assert [run.offset("AC-1", day)["offset_ms"] for day in DAYS] == [90_000, 90_000, 95_500]
    assert {run.offset("AC-1", day)["method"] for day in DAYS} == {"declared"}
    for ours, theirs in zip(visits(run, DAYS[0]), visits(punctual, DAYS[0]), strict=True):
        assert ours == pytest.approx(theirs, abs=BEHIND_S - 90 + 1)


def test_offsets_that_cannot_be_are_refused_with_their_lines(tmp_path: Path):
    run = Run(write_district(tmp_path, right, "feed,clock,from,offset_s\nrelay,AC-1,soon,94\nnobody,,2026-11-02,1e9\n"))
    refused = run.ended("ingest", "--day", SECOND).refused(10)
    assert 'offsets.csv line 2: from "soon" is no date' in refused
    assert "offsets.csv line 3: offset_s is no number of seconds within a day" in refused
    assert 'offsets.csv line 3: feed "nobody" is not in district.toml' in refused


def test_a_year_of_files_copied_yesterday_lies_in_the_year_that_their_names_say(tmp_path: Path):
    run = Run(write_district(tmp_path, right))
    for log in (tmp_path / "raw" / "relay").iterdir():
        log.rename(log.with_name(log.name.replace("2026", "2021")))
    run("ingest", "--days", "all")
    assert sorted(path.name for path in (tmp_path / "data" / "work").iterdir()) == [
        "day=2021-11-02", "day=2021-11-03", "day=2021-11-04",
    ]  # fmt: skip
