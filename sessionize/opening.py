"""The open visits of a stream: rows that the watermark has passed go in, visits that are over come out.

What does not live here: the rule (`walk`), the stays of a closed visit (`closing`), Arrow (`advance`).

    ripe rows, in order -----------> its walk ----> IGNORED: dropped    COUNTS: linked on    OPENS: the old visit closes
    wheel, up to the watermark ----> a walk ------> due has passed: closes    not yet: armed again
"""

from typing import NamedTuple

import numpy as np

from schemas.compiled import compiled, compiled_leaf
from schemas.sighting import JOINED
from sessionize import arena as rows_of
from sessionize.arena import AP_KIND, AT, LINK, Arena
from sessionize.kernel import DISTRICT
from sessionize.places import Grounds, placed
from sessionize.slots import OWN, SIBLING, SUBJECT, Slots, claim, find, release
from sessionize.walk import COUNT, COUNTS, IGNORED, NOBODY, OPENS, REGISTERS, Ints, fold, fresh
from sessionize.wheel import Grid, arm, due_at, due_slots

SITE, FIRST, LAST = range(OWN, OWN + 3)  # of a walk's slot: site or DISTRICT; first and last counted row in the arena

# A closed visit: whose, where, its first row in the arena, how many rows, and since when nothing could change it.
WHO, WHERE, BEGINS, ROWS, SETTLED = range(5)
CLOSED_WIDTH = 5

# A tally, what a step did: rows folded, rows ignored, slots the wheel looked at, visits closed, rows of closed visits.
FOLDED, UNMATCHED, FIRED, CLOSED, KEPT, OTHER_DAY = range(6)
TALLIES = 6

_BLOCK = 1024  # rows whose walks are fetched into the cache together


class Terms(NamedTuple):
    """What stays the same from step to step."""

    grid: Grid
    grounds: Grounds
    by_site: bool
    longest: int  # ms


@compiled
def open_visits(ripe: Ints, arena: Arena, walks: Slots, terms: Terms, tally: Ints) -> Ints:
    """Fold the rows `ripe` (in order, without repeats); return the visits that a later one ended.

    There must be room: a slot for each row, and in scope site a row more for each, since a join may count at two sites
    (only one walk of a subject is linked).
    """
    closed = np.empty((len(ripe), CLOSED_WIDTH), np.int64)
    tally[CLOSED] = 0
    tally[FOLDED] += len(ripe)
    _open_all(ripe, arena, walks, terms, np.empty(REGISTERS, np.int64), closed, tally)
    return closed[: tally[CLOSED]]


@compiled_leaf
def _open_all(ripe: Ints, arena: Arena, walks: Slots, terms: Terms, reg: Ints, closed: Ints, tally: Ints) -> None:
    for i in range(len(ripe)):
        if i % _BLOCK == 0:
            reg[0] = _fetch(ripe, i, min(i + _BLOCK, len(ripe)), arena, walks)
        row = ripe[i]
        p = placed(terms.grounds, arena.row[row, AP_KIND] >> 2, arena.row[row, AT])
        site = terms.grounds.site[p] if terms.by_site else DISTRICT
        own = NOBODY
        walk = find(walks, arena.row[row, rows_of.SUBJECT])
        while walk != NOBODY:
            if walks.at[walk, SITE] == site:
                own = walk
            elif arena.row[row, AP_KIND] & 3 == JOINED:
                _join_elsewhere(walks, walk, arena, row, terms, p, reg)
            walk = walks.at[walk, SIBLING]
        if own != NOBODY:
            _go_on(walks, own, arena, row, terms, p, reg, closed, tally)
        elif arena.row[row, AP_KIND] & 3 >= JOINED:
            _begin(walks, site, arena, row, terms, p, reg)
        else:  # a leave of nobody
            tally[UNMATCHED] += 1
            rows_of.drop(arena, row)


@compiled_leaf
def _fetch(ripe: Ints, begin: int, end: int, arena: Arena, walks: Slots) -> int:
    """Read what a block of rows will need: no read waits for another here, so the cache misses overlap.

    The caller must use what is returned, or the compiler leaves the reads out.
    """
    read = 0
    for i in range(begin, end):
        walk = find(walks, arena.row[ripe[i], rows_of.SUBJECT])
        if walk != NOBODY:
            read ^= arena.row[walks.at[walk, LAST], LINK] ^ walks.at[walk, 0]
    return read


@compiled_leaf
def _join_elsewhere(walks: Slots, walk: int, arena: Arena, row: int, terms: Terms, p: int, reg: Ints) -> None:
    """Tell a walk of another site of a join; where it counts, a copy of the row is kept."""
    if _folded(walks, walk, arena, row, False, terms, p, reg) != IGNORED:
        append_row(walks, walk, arena, rows_of.copy(arena, row))
    arm(walks, terms.grid, walk, due_at(walks, walk))


