"""Sightings into shards that fit the cache, and a shard into device order: counting, as a day's log is nearly sorted.

What does not live here: Arrow and threads (`shards`), and what is done with the ordered rows (`kernel`).

A sighting is packed into one int64 word: ms since `base` | code of the AP | kind. Words of one subject in ascending
order are its rows in the order of the walk if codes are ranks by name, and identical rows are equal neighbours. The
subject is not in the word: rows are brought together by counting.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.compiled import compiled, compiled_leaf
from sessionize.walk import Ints

Bools = NDArray[np.bool_]

AP_BITS = 18
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # Knuth, The Art of Computer Programming 6.4: multiplicative hashing
_PATIENCE = 8  # moves per row that insertion may take before a device's rows are sorted instead


class Cells(NamedTuple):
    """Cells of equal width over a range of subjects, and the shard of each: ascending, so shards are ranges, too."""

    lowest: int
    shift: int
    shard: Ints


@compiled_leaf
def cell_of(cells: Cells, subject: int) -> int:
    """What lies before the first cell or after the last belongs to that one."""
    if subject < cells.lowest:
        return 0
    cell = (np.uint64(subject) - np.uint64(cells.lowest)) >> np.uint64(cells.shift)
    return int(np.int64(min(cell, np.uint64(len(cells.shard) - 1))))


@compiled_leaf
def count_cells(subjects: Ints, cells: Cells, counts: Ints) -> None:
    """Add the number of rows in each cell to `counts`."""
    for i in range(len(subjects)):
        counts[cell_of(cells, subjects[i])] += 1


@compiled_leaf
def count_shards(subjects: Ints, cells: Cells, bounds: Ints) -> None:
    """Make `bounds` (int64[shards + 1], zeros) the places where each shard of these rows begins and ends."""
    for i in range(len(subjects)):
        bounds[cells.shard[cell_of(cells, subjects[i])] + 1] += 1
    for i in range(1, len(bounds)):
        bounds[i] += bounds[i - 1]


@compiled_leaf
def scatter(
    subjects: Ints,
    at: Ints,
    ap: Ints,
    kind: Ints,
    ap_codes: Ints,
    base: int,
    cells: Cells,
    free: Ints,
    out_subjects: Ints,
    out_words: Ints,
    out_rows: Ints,
) -> None:
    """Write each row to the next free place of its shard: subject, word and, if `out_rows` is not empty, its number.

    ap_codes: by the AP's code in this batch. free: next place by shard; moved on.
    """
    for i in range(len(subjects)):
        shard = cells.shard[cell_of(cells, subjects[i])]
        place = free[shard]
        free[shard] = place + 1
        out_subjects[place] = subjects[i]
        out_words[place] = ((((at[i] - base) << AP_BITS) | ap_codes[ap[i]]) << 2) | kind[i]
        if len(out_rows) > 0:
            out_rows[place] = i


@compiled_leaf
def with_ranks(words: Ints, ranks: Ints) -> None:
    """Replace the codes of APs in `words` by their ranks by name."""
    for i in range(len(words)):
        ap = (words[i] >> 2) & ((1 << AP_BITS) - 1)
        words[i] += (ranks[ap] - ap) << 2


@compiled
def by_device(
    subjects: Ints, words: Ints, rows: Ints, ids: Ints, out_words: Ints, out_rows: Ints
) -> tuple[Ints, Ints, Ints]:
    """The shard's rows brought together by device, each device's in ascending order; ties keep the order they came in.

    Returns the distinct subjects, where each one's rows begin in `out_words` (and `out_rows`, if `rows` is not empty)
    with the end of the last one, and the ascending order of the subjects. `ids` is scratch, as long as the shard.
    """
    keys, starts = _identified(subjects, ids)
    free = starts.copy()
    for i in range(len(words)):
        place = free[ids[i]]
        free[ids[i]] = place + 1
        out_words[place] = words[i]
        if len(rows) > 0:
            out_rows[place] = rows[i]
    for device in range(len(keys)):
        span = slice(starts[device], starts[device + 1])
        if not _inserted(out_words[span], out_rows[span]):
            _sort(out_words[span], out_rows[span])
    return keys, starts, np.argsort(keys, kind="mergesort")


@compiled
def only(reads: Bools, words: Ints, rows: Ints, starts: Ints, out_words: Ints, out_rows: Ints) -> Ints:
    """Where each device's rows begin in `out_words` and `out_rows` once those are left out that `reads` has False for.

    reads: by the number in `rows`. A device may be left without rows.
    """
    kept = np.zeros(len(starts), np.int64)
    place = 0
    for device in range(len(starts) - 1):
        for i in range(starts[device], starts[device + 1]):
            if reads[rows[i]]:
                out_words[place] = words[i]
                out_rows[place] = rows[i]
                place += 1
        kept[device + 1] = place
    return kept


@compiled
def _identified(subjects: Ints, ids: Ints) -> tuple[Ints, Ints]:
    """The distinct subjects as they first appear, and the running sum of their rows; `ids` gets each row's index."""
    capacity = 1 << 11
    keys = np.empty(capacity, np.int64)
    slots = np.full(2 * capacity, -1, np.int32)
    done, found = _identify(subjects, 0, ids, keys, 0, slots)
    while done < len(subjects):
        keys = np.concatenate((keys, np.empty(3 * capacity, np.int64)))
        capacity = 4 * capacity
        slots = np.full(2 * capacity, -1, np.int32)
        for i in range(found):
            slots[_slot(slots, keys, keys[i])] = i
        done, found = _identify(subjects, done, ids, keys, found, slots)
    starts = np.zeros(found + 1, np.int64)
    for i in range(len(subjects)):
        starts[ids[i] + 1] += 1
    return keys[:found], np.cumsum(starts)


