"""The laws of trading days: nothing is lost or doubled between two, and days add up to one run over the whole period.

logs of some local days -> a run of every day            visits by their start, hours of presence: summed over days
                        -> the kernel, once, without days                                         ==  the same
"""

import datetime
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.calendar import ONE_DAY
from pipelines.job import Job
from schemas import SIGHTING
from schemas.day import Day
from schemas.sighting import KIND_NAMES
from sessionize.coverage import zone_hours
from sessionize.hours import hours_of
from sessionize.visits import Walked, visits
from tests.engines.runs import Days, District, sessionized

MINUTE, HOUR = 60_000, 3_600_000
SETTINGS = """
[district]
name = "days"
time_zone = "{zone}"
day_start = {day_start}

[[feeds]]
name = "log"
format = "csv"
glob = "*.csv"
time_format = "epoch_ms"
"""
APS = "ap,zone\nbar,bar\nfood,food\nbooks,books\n"
ZONES = "zone,site\nbar,street\nfood,mall\nbooks,mall\n"

# Without who it was, which has another name every day, and `cut`, which only days know.
VISITED = ("start_ms", "end_ms", "sightings", "stays", "bounce", "static")
STAYED = ("from_ms", "to_ms", "site", "zone", "ordinal")

Row = tuple[int, int, str, str]  # UTC ms, number of the device, AP, kind


@dataclass(frozen=True)
class Place:
    """A district's time zone and `day_start`, and the first of the local dates that a log covers."""

    zone: str
    day_start: str
    first: datetime.date

    def ms(self, days: int, clock: str) -> int:
        """The instant of a local time, `days` after the first date."""
        local = datetime.datetime.combine(self.first + days * ONE_DAY, datetime.time.fromisoformat(clock))
        return round(local.replace(tzinfo=ZoneInfo(self.zone)).timestamp() * 1000)

    def days(self, folder: Path, log: list[Row]) -> Days:
        """Every day that has a row, through ingest and sessionize."""
        return sessionized(self.job(folder, log), None)

    def job(self, folder: Path, log: Sequence[Row] = ()) -> Job:
        """A district in `folder` whose raw log is `log`."""
        lines = [f"{at},02:00:00:00:{device >> 8:02x}:{device & 255:02x},{ap},{kind}\n" for at, device, ap, kind in log]
        settings = SETTINGS.format(zone=self.zone, day_start=self.day_start)
        for name, text in (
            ("district/district.toml", settings),
            ("district/aps.csv", APS),
            ("district/zones.csv", ZONES),
            ("raw/log.csv", "at,device,ap,kind\n" + "".join(lines)),
        ):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return District(folder / "district", folder / "raw").job(folder / "data", shards=3)


def place(zone: str, day_start: str, first: str) -> Place:
    return Place(zone, f"{day_start}:00", datetime.date.fromisoformat(first))


PLACES = {
    "an ordinary week": place("Asia/Shanghai", "05:00", "2026-11-20"),
    "from midnight": place("Asia/Shanghai", "00:00", "2026-11-20"),
    "New Year": place("Asia/Shanghai", "05:00", "2026-12-30"),
    "spring": place("Europe/Berlin", "05:00", "2026-03-27"),
    "spring, a start that is skipped": place("Europe/Berlin", "02:30", "2026-03-27"),
    "autumn": place("Europe/Berlin", "05:00", "2026-10-23"),
    "autumn, a start that comes twice": place("Europe/Berlin", "02:30", "2026-10-23"),
    "+13:00": place("Pacific/Tongatapu", "05:00", "2026-11-20"),
    "+13:00 from midnight": place("Pacific/Apia", "00:00", "2026-11-20"),
    "-11:00": place("Pacific/Pago_Pago", "05:00", "2026-11-20"),
}
LOCAL_DAYS = 4


@pytest.mark.parametrize("name", PLACES)
def test_a_bar_night_is_one_visit_of_the_day_it_began_in(name: str, tmp_path: Path) -> None:
    where = PLACES[name]
    nights = [(where.ms(day, "18:00"), where.ms(day + 1, "04:00")) for day in range(3)]
    log = [(at, 1, "bar", kind) for night in nights for at, kind in zip(night, ("joined", "left"), strict=True)]
    days = where.days(tmp_path, log)
    visits = days.table("visit").sort_by("start_ms").to_pylist()
    assert [(visit["start_ms"], visit["end_ms"]) for visit in visits] == nights
    assert [visit["day"] for visit in visits] == [where.first + day * ONE_DAY for day in range(3)]
    hours = [(end - start) / HOUR for start, end in nights]
    assert sorted(hours) == {"spring": [9, 10, 10], "autumn": [10, 10, 11]}.get(name.partition(",")[0], [10, 10, 10])


@pytest.mark.parametrize("name", PLACES)
def test_days_add_up_to_one_run_over_the_whole_period(name: str, tmp_path: Path) -> None:
    """Of devices whose visits end within the tail of the day they began in: a day hears nothing after that."""
    where = PLACES[name]
    everyone = random_log(where, devices=90)
    late = heard_too_late(where, everyone, tmp_path)
    log = [row for row in everyone if row[1] not in late]
    days = where.days(tmp_path, log)
    ran = [days.job.calendar.day(date) for date in days.dates]
    assert all(day.end_ms == after.start_ms for day, after in itertools.pairwise(ran))
    whole = walked(days.job, log)
    assert len(whole.visits) > 200
    assert any(crosses(row, day.start_ms) for row in whole.visits.to_pylist() for day in ran[1:])
    assert rows_of(days.table("visit"), VISITED) == rows_of(whole.visits, VISITED)
    assert rows_of(days.table("stay"), STAYED) == rows_of(whole.stays, STAYED)
    assert hours_in(days.table("zone_hour")) == hours_in(whole_hours(whole, ran))


