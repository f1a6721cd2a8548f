"""The batch pass: the walk and the stays over a shard of sightings in device order.

What does not live here: the order of rows (`order`), Arrow and threads (`visits`), any rule (`walk`, `stays`).
"""

from typing import NamedTuple

import numpy as np

from schemas.compiled import compiled, compiled_leaf
from schemas.sighting import JOINED
from sessionize.places import Grounds, placed
from sessionize.stays import RUNS, smooth, trace, untraced
from sessionize.walk import IGNORED, OPENS, REGISTERS, Ints, due, fold, fresh

# What becomes of a row that is in no kept visit; a row in one has the visit's index, from 0.
FATE_REPEAT, FATE_IGNORED, FATE_OTHER_DAY = -1, -2, -3
FATE_WEAK, FATE_OVERHEARD = -4, -6  # set aside before the pass: `signal`, `nearest`
FATE_UNREAD = -5  # not in the window of the definition that walks: `visits.Ask`

FOREVER = (1 << 63) - 1
DISTRICT = -1  # the site of a walk in scope district: every place is here


class Limits(NamedTuple):
    """The instants and durations (ms) of a run. Visits that start in [start, end) are kept."""

    longest: int
    flap: int
    start: int
    end: int


class Found(NamedTuple):
    """Room for what a shard holds: at least one entry for each of its rows. One row of a table is one index.

    `stays` (zone, from, to) and `flaps` (from AP, to AP, at) are those of the visits in order: `stays_of` and
    `flaps_of` say how many each visit has. `since`: how far before the visit a sighting there would have been its
    first; `settled`: past it nothing can change the visit, its due instant or the start of the next. `fate` has one
    entry for each row, or none if nobody asks.
    """

    subject: Ints
    site: Ints
    start: Ints
    end: Ints
    sightings: Ints
    stays_of: Ints
    flaps_of: Ints
    since: Ints
    settled: Ints
    stays: Ints
    flaps: Ints
    runs: Ints
    fate: Ints


class Ordered(NamedTuple):
    """A shard in device order: device `d` is keys[d], its words in ascending order words[starts[d] : starts[d + 1]].

    `order` has the devices by ascending subject; a word is packed as `shards.Sharded` says.
    """

    words: Ints
    keys: Ints
    starts: Ints
    order: Ints
    base: int
    ap_bits: int


@compiled
def walk_shard(shard: Ordered, by_site: bool, grounds: Grounds, limits: Limits, found: Found) -> tuple[int, int, int]:
    """(visits, stays, flaps) written to `found`, by (subject, site, start)."""
    reg = np.empty(REGISTERS, np.int64)
    met = np.zeros(grounds.site.max() + 1, np.int64)  # by site: the device last met there, from 1
    totals = _zeros()
    for i in range(len(shard.order)):
        device = shard.order[i]
        if not by_site:  # the literal DISTRICT makes a loop of its own, in which every place is here: 5 ns less a row
            totals = _walk(shard, device, DISTRICT, grounds, limits, reg, found, totals)
            continue
        _mark_sites(shard, device, grounds, met, i + 1)
        for site in range(len(met)):
            if met[site] == i + 1:
                totals = _walk(shard, device, site, grounds, limits, reg, found, totals)
    return totals


@compiled_leaf
def _zeros() -> tuple[int, int, int]:
    """Typed: numba compiles anew all that takes a literal."""
    return np.int64(0), np.int64(0), np.int64(0)  # type: ignore[return-value]


@compiled_leaf
def _mark_sites(shard: Ordered, device: int, grounds: Grounds, met: Ints, mark: int) -> None:
    """Set `met` to `mark` for each site where the device has a row."""
    for i in range(shard.starts[device], shard.starts[device + 1]):
        at, ap, _ = _unpacked(shard.words[i], shard.base, shard.ap_bits)
        met[grounds.site[placed(grounds, ap, at)]] = mark


@compiled_leaf
def _unpacked(word: int, base: int, ap_bits: int) -> tuple[int, int, int]:
    """(at, ap, kind)"""
    return (word >> (ap_bits + 2)) + base, (word >> 2) & ((1 << ap_bits) - 1), word & 3


@compiled_leaf
def _walk(
    shard: Ordered,
    device: int,
    site: int,
    grounds: Grounds,
    limits: Limits,
    reg: Ints,
    found: Found,
    totals: tuple[int, int, int],
) -> tuple[int, int, int]:
    """`totals` after the visits of one subject at one site: its rows there, and its joins elsewhere."""
    fresh(reg)
    subject = shard.keys[device]
    keep = False  # the open visit starts in the day
    track = untraced()
    start, end, count = _zeros()
    since = start
    fates = len(found.fate) > 0
    previous = -1
    for i in range(shard.starts[device], shard.starts[device + 1]):
        word = shard.words[i]
        at, ap, kind = _unpacked(word, shard.base, shard.ap_bits)
        p = placed(grounds, ap, at)
        here = site == DISTRICT or grounds.site[p] == site
        if word == previous:
            if fates and here:
                found.fate[i] = FATE_REPEAT
            continue
        previous = word
        if not here and kind != JOINED:
            continue
        closes = due(reg)
        outcome = _fold(reg, at, ap, kind, here, grounds, p, limits.longest)
        if outcome == OPENS:
            if keep:
                totals = close_visit(
                    subject, site, start, end, count, since, min(closes, at), track, limits.flap, found, totals
                )
            keep = limits.start <= at < limits.end
            track = untraced()
            start, since, count = at, at - grounds.hold_seen[p], 0
        if outcome != IGNORED:
            end = at
            count += 1
            if keep:
                track = trace(track, found.runs, at, ap, kind, grounds.zone[p], here, grounds.hold_joined[p])
        if fates and here:
            found.fate[i] = FATE_IGNORED if outcome == IGNORED else totals[0] if keep else FATE_OTHER_DAY
    if keep:
        totals = close_visit(subject, site, start, end, count, since, due(reg), track, limits.flap, found, totals)
    return totals


@compiled_leaf
def _fold(reg: Ints, at: int, ap: int, kind: int, here: bool, grounds: Grounds, p: int, longest: int) -> int:
    """`walk.fold` with the holds of place `p`."""
    joined, seen, left, idle = (
        grounds.hold_joined[p],
        grounds.hold_seen[p],
        grounds.hold_left[p],
        grounds.hold_idle[p],
    )
    return fold(reg, at, ap, kind, here, joined, seen, left, idle, longest)


@compiled_leaf
def close_visit(
    subject: int,
    site: int,
    start: int,
    end: int,
    count: int,
    since: int,
    settled: int,
    track: tuple[int, int, int],
    flap: int,
    found: Found,
    totals: tuple[int, int, int],
) -> tuple[int, int, int]:
    """`totals` after one more visit, written to `found` with its stays and flaps; `track` is that of its last row."""
    visit, stay, move = totals
    stays, moves = smooth(found.runs, track[RUNS], end, flap, found.stays, stay, found.flaps, move)
    found.subject[visit] = subject
    found.site[visit] = site
    found.start[visit] = start
    found.end[visit] = end
    found.sightings[visit] = count
    found.stays_of[visit] = stays
    found.flaps_of[visit] = moves
    found.since[visit] = since
    found.settled[visit] = settled
    return visit + 1, stay + stays, move + moves
