"""The timing wheel: which slots may be due, without looking at the others. One bucket per second of a day's window.

What does not live here: when a walk is due (`walk.due`), what happens then (`opening`, `presence`).

    bucket   0   1   2   ...   last        a slot stands in ONE bucket, at or before its due instant
             |       |                     due moves later (a row):   it stays; re-armed when its bucket comes up
            slot    slot <-> slot          due moves earlier (leave): it moves at once
"""

from typing import NamedTuple

import numpy as np

from schemas.compiled import compiled, compiled_leaf
from sessionize.slots import BUCKET, NEXT, PREVIOUS, Slots
from sessionize.walk import HEARD, MATCH, NOBODY, Ints

BUCKET_MS = 1000
MOST_BUCKETS = 1 << 18


class Grid(NamedTuple):
    """Instants to buckets; what lies before the first or after the last stands in that one."""

    origin: int  # ms
    width: int  # ms
    buckets: int


def grid_of(from_ms: int, until_ms: int) -> Grid:
    """Buckets of a second over [from_ms, until_ms]; wider ones where that would be too many."""
    width = max(BUCKET_MS, -(-(until_ms - from_ms) // (MOST_BUCKETS - 1)))
    return Grid(from_ms, width, (until_ms - from_ms) // width + 1)


@compiled_leaf
def bucket_of(grid: Grid, at: int) -> int:
    return max(0, min(grid.buckets - 1, (at - grid.origin) // grid.width))


@compiled_leaf
def arm(slots: Slots, grid: Grid, slot: int, due: int) -> None:
    """See to it that `slot` stands in a bucket at or before `due`."""
    bucket = bucket_of(grid, due)
    armed = slots.at[slot, BUCKET]
    if armed != NOBODY:
        if armed <= bucket:
            return
        disarm(slots, slot)
    head = slots.wheel[bucket]
    slots.at[slot, BUCKET] = bucket
    slots.at[slot, PREVIOUS] = NOBODY
    slots.at[slot, NEXT] = head
    if head != NOBODY:
        slots.at[head, PREVIOUS] = slot
    slots.wheel[bucket] = slot


@compiled_leaf
def disarm(slots: Slots, slot: int) -> None:
    """Take `slot` out of its bucket."""
    after = slots.at[slot, NEXT]
    before = slots.at[slot, PREVIOUS]
    if before == NOBODY:
        slots.wheel[slots.at[slot, BUCKET]] = after
    else:
        slots.at[before, NEXT] = after
    if after != NOBODY:
        slots.at[after, PREVIOUS] = before
    slots.at[slot, BUCKET] = NOBODY


@compiled_leaf
def due_at(slots: Slots, slot: int) -> int:
    """`walk.due` of the registers of a slot."""
    return int(max(slots.at[slot, HEARD], slots.at[slot, MATCH]))


@compiled
def due_slots(slots: Slots, grid: Grid, since: int, watermark: int) -> tuple[Ints, int]:
    """The slots with due < watermark, out of their buckets, and how many slots were looked at for it.

    since: the watermark before; the buckets before its own are empty.
    """
    first, last = bucket_of(grid, since), bucket_of(grid, watermark)
    looked_at = _standing(slots, first, last)
    found = np.empty(looked_at, np.int64)
    return found[: _take_due(slots, grid, first, last, watermark, found)], looked_at


@compiled_leaf
def _take_due(slots: Slots, grid: Grid, first: int, last: int, watermark: int, found: Ints) -> int:
    n = 0
    for bucket in range(first, last + 1):
        slot = int(slots.wheel[bucket])
        while slot != NOBODY:
            after = slots.at[slot, NEXT]
            until = due_at(slots, slot)
            disarm(slots, slot)
            if until < watermark:
                found[n] = slot
                n += 1
            else:
                arm(slots, grid, slot, until)
            slot = int(after)
    return n


@compiled_leaf
def _standing(slots: Slots, first: int, last: int) -> int:
    n = 0
    for bucket in range(first, last + 1):
        slot = np.int64(slots.wheel[bucket])
        while slot != NOBODY:
            n += 1
            slot = slots.at[slot, NEXT]
    return n
