"""Abbreviations of zones in stamps: what the feed says of them, else what they mean everywhere, else nothing."""

import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pytest

from ingest.feed import Feed
from ingest.mapping import Civil
from ingest.stamps import LOCAL
from ingest.words import words_from
from ingest.zone_names import ONE_MEANING, check_zones, named_times, zone_of
from schemas import ConfigError
from schemas.rejected import REASONS

MONTHS = [datetime.datetime(year, month, 15, tzinfo=datetime.UTC) for year in (2025, 2026) for month in range(1, 13)]


def offsets_in_use(name: str) -> set[int]:
    """Every offset that some zone of the tz database calls `name` nowadays, in minutes."""
    return {offset for one, offset in names_in_use() if one == name}


@cache
def names_in_use() -> set[tuple[str, int]]:
    zones = [ZoneInfo(zone) for zone in sorted(available_timezones()) if "/" in zone and not zone.startswith("Etc")]
    local = [month.replace(tzinfo=zone) for zone in zones for month in MONTHS]
    return {(at.tzname(), int(at.utcoffset().total_seconds()) // 60) for at in local}


@pytest.mark.parametrize("name", sorted(set(ONE_MEANING) - {"UTC"}))
def test_an_abbreviation_of_the_table_means_one_offset_in_the_whole_tz_database(name):
    assert offsets_in_use(name) == {ONE_MEANING[name]}


@pytest.mark.parametrize("name", ["CST", "IST", "PST"])
def test_an_abbreviation_with_several_meanings_is_not_guessed(name):
    assert len(offsets_in_use(name)) > 1
    assert zone_of(name, Feed("mall", "ruijie", "UTC")) is None


@pytest.mark.parametrize(
    ("name", "feed", "zone"),
    [
        ("CST", Feed("mall", "ruijie", "UTC", zone_names={"CST": "Asia/Shanghai"}), 480),
        ("CST", Feed("mall", "ruijie", "America/New_York", zone_names={"CST": "America/Chicago"}), -360),
        ("CST", Feed("mall", "ruijie", "Asia/Shanghai"), 480),
        ("BJT", Feed("mall", "ruijie", "UTC", zone_names={"BJT": "Asia/Shanghai"}), "Asia/Shanghai"),
        ("EDT", Feed("mall", "ruijie", "Asia/Shanghai"), -240),
        ("XYZ", Feed("mall", "ruijie", "Asia/Shanghai"), None),
    ],
)
def test_the_feed_decides_before_the_table(name, feed, zone):
    assert zone_of(name, feed) == zone


def test_each_stamp_of_a_column_goes_by_its_own_zone():
    names = words_from(np.array([0, 1, 2, 3, -1, 0]), ["CST", "CEST", "BJT", "ABC"])
    civil = Civil(np.full(6, 1_795_251_600_000), np.array([LOCAL] * 5 + [60], np.int16), np.ones(6, bool))
    verdict = np.zeros(6, np.int8)
    zone_names = {"CST": "America/Chicago", "BJT": "Asia/Shanghai"}
    at_ms = named_times(civil, names, verdict, Feed("mall", "ruijie", "Asia/Tokyo", zone_names=zone_names))
    hours = (civil.civil_ms - at_ms) // 3_600_000
    assert hours[[0, 1, 2, 4, 5]].tolist() == [-6, 2, 8, 9, 1]
    assert verdict.tolist() == [0, 0, 0, 1 + REASONS.index("bad-time"), 0, 0]


def test_a_zone_that_is_none_is_refused_with_its_name():
    with pytest.raises(ConfigError, match="Asia/Atlantis"):
        check_zones(Feed("mall", "ruijie", zone_names={"CST": "Asia/Atlantis"}))
