"""Addresses numbered in the order in which they were first met, so that what follows from one is worked out once.

Holds addresses: it lives in memory, for the time of one job, and is never written. What follows from an address lives
in `ingest.subjects`.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from privacy.pseudonyms import NO_MAC
from schemas.compiled import compiled

_SMALLEST = 1 << 14  # slots
_PRIME = np.uint64(0x9E37_79B9_7F4A_7C15)  # 2^64 / golden ratio: spreads the vendors' runs of addresses


class Addresses:
    """MACs in an open-addressing table, other addresses in a dict, all in one numbering. For one thread at a time."""

    def __init__(self) -> None:
        self.count = 0
        self._macs = np.full(_SMALLEST, NO_MAC, np.uint64)
        self._numbers = np.zeros(_SMALLEST, np.int32)
        self._texts: dict[str, int] = {}

    def numbered(
        self, macs: NDArray[np.uint64], opaque: pa.DictionaryArray | None
    ) -> tuple[NDArray[np.int32], NDArray[np.uint64], list[str]]:
        """Each row's number, and the addresses met for the first time in the order of their numbers: MACs, then texts.

        A row whose MAC is `NO_MAC` is read from `opaque`, which is null elsewhere.
        """
        self._make_room(len(macs))
        number = np.empty(len(macs), np.int32)
        fresh = np.empty(len(macs), np.uint64)
        found = _number(macs, self._macs, self._numbers, self.count, number, fresh)
        self.count += found
        return number, fresh[:found], [] if opaque is None else self._number_texts(macs, opaque, number)

    def _number_texts(
        self, macs: NDArray[np.uint64], opaque: pa.DictionaryArray, number: NDArray[np.int32]
    ) -> list[str]:
        rows = np.flatnonzero(macs == NO_MAC)
        code = opaque.indices.take(pa.array(rows)).to_numpy()
        used = np.zeros(len(opaque.dictionary), np.bool_)
        used[code] = True
        words = opaque.dictionary.filter(pa.array(used)).to_pylist()
        fresh = [word for word in words if word not in self._texts]
        self._texts.update(zip(fresh, range(self.count, self.count + len(fresh)), strict=True))
        self.count += len(fresh)
        of_code = np.zeros(len(used), np.int32)
        of_code[used] = [self._texts[word] for word in words]
        number[rows] = of_code[code]
        return fresh

    def _make_room(self, rows: int) -> None:
        """Slots for twice the MACs there may be after `rows` more."""
        slots = len(self._macs)
        while slots < 2 * (self.count + rows):
            slots *= 2
        if slots > len(self._macs):
            macs, numbers = np.full(slots, NO_MAC, np.uint64), np.zeros(slots, np.int32)
            _move(self._macs, self._numbers, macs, numbers)
            self._macs, self._numbers = macs, numbers


@compiled
def _number(macs: Any, slots: Any, numbers: Any, count: int, number: Any, fresh: Any) -> int:
    found = 0
    for row in range(len(macs)):
        mac = macs[row]
        if mac == NO_MAC:
            continue
        slot = _slot(mac, slots)
        if slots[slot] == NO_MAC:
            slots[slot] = mac
            numbers[slot] = count + found
            fresh[found] = mac
            found += 1
        number[row] = numbers[slot]
    return found


@compiled
def _move(slots: Any, numbers: Any, to_slots: Any, to_numbers: Any) -> None:
    for old in range(len(slots)):
        if slots[old] != NO_MAC:
            new = _slot(slots[old], to_slots)
            to_slots[new] = slots[old]
            to_numbers[new] = numbers[old]


@compiled
def _slot(mac: Any, slots: Any) -> Any:
    """Where `mac` stands or would stand; the number of slots is a power of two."""
    mask = np.uint64(len(slots) - 1)
    slot = ((mac * _PRIME) >> np.uint64(24)) & mask
    while slots[slot] != NO_MAC and slots[slot] != mac:
        slot = (slot + np.uint64(1)) & mask
    return slot
