"""Feeds of the golden files, and a Reading written out as text that a person can compare with its log."""

import datetime
from dataclasses import replace
from pathlib import Path

from ingest.feed import Feed
from ingest.reading import NO_MAC, NO_SIGNAL, NO_TIME, Reading
from schemas.sighting import KIND_NAMES

DATA = Path(__file__).parent / "data"
NEAR_MS = int(datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC).timestamp() * 1000)
NEW_YEAR_MS = int(datetime.datetime(2027, 1, 1, 12, tzinfo=datetime.UTC).timestamp() * 1000)

HOKURIKU = Feed("museum", "csv", "Asia/Tokyo", columns={"at": "時間", "ap": "施設No", "device": "ユーザー情報"})
VENDOR_CSV = Feed(
    "mall",
    "csv",
    "Asia/Shanghai",
    columns={"kind": "event"},
    kinds={"assoc": "joined", "disassoc": "left", "timeout": "idle", "probe": "seen", "auth": "ignored"},
    idle_s=300,
)
PLACES_CSV = Feed("mall", "csv", columns={"kind": "kind"}, kinds={"in": "joined", "out": "left"})
NESTED = Feed(
    "probes", "jsonl", columns={"at": "seen.epoch", "device": "client.mac", "signal": "rssi"}, time_format="epoch_s"
)

TWO_CLOCKS = Feed("mall", "csv", columns={"kind": "kind", "received": "received", "clock": "clock"}, idle_s=300)
NESTED_CLOCKS = Feed("mall", "jsonl", columns={"received": "rx.at", "clock": "by"})

RADIUS = Feed("accounting", "freeradius", "Asia/Shanghai", ap_is="called-station", idle_s=300)
BEHIND_PORTAL = replace(RADIUS, ap_is="nas-identifier")
RADACCT = replace(RADIUS, format="radacct")
ACCOUNTING = {
    name: (feed, NEAR_MS)
    for name, feed in {
        "freeradius.detail": RADIUS,
        "called-station-4-forms.detail": RADIUS,
        "missing-stop.detail": RADIUS,
        "accounting-on.detail": RADIUS,
        "interim-after-stop.detail": RADIUS,
        "retransmit-delay-time.detail": RADIUS,
        "session-id-reuse-after-reboot.detail": RADIUS,
        "roam-same-session-id.detail": RADIUS,
        "portal-mac-as-ap.detail": BEHIND_PORTAL,
        "octet-wrap.detail": RADIUS,
        "idle-timeout-tail.detail": RADIUS,
        "radacct.csv": RADACCT,
        "radacct.jsonl": RADACCT,
    }.items()
}

RUIJIE = Feed("mall", "ruijie", "Asia/Shanghai")
RUIJIE_LOGS = (
    "ruijie.log",
    "two-clocks-10s.log",
    "repeat-counter-2.log",
    "gb18030-ap-name.log",
    "radio-change-same-ap.log",
    "clock-jump-back.log",
    "midnight-stay.log",
)

ARUBA = Feed("mall", "aruba", "Asia/Shanghai", idle_s=1000)
ARUBA_LOGS = (
    "aruba.log",
    "same-event-from-ap-and-ac.log",
    "deauth-after-newassoc-same-second.log",
    "crlf-015.log",
    "truncated-last-line.log",
)
CISCO_WLC = Feed("mall", "cisco-wlc", "Asia/Shanghai")

