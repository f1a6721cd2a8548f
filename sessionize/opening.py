"""The open visits of a stream: rows that the watermark has passed go in, visits that are over come out.

What does not live here: the rule (`walk`), the stays of a closed visit (`closing`), Arrow (`advance`).

    ripe rows, in order -----------> its walk ----> IGNORED: dropped    COUNTS: linked on    OPENS: the old visit closes
    wheel, up to the watermark ----> a walk ------> due has passed: closes    not yet: armed again
"""

from typing import NamedTuple

import numpy as np

from schemas.sighting import JOINED
from sessionize import arena as rows_of
from sessionize.arena import AP_KIND, AT, LINK, Arena
from sessionize.compiled import compiled
from sessionize.kernel import DISTRICT
from sessionize.places import Grounds, placed
from sessionize.slots import OWN, SIBLING, SUBJECT, Slots, claim, find, release
from sessionize.walk import COUNT, COUNTS, IGNORED, NOBODY, OPENS, REGISTERS, Ints, due, fold, fresh
from sessionize.wheel import Grid, arm, due_slots

SITE, FIRST, LAST = range(OWN, OWN + 3)  # of a walk's slot: site or DISTRICT; first and last counted row in the arena

# A closed visit: whose, where, its first row in the arena, how many rows, and since when nothing could change it.
WHO, WHERE, BEGINS, ROWS, SETTLED = range(5)
CLOSED_WIDTH = 5

FOLDED, UNMATCHED, FIRED, CLOSED, KEPT, OTHER_DAY = range(
    6
)  # of a tally: what a step did, in rows, slots, visits, rows
TALLIES = 6


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
    for row in ripe:
        p = placed(terms.grounds, arena.row[row, AP_KIND] >> 2, arena.row[row, AT])
        site = terms.grounds.site[p] if terms.by_site else DISTRICT
        own = NOBODY
        walk = find(walks, arena.row[row, rows_of.SUBJECT])
        while walk != NOBODY:
            if walks.at[walk, SITE] == site:
                own = walk
            elif arena.row[row, AP_KIND] & 3 == JOINED:
                _join_elsewhere(walks, walk, arena, row, terms, p)
            walk = walks.at[walk, SIBLING]
        if own != NOBODY:
            _go_on(walks, own, arena, row, terms, p, closed, tally)
        elif arena.row[row, AP_KIND] & 3 >= JOINED:
            _begin(walks, site, arena, row, terms, p)
        else:  # a leave of nobody
            tally[UNMATCHED] += 1
            rows_of.drop(arena, row)
    tally[FOLDED] += len(ripe)
    return closed[: tally[CLOSED]]


@compiled
def _join_elsewhere(walks: Slots, walk: int, arena: Arena, row: int, terms: Terms, p: int) -> None:
    """Tell a walk of another site of a join; where it counts, a copy of the row is kept."""
    if _folded(walks, walk, arena, row, False, terms, p) != IGNORED:
        append_row(walks, walk, arena, rows_of.copy(arena, row))
    arm(walks, terms.grid, walk, due(walks.at[walk, :REGISTERS]))


@compiled
def _begin(walks: Slots, site: int, arena: Arena, row: int, terms: Terms, p: int) -> None:
    walk = claim(walks, arena.row[row, rows_of.SUBJECT])
    walks.at[walk, SITE] = site
    fresh(walks.at[walk, :REGISTERS])
    _folded(walks, walk, arena, row, True, terms, p)
    begin_with(walks, walk, arena, row)
    arm(walks, terms.grid, walk, due(walks.at[walk, :REGISTERS]))


@compiled
def _go_on(walks: Slots, walk: int, arena: Arena, row: int, terms: Terms, p: int, closed: Ints, tally: Ints) -> None:
    """Fold a row into the open walk of its own site."""
    settled = min(due(walks.at[walk, :REGISTERS]), arena.row[row, AT])
    rows = walks.at[walk, COUNT]
    outcome = _folded(walks, walk, arena, row, True, terms, p)
    if outcome == OPENS:
        _note_closed(walks, walk, rows, settled, closed, tally)
        begin_with(walks, walk, arena, row)
    elif outcome == COUNTS:
        append_row(walks, walk, arena, row)
    else:
        tally[UNMATCHED] += 1
        rows_of.drop(arena, row)
    arm(walks, terms.grid, walk, due(walks.at[walk, :REGISTERS]))


@compiled
def _folded(walks: Slots, walk: int, arena: Arena, row: int, here: bool, terms: Terms, p: int) -> int:
    at, ap_kind = arena.row[row, AT], arena.row[row, AP_KIND]
    return fold_placed(walks.at[walk, :REGISTERS], at, ap_kind, here, terms, p)


@compiled
def fold_placed(reg: Ints, at: int, ap_kind: int, here: bool, terms: Terms, p: int) -> int:
    """`walk.fold` of a row whose AP is at place `p`."""
    grounds = terms.grounds
    return fold(
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


@compiled
def begin_with(walks: Slots, walk: int, arena: Arena, row: int) -> None:
    """Make `row` the first of the open visit's rows."""
    walks.at[walk, FIRST] = row
    walks.at[walk, LAST] = row
    arena.row[row, LINK] = NOBODY


@compiled
def append_row(walks: Slots, walk: int, arena: Arena, row: int) -> None:
    """Make `row` the last of the open visit's rows."""
    arena.row[walks.at[walk, LAST], LINK] = row
    arena.row[row, LINK] = NOBODY
    walks.at[walk, LAST] = row


@compiled
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
    for walk in slots:
        _note_closed(walks, walk, walks.at[walk, COUNT], due(walks.at[walk, :REGISTERS]), closed, tally)
        release(walks, walk)
    return closed
