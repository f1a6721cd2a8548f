"""What goes wrong between phone and log, each with a switch; a trap that is off changes nothing else.

    flaps         A-B-A-B between neighbouring APs within seconds
    sleep         a phone in a pocket falls silent, is dropped after five minutes, and comes back
    lost_leaves   half of a device's leaves never arrive        lost_joins   a third of its joins
    outage        the switch of mall A's floor L1 is dead for two hours: none of its APs reports
    skew          mall B's clock is 94 s slow
    late          half an hour of one feed arrives three hours later
    disorder      some lines arrive up to a minute late         repeats      some lines come twice
    garbage       some lines are no lines                       unregistered one AP is missing in aps.csv

The first five change events and live here; the others change lines and live in `arrival` and `lines`.
"""

import datetime

import numpy as np

from pipelines.simulate.columns import HOUR_MS, MINUTE_MS, SECOND_MS, Array, counted, stream
from pipelines.simulate.people import DEVICE_TRAPS
from pipelines.simulate.plans import midnight_ms
from pipelines.simulate.radio import REPORTS_LEAVING, Events, Links, events, reports_of
from pipelines.simulate.town import FEED_NAMES, IDLE_MS, town
from schemas.sighting import IDLE, JOINED, LEFT

FLAPS, SLEEP, LOST_LEAVES, LOST_JOINS = range(4)
TRAPS = frozenset(
    {*DEVICE_TRAPS, "outage", "skew", "late", "disorder", "repeats", "garbage", "unregistered"}
)  # fmt: skip
OUTAGE_SITE, OUTAGE_FLOOR = "mall-a", "L1"
SKEW_FEED = FEED_NAMES.index("mall-b")
SKEW_MS = -94 * SECOND_MS


def events_of(seed: int, day: int, links: Links, trap: Array, outage: tuple[int, int] | None) -> Events:
    """What the district's controllers report of one day; `trap` is each link's device trap (-1: none)."""
    falls_silent = np.where(trap == SLEEP, 0.8, 0.3)
    sleepers, flappers = links.take(trap == SLEEP), links.take(trap == FLAPS)
    reported = Events.concat(
        [
            _without_lost(
                stream(seed, day, "lost"), reports_of(stream(seed, day, "radio"), links, falls_silent), links, trap
            ),
            _naps(stream(seed, day, "naps"), sleepers),
            _flaps(stream(seed, day, "flaps"), flappers),
        ]
    )
    return reported if outage is None else _with_outage(stream(seed, day, "outage"), reported, links, outage)


def outage_of(date: datetime.date, first: datetime.date, days: int) -> tuple[int, int] | None:
    """When the floor is silent on `date` (UTC ms, half-open): 14:00 to 16:00 of every fourth day of seven."""
    if (date - first).days % 7 != min(3, days - 1):
        return None
    return midnight_ms(date) + 14 * HOUR_MS, midnight_ms(date) + 16 * HOUR_MS


def silent_zones() -> Array:
    """Whether each zone hangs on the switch that dies in an outage."""
    return np.array([(zone.site, zone.floor) == (OUTAGE_SITE, OUTAGE_FLOOR) for zone in town().zones])


def _without_lost(rng: np.random.Generator, reported: Events, links: Links, trap: Array) -> Events:
    of_phone = np.full(int(links.phone.max(initial=-1)) + 1, -1)
    of_phone[links.phone] = trap
    mine, luck = of_phone[reported.phone], rng.random(len(reported))
    leaves = (reported.kind == LEFT) | (reported.kind == IDLE)
    lost = ((mine == LOST_LEAVES) & leaves & (luck < 0.5)) | (
        (mine == LOST_JOINS) & (reported.kind == JOINED) & (luck < 0.35)
    )
    return reported.take(~lost)


def _naps(rng: np.random.Generator, links: Links) -> Events:
    """During a link the phone is awake for some minutes, asleep for up to half an hour, and so on.

    awake ----- asleep .......... awake ----- asleep ...
    joined      | 300 s | idle    joined
    """
    links = links.take(REPORTS_LEAVING[town().ap_feed[links.ap]])
    cycle = (rng.uniform(14, 36, len(links)) * MINUTE_MS).astype(np.int64)
    row, number = counted((links.to_ms - links.from_ms) // cycle)
    begins = links.from_ms[row] + number * cycle[row]
    dropped_ms = begins + (rng.uniform(2, 8, len(row)) * MINUTE_MS).astype(np.int64) + IDLE_MS
    wakes_ms = begins + cycle[row] - SECOND_MS
    return Events.concat(
        [
            events(dropped_ms, links.phone[row], links.ap[row], IDLE),
            events(wakes_ms, links.phone[row], links.ap[row], JOINED, True),
        ]
    )


def _flaps(rng: np.random.Generator, links: Links) -> Events:
    """On four links of ten: to the neighbour, back, to the neighbour, back, two seconds apart, each with its echo."""
    plan, length = town(), links.to_ms - links.from_ms
    links = links.take(REPORTS_LEAVING[plan.ap_feed[links.ap]] & (length > MINUTE_MS) & (rng.random(len(links)) < 0.4))
    row, number = counted(np.full(len(links), 4))
    begins = links.from_ms + ((links.to_ms - links.from_ms) * rng.uniform(0.3, 0.7, len(links))).astype(np.int64)
    at = begins[row] + number * 2 * SECOND_MS + rng.integers(0, 700, len(row))
    home, neighbour = links.ap[row], plan.ap_neighbour[links.ap[row]]
    away = number % 2 == 0
    return Events.concat(
        [
            events(at, links.phone[row], np.where(away, neighbour, home), JOINED),
            events(at + rng.integers(0, 900, len(row)), links.phone[row], np.where(away, home, neighbour), LEFT),
        ]
    )


def _with_outage(rng: np.random.Generator, reported: Events, links: Links, outage: tuple[int, int]) -> Events:
    """No line from the dead floor; whoever is linked there when it comes back associates anew."""
    begin, end = outage
    silent = silent_zones()[town().ap_zone]
    lost = silent[reported.ap] & (reported.line_ms >= begin) & (reported.line_ms < end)
    back = end + rng.integers(3 * SECOND_MS, 90 * SECOND_MS, len(links))
    there = silent[links.ap] & (links.from_ms < end) & (links.to_ms > back)
    rejoined = events(back[there], links.phone[there], links.ap[there], JOINED, True)
    return Events.concat([reported.take(~lost), rejoined])
