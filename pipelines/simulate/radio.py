"""What access points notice of true presence: links that begin and end, locations that are reported.

A phone that walks from A to B inside one network roams: B reports the join, and A notices in the same second, before or
after it. One that leaves says so, or falls silent and is dropped five minutes later.

    A  joined -------------------- left (echo)
    B                       joined ---------- [last frame] --- 300 s --- idle

What goes wrong on top of that lives in `traps`.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.columns import MINUTE_MS, SECOND_MS, Array, Rows, counted, runs
from pipelines.simulate.stays import Stays
from pipelines.simulate.town import FEEDS, IDLE_MS, town
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

REPORTS_LEAVING = np.array([feed.reports_leaving for feed in FEEDS])
_SEEN_EVERY_MS = 105 * SECOND_MS
_REJOIN_EVERY_MS = 95 * MINUTE_MS


@dataclass(frozen=True)
class Links(Rows):
    """One phone on one AP, ordered by phone and time. `presence` numbers the unbroken presences in the district."""

    phone: Array
    ap: Array
    presence: Array
    from_ms: Array
    to_ms: Array
    goes_on: Array


@dataclass(frozen=True)
class Events(Rows):
    """One thing that an AP reports: `line_ms` is when it says so (for `idle` five minutes after the last frame)."""

    line_ms: Array
    phone: Array
    ap: Array
    kind: Array
    fresh: Array  # a join with its whole handshake; a roam is shorter


def events(line_ms: Array, phone: Array, ap: Array, kind: int, fresh: bool | Array = False) -> Events:
    rows = len(line_ms)
    return Events(line_ms, phone, ap, np.full(rows, kind, np.int8), np.broadcast_to(fresh, rows))


def links_of(rng: np.random.Generator, stays: Stays) -> Links:
    """Which AP carries each phone when: one at a time, several in turn during a long stay, none on some short walks."""
    plan, presence = town(), stays.presence()
    length = stays.to_ms - stays.from_ms
    walks_by = (length < 90 * SECOND_MS) & (rng.random(len(stays)) < 0.25)
    heard = np.flatnonzero((length > 3 * SECOND_MS) & ~walks_by)
    choices = plan.ap_count[stays.zone[heard]]
    pieces = np.where(choices > 1, 1 + np.minimum(rng.poisson(length[heard] / (45 * MINUTE_MS)), 5), 1)
    row, number = counted(pieces)
    stay, step = heard[row], length[heard[row]] // pieces[row]
    begin = stays.from_ms[stay] + step * number
    end = np.where(number + 1 < pieces[row], begin + step, stays.to_ms[stay])
    ap = plan.first_ap[stays.zone[stay]] + (rng.random(len(stay)) * choices[row]).astype(np.int64)
    return _merged(Links(stays.phone[stay], ap, presence[stay], begin, end, stays.goes_on[stay]))


def _merged(links: Links) -> Links:
    first = runs(links.presence, links.ap)
    last = np.append(first[1:], True)
    return links.take(first).with_(to_ms=links.to_ms[last], goes_on=links.goes_on[last])


def reports_of(rng: np.random.Generator, links: Links, falls_silent: Array) -> Events:
    """Everything a flawless network reports of `links`; `falls_silent` is each link's chance to end without a word."""
    feed = town().ap_feed[links.ap]
    speaks = REPORTS_LEAVING[feed]
    entered = runs(links.presence, feed)
    joined_ms = links.from_ms + _within(rng, links, 1, 6, 0.5)
    follows = np.append(~entered[1:], False)  # the next link is a roam inside the network
    return Events.concat(
        [
            events(joined_ms[speaks], links.phone[speaks], links.ap[speaks], JOINED, entered[speaks]),
            _echoes(rng, links, joined_ms, speaks & follows),
            _departures(rng, links, np.flatnonzero(speaks & ~follows & ~links.goes_on), falls_silent),
            _rejoins(links, np.flatnonzero(speaks)),
            _locations(rng, links.take(~speaks)),
        ]
    )


def _within(rng: np.random.Generator, links: Links, low_s: float, high_s: float, share: float) -> Array:
    """Some ms between `low_s` and `high_s` seconds, but at most `share` of the link."""
    length = links.to_ms - links.from_ms
    return np.minimum(rng.uniform(low_s, high_s, len(links)) * SECOND_MS, length * share).astype(np.int64)


def _echoes(rng: np.random.Generator, links: Links, joined_ms: Array, roams: Array) -> Events:
    old = np.flatnonzero(roams)
    return events(joined_ms[old + 1] + rng.integers(-300, 900, len(old)), links.phone[old], links.ap[old], LEFT)


def _departures(rng: np.random.Generator, links: Links, last: Array, falls_silent: Array) -> Events:
    links, silent = links.take(last), rng.random(len(last)) < falls_silent[last]
    says, fades = np.flatnonzero(~silent), np.flatnonzero(silent)
    said_ms = (links.to_ms - _within(rng, links, 0, 8, 0.3))[says]
    dropped_ms = (links.to_ms - _within(rng, links, 0, 60, 0.3))[fades] + IDLE_MS
    return Events.concat(
        [
            events(said_ms, links.phone[says], links.ap[says], LEFT, True),
            events(dropped_ms, links.phone[fades], links.ap[fades], IDLE),
        ]
    )


def _rejoins(links: Links, speaks: Array) -> Events:
    """Phones that stay long associate anew every hour or two."""
    length = (links.to_ms - links.from_ms)[speaks]
    times = length // _REJOIN_EVERY_MS
    row, number = counted(times)
    at = links.from_ms[speaks][row] + length[row] * (number + 1) // (times[row] + 1)
    return events(at, links.phone[speaks][row], links.ap[speaks][row], JOINED)


def _locations(rng: np.random.Generator, links: Links) -> Events:
    """A location every 30 to 180 seconds for as long as the phone is heard."""
    length = links.to_ms - links.from_ms
    row, number = counted(-(-length // _SEEN_EVERY_MS))
    at = links.from_ms[row] + ((number + rng.uniform(0.14, 0.86, len(row))) * _SEEN_EVERY_MS).astype(np.int64)
    heard = at < links.to_ms[row]
    row = row[heard]
    return events(at[heard], links.phone[row], links.ap[row], SEEN)
