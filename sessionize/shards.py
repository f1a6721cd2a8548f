"""Arrow sightings into shards of whole subjects that fit the cache.

What does not live here: the loops over rows (`order`), what is done with a shard (`visits`).

    (batches in the order they came) -> (shard: subjects, packed words, row numbers), shards in the order of subjects
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sessionize.order import CELLS, count_cells, scatter
from sessionize.walk import Ints

_ROWS_OF_SHARD = 400_000  # 16 bytes each, a few times the second-level cache; smaller shards only add writing heads
_WORD_BITS = 63  # a packed row is a non-negative int64

Item = TypeVar("Item")
Result = TypeVar("Result")


class Rows(NamedTuple):
    """One batch of sightings as numpy views; `ranks` gives the AP's rank by name for a code in `ap`."""

    first: int
    subject: Ints
    at: Ints
    ap: NDArray[np.int32]
    kind: NDArray[np.int8]
    ranks: Ints


@dataclass(frozen=True)
class Sharded:
    """Shard `i` is bounds[i]:bounds[i + 1] of the three arrays; `rows` is empty if nobody asks where a row came from.

    A word holds (at - base) << (ap_bits + 2) | rank of the AP << 2 | kind.
    """

    subjects: Ints
    words: Ints
    rows: NDArray[Any]
    bounds: Ints
    base: int
    ap_bits: int


def in_threads(work: Callable[[Item], Result], items: Iterable[Item], threads: int) -> list[Result]:
    """`work` of each item, in their order; compiled loops release the interpreter lock."""
    if threads == 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, items))


def ap_names(sightings: pa.Table) -> list[str]:
    """The names of APs in the dictionaries of column `ap`, each once; a dictionary may name APs that no row has."""
    names: set[str] = set()
    for dictionary in _dictionaries(sightings["ap"].chunks):
        names.update(dictionary.to_pylist())
    return sorted(names)


def batches(sightings: pa.Table, aps: list[str], longest: int) -> list[Rows]:
    """The table as numpy views of at most `longest` rows, without a copy. Raises ValueError for a null."""
    names = pa.array(aps, pa.string())
    found: list[Rows] = []
    first, seen, ranks = 0, None, np.zeros(0, np.int64)
    for batch in sightings.to_batches(max_chunksize=longest):
        if any(column.null_count for column in batch.columns):
            raise ValueError("sightings: at_ms, subject, ap and kind must not be null")
        if seen is None or not batch["ap"].dictionary.equals(seen):
            seen = batch["ap"].dictionary
            ranks = pc.index_in(seen, value_set=names).to_numpy(zero_copy_only=False).astype(np.int64)
        subject, at, kind = (batch[name].to_numpy() for name in ("subject", "at_ms", "kind"))
        if len(subject):  # a table may hold empty chunks
            found.append(Rows(first, subject, at, batch["ap"].indices.to_numpy(), kind, ranks))
        first += len(subject)
    return found


def sharded(parts: list[Rows], aps: int, shards: int | None, threads: int, with_rows: bool) -> Sharded:
    """All rows by shard, each shard's in the order they came; `shards` None: as many as fit the cache.

    Raises OverflowError if the span of time and the number of APs do not fit a word: 139 years with a million APs.
    """
    total = sum(len(part.subject) for part in parts)
    extremes = in_threads(_extremes, parts, threads)
    lowest, base = min(e[0] for e in extremes), min(e[2] for e in extremes)
    ap_bits = max(aps - 1, 1).bit_length()
    if (max(e[3] for e in extremes) - base).bit_length() + ap_bits + 2 > _WORD_BITS:
        raise OverflowError("sightings: the first and the last lie too far apart in time")
    shift = max(0, (max(e[1] for e in extremes) - lowest).bit_length() - CELLS.bit_length() + 1)

    def counted(part: Rows) -> Ints:
        counts = np.zeros(CELLS, np.int64)
        count_cells(part.subject, lowest, shift, counts)
        return counts

    counts = np.array(in_threads(counted, parts, threads))
    shard_of, bounds, free = _places(counts, shards or 1 + total // _ROWS_OF_SHARD)
    row_type = np.int32 if total < 1 << 31 else np.int64
    out = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total if with_rows else 0, row_type)

    def scattered(part: tuple[Rows, Ints]) -> None:
        (first, subject, at, ap, kind, ranks), places = part
        scatter(subject, at, ap, kind, ranks, first, lowest, shift, shard_of, base, ap_bits, places, *out)

    in_threads(scattered, zip(parts, free, strict=True), threads)
    return Sharded(*out, bounds, base, ap_bits)


def _dictionaries(chunks: Iterable[pa.DictionaryArray]) -> Iterator[pa.Array]:
    seen = None
    for chunk in chunks:
        if seen is None or not chunk.dictionary.equals(seen):
            seen = chunk.dictionary
            yield seen


def _extremes(part: Rows) -> tuple[int, int, int, int]:
    return int(part.subject.min()), int(part.subject.max()), int(part.at.min()), int(part.at.max())


def _places(counts: Ints, shards: int) -> tuple[Ints, Ints, Ints]:
    """Shard by cell, bounds of the shards, and by part and shard the first free place, from counts by part and cell.

    A shard is a run of cells with about the same number of rows; one cell is never divided.
    """
    by_cell = counts.sum(axis=0)
    before = np.cumsum(by_cell) - by_cell
    shard_of = np.minimum(before * shards // int(by_cell.sum()), shards - 1)  # empty cells at the end
    by_shard = np.zeros((len(counts), shards), np.int64)
    for part, row in enumerate(counts):
        np.add.at(by_shard[part], shard_of, row)
    bounds = np.concatenate(([0], np.cumsum(by_shard.sum(axis=0))))
    free = bounds[:-1] + np.cumsum(by_shard, axis=0) - by_shard
    return shard_of, bounds, free
