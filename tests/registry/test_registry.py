"""The registry: places and names out of the district's files, and every fault of them in one message."""

import datetime
import re
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from ingest.registry import ALWAYS_FROM_MS, ALWAYS_UNTIL_MS, Registry, from_data, from_files
from schemas import ConfigError
from schemas.place import RESERVED_ZONES

SHANGHAI = "Asia/Shanghai"
DAY_KEY = b"k" * 32

ZONES = """\
zone,name,site,floor,kind,x_m,y_m,width_m,height_m
atrium,中庭,north-mall,F1,hall,0,0,20.5,30
food,,north-mall,F2,food,,,,
lane,West Lane,lane,,street,40,0,5,200
"""
APS = """\
ap,bssid,zone,valid_from,valid_until
ap-1,02:00:00:00:10:01 02:00:00:00:10:02,atrium,,2026-11-21
ap-1,02:00:00:00:10:01,food,2026-11-21,
ap-2,0200.0000.2001,food,2026-11-20 18:30,
ap-3,,lane,,
"""
MERCHANTS = """\
merchant,name,zone,valid_from,valid_until
noodle-king,面王,food,2026-01-01,
"""


def registry(aps: str = APS, zones: str = ZONES, merchants: str | None = MERCHANTS, **more) -> Registry:
    return from_files(aps.encode(), zones.encode(), merchants and merchants.encode(), SHANGHAI, **more)


def faults(**files) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        registry(**files)
    assert refused.value.exit_code == 10
    return str(refused.value).splitlines()


def local_ms(text: str) -> int:
    return round(datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(SHANGHAI)).timestamp() * 1000)


def names(registry: Registry, *keys: str) -> list[str]:
    return registry.ap_names(pa.array(keys).dictionary_encode(), np.zeros(len(keys), np.int64), DAY_KEY).to_pylist()


def test_an_ap_that_moved_has_two_places_without_a_gap():
    first, second = registry().places.slice(0, 2).to_pylist()
    assert (first["ap"], first["zone"], first["site"]) == ("ap-1", "atrium", "north-mall")
    assert (first["from_ms"], first["until_ms"]) == (ALWAYS_FROM_MS, local_ms("2026-11-21 00:00"))
    assert (second["zone"], second["from_ms"]) == ("food", local_ms("2026-11-21 00:00"))
    assert second["until_ms"] == ALWAYS_UNTIL_MS


def test_a_validity_may_begin_within_a_day():
    assert registry().places["from_ms"][2].as_py() == local_ms("2026-11-20 18:30")


def test_zones_and_merchants_come_along():
    made = registry()
    atrium, food, _ = made.zones.to_pylist()
    assert (atrium["name"], atrium["width_m"]) == ("中庭", 20.5)
    assert (food["name"], food["x_m"]) == ("food", None)
    assert made.merchants["name"].to_pylist() == ["面王"]
    assert len(registry(merchants=None).merchants) == 0


def test_an_aps_feed_gives_it_its_holds():
    aps = "ap,zone,feed\nap-1,atrium,aruba\nap-2,food,\nap-3,lane,\n"
    places = registry(aps, feed_holds={"aruba": {"hold_seen_ms": 60_000, "hold_idle_ms": None}}).places
    assert places["hold_seen_ms"].to_pylist() == [60_000, None, None]
    assert places["hold_idle_ms"].null_count == 3


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault():
    assert registry("\ufeff" + APS.replace("\n", "\r\n")).places == registry().places


def test_an_ap_is_named_by_each_of_its_bssids_in_any_notation():
    assert names(registry(), "02:00:00:00:10:02", "02-00-00-00-20-01", "ap-3") == ["ap-1", "ap-2", "ap-3"]


