"""Which sightings another AP has heard louder: of several radios that hear one probe, the nearest names the place.

What does not live here: the walk, which gets the other rows (`signal`, `advance`); presence, which asks the same of a
row and the one before it (`presence`). Only `seen` rows whose signal is known take part: a link says where one is.

A row is overheard if another AP has heard the subject louder by then within the same second of the clock; or at that
very instant as loud, and comes later by name:

    09:00:07    .100    .100    .350    .900          the next second
    AP          B -60   A -70   C -64   A -52         A -75
                counts  over-   over-   counts        counts
                        heard   heard

The first row of a second always counts, so the rule takes from a visit less than a second of its end and of its reach.
Seconds are those of the clock, which no day cuts: rows of another one change nothing.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.compiled import compiled, compiled_leaf
from schemas.sighting import SEEN
from sessionize.shards import ap_names, ap_ranks
from sessionize.walk import Ints

SECOND_MS = 1_000
UNKNOWN = 0  # strength of a row that takes no part
LOUDEST = 255

Bools = NDArray[np.bool_]

_WEAKEST_DBM = -129
_RANK_BITS = 32
_NOBODY = -1
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def overheard(sightings: pa.Table) -> Bools | None:
    """For each row whether it is overheard, whatever the order of rows; None if no row is. Whole subjects belong in."""
    strength = strengths(sightings)
    if not strength.any():
        return None
    ranks = ap_ranks(sightings, ap_names(sightings))
    found = is_overheard(sightings["subject"].to_numpy(), sightings["at_ms"].to_numpy(), ranks, strength)
    return found if found.any() else None


def strengths(sightings: pa.Table) -> Ints:
    """How loud each row was, from 1 on; UNKNOWN of rows that are not `seen`, or whose signal nobody knows."""
    n = len(sightings)
    if "signal_dbm" not in sightings.column_names or sightings["signal_dbm"].null_count == n:
        return np.zeros(n, np.int64)
    dbm = sightings["signal_dbm"].cast(pa.int64()).fill_null(_WEAKEST_DBM).to_numpy()
    return np.where(sightings["kind"].to_numpy() == SEEN, np.clip(dbm - _WEAKEST_DBM, UNKNOWN, LOUDEST), UNKNOWN)


def is_overheard(subject: Ints, at: Ints, rank: Ints, strength: Ints) -> Bools:
    """For each row whether it is overheard; `rank` is that of its AP by name. All rows of a second belong in."""
    found = np.zeros(len(at), np.bool_)
    rows = np.flatnonzero(_by_several(subject, at, rank, strength))
    if len(rows):
        order = rows[np.lexsort((at[rows], subject[rows]))]
        _judge(order, subject, at, rank, strength, found)
    return found


@compiled
def _by_several(subject: Ints, at: Ints, rank: Ints, strength: Ints) -> Bools:
    """The rows whose subject several APs heard within the row's second: all others need no order."""
    size = 1024
    while size < 2 * len(at):
        size *= 2
    first = np.full(size, -1, np.int32)
    home = np.empty(len(at), np.int32)
    several = np.zeros(size, np.bool_)
    for i in range(len(at)):
        if strength[i] == UNKNOWN:
            continue
        second = at[i] // SECOND_MS
        slot = _slot(subject[i], second, size - 1)
        while first[slot] >= 0 and not (subject[first[slot]] == subject[i] and at[first[slot]] // SECOND_MS == second):
            slot = (slot + 1) & (size - 1)
        if first[slot] < 0:
            first[slot] = i
        several[slot] |= rank[first[slot]] != rank[i]
        home[i] = slot
    found = np.zeros(len(at), np.bool_)
    for i in range(len(at)):
        found[i] = strength[i] != UNKNOWN and several[home[i]]
    return found


@compiled_leaf
def _slot(subject: int, second: int, mask: int) -> int:
    mixed = (np.uint64(subject) ^ (np.uint64(second) * _GOLDEN)) * _GOLDEN
    return int(np.int64(mixed >> np.uint64(32)) & mask)


@compiled
def _judge(order: Ints, subject: Ints, at: Ints, rank: Ints, strength: Ints, found: Bools) -> None:
    """Mark the rows of `order`, which stand by subject and instant, that are overheard."""
    by_now = np.full(4, _NOBODY, np.int64)  # the two loudest APs of the second so far: loudness, AP, twice
    now = np.full(4, _NOBODY, np.int64)  # the same of this instant alone
    begin = 0
    while begin < len(order):
        i = order[begin]
        end = begin
        now[:] = _NOBODY
        while end < len(order) and subject[order[end]] == subject[i] and at[order[end]] == at[i]:
            row = order[end]
            _add(now, (strength[row] << _RANK_BITS) | rank[row], rank[row])
            end += 1
        before = order[begin - 1]
        if begin == 0 or subject[before] != subject[i] or at[before] // SECOND_MS != at[i] // SECOND_MS:
            by_now[:] = _NOBODY
        for k in range(begin, end):
            row = order[k]
            louder = _other(by_now, rank[row]) >> _RANK_BITS > strength[row]
            found[row] = louder or _other(now, rank[row]) > (strength[row] << _RANK_BITS) | rank[row]
        for k in range(begin, end):
            _add(by_now, (strength[order[k]] << _RANK_BITS) | rank[order[k]], rank[order[k]])
        begin = end


@compiled_leaf
def _add(loudest: Ints, loudness: int, ap: int) -> None:
    """Take one more row into the two loudest, which are of different APs."""
    if ap == loudest[1]:
        loudest[0] = max(loudest[0], loudness)
    elif loudness > loudest[0]:
        loudest[2], loudest[3] = loudest[0], loudest[1]
        loudest[0], loudest[1] = loudness, ap
    elif loudness > loudest[2]:
        loudest[2], loudest[3] = loudness, ap


@compiled_leaf
def _other(loudest: Ints, ap: int) -> int:
    """The loudest of any AP but this one, _NOBODY if there is none."""
    return int(loudest[2] if loudest[1] == ap else loudest[0])
