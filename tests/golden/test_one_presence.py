"""One presence told by several vendors in their own words: joined A at 09:00, roamed to B at 09:20, left at 10:05."""

import json

import pytest

from ingest.feed import Feed
from ingest.formats import FORMATS
from schemas import SIGHTING
from schemas.sighting import KIND_NAMES
from sessionize.rules import VisitRules
from sessionize.signal import visits_by_signal
from sessionize.visits import visits
from tests.builders import clock_ms, places, spans
from tests.golden.readings import DATA, GOLDEN, NEAR_MS

DEVICE = "02:22:33:5d:5a:70"
A, B = "02:00:5e:44:44:44", "02:00:5e:55:55:55"
TOWN = places(f"{A} food", f"{B} toys")


def unifi() -> list[dict]:
    join, radio, roam, leave = ("EVT_WU_Connected", "EVT_WU_RoamRadio", "EVT_WU_Roam", "EVT_WU_Disconnected")
    events = [
        {"key": join, "time": clock_ms("09:00"), "ap": A},
        {"key": radio, "time": clock_ms("09:10"), "ap": A},
        {"key": roam, "time": clock_ms("09:20"), "ap_from": A, "ap_to": B},
        {"key": leave, "time": clock_ms("10:05"), "ap": B},
    ]
    return [{"user": DEVICE, **event} for event in events]


def unifi_log() -> list[dict]:
    join, roam, leave = ("CLIENT_CONNECTED_WIRELESS_2", "CLIENT_ROAMED_2", "CLIENT_DISCONNECTED_WIRELESS_2")
    told = [
        (join, "09:00", {"DEVICE": A}),
        (roam, "09:10", {"DEVICE_FROM": A, "DEVICE_TO": A}),
        (roam, "09:20", {"DEVICE_FROM": A, "DEVICE_TO": B}),
        (leave, "10:05", {"DEVICE": B}),
    ]
    return [
        {
            "key": key,
            "timestamp": clock_ms(at),
            "parameters": {name: {"id": value} for name, value in {"CLIENT": DEVICE, **aps}.items()},
        }
        for key, at, aps in told
    ]


def firehose() -> list[dict]:
    return [
        {"eventType": "DEVICE_ENTRY", "deviceEntry": stay(A, "09:00")},
        {"eventType": "DEVICE_ENTRY", "deviceEntry": stay(B, "09:20")},
        {"eventType": "DEVICE_EXIT", "deviceExit": {**stay(A, "09:00"), "exitTimestamp": clock_ms("09:20")}},
        {"eventType": "DEVICE_EXIT", "deviceExit": {**stay(B, "09:20"), "visitDurationMinutes": 45}},
    ]


def stay(location: str, entry: str) -> dict:
    return {
        "device": {"macAddress": DEVICE},
        "location": {"locationId": location},
        "entryTimestamp": clock_ms(entry),
    }


def mist_sessions() -> list[dict]:
    return [
        {"topic": "client-sessions", "events": [session(A, "09:00", "09:20", 3, B)]},
        {"topic": "client-sessions", "events": [session(B, "09:20", "10:05", 1, "00:00:00:00:00:00")]},
    ]


def mist_joins_and_sessions() -> list[dict]:
    joins = [session(A, "09:00", "09:00", 0, ""), session(B, "09:20", "09:20", 0, "")]
    return [{"topic": "client-join", "events": joins}, *mist_sessions()]


def session(ap: str, start: str, end: str, reason: int, next_ap: str) -> dict:
    return {
        "mac": DEVICE.replace(":", ""),
        "ap": ap.replace(":", ""),
        "connect": clock_ms(start) // 1000,
        "disconnect": clock_ms(end) // 1000,
        "termination_reason": reason,
        "next_ap": next_ap.replace(":", ""),
    }


@pytest.mark.parametrize(
    ("form", "bodies"),
    [
        ("unifi", unifi()),
        ("unifi-log", unifi_log()),
        ("cisco-firehose", firehose()),
        ("cisco-firehose", firehose()[::-1]),
        ("mist", mist_sessions()),
        ("mist", mist_joins_and_sessions()),
        ("mist", mist_sessions()[::-1]),
    ],
    ids=["unifi", "unifi-log", "firehose", "firehose-backwards", "mist", "mist-with-joins", "mist-backwards"],
)
def test_every_vendor_tells_the_same_visit(form, bodies):
    log = "".join(json.dumps(body) + "\n" for body in bodies).encode()
    found = visits(sightings_of(log, Feed("mall", form)), TOWN, VisitRules(), None)
    assert spans(found.visits) == ["09:00-10:05"]
    assert spans(found.stays) == ["food 09:00-09:20", "toys 09:20-10:05"]


def h3c() -> list[str]:
    client, bss_a, bss_b = (hyphened(mac) for mac in (DEVICE, A, B))
    return [
        f"STAMGR_CLIENT_ONLINE: Client {client} went online from BSS {bss_a} with SSID mall. State changed to Run.",
        f"STAMGR_ROAM_SUCCESS: Client {client} roamed from BSSID {bss_a} on AP {A} of AC IP 192.0.2.1 to BSSID {bss_a} "
        f"on AP {A} of AC IP 192.0.2.1 successfully.",
        f"STAMGR_ROAM_SUCCESS: Client {client} roamed from BSSID {bss_a} on AP {A} of AC IP 192.0.2.1 to BSSID {bss_b} "
        f"on AP {B} of AC IP 192.0.2.1 successfully.",
        f"STAMGR_CLIENT_OFFLINE: Client {client} went offline from BSS {bss_b} with SSID mall. State changed to Out.",
    ]


