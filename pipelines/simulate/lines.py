"""Reports of access points as the lines of their vendors (formats.md §1 and §6), column by column.

When lines arrive, and what spoils them, is `arrival`'s matter.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.simulate.addresses import mac_text
from pipelines.simulate.columns import SECOND_MS, Array, Rows, counted, runs
from pipelines.simulate.text import chosen, glued, grouped, seconds_text, texts
from pipelines.simulate.town import FEEDS, UTC_OFFSET_MS, FeedSpec, town
from schemas.sighting import IDLE, JOINED, LEFT

CSV_HEADER = b"time,ap,client,event\n"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Reports(Rows):
    """Events on their way to one feed's log. `clock_ms`: what the controller's clock shows as it writes."""

    arrival_ms: Array
    clock_ms: Array
    mac: Array
    ap: Array
    kind: Array
    fresh: Array


@dataclass(frozen=True)
class Lines:
    """Lines of one feed with their newlines; `records` is how many sightings or messages each holds."""

    arrival_ms: Array
    text: pa.Array
    records: Array


def lines_of(feed: int, reports: Reports) -> Lines:
    """`reports` in the format of `feed`, in no special order."""
    spec = FEEDS[feed]
    if spec.format == "hostapd":
        return _hostapd(spec, reports)
    if spec.format == "csv":
        return _controller_csv(reports)
    return _meraki(feed, reports)


# message, its level (30 daemon.info, 29 daemon.notice), what stands before and after the address
_MESSAGES = (
    (30, "STA ", " IEEE 802.11: authenticated"),
    (30, "STA ", " IEEE 802.11: associated (aid {aid})"),
    (29, "AP-STA-CONNECTED ", ""),
    (30, "STA ", " WPA: pairwise key handshake completed (RSN)"),
    (29, "AP-STA-DISCONNECTED ", ""),
    (30, "STA ", " IEEE 802.11: disassociated"),
    (30, "STA ", " IEEE 802.11: disassociated due to inactivity"),
    (30, "STA ", " IEEE 802.11: deauthenticated due to inactivity (timer DEAUTH/REMOVE)"),
)
# what is said when, as (message, ms later): a join, a roam, a leave, the echo of a roam, an idle phone
_SPEECHES = (
    ((0, -20), (1, 0), (2, 35), (3, 36)),
    ((1, 0), (2, 12)),
    ((4, 0), (5, 1)),
    ((4, 0),),
    ((6, 0), (7, 0)),
)
_AIDS = 40


def _hostapd(spec: FeedSpec, reports: Reports) -> Lines:
    message, later = (np.array([[s[i] for s in (one * 4)[:4]] for one in _SPEECHES]) for i in range(2))
    speech = np.select([reports.kind == JOINED, reports.kind == LEFT], [~reports.fresh + 0, 3 - reports.fresh], 4)
    row, number = counted(np.array([len(one) for one in _SPEECHES])[speech])
    said, later = message[speech[row], number], later[speech[row], number]
    local_ms = reports.clock_ms[row] + later + UTC_OFFSET_MS
    variant = said * _AIDS + (reports.mac[row] % np.uint64(_AIDS)).astype(np.int64)
    level, before, after = zip(*_MESSAGES, strict=True)
    head = _rfc5424 if spec.rfc == 5424 else _rfc3164
    text = glued(
        *head(chosen(texts([str(n) for n in level]), said), local_ms, reports.ap[row]),
        chosen(texts(before), said),
        chosen(mac_text(reports.mac), row),
        chosen(texts([part.format(aid=aid + 1) for part in after for aid in range(_AIDS)]), variant),
        "\n",
    )
    return Lines(reports.arrival_ms[row] + later, text, np.ones(len(row), np.int64))


def _rfc5424(level: pa.Array, local_ms: Array, ap: Array) -> list[pa.Array | str]:
    """`<30>1 2026-11-21T09:00:01.123+08:00 HOST hostapd 812 - - wlan0: `"""
    hosts = texts([f"+08:00 {ap.ap} hostapd 812 - - wlan0: " for ap in town().aps])
    thousandths = texts([f".{ms:03}" for ms in range(1000)])
    seconds = seconds_text(local_ms, lambda iso: iso)
    return ["<", level, ">1 ", seconds, chosen(thousandths, local_ms % SECOND_MS), chosen(hosts, ap)]


def _rfc3164(level: pa.Array, local_ms: Array, ap: Array) -> list[pa.Array | str]:
    """`<30>Nov 21 09:00:01 HOST hostapd: wlan0: `: no year, no zone, whole seconds."""
    hosts = texts([f" {ap.ap} hostapd: wlan0: " for ap in town().aps])
    return ["<", level, ">", seconds_text(local_ms, _bsd_times), chosen(hosts, ap)]


def _bsd_times(iso: list[str]) -> list[str]:
    return [f"{_MONTHS[int(t[5:7]) - 1]} {int(t[8:10]):2} {t[11:]}" for t in iso]


def _controller_csv(reports: Reports) -> Lines:
    local_ms = reports.clock_ms + UTC_OFFSET_MS
    word = np.select([reports.kind == JOINED, reports.kind == IDLE], [0, 1], 2)
    text = glued(
        seconds_text(local_ms, lambda iso: [t.replace("T", " ") for t in iso]),
        chosen(texts([f".{ms:03}," for ms in range(1000)]), local_ms % SECOND_MS),
        chosen(texts([f"{ap.ap}," for ap in town().aps]), reports.ap),
        mac_text(reports.mac),
        chosen(texts([",join\n", ",idle\n", ",leave\n"]), word),
    )
    return Lines(reports.arrival_ms, text, np.ones(len(reports), np.int64))


_MOST_OBSERVATIONS = 50


def _meraki(feed: int, reports: Reports) -> Lines:
    """One POST for all reports that arrive together; a busy minute goes in several."""
    reports = reports.take(np.lexsort((reports.mac, reports.clock_ms, reports.arrival_ms)))
    first = np.flatnonzero(runs(reports.arrival_ms)) if len(reports) else np.zeros(0, np.int64)
    _, place = counted(np.diff(np.append(first, len(reports))))
    begins = np.flatnonzero(place % _MOST_OBSERVATIONS == 0)
    offsets = np.append(begins, len(reports))
    text = glued(
        '{"version":"3.0","secret":"simulated","type":"WiFi","data":{"networkId":"L_60000000000000000'
        f'{feed}","observations":[',
        grouped(_observations(reports), offsets, ","),
        "]}}\n",
    )
    return Lines(reports.arrival_ms[begins], text, np.diff(offsets))


def _observations(reports: Reports) -> pa.Array:
    """Three in four tell the nearest AP only; every fourth has a location by three APs as well."""
    second = seconds_text(reports.clock_ms, lambda iso: [f"{t}Z" for t in iso])
    signal = 41 + (reports.clock_ms // SECOND_MS * 7 + reports.ap * 13) % 37
    return glued(
        '{"locations":[',
        _located(reports, second, signal, reports.clock_ms % 4 == 0),
        '],"ipv4":null,"ssid":"Harbour-Free","os":null,"clientMac":"',
        mac_text(reports.mac),
        '","latestRecord":{"time":"',
        second,
        '","nearestApMac":"',
        chosen(texts([ap.bssid for ap in town().aps]), reports.ap),
        '","nearestApRssi":"-',
        chosen(texts([str(dbm) for dbm in range(100)]), signal),
        '"},"ipv6":null,"manufacturer":null}',
    )


def _located(reports: Reports, second: pa.Array, signal: Array, located: Array) -> pa.Array:
    """The location of the rows where `located`, an empty text elsewhere."""
    numbers = texts(["", *(str(dbm) for dbm in range(100))])
    pick: Callable[[list[str]], pa.Array] = lambda table: chosen(texts(["", *table]), (reports.ap + 1) * located)  # noqa: E731
    if not located.any():
        return pick([""] * len(town().aps))
    heads, tails = zip(*(_location_around(ap) for ap in range(len(town().aps))), strict=True)
    return glued(
        pick(list(heads)), chosen(numbers, (signal + 1) * located), pick(list(tails)),
        chosen(pa.concat_arrays([texts([""]), second]), (np.arange(len(second)) + 1) * located),
        pick(['"}'] * len(town().aps)),
    )  # fmt: skip


def _location_around(number: int) -> tuple[str, str]:
    """What stands before the signal of a location near this AP, and between the signal and the time."""
    plan = town()
    ap = plan.aps[number]
    others = (other for other in plan.aps if other.feed == ap.feed and other is not ap)
    second, third = sorted(others, key=lambda other: (other.x - ap.x) ** 2 + (other.y - ap.y) ** 2)[:2]
    head = f'{{"x":"{ap.x:.4f}","lng":{121.49 + ap.x / 95_000:.6f},"floorPlanName":"{plan.zones[ap.zone].floor}",'
    head += f'"rssiRecords":[{{"apMac":"{ap.bssid}","rssi":-'
    tail = f'}},{{"apMac":"{second.bssid}","rssi":-81}},{{"apMac":"{third.bssid}","rssi":-84}}],'
    tail += f'"variance":1.7,"y":"{ap.y:.4f}","nearestApTags":["","harbour",""],"floorPlanId":"g_{ap.feed}",'
    tail += f'"lat":{31.23 + ap.y / 111_000:.6f},"time":"'
    return head, tail
