"""Tellings of captive gateways, and of radios that only listen: a text line or a frame each."""

import struct

from tests.captures.written import answer, management
from tests.product.vendors.syslog import bsd, hyphened
from tests.product.vendors.town import IDLE_MS, Told, clock

AIRODUMP_HEAD = b"Station MAC, First time seen, Last time seen, Power, # packets, BSSID, Probed ESSIDs\r\n"
PCAP_HEAD = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 105)


def wifidog(one: Told) -> str:
    stage = "logout" if one.kind == "left" else "counters"
    query = f"stage={stage}&ip=192.0.2.77&mac={one.device}&token=t&incoming=1&outgoing=2&gw_id={one.ap}"
    return f'192.0.2.9 - - [{clock(one.said_ms):%d/%b/%Y:%H:%M:%S} +0800] "GET /auth/?{query} HTTP/1.1" 200 7 "-" "-"\n'


def coovachilli(one: Told) -> str:
    client = f"MAC={hyphened(one.device).upper()}"
    text = f"3887: DHCP Released {client} IP=10.1.0.3"
    if one.kind == "joined":
        text = f"3676: Client {client} assigned IP 10.1.0.3"
    return f"{bsd(one.said_ms)} {one.ap} coova-chilli[1237]: chilli.c: {text}\n"


def nodogsplash(one: Told) -> str:
    """What was idle is told 1 ms after the silence began."""
    client = f"10.1.0.3 {one.device}"
    text = f"Timeout authenticated idle user: {client}, inactive: {IDLE_MS // 1000}s, in: 4kB, out: 2kB"
    if one.kind == "joined":
        text = f"Adding {client} token 1f to client list"
    return f"{bsd(one.said_ms)} {one.ap} nodogsplash[812]: {text}\n"


def airodump(one: Told) -> str:
    at = f"{clock(one.clock_ms):%Y-%m-%d %H:%M:%S}"
    return f"{one.device.upper()}, {at}, {at}, -61,       40, (not associated) ,\r\n"


def capture(one: Told) -> bytes:
    """A record of a capture: the answer to an association, the request, a deauthentication from either side."""
    device, ap = one.device, one.bssid
    frame = {
        "joined": lambda: management(1, device, ap, ap, answer(0)),
        "seen": lambda: management(0, ap, device, ap, struct.pack("<HH", 0x0411, 10)),
        "left": lambda: management(12, ap, device, ap, struct.pack("<H", 3)),
        "idle": lambda: management(12, device, ap, ap, struct.pack("<H", 4)),
    }[one.kind]()
    second, ms = divmod(one.said_ms, 1000)
    return struct.pack("<IIII", second, ms * 1000 + 999, len(frame), len(frame)) + frame
