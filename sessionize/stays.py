"""The stays of one visit: which zone it was in, from when to when, and the moves that smoothing folds away.

What does not live here: which rows belong to the visit (`walk`), names of zones and APs (`visits`).

    rows      A joined      B seen   A left             B joined      B left
              0             2        20                 34            50
    runs      A--------------------->between----------->B------------>            `trace`, one row at a time
    stays     the same, with short foreign runs folded into their neighbours      `smooth`, when the visit is closed

A run is a row of `runs` (int64[any, 4]): zone, from, AP of the row that made the move, AP of the last row that gave the
zone. It lasts until the next run's `from`, the last one until the visit's end.
"""

import numpy as np
from numpy.typing import NDArray

from schemas.compiled import compiled_leaf
from schemas.sighting import JOINED, SEEN
from sessionize.walk import NEVER, NOBODY, Ints

Flags = NDArray[np.bool_]

BETWEEN = -1  # zone after a leave, until the next row

ZONE, FROM, MADE_BY, GIVEN_BY = range(4)  # columns of runs
TO = 2  # columns of stays: ZONE, FROM, TO; of flaps: from AP, to AP, at

RUNS = 2  # state of a trace: linked AP, until when the link names the zone, runs so far


@compiled_leaf
def tile(
    at: Ints,
    ap: Ints,
    kind: Ints,
    zone: Ints,
    here: Flags,
    hold_joined: Ints,
    flap: int,
    runs: Ints,
    stays: Ints,
    flaps: Ints,
) -> tuple[int, int]:
    """(number of stays, number of flaps) of ONE visit, written to the first rows of `stays` and `flaps`.

    at, ap, kind, zone, here, hold_joined: one entry for each row that counts, in the order of the walk. `zone` is that
    of the row's AP at that instant (>= 0), `here` False for a join at another site. `ap` as in `walk.fold`.
    flap: ms; foreign runs shorter than this in all are folded in.
    runs int64[len(at), 4] is scratch. stays int64[len(at), 3] gets (zone or BETWEEN, from, to); they tile the visit,
    neighbours differ. flaps int64[len(at), 3] gets (AP before, AP that made the move, at) of each folded move, by time.
    """
    state = untraced()
    for i in range(len(at)):
        state = trace(state, runs, at[i], ap[i], kind[i], zone[i], here[i], hold_joined[i])
    return smooth(runs, state[RUNS], at[-1], flap, stays, 0, flaps, 0)


@compiled_leaf
def untraced() -> tuple[int, int, int]:
    """The state of a visit of which no row was traced. Typed: numba would compile all that takes a literal twice."""
    return np.int64(NOBODY), np.int64(NEVER), np.int64(0)  # type: ignore[return-value]


@compiled_leaf
def trace(
    state: tuple[int, int, int], runs: Ints, at: int, ap: int, kind: int, zone: int, here: bool, hold_joined: int
) -> tuple[int, int, int]:
    """The state (LINK, UNTIL, RUNS) after one more row that counts; a run is added to `runs` when the zone changes.

    Begin a visit with `untraced()`. The zone is that of the join even if its AP is moved while linked.
    """
    link, until, n = state
    if link != NOBODY and at > until:
        link = NOBODY
    if kind == JOINED and here:
        link = ap
        until = at + hold_joined
    elif kind == JOINED or (kind != SEEN and link == ap):
        link = NOBODY
        zone = BETWEEN
    elif kind != SEEN or link != NOBODY:  # what another AP overhears, or a leave without its join, changes nothing
        return link, until, n
    return link, until, _add(runs, n, zone, at, ap)


@compiled_leaf
def _add(runs: Ints, n: int, zone: int, at: int, ap: int) -> int:
    n = _without_empty_between(runs, n, at)
    if n > 0 and runs[n - 1, ZONE] == zone:
        runs[n - 1, GIVEN_BY] = ap
        return n
    runs[n, ZONE] = zone
    runs[n, FROM] = at
    runs[n, MADE_BY] = ap
    runs[n, GIVEN_BY] = ap
    return n + 1


@compiled_leaf
def _without_empty_between(runs: Ints, n: int, at: int) -> int:
    """A leave and the next row at one instant: nobody was between."""
    return n - 1 if n > 0 and runs[n - 1, ZONE] == BETWEEN and runs[n - 1, FROM] == at else n


@compiled_leaf
def smooth(
    runs: Ints, n: int, end: int, flap: int, stays: Ints, first_stay: int, flaps: Ints, first_flap: int
) -> tuple[int, int]:
    """(number of stays, number of flaps) from the first `n` runs of a visit that ends at `end`; see `tile`.

    They are written from stays[first_stay] and flaps[first_flap] on; there must be room for `n` of each.
    """
    n = _without_empty_between(runs, n, end)
    top = first_stay  # where the next stay goes; until they are closed, TO of a stay holds the index of its first run
    for i in range(n):
        k = _same_zone_within(stays, first_stay, top, runs[i, ZONE], runs[i, FROM], flap)
        if k >= 0:
            top = k + 1
            continue
        stays[top, ZONE] = runs[i, ZONE]
        stays[top, FROM] = runs[i, FROM]
        stays[top, TO] = i
        top += 1
    top = _fold_last_flap(runs, end, flap, stays, first_stay, top)
    moves = _folded_moves(runs, n, stays, first_stay, top, flaps, first_flap)
    for k in range(first_stay, top):
        stays[k, TO] = stays[k + 1, FROM] if k + 1 < top else end
    return top - first_stay, moves


@compiled_leaf
def _same_zone_within(stays: Ints, first: int, top: int, zone: int, begin: int, flap: int) -> int:
    """The stay in `zone` that ended less than `flap` before `begin`, or -1. Older ones ended earlier: it is near."""
    if zone == BETWEEN:
        return -1
    ended = begin
    for k in range(top - 1, first - 1, -1):
        if begin - ended >= flap:
            return -1
        if stays[k, ZONE] == zone:
            return k
        ended = stays[k, FROM]
    return -1


@compiled_leaf
def _fold_last_flap(runs: Ints, end: int, flap: int, stays: Ints, first: int, top: int) -> int:
    """`top` after the last flap of a series (nobody came back from it) joined the stay that folded its zone before."""
    last = top - 1
    while stays[last, ZONE] == BETWEEN:
        last -= 1
    until = stays[last + 1, FROM] if last + 1 < top else end
    if last == first or until - stays[last, FROM] >= flap:
        return top
    for i in range(stays[last - 1, TO], stays[last, TO]):
        if runs[i, ZONE] == stays[last, ZONE]:
            for k in range(last + 1, top):
                _copy(stays, k, k - 1)
            return top - 1
    return top


@compiled_leaf
def _copy(stays: Ints, source: int, target: int) -> None:
    for column in range(stays.shape[1]):
        stays[target, column] = stays[source, column]


@compiled_leaf
def _folded_moves(runs: Ints, n: int, stays: Ints, first: int, top: int, flaps: Ints, first_flap: int) -> int:
    """The number of changes of run that are no change of stay, written to `flaps`."""
    moves = 0
    stay = first + 1
    for i in range(1, n):
        if stay < top and stays[stay, TO] == i:
            stay += 1
            continue
        flaps[first_flap + moves, 0] = runs[i - 1, GIVEN_BY]
        flaps[first_flap + moves, 1] = runs[i, MADE_BY]
        flaps[first_flap + moves, 2] = runs[i, FROM]
        moves += 1
    return moves
