"""Vendors' lists of access points -> aps.csv, which the registry then reads."""

import numpy as np
import pyarrow as pa
import pytest

from ingest.registry import from_files
from ingest.vendor_exports import VENDORS, Imported, access_points, aps_csv
from schemas import InputError

MERAKI = b"""\
Name,MAC address,Serial,Model,Tags,Status
Atrium north,02:00:5e:00:00:10,Q2AA-AAAA-AAAA,MR46,atrium,online
"Food, level 2",02:00:5e:00:00:20,Q2AA-AAAA-AAAB,MR46,food,online
"""
UNIFI = b"\xef\xbb\xbfname;mac;model;ip\nLobby;02005e000030;U6-Pro;192.0.2.1\n;02:00:5e:00:00:40;U6-Pro;192.0.2.2\n"
ARUBA = b"AP NAME\tMac-Address\tSerial Number\tGroup\tSite\tLabels\nhall-1\td8:c7:c8:cc:43:24\tCN1\tmall\tNorth\thall\n"
ZONES = b"zone,site\natrium,mall\nfood,mall\n"


def read(data: bytes, vendor: str, **more) -> list[Imported]:
    return access_points(data, VENDORS[vendor], "export.csv", **more)


def test_what_is_imported_is_a_registry() -> None:
    text = aps_csv(read(MERAKI, "meraki", zone_column="tags"))
    registry = from_files(text.encode(), ZONES, None, "UTC")
    assert registry.places.select(["ap", "zone"]).to_pylist() == [
        {"ap": "Atrium north", "zone": "atrium"},
        {"ap": "Food, level 2", "zone": "food"},
    ]
    keys = pa.array(["02:00:5e:00:00:20"]).dictionary_encode()
    assert registry.ap_names(keys, np.zeros(1, np.int64), b"k" * 32).to_pylist() == ["Food, level 2"]


def test_without_a_column_of_zones_the_zone_is_left_open() -> None:
    assert [one.zone for one in read(MERAKI, "meraki")] == ["", ""]


def test_semicolons_a_byte_order_mark_and_an_ap_without_a_name() -> None:
    assert read(UNIFI, "unifi") == [
        Imported("Lobby", "02:00:5e:00:00:30", ""),
        Imported("ap-02005e000040", "02:00:5e:00:00:40", ""),
    ]


def test_the_bssids_of_aruba_follow_from_the_wired_address() -> None:
    """The vendor's own example, which tells no device: community.arubanetworks.com, 2014."""
    assert read(ARUBA, "aruba") == [Imported("hall-1", "d8:c7:c8:cc:43:24 d8:c7:c8:44:32:40/44", "")]


def test_titles_may_be_named() -> None:
    data = b"Label,Ethernet\nap-1,02:00:5e:00:00:10\n"
    assert read(data, "meraki", columns={"name": "label", "mac": "ethernet"})[0].ap == "ap-1"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Label,Serial\nx,y\n", r'no column "Name" or "Device name"; its first line says Label, Serial'),
        (b"", r"its first line says nothing"),
        (b"Name,MAC\nx,02:00:5e\n", r"export.csv record 2: MAC is no MAC address"),
        (b"Name,MAC\nx,02:00:5e:00:00:10\nx,02:00:5e:00:00:11\n", r"record 3: there is another x"),
        (b"Name,MAC\n\xff\xfe,02:00:5e:00:00:10\n", r"is not UTF-8"),
        (b'Name,MAC\n"x,02:00:5e:00:00:10\n', r"is no csv"),
    ],
)
def test_what_cannot_be_imported_is_told(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(data, "meraki")


def test_a_title_that_is_not_there_tells_the_cure() -> None:
    with pytest.raises(InputError) as refused:
        read(b"Label,MAC\nx,02:00:5e:00:00:10\n", "meraki")
    assert "--columns name=TITLE" in refused.value.cure