def test_an_ap_is_named_by_any_address_in_its_ranges():
    aps = APS.replace("ap-3,,", "ap-3,02:00:5e:00:00:a0/44 02:00:5e:00:01:10-02:00:5e:00:01:1f,")
    found = names(registry(aps), "02:00:5e:00:00:af", "0200.5e00.0117", "02:00:5e:00:00:9f", "02:00:00:00:20:01")
    assert (found[0], found[1], found[3]) == ("ap-3", "ap-3", "ap-2")
    assert found[2].startswith("unregistered-")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("02:00:5e:00:00:a0/44", "02:00:5e:00:00:a7"),
        ("02:00:5e:00:00:a7", "02:00:5e:00:00:a0/44"),
        ("02:00:5e:00:00:a0-02:00:5e:00:00:a8", "02:00:5e:00:00:a8-02:00:5e:00:00:af"),
        ("02:00:5e:00:00:a0-02:00:5e:00:00:a8 02:00:5e:00:02:00", "02:00:5e:00:00:b0 02:00:5e:00:02:00"),
    ],
)
def test_an_address_of_two_aps_is_a_fault_that_names_both_lines(first: str, second: str):
    aps = f"ap,bssid,zone\nap-0,,atrium\nap-1,{first},food\nap-2,{second},lane\n"
    cure = "let one end where the other begins"
    assert faults(aps=aps) == [f'aps.csv line 4: its BSSID is also that of "ap-1" in line 3; {cure}']


def test_a_moved_ap_keeps_its_range():
    aps = (
        "ap,bssid,zone,valid_from,valid_until\nap-0,,lane,,\n"
        "ap-1,02:00:5e:00:00:a0/44,atrium,,2026-11-21\nap-1,02:00:5e:00:00:a0/44,food,2026-11-21,\n"
    )
    assert names(registry(aps), "02:00:5e:00:00:ab") == ["ap-1"]


