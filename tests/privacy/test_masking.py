"""Masking: no notation of an address survives, in whatever line it stands."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.masking import ADDRESS, DEVICE, excerpt, masked
from tests.golden.readings import DATA

MACS = st.integers(0, 2**48 - 1)


def octets(mac: int, between: str) -> str:
    return between.join(f"{byte:02x}" for byte in mac.to_bytes(6, "big"))


def words(mac: int, between: str) -> str:
    digits = f"{mac:012x}"
    return between.join((digits[:4], digits[4:8], digits[8:]))


NOTATIONS = [
    lambda mac: octets(mac, ":"),
    lambda mac: octets(mac, "-").upper(),
    lambda mac: octets(mac, ""),
    lambda mac: words(mac, "."),
    lambda mac: words(mac, "-").upper(),
]


@given(mac=MACS, other=MACS, notation=st.sampled_from(NOTATIONS), around=st.sampled_from('" ,;=[(/|\t'))
def test_the_device_is_named_so_and_every_other_address_is_hidden(mac, other, notation, around) -> None:
    line = f"STA{around}{notation(mac)}{around}heard by{around}{notation(other)}{around}ok"
    shown = masked(line, macs={mac})
    second = DEVICE if other == mac else ADDRESS
    assert shown == f"STA{around}{DEVICE}{around}heard by{around}{second}{around}ok"


@pytest.mark.parametrize(
    "hidden",
    [
        "10.20.30.40",
        "fe80::211:22ff:fe33:4455",
        "2001:db8:0:1:211:22ff:fe33:4455",
        "02:00:00:ff:fe:00:0a:11",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_what_may_contain_an_address_is_hidden_too(hidden: str) -> None:
    assert masked(f"from {hidden} it came") == f"from {ADDRESS} it came"


def test_a_receiver_s_secret_is_hidden() -> None:
    assert (
        masked('{"version":"3.0","secret":"open sesame","type":"WiFi"}')
        == '{"version":"3.0","secret":"…","type":"WiFi"}'
    )


@pytest.mark.parametrize(
    "kept", ["2026-11-21 09:00:01.123", "2026-11-21T09:00:01+08:00", "1763686801123", "ap-12 (aid 4) -62 dBm"]
)
def test_times_and_numbers_stay_readable(kept: str) -> None:
    assert masked(kept) == kept


def test_addresses_that_are_no_mac_are_hidden_longest_first() -> None:
    line = "09:00,badge 7,door | 09:01,badge 71,door"
    assert masked(line, texts={"badge 7"}, others={"badge 71"}) == f"09:00,{DEVICE},door | 09:01,{ADDRESS},door"


def test_a_long_line_is_shown_around_the_device() -> None:
    shown = excerpt("a" * 500 + DEVICE + "b" * 500, 100)
    assert shown.startswith("…aaa") and shown.endswith("bbb…")
    assert DEVICE in shown and len(shown) == 102


def test_a_short_line_is_shown_whole() -> None:
    assert excerpt("short", 100) == "short"


@pytest.mark.parametrize(
    "line",
    [
        '\tUser-Name = "+8613812345678"\n\tAcct-Status-Type = Start',
        "User Authentication Successful: username=+8613812345678 MAC=[..] role=guest",
        '{"userId": "+8613812345678", "rssi": -60}',
        "login of li.na@mail.example at door",
    ],
)
def test_no_account_is_shown(line) -> None:
    shown = masked(line)
    assert "138" not in shown
    assert "li.na" not in shown
    assert len(shown) > len(line) - 30


WHO = re.compile(r"guest[ .-](one|\d)|zhang|someone|visitor-7|till-4|\+1000|desk\b", re.IGNORECASE)
WITH_ACCOUNTS = (
    "airodump.csv", "aruba.log", "aruba-ale.jsonl", "cisco-cmx.jsonl", "cisco-firehose.jsonl", "cisco-ios.log",
    "cisco-wlc.log", "coovachilli.log", "freeradius.detail", "h3c.log", "huawei.log", "meraki-v2.jsonl",
    "mikrotik.log", "mist.jsonl", "mist-location.jsonl", "omada.log", "radacct.csv", "unifi.jsonl",
    "unifi-log.jsonl", "wifidog.log",
)  # fmt: skip


@pytest.mark.parametrize("name", WITH_ACCOUNTS)
def test_no_account_of_any_format_is_shown(name: str) -> None:
    """What only a header could tell to be an account (a column of CSV) the parser has read: `explain` passes it on."""
    others = {"zhang.wei"} if name == "radacct.csv" else set()
    lines = (DATA / name).read_text(encoding="utf-8", errors="replace").splitlines()
    assert any(WHO.search(line) for line in lines)
    shown = [masked(line, others=others) for line in lines]
    assert [line for line in shown if WHO.search(line)] == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("MAC;USER:guest.7;MAC:02-00-5e-00-00-01;", f"MAC;USER:…;MAC:{ADDRESS};"),
        ("Username entry (guest-1) joined with ssid (mall)", "Username entry (…) joined with ssid (mall)"),
        ("username=guest one MAC=02:00:5e:00:00:01 role=guest", f"username=… MAC={ADDRESS} role=guest"),
        ("[client:Li's phone:02-00-5E-00-00-01] is connected", f"[client:…:{ADDRESS}] is connected"),
        ('{"mobile":"+8613812345678","hostname":"lis-phone"}', '{"mobile":"…","hostname":"…"}'),
        ("stage=login&token=1f2e&gw_id=door", "stage=login&token=…&gw_id=door"),
    ],
)
def test_the_rest_of_a_line_with_an_account_stays_readable(line: str, shown: str) -> None:
    assert masked(line) == shown


def test_an_address_in_place_of_an_account_stays_the_device() -> None:
    assert masked('User-Name = "02-00-5E-00-00-01"', macs={0x02_00_5E_00_00_01}) == f'User-Name = "{DEVICE}"'
