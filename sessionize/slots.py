"""Slots: the open walks of a stream, found by subject.

What does not live here: what a walk keeps beside its registers (`opening`, `presence`), when it is due (`wheel`).

    subject --hash--> table --> slot: REGISTERS of the walk | SUBJECT SIBLING | NEXT PREVIOUS BUCKET of the wheel | own
                                  |
                                  SIBLING --> the subject's walk at another site --> ...

A slot is two cache lines of int64, so a row costs two or three misses, however many slots are open.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.compiled import compiled_leaf
from sessionize.walk import NOBODY, REGISTERS, Ints

Int32s = NDArray[np.int32]

SUBJECT, SIBLING, NEXT, PREVIOUS, BUCKET, OWN = range(REGISTERS, REGISTERS + 6)
WIDTH = 16  # int64 of a slot; from OWN on they are the caller's

FREE, USED, OPEN = range(3)  # of `size`: first slot to use again, slots ever used, slots open
FIRST_CAPACITY = 256


class Slots(NamedTuple):
    """The arrays of a table of slots, as the compiled loops take them."""

    at: Ints  # int64[capacity, WIDTH]
    table: Int32s  # [2 * capacity], open addressing: slot + 1, 0 for none
    wheel: Int32s  # [buckets], first slot of each bucket, NOBODY for none
    size: Ints  # [FREE, USED, OPEN]


def empty_slots(buckets: int) -> Slots:
    table = np.zeros(2 * FIRST_CAPACITY, np.int32)
    wheel = np.full(buckets, NOBODY, np.int32)
    return Slots(np.empty((FIRST_CAPACITY, WIDTH), np.int64), table, wheel, np.array([NOBODY, 0, 0], np.int64))


def with_room(slots: Slots, more: int) -> Slots:
    """`slots`, or a copy twice as large, with room for `more` claims; slots keep their numbers."""
    capacity = len(slots.at)
    if slots.size[OPEN] + more <= capacity:
        return slots
    while slots.size[OPEN] + more > capacity:
        capacity *= 2
    at = np.empty((capacity, WIDTH), np.int64)
    at[: len(slots.at)] = slots.at
    larger = Slots(at, np.zeros(2 * capacity, np.int32), slots.wheel, slots.size)
    _hash_again(slots, larger)
    return larger


def open_slots(slots: Slots) -> Ints:
    """The numbers of the open slots, ascending."""
    heads = slots.table[slots.table > 0].astype(np.int64) - 1
    found = [heads]
    while len(heads):
        heads = slots.at[heads, SIBLING]
        heads = heads[heads != NOBODY]
        found.append(heads)
    return np.sort(np.concatenate(found))


@compiled_leaf
def find(slots: Slots, subject: int) -> int:
    """The subject's newest slot, NOBODY if none; its other ones follow by SIBLING."""
    mask = len(slots.table) - 1
    k = _home(subject, mask)
    while slots.table[k] != 0:
        slot = int(slots.table[k] - 1)
        if slots.at[slot, SUBJECT] == subject:
            return slot
        k = (k + 1) & mask
    return NOBODY


@compiled_leaf
def claim(slots: Slots, subject: int) -> int:
    """A slot for one more walk of `subject`, in no bucket of the wheel. There must be room (`with_room`)."""
    slot = int(slots.size[FREE])
    if slot == NOBODY:
        slot = int(slots.size[USED])
        slots.size[USED] += 1
    else:
        slots.size[FREE] = slots.at[slot, NEXT]
    slots.size[OPEN] += 1
    k = _place(slots, subject)
    slots.at[slot, SIBLING] = slots.table[k] - 1 if slots.table[k] != 0 else NOBODY
    slots.at[slot, SUBJECT] = subject
    slots.at[slot, BUCKET] = NOBODY
    slots.table[k] = slot + 1
    return slot


@compiled_leaf
def release(slots: Slots, slot: int) -> None:
    """Forget a walk. Its slot must be in no bucket of the wheel."""
    k = _place(slots, slots.at[slot, SUBJECT])
    head = slots.table[k] - 1
    if head == slot and slots.at[slot, SIBLING] == NOBODY:
        _erase(slots, k)
    elif head == slot:
        slots.table[k] = slots.at[slot, SIBLING] + 1
    else:
        while slots.at[head, SIBLING] != slot:
            head = slots.at[head, SIBLING]
        slots.at[head, SIBLING] = slots.at[slot, SIBLING]
    slots.at[slot, NEXT] = slots.size[FREE]
    slots.size[FREE] = slot
    slots.size[OPEN] -= 1


@compiled_leaf
def _home(subject: int, mask: int) -> int:
    mixed = np.uint64(subject) * np.uint64(0x9E3779B97F4A7C15)
    return int(np.int64(mixed >> np.uint64(32)) & mask)


@compiled_leaf
def _place(slots: Slots, subject: int) -> int:
    """Where the table holds `subject`, or the free place where it belongs."""
    mask = len(slots.table) - 1
    k = _home(subject, mask)
    while slots.table[k] != 0 and slots.at[slots.table[k] - 1, SUBJECT] != subject:
        k = (k + 1) & mask
    return k


@compiled_leaf
def _erase(slots: Slots, hole: int) -> None:
    """Empty a place of the table and close the gap: later entries of its run move up (no tombstones)."""
    mask = len(slots.table) - 1
    k = hole
    while True:
        slots.table[hole] = 0
        while True:
            k = (k + 1) & mask
            if slots.table[k] == 0:
                return
            home = _home(slots.at[slots.table[k] - 1, SUBJECT], mask)
            if (k - home) & mask >= (k - hole) & mask:
                break
        slots.table[hole] = slots.table[k]
        hole = k


@compiled_leaf
def _hash_again(slots: Slots, larger: Slots) -> None:
    for k in range(len(slots.table)):
        if slots.table[k] != 0:
            larger.table[_place(larger, slots.at[slots.table[k] - 1, SUBJECT])] = slots.table[k]
