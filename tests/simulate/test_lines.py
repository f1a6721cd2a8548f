"""Raw lines: as formats.md documents them, of known devices, in order of arrival, with the counts that truth gives."""

import csv
import datetime
import json
import re

import pytest

MAC = rb"(?P<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2})"
MESSAGE = (
    rb"wlan0: (?:STA " + MAC + rb" (?:IEEE 802\.11: (?:authenticated|associated \(aid \d+\)|disassociated"
    rb"(?: due to inactivity)?|deauthenticated due to inactivity \(timer DEAUTH/REMOVE\))|WPA: pairwise key handshake "
    rb"completed \(RSN\))|AP-STA-(?:DIS)?CONNECTED (?P<mac2>[0-9a-f:]{17}))"
)
LINE = {
    "rfc5424": re.compile(
        rb"<(?:29|30)>1 (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00) (?P<ap>[\w-]+) hostapd 812 - - " + MESSAGE
    ),
    "rfc3164": re.compile(
        rb"<(?:29|30)>(?P<at>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?P<ap>[\w-]+) hostapd: " + MESSAGE
    ),
    "csv": re.compile(
        rb"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}),(?P<ap>[\w-]+)," + MAC + rb",(?:join|leave|idle)(?P<mac2>)"
    ),
}
FEEDS = {"streets": "rfc5424", "mall-a": "rfc5424", "mall-b": "rfc3164", "mall-d": "csv"}


def registered(world) -> dict[str, str]:
    aps = csv.DictReader((world.made.district / "aps.csv").read_text().splitlines())
    return {row["ap"]: row["bssid"] for row in aps}


def lines_of(world, feed: str) -> list[bytes]:
    return [line for line in world.raw(feed) if line != b"time,ap,client,event"]


def counted(world, feed: str, what: str) -> int:
    return sum(row[what] for row in world.truth("files").to_pylist() if row["feed"] == feed)


@pytest.mark.parametrize("feed", FEEDS)
def test_lines_are_as_documented_and_of_known_devices(world, feed):
    found = [LINE[FEEDS[feed]].fullmatch(line) for line in lines_of(world, feed)]
    known = world.addresses
    assert len(found) == counted(world, feed, "lines")
    assert found.count(None) == counted(world, feed, "garbage") > 0
    assert {(m["mac"] or m["mac2"]).decode() for m in found if m} <= known


@pytest.mark.parametrize("feed", FEEDS)
def test_aps_are_registered_but_for_the_forgotten_one(world, feed):
    found = {m["ap"].decode() for line in lines_of(world, feed) if (m := LINE[FEEDS[feed]].fullmatch(line))}
    assert found - set(registered(world)) == ({"harbour-road-3-ap2"} if feed == "streets" else set())


@pytest.mark.parametrize("feed", ["mall-c", "market"])
def test_meraki_posts_are_as_documented_and_of_known_devices(world, feed):
    known, bssids = world.addresses, set(registered(world).values())
    records = garbage = 0
    for line in lines_of(world, feed):
        try:
            post = json.loads(line)
        except ValueError:
            garbage += 1
            continue
        assert (post["version"], post["type"]) == ("3.0", "WiFi")
        for seen in post["data"]["observations"]:
            records += 1
            assert seen["clientMac"] in known and seen["latestRecord"]["nearestApMac"] in bssids
            assert datetime.datetime.fromisoformat(seen["latestRecord"]["time"]).tzinfo
            heard = [one["apMac"] for place in seen["locations"] for one in place["rssiRecords"]]
            assert len(heard) == len(set(heard)) in (0, 3) and set(heard) <= bssids
    assert (records, garbage) == (counted(world, feed, "records"), counted(world, feed, "garbage"))


@pytest.mark.parametrize("feed", ["streets", "mall-a", "mall-d"])
def test_without_traps_lines_stand_in_the_order_of_their_time(calm_world, feed):
    times = [LINE[FEEDS[feed]].fullmatch(line)["at"] for line in lines_of(calm_world, feed)]
    assert len(times) > 100 and times == sorted(times)


def test_without_traps_no_line_comes_twice_and_none_is_late(calm_world):
    files = calm_world.truth("files").to_pylist()
    assert {(row["repeats"], row["garbage"], row["late"]) for row in files} == {(0, 0, 0)}
    lines = lines_of(calm_world, "mall-d")
    assert len(lines) == len(set(lines))


def test_repeats_are_exact(world):
    lines = [line for line in lines_of(world, "mall-d") if LINE["csv"].fullmatch(line)]
    assert len(lines) - len(set(lines)) == counted(world, "mall-d", "repeats") > 0


def test_some_lines_arrive_three_hours_late(world):
    late = [row for row in world.truth("files").to_pylist() if row["late"]]
    assert late
    feed = next(row["feed"] for row in late)
    assert counted(world, feed, "late") < counted(world, feed, "records")


def test_a_dead_switch_silences_its_floor_for_two_hours(world, calm_world):
    def hours(some_world, floor):
        lines = (line for line in lines_of(some_world, "mall-a") if b" mall-a-%b-" % floor in line)
        found = (LINE["rfc5424"].fullmatch(line) for line in lines)
        return {match["at"][:13] for match in found if match}

    silent = {b"2026-11-21T14", b"2026-11-21T15"}
    assert silent & hours(calm_world, b"l1") and not silent & hours(world, b"l1")
    assert silent & hours(world, b"l4")


def test_a_slow_clock_writes_its_own_time(world, calm_world):
    """Mall B's first line of the day is the same event in both, 94 s earlier on the slow clock."""
    texts = (lines_of(some_world, "mall-b")[0] for some_world in (calm_world, world))
    right, slow = (datetime.datetime.strptime(t[4:19].decode(), "%b %d %H:%M:%S") for t in texts)  # noqa: DTZ007
    assert (right - slow).total_seconds() == 94


def test_raw_logs_are_readable_by_their_owner_alone(world):
    assert {path.stat().st_mode & 0o777 for path in world.made.raw.rglob("*.*")} == {0o600}
