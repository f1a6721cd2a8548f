"""Tellings as JSON: bodies of POSTs and rows of streams, one a line."""

import json
from typing import Any

from tests.product.vendors.syslog import hyphened, iso
from tests.product.vendors.town import UTC, Told, clock


def _line(**body: Any) -> str:
    return json.dumps(body, ensure_ascii=False) + "\n"


def _utc(at_ms: int) -> str:
    return f"{clock(at_ms).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _bare(mac: str) -> str:
    return mac.replace(":", "")


def jsonl(one: Told) -> str:
    return _line(seen={"epoch": one.said_ms}, client={"mac": hyphened(one.device)}, ap=one.ap, kind=one.kind)


def meraki_v2(one: Told) -> str:
    seen = {"clientMac": one.device, "seenTime": _utc(one.clock_ms), "seenEpoch": one.clock_ms // 1000, "rssi": 40}
    return _line(version="2.1", type="DevicesSeen", data={"apMac": one.bssid, "observations": [seen]})


def meraki_v3(one: Told) -> str:
    """Every other one has a location too, at the same second."""
    at = _utc(one.clock_ms)
    heard = [{"apMac": one.bssid, "rssi": -50}, {"apMac": "02:00:00:00:00:01", "rssi": -80}]
    near = {"time": at, "nearestApMac": one.bssid, "nearestApRssi": "-50"}
    locations = [{"rssiRecords": heard, "time": at, "x": "1.5"}] if one.clock_ms // 1000 % 2 else []
    seen = {"clientMac": one.device, "locations": locations, "latestRecord": near}
    return _line(version="3.0", type="WiFi", data={"networkId": "L_1", "observations": [seen]})


def aruba_ale(one: Told) -> str:
    msg = {"sta_eth_mac": {"addr": _bare(one.device).upper()}, "associated": True, "ap_name": one.ap}
    return _line(Presence_result=[{"msg": msg, "ts": one.clock_ms // 1000}])


def mist(one: Told) -> str:
    """A join is told at once, and again by the session's end."""
    client = {"mac": _bare(one.device), "ap": _bare(one.bssid), "rssi": -60}
    if one.kind == "joined":
        return _line(topic="client-join", events=[{**client, "connect": one.clock_ms // 1000}])
    ended = {"connect": one.since_ms // 1000, "disconnect": one.said_ms // 1000}
    reason = {"left": 1, "idle": 2}[one.kind]
    session = {**client, **ended, "termination_reason": reason, "next_ap": "0" * 12}
    return _line(topic="client-sessions", events=[session])


def mist_location(one: Told) -> str:
    at = {"mac": _bare(one.device), "type": "wifi", "timestamp": one.clock_ms // 1000}
    if one.kind == "seen":
        return _line(topic="location_client", events=[{**at, "map_id": one.ap}])
    trigger = "enter" if one.kind == "joined" else "exit"
    return _line(topic="zone", events=[{**at, "zone_id": one.ap, "trigger": trigger}])


def unifi(one: Told) -> str:
    event = {"user": one.device, "time": one.clock_ms, "_id": f"{one.clock_ms:024x}"}
    if one.kind == "left":
        return _line(key="EVT_WU_Disconnected", ap=one.bssid, **event)
    if one.from_ap:
        return _line(key="EVT_WU_Roam", ap_from=one.from_ap.bssid, ap_to=one.bssid, **event)
    return _line(key="EVT_WU_Connected", ap=one.bssid, **event)


def unifi_log(one: Told) -> str:
    key, aps = "CLIENT_CONNECTED_WIRELESS_2", {"DEVICE": one.bssid}
    if one.kind == "left":
        key = "CLIENT_DISCONNECTED_WIRELESS_2"
    elif one.from_ap:
        key, aps = "CLIENT_ROAMED_2", {"DEVICE_FROM": one.from_ap.bssid, "DEVICE_TO": one.bssid}
    parameters = {name: {"id": value} for name, value in {"CLIENT": one.device, **aps}.items()}
    return _line(key=key, timestamp=one.clock_ms, parameters=parameters)


def cisco_firehose(one: Told) -> str:
    """An exit tells its entry again."""
    said = {"device": {"macAddress": one.device}, "location": {"locationId": one.ap}}
    if one.kind == "seen":
        return _line(eventType="DEVICE_LOCATION_UPDATE", deviceLocationUpdate={**said, "lastSeen": one.clock_ms})
    if one.kind == "joined":
        return _line(eventType="DEVICE_ENTRY", deviceEntry={**said, "entryTimestamp": one.clock_ms})
    if one.kind == "idle":
        silent = {**said, "presenceEventType": "DEVICE_INACTIVE_EVENT"}
        return _line(eventType="DEVICE_PRESENCE", recordTimestamp=one.said_ms, devicePresence=silent)
    gone = {**said, "entryTimestamp": one.since_ms, "exitTimestamp": str(one.clock_ms)}
    return _line(eventType="DEVICE_EXIT", deviceExit=gone)


def cisco_cmx(one: Told) -> str:
    """A leave is told as of the instant when the device was last heard, 1 ms before it."""
    gone = one.kind in ("left", "idle")
    kinds = {"joined": "association", "left": "association", "idle": "absence", "seen": "locationupdate"}
    flags = {"association": one.kind == "joined"} if kinds[one.kind] == "association" else {"associated": False}
    last = iso(one.clock_ms - gone).replace("T", " ").replace("+08:00", "+0800")
    device = {"deviceId": one.device, "apMacAddress": one.bssid, "entity": "WIRELESS_CLIENTS", "lastSeen": last}
    return _line(notifications=[{"notificationType": kinds[one.kind], **device, **flags}])