@compiled_leaf
def _begin(walks: Slots, site: int, arena: Arena, row: int, terms: Terms, p: int, reg: Ints) -> None:
    walk = claim(walks, arena.row[row, rows_of.SUBJECT])
    walks.at[walk, SITE] = site
    fresh(reg)
    store(walks, walk, reg)
    _folded(walks, walk, arena, row, True, terms, p, reg)
    begin_with(walks, walk, arena, row)
    arm(walks, terms.grid, walk, due_at(walks, walk))


@compiled_leaf
def _go_on(
    walks: Slots, walk: int, arena: Arena, row: int, terms: Terms, p: int, reg: Ints, closed: Ints, tally: Ints
) -> None:
    """Fold a row into the open walk of its own site."""
    settled = min(due_at(walks, walk), arena.row[row, AT])
    rows = walks.at[walk, COUNT]
    outcome = _folded(walks, walk, arena, row, True, terms, p, reg)
    if outcome == OPENS:
        _note_closed(walks, walk, rows, settled, closed, tally)
        begin_with(walks, walk, arena, row)
    elif outcome == COUNTS:
        append_row(walks, walk, arena, row)
    else:
        tally[UNMATCHED] += 1
        rows_of.drop(arena, row)
    arm(walks, terms.grid, walk, due_at(walks, walk))


@compiled_leaf
def _folded(walks: Slots, walk: int, arena: Arena, row: int, here: bool, terms: Terms, p: int, reg: Ints) -> int:
    return fold_placed(walks, walk, arena.row[row, AT], arena.row[row, AP_KIND], here, terms, p, reg)


@compiled_leaf
def fold_placed(slots: Slots, slot: int, at: int, ap_kind: int, here: bool, terms: Terms, p: int, reg: Ints) -> int:
    """`walk.fold` of a row at place `p` into the registers of a slot; `reg` (int64[REGISTERS]) is scratch."""
    grounds = terms.grounds
    for i in range(REGISTERS):
        reg[i] = slots.at[slot, i]
    outcome = fold(
        reg,
        at,
        ap_kind >> 2,
        ap_kind & 3,
        here,
        grounds.hold_joined[p],
        grounds.hold_seen[p],
        grounds.hold_left[p],
        grounds.hold_idle[p],
        terms.longest,
    )
    store(slots, slot, reg)
    return outcome


@compiled_leaf
def store(slots: Slots, slot: int, reg: Ints) -> None:
    """Write registers to a slot: a leaf cannot hand on a slice of it."""
    for i in range(REGISTERS):
        slots.at[slot, i] = reg[i]


@compiled_leaf
def begin_with(walks: Slots, walk: int, arena: Arena, row: int) -> None:
    """Make `row` the first of the open visit's rows."""
    walks.at[walk, FIRST] = row
    walks.at[walk, LAST] = row
    arena.row[row, LINK] = NOBODY


@compiled_leaf
def append_row(walks: Slots, walk: int, arena: Arena, row: int) -> None:
    """Make `row` the last of the open visit's rows."""
    arena.row[walks.at[walk, LAST], LINK] = row
    arena.row[row, LINK] = NOBODY
    walks.at[walk, LAST] = row


@compiled_leaf
def _note_closed(walks: Slots, walk: int, rows: int, settled: int, closed: Ints, tally: Ints) -> None:
    n = tally[CLOSED]
    closed[n, WHO] = walks.at[walk, SUBJECT]
    closed[n, WHERE] = walks.at[walk, SITE]
    closed[n, BEGINS] = walks.at[walk, FIRST]
    closed[n, ROWS] = rows
    closed[n, SETTLED] = settled
    tally[CLOSED] += 1


@compiled
def close_due(walks: Slots, grid: Grid, since: int, watermark: int, tally: Ints) -> Ints:
    """The visits (int64[n, CLOSED_WIDTH]) with due < watermark, taken out of `walks`. `since`: the watermark before."""
    slots, fired = due_slots(walks, grid, since, watermark)
    closed = np.empty((len(slots), CLOSED_WIDTH), np.int64)
    tally[FIRED] += fired
    tally[CLOSED] = 0
    _release_all(slots, walks, closed, tally)
    return closed


@compiled_leaf
def _release_all(slots: Ints, walks: Slots, closed: Ints, tally: Ints) -> None:
    for i in range(len(slots)):
        walk = slots[i]
        _note_closed(walks, walk, walks.at[walk, COUNT], due_at(walks, walk), closed, tally)
        release(walks, walk)
