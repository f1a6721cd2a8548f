"""The hours of a day and words as ranks: what counts by hour need before they count.

What does not live here: any count.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.day import Day

Ints = NDArray[np.int64]
Hours = NDArray[np.int64]  # begins of the hours in UTC ms, ascending; each lasts until the next, the last until day end

HOUR_MS = 3_600_000
MINUTE_MS = 60_000


def hours_of(day: Day) -> Hours:
    """The begins of the day's hours, counted from its start (so they are local hours, on days of 23 and 25 too)."""
    return np.arange(day.start_ms, day.end_ms, HOUR_MS)


def bounds_of(hours: Hours, day: Day) -> Ints:
    """The hours' limits inside the day, one more than there are hours."""
    bounds = np.append(np.maximum(hours, day.start_ms), day.end_ms).astype(np.int64)
    if bounds[0] != day.start_ms or (np.diff(bounds) <= 0).any() or ((bounds - day.start_ms) % MINUTE_MS).any():
        raise ValueError(f"{day.date}: hours must begin at the day's start, ascend, and lie on its whole minutes")
    return bounds


def coded(words: pa.ChunkedArray) -> tuple[Ints, list[str]]:
    """Each word as its rank among the words that the column knows, and these words in order."""
    whole = words.unify_dictionaries().combine_chunks()
    known = whole.dictionary.to_pylist()
    ranked = sorted(known)
    rank = {word: place for place, word in enumerate(ranked)}
    ranks = np.array([rank[word] for word in known], np.int64)
    codes = whole.indices.to_numpy()
    return (ranks[codes] if len(codes) else np.zeros(0, np.int64)), ranked


def spelled(rows: pa.Table) -> pa.Table:
    """`rows` with their words as plain strings, as sums and sorts take them."""
    words = [field.name for field in rows.schema if pa.types.is_dictionary(field.type)]
    return pa.table({name: rows[name].cast(pa.string()) if name in words else rows[name] for name in rows.column_names})


def words_at(words: list[str], codes: Ints) -> pa.DictionaryArray:
    """`words[code]` for each code, as a dictionary column without repeated words."""
    return pa.array(words, pa.string()).dictionary_encode().take(pa.array(codes, pa.int64()))