@compiled_leaf
def _identify(subjects: Ints, first: int, ids: Ints, keys: Ints, found: int, slots: Ints) -> tuple[int, int]:
    """Go on from row `first` until `keys` is full: (rows done, subjects found)."""
    for i in range(first, len(subjects)):
        slot = _slot(slots, keys, subjects[i])
        if slots[slot] < 0:
            if found == len(keys):
                return i, found
            slots[slot] = found
            keys[found] = subjects[i]
            found += 1
        ids[i] = slots[slot]
    return len(subjects), found


@compiled_leaf
def _slot(slots: Ints, keys: Ints, key: int) -> int:
    """The slot that holds `key`, or the free one where it belongs: open addressing, linear; 2**n slots."""
    mask = len(slots) - 1
    slot = np.int64((np.uint64(key) * _GOLDEN) >> np.uint64(32)) & mask
    while slots[slot] >= 0 and keys[slots[slot]] != key:
        slot = (slot + 1) & mask
    return int(slot)


@compiled_leaf
def _inserted(words: Ints, rows: Ints) -> bool:
    """Sort by insertion, which is fast for rows nearly in order; False, with the work half done, where they are not."""
    moves = 0
    for i in range(1, len(words)):
        word = words[i]
        if words[i - 1] <= word:
            continue
        j = i
        while j > 0 and words[j - 1] > word:
            words[j] = words[j - 1]
            j -= 1
        words[j] = word
        if len(rows) > 0:
            row = rows[i]
            for k in range(i, j, -1):
                rows[k] = rows[k - 1]
            rows[j] = row
        moves += i - j
        if moves > _PATIENCE * len(words) + 64:
            return False
    return True


@compiled
def _sort(words: Ints, rows: Ints) -> None:
    """For several feeds read one after another; stable, as insertion is."""
    order = np.argsort(words, kind="mergesort")
    words[:] = words[order]
    if len(rows) > 0:
        rows[:] = rows[order]
