"""Lines that name no device prove their access point alive: it was there, and nobody came (N8)."""

import pytest

from ingest.feed import Feed
from ingest.formats import FORMATS
from ingest.life_signs import LifeSigns
from ingest.registry import Registry, from_files
from schemas import RESTART
from tests.builders import clock_ms, day

DAY = day("05:00", "29:00")
KEY = bytes(32)
APS = b"ap,bssid,zone\ndoor,02:00:5e:00:53:10,shop\nhall,,shop\n"
ZONES = b"zone,site,name\nshop,mall,Shop\n"
HOSTAPD = """\
<30>1 2026-11-21T09:10:00Z door hostapd - - - wlan0: interface state ENABLED->DISABLED
<30>1 2026-11-21T09:20:00Z door hostapd - - - wlan0: STA 02:00:00:00:00:01 IEEE 802.11: authenticated
<30>1 2026-11-21T10:00:00Z hall crond - - - job started
<30>1 2026-11-21T11:00:00Z hall hostapd - - - wlan0: AP-STA-CONNECTED 02:00:00:00:00:01
<30>1 2026-11-21T12:00:00Z printer crond - - - job started
<30>1 2026-11-21T04:59:59Z hall crond - - - job started
not a line of syslog
"""
MIKROTIK = """\
2026-11-21T09:00:00Z door wireless,info 02:00:00:00:00:01@wlan1: rejected, forbidden by access-list
2026-11-21T10:00:00Z door system,info device changed by admin
"""
CISCO_IOS = """\
<189>2026-11-21T09:00:00Z door %LINEPROTO-5-UPDOWN: Line protocol on Interface Dot11Radio0, changed state to up
"""
# A controller's messages prove the controller alive, not its access points.
CISCO_WLC = """\
<131>door: *spamApTask0: Nov 21 09:00:00.000: %CAPWAP-3-DTLS_CLOSED_ERR: capwap_ac_sm.c:7521 02:00:5e:00:53:10: closed
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return from_files(APS, ZONES, None, "UTC")


def hours(log: str, format_name: str, registry: Registry) -> list[tuple[str, str]]:
    """(AP, hour) of the day that the log proves."""
    parser = FORMATS[format_name].prepare(log.encode(), Feed("f", format_name))
    signs = LifeSigns()
    signs.learn(parser.parse(log.encode(), 1, clock_ms("12:00")), registry, DAY, KEY)
    return [(ap, f"{(hour - clock_ms('00:00')) // 3_600_000:02d}:00") for ap, hour in sorted(signs.hours)]


@pytest.mark.parametrize(
    ("log", "format_name", "wanted"),
    [
        (HOSTAPD, "hostapd", [("door", "09:00"), ("hall", "10:00")]),
        (MIKROTIK, "mikrotik", [("door", "09:00"), ("door", "10:00")]),
        (CISCO_IOS, "cisco-ios", [("door", "09:00")]),
        (CISCO_WLC, "cisco-wlc", []),
    ],
)
def test_an_ignored_line_is_a_sign_of_life(
    log: str, format_name: str, wanted: list[tuple[str, str]], registry: Registry
) -> None:
    """Of hosts that the registry knows; a row with a device needs none, and a line that is refused proves nothing."""
    assert hours(log, format_name, registry) == wanted


def test_a_sign_names_its_clock_and_what_the_relays_said() -> None:
    """The host's, as of a row; so it is corrected as a row is."""
    log = b"<30>Nov 21 09:20:03 relay <30>Nov 21 09:20:01 door hostapd: wlan0: interface state ENABLED->DISABLED\n"
    signs = FORMATS["hostapd"].prepare(log, Feed("f", "hostapd")).parse(log, 1, clock_ms("12:00")).signs
    assert signs is not None
    assert signs.clock is not None and signs.clock.to_pylist() == ["door"]
    assert signs.received_ms is not None
    assert (signs.received_ms - signs.at_ms).tolist() == [2_000]


def test_a_restart_is_a_sign_of_life() -> None:
    restarts = RESTART.table(ap=["door", "door"], at_ms=[clock_ms("09:30"), clock_ms("04:00")])
    found = LifeSigns().table(restarts, DAY).to_pylist()
    assert found == [{"ap": "door", "hour_ms": clock_ms("09:00")}]


def test_signs_of_several_readers_are_one() -> None:
    one, other = LifeSigns({("door", 1), ("hall", 2)}), LifeSigns({("hall", 2)})
    assert one.plus(other) == other.plus(one) == one


def test_of_a_minute_the_first_and_the_last_line_of_an_access_point_are_enough() -> None:
    """They prove the same hours, also once clocks are corrected; a line whose two clocks agree is never corrected."""
    said = [
        ("door", 30),
        ("hall", 31),
        ("door", 5),
        ("door", 59),
        ("door", 40),
        ("door", 61),
        ("door", 62),
        ("door", 63),
    ]
    lines = [f"Nov 21 09:{at // 60:02d}:{at % 60:02d} {host} hostapd: wlan0: hello\n" for host, at in said]
    relayed = [
        f"Nov 21 09:00:{at} relay <30>Nov 21 09:00:{stamp} door hostapd: x\n"
        for at, stamp in (("20", "20"), ("21", "20"))
    ]
    log = "".join(lines + relayed).encode()
    signs = FORMATS["hostapd"].prepare(log, Feed("f", "hostapd")).parse(log, 1, clock_ms("12:00")).signs
    assert signs is not None
    seconds = [(at - clock_ms("09:00")) / 1000 for at in signs.at_ms.tolist()]
    told = list(zip(signs.ap.to_pylist(), seconds, strict=True))
    assert told == [("hall", 31), ("door", 5), ("door", 59), ("door", 61), ("door", 63), ("door", 20), ("door", 20)]
