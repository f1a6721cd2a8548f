"""The arena: every row that can still matter, once: waiting for the watermark, or counted in an open visit.

What does not live here: which chain a row belongs to (`opening`), AP names (`state`).

    waiting   bucket of its instant --> row --> row           a row keeps its place in the arena when it moves from
    counted   FIRST row of the visit --> row --> ... LAST     waiting to counted; only its link changes
    free      --> row --> ...
"""

from typing import NamedTuple

import numpy as np

from schemas.compiled import compiled, compiled_leaf
from sessionize.slots import FREE, OPEN, USED, Int32s
from sessionize.walk import NOBODY, Ints
from sessionize.wheel import Grid, bucket_of

SUBJECT, AT, AP_KIND, LINK = range(4)  # columns of a row; AP_KIND = code of the AP * 4 + kind
STRENGTH_BIT = 40  # from here on AP_KIND has, while the row waits, how loud it was (`nearest`)
AP_KIND_MASK = (1 << STRENGTH_BIT) - 1
WIDTH = 4
FIRST_CAPACITY = 1024


class Arena(NamedTuple):
    """The arrays of an arena, as the compiled loops take them."""

    row: Ints  # int64[capacity, WIDTH]
    waiting: Int32s  # [buckets], first waiting row of each bucket, NOBODY for none
    size: Ints  # [FREE, USED, OPEN]: first row to use again, rows ever used, rows held


def empty_arena(buckets: int) -> Arena:
    waiting = np.full(buckets, NOBODY, np.int32)
    return Arena(np.empty((FIRST_CAPACITY, WIDTH), np.int64), waiting, np.array([NOBODY, 0, 0], np.int64))


def with_room(arena: Arena, more: int) -> Arena:
    """`arena`, or a copy twice as large, with room for `more` rows; rows keep their numbers."""
    capacity = len(arena.row)
    if arena.size[OPEN] + more <= capacity:
        return arena
    while arena.size[OPEN] + more > capacity:
        capacity *= 2
    row = np.empty((capacity, WIDTH), np.int64)
    row[: len(arena.row)] = arena.row
    return Arena(row, arena.waiting, arena.size)


@compiled_leaf
def add(arena: Arena, subject: int, at: int, ap_kind: int) -> int:
    """The number of a new row, linked to nothing. There must be room (`with_room`)."""
    row = int(arena.size[FREE])
    if row == NOBODY:
        row = int(arena.size[USED])
        arena.size[USED] += 1
    else:
        arena.size[FREE] = arena.row[row, LINK]
    arena.size[OPEN] += 1
    arena.row[row, SUBJECT] = subject
    arena.row[row, AT] = at
    arena.row[row, AP_KIND] = ap_kind
    arena.row[row, LINK] = NOBODY
    return row


@compiled_leaf
def copy(arena: Arena, row: int) -> int:
    return add(arena, arena.row[row, SUBJECT], arena.row[row, AT], arena.row[row, AP_KIND])


@compiled_leaf
def drop(arena: Arena, row: int) -> None:
    arena.row[row, LINK] = arena.size[FREE]
    arena.size[FREE] = row
    arena.size[OPEN] -= 1


@compiled_leaf
def drop_all(arena: Arena, rows: Ints) -> None:
    for row in rows:
        drop(arena, row)


@compiled_leaf
def wait(arena: Arena, grid: Grid, subject: Ints, at: Ints, ap_kind: Ints) -> None:
    """Let rows wait for the watermark, each in the bucket of its instant."""
    for i in range(len(at)):
        row = add(arena, subject[i], at[i], ap_kind[i])
        bucket = bucket_of(grid, at[i])
        arena.row[row, LINK] = arena.waiting[bucket]
        arena.waiting[bucket] = row


@compiled
def ripe(arena: Arena, grid: Grid, since: int, watermark: int) -> Ints:
    """The waiting rows with at < watermark, in no order, no longer waiting. `since`: the watermark before."""
    first, last = bucket_of(grid, since), bucket_of(grid, watermark)
    taken = np.empty(_count_waiting(arena, first, last), np.int64)
    return taken[: _take_ripe(arena, first, last, watermark, taken)]


@compiled
def waiting_rows(arena: Arena) -> Ints:
    """The numbers of all rows that wait, by bucket."""
    last = len(arena.waiting) - 1
    found = np.empty(_count_waiting(arena, 0, last), np.int64)
    _list_waiting(arena, last, found)
    return found


@compiled_leaf
def _count_waiting(arena: Arena, first: int, last: int) -> int:
    n = 0
    for bucket in range(first, last + 1):
        row = np.int64(arena.waiting[bucket])
        while row != NOBODY:
            n += 1
            row = arena.row[row, LINK]
    return n


@compiled_leaf
def _take_ripe(arena: Arena, first: int, last: int, watermark: int, taken: Ints) -> int:
    n = 0
    for bucket in range(first, last + 1):
        row = np.int64(arena.waiting[bucket])
        arena.waiting[bucket] = NOBODY
        while row != NOBODY:
            after = arena.row[row, LINK]
            if arena.row[row, AT] < watermark:
                taken[n] = row
                n += 1
            else:
                arena.row[row, LINK] = arena.waiting[bucket]
                arena.waiting[bucket] = row
            row = after
    return n


@compiled_leaf
def _list_waiting(arena: Arena, last: int, found: Ints) -> None:
    n = 0
    for bucket in range(last + 1):
        row = np.int64(arena.waiting[bucket])
        while row != NOBODY:
            found[n] = row
            n += 1
            row = arena.row[row, LINK]