# Golden file -> how its feed is declared, and the instant near which its times lie.
GOLDEN = {
    "hostapd-rfc3164.log": (Feed("routers", "hostapd", "Asia/Shanghai", idle_s=300), NEAR_MS),
    "hostapd-rfc5424.log": (Feed("routers", "hostapd", "Asia/Shanghai", ap_is="host/interface"), NEAR_MS),
    "hostapd-logread.log": (
        Feed("router-7", "hostapd", "Europe/Berlin", ap_is="host/interface", reports_leaving=False),
        NEAR_MS,
    ),
    "no-year-at-new-year.log": (Feed("routers", "hostapd"), NEW_YEAR_MS),
    "csv-bom-crlf.csv": (HOKURIKU, NEAR_MS),
    "csv-semicolons.csv": (Feed("mall", "csv", columns={"delimiter": ";"}), NEAR_MS),
    "csv-other-header.csv": (Feed("mall", "csv"), NEAR_MS),
    "mac-8-notations.csv": (VENDOR_CSV, NEAR_MS),
    "dst-hour-twice.csv": (Feed("mall", "csv", "Europe/Berlin"), NEAR_MS),
    "unknown-ap.csv": (PLACES_CSV, NEAR_MS),
    "ap-moved-to-other-shop.csv": (PLACES_CSV, NEAR_MS),
    "jsonl-nested.jsonl": (NESTED, NEAR_MS),
    "csv-two-clocks.csv": (TWO_CLOCKS, NEAR_MS),
    "jsonl-two-clocks.jsonl": (NESTED_CLOCKS, NEAR_MS),
    "airodump.csv": (Feed("door", "airodump", "Asia/Shanghai"), NEAR_MS),
    "meraki-v2.jsonl": (Feed("mall", "meraki-v2"), NEAR_MS),
    "meraki-v3.jsonl": (Feed("mall", "meraki-v3"), NEAR_MS),
    "meraki-rssi-positive.jsonl": (Feed("mall", "meraki-v2"), NEAR_MS),
    "meraki-rssi-negative.jsonl": (Feed("mall", "meraki-v3"), NEAR_MS),
    "string-numbers.jsonl": (Feed("mall", "meraki-v2"), NEAR_MS),
    "local-bit-mac.jsonl": (Feed("mall", "meraki-v2"), NEAR_MS),
    "multicast-mac.jsonl": (Feed("mall", "meraki-v2"), NEAR_MS),
    "broadcast-mac.jsonl": (Feed("mall", "meraki-v2"), NEAR_MS),
    **dict.fromkeys(ARUBA_LOGS, (ARUBA, NEAR_MS)),
    "cisco-ios.log": (Feed("ap-1", "cisco-ios", "Asia/Shanghai", ap_is="host/interface", idle_s=300), NEAR_MS),
    "cisco-wlc.log": (CISCO_WLC, NEAR_MS),
    "zero-mac.log": (CISCO_WLC, NEAR_MS),
    "refused-assoc-not-a-visit-cisco.log": (CISCO_WLC, NEAR_MS),
    "ft-roam.log": (Feed("routers", "hostapd", "Asia/Shanghai", idle_s=300), NEAR_MS),
    "h3c.log": (Feed("mall", "h3c", "Asia/Shanghai", idle_s=300), NEAR_MS),
    "huawei.log": (Feed("mall", "huawei", "Asia/Shanghai", idle_s=600), NEAR_MS),
    "refused-assoc-not-a-visit.log": (Feed("mall", "huawei", "Asia/Shanghai"), NEAR_MS),
    **dict.fromkeys(RUIJIE_LOGS, (RUIJIE, NEAR_MS)),
    "tz-abbrev-CST.log": (Feed("mall", "ruijie", zone_names={"CST": "Asia/Shanghai"}), NEAR_MS),
    "dst-hour-twice.log": (Feed("mall", "ruijie", "Europe/Berlin"), NEAR_MS),
    "mikrotik.log": (Feed("router", "mikrotik", "Europe/Riga", ap_is="host/interface", idle_s=30), NEAR_MS),
    "ubiquiti.log": (Feed("hotel", "ubiquiti", "Asia/Shanghai", idle_s=300), NEAR_MS),
    "aruba-ale.jsonl": (Feed("mall", "aruba-ale"), NEAR_MS),
    "mist.jsonl": (Feed("mall", "mist", idle_s=300), NEAR_MS),
    **ACCOUNTING,
    "unifi.jsonl": (Feed("mall", "unifi"), NEAR_MS),
    "unifi-log.jsonl": (Feed("mall", "unifi-log"), NEAR_MS),
    "cisco-firehose.jsonl": (Feed("mall", "cisco-firehose", idle_s=600), NEAR_MS),
    "firehose-replay-overlap.jsonl": (Feed("mall", "cisco-firehose", idle_s=600), NEAR_MS),
    "cisco-cmx.jsonl": (Feed("mall", "cisco-cmx"), NEAR_MS),
    "string-numbers-cisco-firehose.jsonl": (Feed("mall", "cisco-firehose"), NEAR_MS),
    "string-numbers-cisco-cmx.jsonl": (Feed("mall", "cisco-cmx"), NEAR_MS),
    "string-numbers-unifi-log.jsonl": (Feed("mall", "unifi-log"), NEAR_MS),
    "omada.log": (Feed("mall", "omada", "Asia/Shanghai"), NEAR_MS),
    "mist-location.jsonl": (Feed("mall", "mist-location"), NEAR_MS),
    "coovachilli.log": (Feed("cafes", "coovachilli", "Asia/Shanghai", idle_s=600), NEAR_MS),
    "nodogsplash.log": (Feed("cafes", "nodogsplash", "Asia/Shanghai", idle_s=600), NEAR_MS),
    "wifidog.log": (Feed("mall", "wifidog"), NEAR_MS),
    "radio-change-same-ap.jsonl": (Feed("mall", "unifi", reports_leaving=False), NEAR_MS),
}

