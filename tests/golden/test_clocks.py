"""Civil time to UTC, against Python's own zoneinfo."""

import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clocks import doubled_ms, utc_of
from ingest.stamps import LOCAL

ZONES = ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MILLISECOND, DAY = datetime.timedelta(milliseconds=1), datetime.timedelta(days=1)
DAYS = st.integers(20 * 366, 129 * 365)
CIVIL = st.builds(lambda day, ms: EPOCH + day * DAY + ms * MILLISECOND, DAYS, st.integers(0, 86_399_999))


def utc_ms(moments: list[datetime.datetime], zone: str) -> list[int]:
    civil = np.array([(moment - EPOCH) // MILLISECOND for moment in moments], np.int64)
    return utc_of(civil, np.full(len(moments), LOCAL, np.int16), zone).tolist()


def as_zoneinfo_says(moment: datetime.datetime, zone: str) -> int:
    """fold=0: the first of two occurrences, and the offset before a gap."""
    at = moment.replace(tzinfo=ZoneInfo(zone), fold=0)
    return (at - EPOCH) // MILLISECOND


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=50, deadline=None)
@given(st.lists(CIVIL, min_size=1, max_size=5))
def test_any_civil_times_in_any_order_are_as_zoneinfo_says(zone, moments):
    assert utc_ms(moments, zone) == [as_zoneinfo_says(moment, zone) for moment in moments]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_every_minute_of_the_days_of_change_is_as_zoneinfo_says(zone):
    days = [EPOCH + DAY * (56 * 365 + 14 + k) for k in range(365)]  # 2026, as the clock on the wall says
    changes = [d for d in days if as_zoneinfo_says(d + DAY, zone) - as_zoneinfo_says(d, zone) != DAY // MILLISECOND]
    assert len(changes) == 2
    moments = [day + datetime.timedelta(minutes=minute) for day in changes for minute in range(24 * 60)]
    assert utc_ms(moments, zone) == [as_zoneinfo_says(moment, zone) for moment in moments]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"])
def test_a_time_shown_twice_is_as_much_later_as_zoneinfo_says(zone):
    hours = [EPOCH + DAY * (56 * 365 + 14) + datetime.timedelta(minutes=30 * k) for k in range(365 * 48)]  # 2026
    folds = [moment.replace(tzinfo=ZoneInfo(zone), fold=1) for moment in hours]
    later = [max(0, (fold - EPOCH) // MILLISECOND - as_zoneinfo_says(fold, zone)) for fold in folds]
    civil = np.array([(moment - EPOCH) // MILLISECOND for moment in hours], np.int64)
    assert doubled_ms(civil, zone).tolist() == later


def test_a_stamp_with_an_offset_needs_no_zone():
    assert utc_of(np.array([3_600_000, 0]), np.array([60, -30], np.int16), "Asia/Tokyo").tolist() == [0, 1_800_000]
