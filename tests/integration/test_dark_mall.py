"""A mall whose access points are off from 14:00 to 16:06, after three days on which they spoke: what the day says (N8).

Nobody's lines change: the same people walk through a mall that does not hear them.
"""

import datetime
import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest

from pipelines.calendar import ONE_DAY
from pipelines.simulate.simulation import simulate
from pipelines.steps.report import figures_of
from tests.engines.runs import Days, District, sessionized

MONDAY = datetime.date(2026, 11, 2)
DARK = MONDAY + 3 * ONE_DAY
MALL = "mall-a"
_STAMP = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")  # local, as the simulator writes the mall's log and the portal's


@pytest.fixture(scope="module")
def lit(tmp_path_factory: pytest.TempPathFactory) -> Days:
    """Four days on which every access point of the mall spoke."""
    folder = tmp_path_factory.mktemp("lit")
    made = simulate(out=folder / "raw", start=MONDAY, days=4, lines=20_000, seed=5)
    return sessionized(District(made.district, made.raw).job(folder / "data"), None, _days())


@pytest.fixture(scope="module")
def dark(lit: Days, tmp_path_factory: pytest.TempPathFactory) -> Days:
    """The same four days, the mall dark for two hours of the last."""
    folder = tmp_path_factory.mktemp("dark")
    for path in sorted(lit.job.raw.rglob("*.*")):
        target = folder / "raw" / path.relative_to(lit.job.raw)
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_bytes().splitlines(keepends=True)
        target.write_bytes(b"".join(line for line in lines if not is_dark(line, path.parent.name)))
    district = District(lit.job.config.folder, folder / "raw")
    return sessionized(district.job(folder / "data"), None, _days(), keys=lit.job.workspace.keys)


def is_dark(line: bytes, feed: str) -> bool:
    """Whether the mall would have written the line while it was off; a login there reached no portal."""
    stamp = _STAMP.search(line)
    when = stamp[0].decode().replace("T", " ") if stamp else ""
    is_there = feed == MALL or (feed == "portal" and MALL.encode() in line)
    return is_there and f"{DARK} 14:00" <= when < f"{DARK} 16:06"  # a silence of five minutes is told at its end


def _days() -> list[datetime.date]:
    return [MONDAY + place * ONE_DAY for place in range(4)]


@pytest.fixture(scope="module")
def figures(dark: Days) -> dict[str, pa.Table]:
    """Those of the dark day, from the warehouse."""
    with patch("pipelines.warehouse.load.Gate"), dark.run.warehouse() as warehouse:
        for date in dark.dates:
            dark.run.load(warehouse, date)
        day = dark.job.calendar.day(DARK)
        return dict(figures_of(dark.job, warehouse, day, dark.run.members, None))


def hours_of(figure: pa.Table, hour: int) -> list[dict[str, Any]]:
    return [row for row in figure.to_pylist() if row["site"] == MALL and row["hour"] == hour]


@pytest.mark.parametrize("hour", [14, 15])
def test_the_mall_and_its_zones_are_not_covered(figures: dict[str, pa.Table], hour: int) -> None:
    assert [row["share_covered"] for row in hours_of(figures["coverage"], hour)] == [0]
    zones = hours_of(figures["zone_coverage"], hour)
    assert len(zones) > 5
    assert {row["share_covered"] for row in zones} == {0}


def test_the_districts_total_is_a_range_that_holds_who_was_there(lit: Days, figures: dict[str, pa.Table]) -> None:
    """The visitors of the day on which everything spoke lie between both ends."""
    (total,) = figures["range"].to_pylist()
    counted = [v for v in _visits(lit) if not v["static"] and not v["staff"] and v["end_ms"] - v["start_ms"] >= 300_000]
    assert total["at_least"] < len({visit["subject"] for visit in counted}) <= total["at_most"]


def test_visits_that_the_dark_could_have_changed_are_flagged(lit: Days, dark: Days) -> None:
    """Whoever stayed on in the dark, in a zone that is known to speak then, is flagged; hardly anybody else is."""
    watched = {row["zone"] for row in _rows(dark, "ap_hour") if row["site"] == MALL and is_silent(row)}
    before, after = (_by_subject(days) for days in (lit, dark))
    stayed_on = [
        subject
        for subject in before.keys() & after.keys()
        if zones_at_two(before[subject]) & watched & {stay["zone"] for stay in after[subject]}
    ]
    flagged = {visit["subject"] for visit in _visits(dark) if visit["uncovered"]}
    assert len(stayed_on) > 10
    assert len(flagged.intersection(stayed_on)) >= 0.9 * len(stayed_on)
    others = after.keys() - set(stayed_on)
    assert len(flagged & others) < 0.2 * len(others)


def is_silent(row: dict[str, Any]) -> bool:
    return bool(row["expected"]) and not row["sightings"] and not row["heartbeat"]


def zones_at_two(stays: list[dict[str, Any]]) -> set[str]:
    """The zones in which these stays were when the lights went out."""
    two = int(datetime.datetime.combine(DARK, datetime.time(6), datetime.UTC).timestamp() * 1000)  # 14:00 in Shanghai
    return {stay["zone"] for stay in stays if stay["from_ms"] < two < stay["to_ms"]}


def _by_subject(days: Days) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for stay in _rows(days, "stay"):
        found.setdefault(stay["subject"], []).append(stay)
    return found


def test_a_second_run_says_the_same_though_its_day_has_grown_a_history(dark: Days, tmp_path: Path) -> None:
    """What is usual was frozen when the day was first run: days that are taken away since change no flag."""
    before = _rows(dark, "visit"), _rows(dark, "ap_hour")
    for date in _days()[:2]:
        dark.job.workspace.table("ap_hours", date, "default").rename(tmp_path / f"{date}.parquet")
    dark.run.ingest(frozenset([DARK]))
    dark.run.sessionize(DARK)
    for date in _days()[:2]:
        (tmp_path / f"{date}.parquet").rename(dark.job.workspace.table("ap_hours", date, "default"))
    assert (_rows(dark, "visit"), _rows(dark, "ap_hour")) == before


def _visits(days: Days) -> list[dict[str, Any]]:
    return _rows(days, "visit")


def _rows(days: Days, name: str) -> list[dict[str, Any]]:
    """The table of the dark day, in a total order."""
    rows: list[dict[str, Any]] = Days(days.job, days.run, [DARK]).table(name).to_pylist()
    return rows