# Formats whose lines hold any number of records.
BODIES = {
    "airodump",
    "aruba-ale",
    "cisco-cmx",
    "cisco-firehose",
    "meraki-v2",
    "meraki-v3",
    "mist",
    "mist-location",
    "radacct",
    "unifi",
    "unifi-log",
}


# Formats whose golden rows also show whose clock stamped a row, when it was received, and who logged in.
TELLING = {"aruba", "cisco-firehose", "cisco-ios", "cisco-wlc", "csv", "h3c", "huawei", "jsonl", "omada", "ruijie"}


def written(reading: Reading, is_telling: bool = False) -> str:
    """`line time kind device ap signal` of each row, then `refused line reason`, `ignored reason count`, `read n`.

    `is_telling`: each row goes on with `clock=`, `received=`, `user=`, as far as it has them.
    """
    refused = sorted((int(line), reject.reason) for reject in reading.rejects for line in reject.line)
    lines = [" ".join(map(str, row)) for row in rows_of(reading)]
    if is_telling:
        lines = [line + told for line, told in zip(lines, told_of(reading), strict=True)]
    lines += [f"refused {line} {reason}" for line, reason in refused]
    lines += [f"ignored {reason} {count}" for reason, count in reading.ignored.items()]
    return "\n".join([*lines, f"read {reading.read}"]) + "\n"


def rows_of(reading: Reading) -> list[tuple[int, str, str, str, str, str]]:
    """(line, UTC time, kind, device, AP, signal) of each row."""
    opaque = [None] * len(reading.mac) if reading.opaque is None else reading.opaque.to_pylist()
    aps = reading.ap.to_pylist()
    return [
        (
            int(reading.line[i]),
            _time(int(reading.at_ms[i])),
            KIND_NAMES[reading.kind[i]],
            opaque[i] if reading.mac[i] == NO_MAC else int(reading.mac[i]).to_bytes(6, "big").hex(":"),
            aps[i],
            "-" if reading.signal_dbm[i] == NO_SIGNAL else f"{reading.signal_dbm[i]}dBm",
        )
        for i in range(len(reading.mac))
    ]


def told_of(reading: Reading) -> list[str]:
    """` clock=AC-1 received=2026-11-21T01:00:05Z user=guest` of each row, without what it lacks."""
    nothing = [None] * len(reading.at_ms)
    times = nothing if reading.received_ms is None else reading.received_ms.tolist()
    columns = {
        "clock": nothing if reading.clock is None else reading.clock.to_pylist(),
        "received": [None if ms in (None, NO_TIME) else _time(ms) for ms in times],
        "user": nothing if reading.user is None else reading.user.to_pylist(),
    }
    rows = zip(*columns.values(), strict=True)
    return ["".join(f" {name}={value}" for name, value in zip(columns, row, strict=True) if value) for row in rows]


def total_of(reading: Reading) -> int:
    """Rows + refused + ignored: what must equal `read`."""
    return len(reading.at_ms) + sum(len(one.line) for one in reading.rejects) + sum(reading.ignored.values())


def _time(ms: int) -> str:
    at = datetime.datetime.fromtimestamp(ms // 1000, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{at}.{ms % 1000:03d}Z" if ms % 1000 else f"{at}Z"
