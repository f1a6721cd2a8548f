"""The walk: which rows of one subject belong to one visit. Written once, one row at a time, for batch and stream alike.

What does not live here: sorting, repeats, zones and stays (`stays`), who calls it (`kernel`, `advance`). The meaning is
architecture §3; tests/laws/visit_law.py is the same on plain tuples.

The state of a walk is a small int64 array, its registers:

    LINK    AP to which the phone is linked, or NOBODY
    REACH   how far the link reaches a next row (join + hold_joined)
    MATCH   until when the link matches its own leave (join + longest)
    HEARD   how far what was heard reaches (row + its hold)
    HELD    hold_left of the linked AP: a join at another site is that AP's leave
    COUNT   rows that count in the open visit; 0 when none is open
"""

from typing import Any

from numpy.typing import NDArray

from schemas.compiled import compiled_leaf
from schemas.sighting import IDLE, JOINED, LEFT

Ints = NDArray[Any]  # integers of any width; registers are int64

NEVER = -(1 << 62)  # before any instant; a hold added to it is still before any instant
NOBODY = -1

LINK, REACH, MATCH, HEARD, HELD, COUNT = range(6)
REGISTERS = 6

IGNORED, COUNTS, OPENS = range(3)


@compiled_leaf
def fresh(reg: Ints) -> None:
    """Reset `reg` (int64[REGISTERS]) to a subject of whom nothing was heard."""
    reg[LINK] = NOBODY
    reg[REACH] = NEVER
    reg[MATCH] = NEVER
    reg[HEARD] = NEVER
    reg[HELD] = 0
    reg[COUNT] = 0


@compiled_leaf
def due(reg: Ints) -> int:
    """The instant (ms) past which nothing can change the open visit; NEVER when none is open.

    Read it before `fold`: a row that opens a visit replaces the registers of the visit that it ends.
    """
    return int(max(reg[HEARD], reg[MATCH]))


@compiled_leaf
def fold(
    reg: Ints,
    at: int,
    ap: int,
    kind: int,
    here: bool,
    hold_joined: int,
    hold_seen: int,
    hold_left: int,
    hold_idle: int,
    longest: int,
) -> int:
    """Take one row in and say what it is: IGNORED, COUNTS (in the open visit) or OPENS (the first row of a new visit).

    Rows of one subject must come sorted by (at, AP name, kind) and without repeats. All durations in ms. `ap` is an
    integer that names the AP itself, the same through all its validities. `here` is False for a join at another site
    than the walk's; any other row of another site must not be handed in. The holds are those of the row's own AP.

        IGNORED   the echo of a roam, a leave of nobody, a join elsewhere of a phone that is not linked within reach
        OPENS     if reg[COUNT] was > 0 before the call, the visit that was open has ended with its last counted row
    """
    if kind in (LEFT, IDLE):
        return _leave(reg, at, ap, hold_left if kind == LEFT else hold_idle)
    reach = max(reg[HEARD], reg[REACH])
    if kind == JOINED and not here:
        return _join_elsewhere(reg, at, reach)
    outcome = COUNTS
    if reg[COUNT] == 0 or at > reach:
        fresh(reg)
        outcome = OPENS
    reg[COUNT] += 1
    reg[HEARD] = max(reg[HEARD], at + hold_seen)
    if kind == JOINED:  # a phone is linked to one AP at a time
        reg[LINK] = ap
        reg[REACH] = at + hold_joined
        reg[MATCH] = at + longest
        reg[HELD] = hold_left
    return outcome


@compiled_leaf
def _leave(reg: Ints, at: int, ap: int, hold: int) -> int:
    linked = reg[LINK] != NOBODY
    if linked and reg[LINK] == ap and at <= reg[MATCH]:  # of the AP it is linked to: always counts, and reaches on
        reg[LINK] = NOBODY
        reg[REACH] = NEVER
        reg[MATCH] = NEVER
        reg[HEARD] = max(reg[HEARD], at + hold)
    elif at > reg[HEARD] or (linked and at <= reg[MATCH]):
        return IGNORED
    reg[COUNT] += 1  # a leave without its join: was still there, reaches no further
    return COUNTS


@compiled_leaf
def _join_elsewhere(reg: Ints, at: int, reach: int) -> int:
    outcome = IGNORED
    if reg[LINK] != NOBODY and at <= reach:  # the leave of the linked AP
        reg[COUNT] += 1
        reg[HEARD] = max(reg[HEARD], at + reg[HELD])
        outcome = COUNTS
    reg[LINK] = NOBODY
    reg[REACH] = NEVER
    reg[MATCH] = min(reg[MATCH], at)  # until that instant is settled, a leave may still come before it
    return outcome
