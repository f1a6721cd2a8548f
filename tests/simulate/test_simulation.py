"""The simulated district: the same bytes for a seed, and a truth that agrees with itself and with the logs."""

import csv
import datetime
import tomllib
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from pipelines.simulate.simulation import simulate
from pipelines.simulate.traps import TRAPS
from schemas import ConfigError, InputError

START = datetime.date(2026, 11, 20)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def simulated(folder: Path, **settings) -> dict[str, bytes]:
    simulate(out=folder / "raw", **{"seed": 3, "start": START, "days": 2, "visitors": 60, **settings})
    return contents(folder)


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    assert simulated(tmp_path / "one") == simulated(tmp_path / "two")


def test_another_seed_gives_other_people(tmp_path):
    one, two = simulated(tmp_path / "one"), simulated(tmp_path / "two", seed=4)
    assert one["truth/addresses.txt"] != two["truth/addresses.txt"]


def test_a_day_does_not_depend_on_how_many_follow(tmp_path):
    calm = {"traps": TRAPS - {"outage"}}  # its weekday counts from the first day and the length
    short, long = simulated(tmp_path / "short", days=1, **calm), simulated(tmp_path / "long", days=2, **calm)
    logs = [name for name in short if name.startswith("raw/") and f"{START}." in name and "portal" not in name]
    assert len(logs) == 6
    assert all(short[name] == long[name] for name in logs)


def test_a_folder_with_files_is_refused(tmp_path):
    simulated(tmp_path)
    with pytest.raises(InputError, match="is not empty"):
        simulated(tmp_path)


def test_an_unknown_trap_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no trap wormholes"):
        simulated(tmp_path, traps=frozenset({"wormholes"}))


def test_edited_settings_are_kept(tmp_path):
    (tmp_path / "district").mkdir()
    (tmp_path / "district" / "district.toml").write_text("# mine")
    assert simulated(tmp_path)["district/district.toml"] == b"# mine"


def test_the_size_is_about_what_was_asked_for(world):
    assert 0.7 * 24_000 < world.made.lines < 1.4 * 24_000


def test_stays_lie_in_their_visit_and_do_not_overlap(world):
    visits, stays = world.truth("visits"), world.truth("stays")
    visit = stays["visit"].to_numpy()
    begins, ends = visits["start_ms"].to_numpy(), visits["end_ms"].to_numpy()
    begin, end = stays["from_ms"].to_numpy(), stays["to_ms"].to_numpy()
    same = visit[1:] == visit[:-1]
    gap = begin[1:] - end[:-1]
    assert (begin < end).all()
    assert np.array_equal(begins, begin[np.r_[True, ~same]])
    assert np.array_equal(ends, end[np.r_[~same, True]])
    assert (gap[same] >= 0).all() and (gap[same] <= 15 * 60_000).all()


def test_true_visits_of_a_device_are_more_than_the_hold_apart(world):
    visits = world.truth("visits").sort_by([("address", "ascending"), ("start_ms", "ascending")])
    address = visits["address"].to_numpy()
    gap = visits["start_ms"].to_numpy()[1:] - visits["end_ms"].to_numpy()[:-1]
    assert (gap[address[1:] == address[:-1]] > 15 * 60_000).all()


def test_visits_say_whether_and_when_they_were_heard(world):
    visits = world.truth("visits")
    heard = visits.filter(pc.greater(visits["records"], 0))
    assert 0 < len(heard) < len(visits)
    assert visits.filter(pc.equal(visits["records"], 0))["first_line_ms"].null_count == len(visits) - len(heard)
    assert pc.all(pc.greater_equal(heard["last_line_ms"], heard["first_line_ms"])).as_py()


def test_every_trap_of_a_device_is_there_and_can_be_switched_off(world, calm_world):
    met = set(",".join(world.truth("visits")["trap"].to_pylist()).split(","))
    assert met >= {"flaps", "sleep", "lost_leaves", "lost_joins", "outage", "skew"}
    assert set(calm_world.truth("visits")["trap"].to_pylist()) == {""}


def test_traps_do_not_change_where_people_are(world, calm_world):
    columns = ["address", "start_ms", "end_ms"]
    assert world.truth("visits").select(columns).equals(calm_world.truth("visits").select(columns))


def test_random_phones_change_their_address_every_day(world):
    devices = world.truth("devices").to_pylist()
    local = {bool(int(d["address"][:2], 16) & 2) == d["random"] for d in devices}
    shares = [d["random"] for d in devices if d["kind"] == "visitor"]
    assert local == {True}
    assert 0.5 < np.mean(shares) < 0.75
    residents = [d["person"] for d in devices if d["kind"] == "resident" and d["random"]]
    assert len(residents) == 2 * len(set(residents))  # at home on both days


def test_a_bar_is_open_past_midnight_and_a_visit_may_cross_the_start_of_a_day(world):
    visits, stays = world.truth("visits").to_pylist(), world.truth("stays").to_pylist()
    hour = lambda at_ms: (at_ms / 3_600_000 + 8) % 24  # noqa: E731 - local
    assert any(0 < hour(stay["to_ms"]) < 4.6 and stay["site"] == "bar-quarter" for stay in stays)
    assert any(hour(v["start_ms"]) > 16 and 5 < hour(v["end_ms"]) < 10 for v in visits)


def test_the_district_folder_holds_together(world):
    folder = world.made.district
    rows = {p.stem: list(csv.DictReader(p.read_text().splitlines())) for p in folder.glob("*.csv")}
    settings = tomllib.loads((folder / "district.toml").read_text())
    zones, merchants = {row["zone"] for row in rows["zones"]}, {row["merchant"] for row in rows["merchants"]}
    assert 60 <= len(zones) == len(rows["zones"]) <= 120
    assert {row["zone"] for row in rows["aps"]} == zones
    assert {row["feed"] for row in rows["aps"]} == {feed["name"] for feed in settings["feeds"]}
    assert all(list(world.made.raw.glob(feed["glob"])) for feed in settings["feeds"])
    assert {row["zone"] for row in rows["merchants"]} <= zones
    assert {row["merchant"] for row in rows["consents"]} <= merchants | {""}
    for file in [*(folder / "campaigns").iterdir(), *(folder / "audiences").iterdir()]:
        one = tomllib.loads(file.read_text())
        assert one["name"] == file.stem and one.get("merchant") in merchants | {None}


def test_zones_do_not_overlap_on_the_plan(world):
    zones = list(csv.DictReader((world.made.district / "zones.csv").read_text().splitlines()))
    left, low, wide, high = (
        np.array([float(z[c]) for z in zones]) for c in ("x_m", "y_m", "width_m", "height_m")
    )  # fmt: skip
    across = np.minimum.outer(left + wide, left + wide) - np.maximum.outer(left, left)
    along = np.minimum.outer(low + high, low + high) - np.maximum.outer(low, low)
    covered = np.clip(across, 0, None) * np.clip(along, 0, None)
    assert (covered - np.diag(np.diag(covered)) < 1e-6).all()


def test_members_log_in_and_some_do_not_agree_to_everything(world):
    logins = world.truth("logins")
    portal = [line.split(b",") for line in world.raw("portal") if not line.startswith(b"time")]
    assert [(d.decode(), m.decode()) for _, d, m, _ in portal] == list(
        zip(*(logins.sort_by("at_ms")[c].to_pylist() for c in ("address", "member")), strict=True)
    )
    consents = list(csv.DictReader((world.made.district / "consents.csv").read_text().splitlines()))
    assert {row["purpose"] for row in consents} == {"location", "contact", "merchant"}
    assert any(row["withdrawn"] for row in consents)