@pytest.mark.parametrize("name", PLACES)
def test_a_visit_that_differs_from_the_whole_runs_says_that_it_was_cut(name: str, tmp_path: Path) -> None:
    where = PLACES[name]
    log = random_log(where, devices=90)
    days, whole = where.days(tmp_path, log), rows_of(walked(where.job(tmp_path), log).visits, VISITED)
    found = days.table("visit")
    assert rows_of(found, VISITED[:1]) == [row[:1] for row in whole]
    uncut = rows_of(found.filter(pc.invert(found["cut"])), VISITED)
    assert uncut
    assert not Counter(uncut) - Counter(whole)


@pytest.mark.parametrize("name", PLACES)
def test_a_device_that_never_goes_starts_one_visit_and_is_present_every_minute(name: str, tmp_path: Path) -> None:
    where = PLACES[name]
    first, last = where.ms(0, "12:00"), where.ms(LOCAL_DAYS - 1, "12:00")
    days = where.days(tmp_path, [(at, 1, "food", "seen") for at in range(first, last + 1, 10 * MINUTE)])
    (visit,) = days.table("visit").to_pylist()
    assert (visit["start_ms"], visit["day"], visit["static"], visit["cut"]) == (first, where.first, True, True)
    presence = sum(ms for (level, *_), (_, ms, _) in hours_in(days.table("zone_hour")).items() if level == "zone")
    assert presence == last - first


def random_log(where: Place, devices: int) -> list[Row]:
    """Visits of minutes to hours at any time of the local days, many of them around the borders; every kind of row."""
    rng = random.Random(where.first.toordinal())
    borders = [where.ms(day, where.day_start) for day in range(1, LOCAL_DAYS)]
    first, last = where.ms(0, "06:00"), where.ms(LOCAL_DAYS - 1, "20:00")
    log = []
    for device in range(devices):
        for _ in range(6):
            begin = rng.choice([rng.randrange(first, last), rng.choice(borders) - rng.randrange(3 * HOUR)])
            log += a_visit(rng, device, begin)
    edges = [(at + by, devices, "food", "seen") for at in borders for by in (-1, 0)]
    return [*rng.sample(log, len(log)), *edges]


def a_visit(rng: random.Random, device: int, begin: int) -> list[Row]:
    """Some rows from `begin` on, at most an hour apart."""
    at, rows = begin, []
    for _ in range(rng.randrange(1, 8)):
        rows.append((at, device, rng.choice(("bar", "food", "books")), rng.choice(("joined", "seen", "seen", "left"))))
        at += rng.randrange(1, 60 * MINUTE)
    return rows


def heard_too_late(where: Place, log: list[Row], folder: Path) -> set[int]:
    """Devices with a visit that goes on after the tail of its day."""
    job = where.job(folder)
    found = walked(job, log).visits.to_pylist()
    ends = ((row, job.calendar.day(job.calendar.date_of(row["start_ms"])).window_end_ms) for row in found)
    return {row["subject"] for row, end in ends if row["end_ms"] >= end}


def walked(job: Job, log: list[Row]) -> Walked:
    """The log through the kernel at once, without days and keys."""
    rows = SIGHTING.table(
        at_ms=[row[0] for row in log],
        subject=[row[1] for row in log],
        ap=[row[2] for row in log],
        kind=[KIND_NAMES.index(row[3]) for row in log],
        signal_dbm=pa.nulls(len(log), pa.int16()),
        feed=["log"] * len(log),
        file=["log.csv"] * len(log),
        line=list(range(len(log))),
        time_quality=[0] * len(log),
    )
    return visits(rows, job.district.registry.places, job.rules, None)


def whole_hours(whole: Walked, days: list[Day]) -> pa.Table:
    """ZONE_HOUR of the whole period as one day, its hours those of the days."""
    first, last = days[0], days[-1]
    period = Day("days", first.date, first.start_ms, last.end_ms, first.window_start_ms, last.window_end_ms)
    return zone_hours(whole.stays, period, np.concatenate([hours_of(day) for day in days]))


def crosses(visit: dict[str, int], border: int) -> bool:
    return visit["start_ms"] < border < visit["end_ms"]


def rows_of(table: pa.Table, columns: tuple[str, ...]) -> list[tuple[object, ...]]:
    return sorted(zip(*(table[name].to_pylist() for name in columns), strict=True))


def hours_in(table: pa.Table) -> dict[tuple[object, ...], tuple[int, ...]]:
    """(devices, presence in ms, peak) by place and hour; places and hours without anyone are left out."""
    keys, counts = ("level", "site", "zone", "hour_ms"), ("devices", "presence_ms", "peak")
    rows = table.to_pylist()
    found = {tuple(row[name] for name in keys): tuple(row[name] for name in counts) for row in rows if row["devices"]}
    assert len(found) == sum(1 for row in rows if row["devices"])
    return found
