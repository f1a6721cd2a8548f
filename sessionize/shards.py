"""Arrow sightings into shards of whole subjects that fit the cache, part by part: a part is dropped once it is cut.

What does not live here: the loops over rows (`order`), what is done with a shard (`visits`).

    part, in any thread -> its batches -> Cut: the batch's subjects and packed words, shard by shard
    shard               <- its rows of every cut, end to end
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sessionize.order import AP_BITS, Cells, count_cells, count_shards, scatter
from sessionize.walk import Ints

_CELLS = 4096
_ROWS_OF_SHARD = 400_000  # 16 bytes each, a few times the second-level cache; smaller shards only add writing heads
_FARTHEST_MS = 1 << (63 - AP_BITS - 3)

Part = Callable[[], pa.Table]
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


class Cut(NamedTuple):
    """The rows of one batch by shard: shard `i` is bounds[i]:bounds[i + 1] of the others.

    `rows` (row in the batch) is empty if nobody asks where a row came from.
    """

    bounds: Ints
    subjects: Ints
    words: Ints
    rows: NDArray[np.int32]


@dataclass(frozen=True)
class Sharded:
    """All rows, cut up. A word holds (at - base) << (AP_BITS + 2) | index of the AP in `aps` << 2 | kind."""

    cuts: list[Cut]
    aps: list[str]
    base: int

    @property
    def sizes(self) -> Ints:
        """Rows of each shard."""
        sizes: Ints = np.diff(np.array([cut.bounds for cut in self.cuts]), axis=1).sum(axis=0)
        return sizes

    @property
    def total(self) -> int:
        return sum(len(cut.words) for cut in self.cuts)

    def gathered(self, shard: int, subjects: Ints, words: Ints, rows: Ints) -> int:
        """How many rows `shard` has, and these written to the last three, in the order they came.

        `rows` may be empty; else it gets their numbers among all rows.
        """
        place, first = 0, 0
        for cut in self.cuts:
            begin, end = cut.bounds[shard], cut.bounds[shard + 1]
            to = slice(place, place + end - begin)
            subjects[to], words[to] = cut.subjects[begin:end], cut.words[begin:end]
            if len(rows):
                np.add(cut.rows[begin:end], first, out=rows[to], dtype=rows.dtype)
            place += int(end - begin)
            first += len(cut.words)
        return place


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


def ap_ranks(sightings: pa.Table, by_name: list[str]) -> Ints:
    """Of each row the place of its AP in `by_name`; 0 where it is not there."""
    rank = {name: place for place, name in enumerate(by_name)}
    aps = sightings["ap"].unify_dictionaries().combine_chunks()
    ranks = np.array([rank.get(name, 0) for name in aps.dictionary.to_pylist()], np.int64)
    return ranks[aps.indices.to_numpy()] if len(aps) else np.zeros(0, np.int64)


def batches(sightings: pa.Table, aps: list[str], longest: int) -> list[Rows]:
    """The table as numpy views of at most `longest` rows, without a copy. Raises ValueError for a null."""
    names = pa.array(aps, pa.string())
    found: list[Rows] = []
    first, seen, ranks = 0, None, np.zeros(0, np.int64)
    for batch in sightings.to_batches(max_chunksize=longest):
        _refuse_nulls(batch)
        if seen is None or not batch["ap"].dictionary.equals(seen):
            seen = batch["ap"].dictionary
            ranks = pc.index_in(seen, value_set=names).to_numpy(zero_copy_only=False).astype(np.int64)
        subject, at, kind = (batch[name].to_numpy() for name in ("subject", "at_ms", "kind"))
        if len(subject):  # a table may hold empty chunks
            found.append(Rows(first, subject, at, batch["ap"].indices.to_numpy(), kind, ranks))
        first += len(subject)
    return found


def sharded(parts: Sequence[Part], aps: list[str], shards: int | None, threads: int, with_rows: bool) -> Sharded:
    """All rows of all parts; each part is asked for once, in some thread. `aps` are those known, in the order of names.

    `shards` None: as many as fit the cache if the parts are alike. Shards are in the order of subjects, and of one
    size if the first part's subjects are like all.
    Raises ValueError for a null; OverflowError for instants more than a century apart, or more than 2**18 APs.
    """
    cutter = _Cutter(aps, with_rows)
    first = parts[0]()
    cutter.begin(first, shards or 1 + len(first) * len(parts) // _ROWS_OF_SHARD)
    cuts = [cutter.cuts_of(first)]
    del first
    cuts += in_threads(lambda part: cutter.cuts_of(part()), parts[1:], threads)
    return Sharded(list(chain.from_iterable(cuts)), cutter.aps, cutter.base)


class _Cutter:
    """Gives APs their codes, for all threads, and cuts batches."""

    def __init__(self, aps: list[str], with_rows: bool) -> None:
        self.aps = list(aps)
        self.base = 0
        self._cells = Cells(0, 0, np.zeros(1, np.int64))
        self._shards = 1
        self._with_rows = with_rows
        self._code = {name: code for code, name in enumerate(aps)}
        self._lock = threading.Lock()

    def begin(self, first: pa.Table, shards: int) -> None:
        """Set what all cuts share, as the first part suggests it."""
        if not len(first):
            return
        self.base = int(pc.min(first["at_ms"]).as_py() or 0)
        low, high = (int(end.as_py() or 0) for end in pc.min_max(first["subject"]).values())
        cells = Cells(low, max(0, (high - low).bit_length() - _CELLS.bit_length() + 1), np.zeros(_CELLS, np.int64))
        counts = np.zeros(_CELLS, np.int64)
        for chunk in first["subject"].chunks:
            count_cells(chunk.to_numpy(zero_copy_only=False), cells, counts)
        before = np.cumsum(counts) - counts
        self._cells = cells._replace(shard=np.minimum(before * shards // len(first), shards - 1))
        self._shards = shards

    def cuts_of(self, part: pa.Table) -> list[Cut]:
        return [self._cut(batch) for batch in part.to_batches() if len(batch)]

    def _cut(self, batch: pa.RecordBatch) -> Cut:
        _refuse_nulls(batch)
        subject, at, kind = (batch[name].to_numpy() for name in ("subject", "at_ms", "kind"))
        if int(at.max()) - self.base >= _FARTHEST_MS or self.base - int(at.min()) >= _FARTHEST_MS:
            raise OverflowError("sightings: the first and the last lie too far apart in time")
        ap, ap_codes = batch["ap"].indices.to_numpy(), self._ap_codes(batch["ap"].dictionary)
        bounds = np.zeros(self._shards + 1, np.int64)
        count_shards(subject, self._cells, bounds)
        rows = np.empty(len(at) if self._with_rows else 0, np.int32)
        cut = Cut(bounds, np.empty(len(at), np.int64), np.empty(len(at), np.int64), rows)
        scatter(subject, at, ap, kind, ap_codes, self.base, self._cells, bounds[:-1].copy(), *cut[1:])
        return cut

    def _ap_codes(self, names: pa.Array) -> Ints:
        words = names.to_pylist()
        with self._lock:
            for name in words:
                if name not in self._code:
                    self._code[name] = len(self.aps)
                    self.aps.append(name)
            if len(self.aps) >= 1 << AP_BITS:
                raise OverflowError("sightings: more access points than a word has room for")
            return np.array([self._code[name] for name in words], np.int64)


def _refuse_nulls(batch: pa.RecordBatch) -> None:
    if any(column.null_count for column in batch.columns):
        raise ValueError("sightings: at_ms, subject, ap and kind must not be null")


def _dictionaries(chunks: Iterable[pa.DictionaryArray]) -> Iterator[pa.Array]:
    seen = None
    for chunk in chunks:
        if seen is None or not chunk.dictionary.equals(seen):
            seen = chunk.dictionary
            yield seen
