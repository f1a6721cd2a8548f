"""One presence told by several vendors in their own words: joined A at 09:00, roamed to B at 09:20, left at 10:05."""

import json

import pytest

from ingest.feed import Feed
from ingest.formats import FORMATS
from schemas import SIGHTING
from schemas.sighting import KIND_NAMES
from sessionize.rules import VisitRules
from sessionize.visits import visits
from tests.builders import clock_ms, places, spans
from tests.golden.readings import NEAR_MS

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