def test_a_device_that_is_hung_up_elsewhere_takes_its_addresses_along():
    """ap-1 is replaced on the 21st; its old device becomes ap-2 on the 23rd, and a radio of it ap-3 on the 25th."""
    aps = (
        "ap,bssid,zone,valid_from,valid_until\n"
        "ap-1,02:00:5e:00:00:a0/44,atrium,,2026-11-21\nap-1,02:00:5e:00:00:b0/44,atrium,2026-11-21,\n"
        "ap-2,02:00:5e:00:00:a0/44,food,2026-11-23,2026-11-25\nap-3,02:00:5e:00:00:a3,lane,2026-11-25,\n"
    )
    days = ["2026-11-20", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"]
    at_ms = np.array([local_ms(f"{day} 00:00") for day in days for _ in range(3)])
    keys = pa.array(["02:00:5e:00:00:a3", "02:00:5e:00:00:a4", "02:00:5e:00:00:b1"] * 5).dictionary_encode()
    assert registry(aps).ap_names(keys, at_ms, DAY_KEY).to_pylist() == [
        "ap-1", "ap-1", "ap-1",
        "ap-1", "ap-1", "ap-1",
        "ap-2", "ap-2", "ap-1",
        "ap-2", "ap-2", "ap-1",
        "ap-3", "ap-2", "ap-1",
    ]  # fmt: skip


def test_two_aps_that_have_an_address_at_once_for_a_day_are_a_fault():
    aps = (
        "ap,bssid,zone,valid_from,valid_until\nap-0,,lane,,\n"
        "ap-1,02:00:5e:00:00:a0/44,atrium,,2026-11-22\nap-2,02:00:5e:00:00:a7,food,2026-11-21,\n"
    )
    assert 'aps.csv line 4: its BSSID is also that of "ap-1" in line 3' in faults(aps=aps)[0]


def test_an_unknown_name_stays_and_an_unknown_bssid_is_never_shown():
    stays, hidden, again = names(registry(), "ap-99", "02:00:00:00:99:99", "02:00:00:00:99:99")
    assert stays == "ap-99"
    assert re.fullmatch("unregistered-[0-9a-f]{8}", hidden)
    assert hidden == again
    key = pa.array(["02:00:00:00:99:99"]).dictionary_encode()
    other_day = registry().ap_names(key, np.zeros(1, np.int64), b"q" * 32).to_pylist()
    assert other_day != [hidden]


def test_an_asset_number_of_twelve_digits_is_a_name_once_it_is_registered():
    aps = APS.replace("ap-3", "202611210001")
    assert names(registry(aps), "202611210001") == ["202611210001"]
    assert names(registry(), "202611210001")[0].startswith("unregistered-")


def test_every_fault_is_reported_at_once():
    zones = ZONES + "attic,,north-mall,F9,hall,,,,\nbetween,,north-mall,,hall,,,,\nlane,,lane,,,,,,\n"
    aps = (
        "ap,bssid,zone,valid_from,valid_until\n"
        "ap-1,,atrium,,2026-11-21\n"
        "ap-1,,food,2026-11-20,\n"  # overlaps
        "ap-2,,cellar,,\n"  # no such zone
        "ap-3,,lane,21.11.2026,\n"  # no date
        "ap-4,,lane,2026-11-21,2026-11-21\n"  # never valid
        "ap-5,02:00:00:00:10,lane,,\n"  # no address
        "ap-6,02:00:00:00:00:01,lane,,\n"
        "ap-7,02-00-00-00-00-01,lane,,\n"  # the same address
        "02:00:00:00:77:77,,lane,,\n"  # an address as a name
        ",,lane,,\n"
        "ap-8,,lane,,,,\n"
    )
    merchants = MERCHANTS + "noodle-king,面王,food,2026-02-01,\nnoodle-king,Noodles,attica,,\n"
    found = faults(aps=aps, zones=zones, merchants=merchants)
    where = [line.partition(": ")[0] for line in found]
    assert sorted(where) == sorted(
        [f"aps.csv line {n}" for n in (3, 4, 5, 6, 7, 9, 10, 11, 12)]
        + [f"zones.csv line {n}" for n in (5, 6, 6, 7)]
        + [f"merchants.csv line {n}" for n in (3, 4, 4)]
    )
    assert 'zones.csv line 5: zone "attic" has no access point; add one to aps.csv, or remove the zone' in found
    assert 'aps.csv line 3: "ap-1" is also valid by line 2; let one end where the other begins' in found


def test_no_fault_shows_an_address():
    aps = "ap,bssid,zone\n02:00:00:00:77:77,,x\nap-1,02:00:00:00:00:01,lane\nap-2,02:00:00:00:00:01,x\n"
    message = "\n".join(faults(aps=aps))
    assert not re.search(r"([0-9a-f]{2}[:-]){5}", message)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"aps": ""}, "aps.csv line 1: column ap, zone is missing", id="empty file"),
        pytest.param({"zones": "name\nx\n"}, "zones.csv line 1: column zone, site is missing", id="column missing"),
        pytest.param({"aps": 'ap,zone\nap-1,"atrium\n'}, "aps.csv line 2: is no csv", id="open quote"),
        pytest.param({"aps": "ap,zone,feed\nap-1,atrium,x\n", "feed_holds": {}}, 'unknown feed "x"', id="unknown feed"),
        pytest.param({"zones": ZONES.replace("20.5", "wide")}, "width_m is no length in metres", id="no length"),
    ],
)
def test_malformed_files(files, expected):
    assert any(expected in line for line in faults(**files))


def test_another_encoding_is_named_with_its_line():
    with pytest.raises(ConfigError, match=r"zones.csv line 2: is not UTF-8"):
        from_files(APS.encode(), ZONES.encode("gbk"), None, SHANGHAI)


def test_without_a_registry_each_ap_is_its_own_place_for_ever():
    places = from_data(["b", "a", "b"], {"hold_seen_ms": 1}).places
    assert places.select(["ap", "site", "zone"]).to_pylist() == [
        {"ap": "a", "site": "a", "zone": "a"},
        {"ap": "b", "site": "b", "zone": "b"},
    ]
    assert places["until_ms"].to_pylist() == [ALWAYS_UNTIL_MS] * 2
    assert places["hold_seen_ms"].to_pylist() == [1, 1]


def test_a_log_that_names_an_ap_unknown_does_not_make_it_an_unknown_ap():
    assert not {*from_data(RESERVED_ZONES).places["zone"].to_pylist()} & {*RESERVED_ZONES}
