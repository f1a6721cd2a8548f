"""Closed visits of a stream in the form of the batch pass: with stays and flaps, ordered by (subject, site, start).

What does not live here: which visits are closed (`opening`), the rule (`stays`), tables (`tables`).
"""

import numpy as np

from schemas.compiled import compiled_leaf
from sessionize.arena import AP_KIND, AT, LINK, Arena, drop
from sessionize.kernel import DISTRICT, Found, Limits, close_visit
from sessionize.opening import BEGINS, KEPT, OTHER_DAY, ROWS, SETTLED, WHERE, WHO
from sessionize.places import Grounds, placed
from sessionize.stays import trace
from sessionize.tables import Piece, piece_of
from sessionize.visits import room
from sessionize.walk import NEVER, NOBODY, Ints


def piece_of_closed(closed: Ints, arena: Arena, grounds: Grounds, limits: Limits, tally: Ints) -> Piece:
    """The visits of `closed` that start in the day; the rows of all of them leave the arena, and are counted."""
    order = np.lexsort((arena.row[closed[:, BEGINS], AT], closed[:, WHERE], closed[:, WHO]))
    found = room(int(closed[:, ROWS].sum()), fate=False)
    return piece_of(found, *_tile(closed[order], arena, grounds, limits, found, tally))


@compiled_leaf
def _tile(
    closed: Ints, arena: Arena, grounds: Grounds, limits: Limits, found: Found, tally: Ints
) -> tuple[int, int, int]:
    totals = (0, 0, 0)
    for i in range(len(closed)):
        start, ap = arena.row[closed[i, BEGINS], AT], arena.row[closed[i, BEGINS], AP_KIND] >> 2
        keep = limits.start <= start < limits.end
        track, end = _trace(closed, i, arena, grounds, keep, found, tally)
        if keep:
            since = start - grounds.hold_seen[placed(grounds, ap, start)]
            who, where, rows, settled = closed[i, WHO], closed[i, WHERE], closed[i, ROWS], closed[i, SETTLED]
            totals = close_visit(who, where, start, end, rows, since, settled, track, limits.flap, found, totals)
    return totals


@compiled_leaf
def _trace(
    closed: Ints, visit: int, arena: Arena, grounds: Grounds, keep: bool, found: Found, tally: Ints
) -> tuple[tuple[int, int, int], int]:
    """The visit's runs and its end. A row is counted at its own site; the copy of a join elsewhere is not."""
    track = (NOBODY, NEVER, 0)
    row = closed[visit, BEGINS]
    at = 0
    for _ in range(closed[visit, ROWS]):
        at, ap, kind = arena.row[row, AT], arena.row[row, AP_KIND] >> 2, arena.row[row, AP_KIND] & 3
        p = placed(grounds, ap, at)
        here = closed[visit, WHERE] == DISTRICT or grounds.site[p] == closed[visit, WHERE]
        if keep:
            track = trace(track, found.runs, at, ap, kind, grounds.zone[p], here, grounds.hold_joined[p])
        if here:
            tally[KEPT if keep else OTHER_DAY] += 1
        after = arena.row[row, LINK]
        drop(arena, row)
        row = after
    return track, at