def huawei() -> list[str]:
    device, ap_a, ap_b = (
        f"{name}:{mac.replace(':', '-')}" for name, mac in (("MAC", DEVICE), ("APMAC", A), ("APMAC", B))
    )
    return [
        f"WLAN_LOG_USER(l)[1]:[WLAN_STA_INFO_AP_ASSOCIATE]{ap_a};{device};ERRCODE:0;RESULT:Success;",
        f"WLAN_LOG_USER(l)[2]:[WLAN_STA_INFO_AP_ASSOCIATE]{ap_b};{device};ERRCODE:66543;RESULT:FailType is AC code;",
        f"WLAN_LOG_USER(l)[3]:[WLAN_STA_INFO_AP_ASSOCIATE]{ap_b};{device};ERRCODE:0;RESULT:Success;",
        f"USER_OFFLINERESULT:[WLAN_STA_INFO_OFFLINE]{ap_b};{device};ERRCODE:87;RESULT:User request to offline;",
    ]


def ruijie() -> list[str]:
    client = f"Client({hyphened(DEVICE).replace('-', '.')})"
    return [
        f"STA_ADD: {client} notify: attach to AP ({A}).",
        f"STA_CHANGE: {client} move from AP({A}) radio 1 to AP({A}) radio 2.",
        f"STA_CHANGE: (*2) {client} move from AP({A}) radio 2 to AP({B}) radio 1.",
        f"STA_DEL: {client} notify: leave AP ({B}).#015",
    ]


def hyphened(mac: str) -> str:
    digits = mac.replace(":", "")
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


@pytest.mark.parametrize(
    ("form", "tag", "told"),
    [("h3c", "%%10STAMGR/6/", h3c()), ("huawei", "%%01WLAN/3/", huawei()), ("ruijie", "%APMG-6-", ruijie())],
    ids=["h3c", "huawei", "ruijie"],
)
@pytest.mark.parametrize("relay", ["", "Nov 21 {at}:07 192.0.2.1 17: "], ids=["direct", "relayed"])
def test_every_controller_tells_the_same_visit_in_its_syslog(form, tag, told, relay):
    times = ("09:00", "09:10", "09:20", "10:05")
    lines = [relay.format(at=at) + f"*Nov 21 {at}:00: AC-1 {tag}{text}" for at, text in zip(times, told, strict=True)]
    found = visits(sightings_of("\n".join(lines).encode(), Feed("mall", form)), TOWN, VisitRules(), None)
    assert spans(found.visits) == ["09:00-10:05"]
    assert spans(found.stays) == ["food 09:00-09:20", "toys 09:20-10:05"]


def test_midnight_stay():
    feed, _ = GOLDEN["midnight-stay.log"]
    log = (DATA / "midnight-stay.log").read_bytes()
    found = visits(sightings_of(log, feed), places("bar bar"), VisitRules(), None)
    assert spans(found.visits) == ["15:50-16:20"]  # UTC; midnight on the mall's clock lies between


def sightings_of(log: bytes, feed: Feed):
    """Schema SIGHTING: every row of the log, of one subject."""
    reading = FORMATS[feed.format].parse(log, 1, feed, NEAR_MS)
    n = len(reading.at_ms)
    assert n == reading.read - sum(reading.ignored.values())
    assert {KIND_NAMES[kind] for kind in reading.kind} == {"joined", "left"}
    return SIGHTING.table(
        at_ms=reading.at_ms,
        subject=[1] * n,
        ap=reading.ap,
        kind=reading.kind,
        signal_dbm=[None] * n,
        feed=["mall"] * n,
        file=["spec.log"] * n,
        line=reading.line,
        time_quality=[0] * n,
    )


def test_a_probe_that_several_aps_heard_is_one_presence_where_it_was_loudest():
    """Meraki v2 posts once for each AP; all of them name the second in which the phone spoke."""
    heard = [("09:00", A, 47), ("09:00", B, 31), ("09:00", "02:00:5e:66:66:66", 12), ("09:10", B, 44), ("09:10", A, 30)]
    log = "".join(json.dumps(post(ap, at, rssi)) + "\n" for at, ap, rssi in heard).encode()
    reading = FORMATS["meraki-v2"].parse(log, 1, Feed("mall", "meraki-v2"), NEAR_MS)
    n = len(reading.at_ms)
    columns = {"at_ms": reading.at_ms, "ap": reading.ap, "kind": reading.kind, "line": reading.line}
    rest = {"subject": 1, "feed": "mall", "file": "posts", "time_quality": 0}
    rows = SIGHTING.table(
        signal_dbm=reading.signal_dbm, **columns, **{name: [value] * n for name, value in rest.items()}
    )
    for order in (rows, rows.take(list(range(n))[::-1])):
        found = visits_by_signal(order, TOWN, VisitRules(), None)
        assert spans(found.visits) == ["09:00-09:10"]
        assert spans(found.stays) == ["food 09:00-09:10", "toys 09:10-09:10"]
        assert found.visits["sightings"].to_pylist() == [2]


def post(ap: str, at: str, rssi: int) -> dict:
    seen = {"clientMac": DEVICE, "seenEpoch": clock_ms(at) // 1000, "rssi": rssi}
    return {"version": "2.1", "type": "DevicesSeen", "data": {"apMac": ap, "observations": [seen]}}
