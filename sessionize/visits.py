"""Sightings in; visits, stays and flaps out, all at once. The stream's way to the same tables is `advance`.

What does not live here: any rule (`walk`, `stays`), any loop over rows (`order`, `kernel`), a file or a clock.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas import SIGHTING
from schemas.compiled import compiled
from schemas.day import Day
from sessionize.kernel import FOREVER, Found, Limits, Ordered, walk_shard
from sessionize.order import AP_BITS, by_device, with_ranks
from sessionize.places import Grounds, resolved
from sessionize.rules import VisitRules
from sessionize.shards import Part, Sharded, in_threads, sharded
from sessionize.tables import Piece, piece_of, tables
from sessionize.walk import Ints

_WALKED = ("at_ms", "subject", "ap", "kind")
_PART_ROWS = 1 << 20


@dataclass(frozen=True)
class Walked:
    """Visits by (subject, site, start), stays and flaps in the order of their visits; schemas VISIT, STAY, FLAP.

    `fate` has one entry for each sighting given: >= 0, the index of the visit in which it counts, or
    kernel.FATE_REPEAT (identical to a row before it), FATE_IGNORED (a leave that says nothing), FATE_OTHER_DAY (counts
    in a visit that does not start in the day). None if it was not asked for.
    """

    visits: pa.Table
    stays: pa.Table
    flaps: pa.Table
    fate: NDArray[np.int32] | None


class Fates(NamedTuple):
    """What became of the rows of one shard, and which these are."""

    fate: NDArray[np.int32]
    rows: NDArray[Any]


def visits(
    sightings: pa.Table | Sequence[Part],
    places: pa.Table,
    rules: VisitRules,
    day: Day | None,
    *,
    threads: int = 2,
    shards: int | None = None,
    fate: bool = True,
) -> Walked:
    """Every visit in `sightings` that starts in `day`, each subject on its own; the order of rows makes no difference.

    Rows of the whole window of the day belong in: memory before it, tail after it (architecture §2). `cut` says that
    something at or after `day.window_end_ms` could still have changed the visit. Without a day every visit is kept,
    none is cut, and its day is the UTC date of its start.

    Args:
        sightings: at least at_ms, subject, ap, kind of schema SIGHTING, none null; repeats are harmless. Or functions
            that give such a table each, the row groups of a file, say: each is called once, in some thread, and its
            table dropped before long, so that the whole never lies decoded in memory. Best in the order of arrival:
            the first one stands for all when shards are laid out.
        places: schema PLACE. An AP that it does not know at an instant is at site and zone `unknown`.
        shards: how many; by default as many as make one fit the cache. The result is the same.
        fate: say what became of each row; costs a fifth more.
    Raises:
        ValueError: a null. OverflowError: instants more than a century apart.
    """
    parts = _slices(sightings, threads) if isinstance(sightings, pa.Table) else sightings
    known = sorted(pc.unique(places["ap"]).to_pylist())
    cut = sharded([partial(_only_walked_of, part) for part in parts], known, shards, threads, fate)
    grounds, named = resolved(places, cut.aps, rules)
    if not cut.total:
        return Walked(*tables([_nothing()], named, rules, day), np.zeros(0, np.int32) if fate else None)
    ranks = _ranks(cut.aps, named.aps)
    pieces, fates = _walked(cut, ranks, grounds, rules, limits_of(rules, day), threads, fate)
    whole = _fate_by_row(cut.total, pieces, fates, threads) if fate else None
    return Walked(*tables(pieces, named, rules, day, threads), whole)


def _slices(sightings: pa.Table, threads: int) -> list[Part]:
    """A table as parts of a million rows, and at least one for each thread."""
    rows = only_walked(sightings)
    step = max(1, min(_PART_ROWS, -(-len(rows) // threads)))
    return [partial(rows.slice, first, step) for first in range(0, max(len(rows), 1), step)]


def _ranks(aps: list[str], by_name: list[str]) -> Ints:
    """The rank by name of each code of an AP; nothing if codes are ranks already."""
    rank = {name: i for i, name in enumerate(by_name)}
    return np.array([rank[name] for name in aps] if aps != by_name else [], np.int64)


def _only_walked_of(part: Part) -> pa.Table:
    return only_walked(part())


def only_walked(sightings: pa.Table) -> pa.Table:
    """The columns of the walk, in the types of SIGHTING; without a copy where they have them."""
    schema = pa.schema([SIGHTING.arrow.field(name) for name in _WALKED])
    rows = sightings.select(_WALKED)
    return rows if rows.schema.types == schema.types else rows.cast(schema)


def limits_of(rules: VisitRules, day: Day | None) -> Limits:
    """The limits of a run; without a `day` they keep every visit."""
    if day is None:
        return Limits(rules.longest_ms, rules.flap_ms, -FOREVER, FOREVER, FOREVER)
    return Limits(rules.longest_ms, rules.flap_ms, day.start_ms, day.end_ms, day.window_end_ms)


def _walked(
    cut: Sharded, ranks: Ints, grounds: Grounds, rules: VisitRules, limits: Limits, threads: int, fate: bool
) -> tuple[list[Piece], list[Fates]]:
    """What each shard holds."""
    sizes = cut.sizes
    pieces = [_nothing()] * len(sizes)
    fates = [Fates(np.zeros(0, np.int32), np.zeros(0, np.int32))] * len(sizes)
    queue = iter(range(len(sizes)))
    longest = int(sizes.max())
    row_type = np.int32 if cut.total < 1 << 31 else np.int64

    def work(_: int) -> None:
        subjects, words, ids = np.empty(longest, np.int64), np.empty(longest, np.int64), np.empty(longest, np.int32)
        ordered_words, rows = np.empty(longest, np.int64), np.empty(longest if fate else 0, row_type)
        ordered_rows, found = np.empty_like(rows), room(longest, fate)
        for shard in queue:
            n = cut.gathered(shard, subjects, words, rows)
            if len(ranks):
                with_ranks(words[:n], ranks)
            by_key = by_device(subjects[:n], words[:n], rows[:n], ids, ordered_words, ordered_rows)
            ordered = Ordered(ordered_words, *by_key, cut.base, AP_BITS)
            totals = walk_shard(ordered, rules.scope == "site", grounds, limits, found)
            pieces[shard] = piece_of(found, *totals)
            if fate:
                fates[shard] = Fates(found.fate[:n].copy(), ordered_rows[:n].copy())

    in_threads(work, range(threads), threads)
    return pieces, fates


def room(rows: int, fate: bool) -> Found:
    """Room for a shard of `rows`: a join may count at two sites, so there may be more stays than rows."""
    longs = {name: np.empty(rows, np.int64) for name in ("subject", "start", "end")}
    shorts = {name: np.empty(rows, np.int32) for name in ("site", "sightings", "stays_of", "flaps_of")}
    return Found(
        **longs,
        **shorts,
        cut=np.empty(rows, np.bool_),
        stays=np.empty((2 * rows, 3), np.int64),
        flaps=np.empty((2 * rows, 3), np.int64),
        runs=np.empty((rows + 1, 4), np.int64),
        fate=np.empty(rows if fate else 0, np.int32),
    )


def _nothing() -> Piece:
    return piece_of(room(0, fate=False), 0, 0, 0)


def _fate_by_row(total: int, pieces: list[Piece], fates: list[Fates], threads: int) -> NDArray[np.int32]:
    firsts = itertools.accumulate((len(piece.start) for piece in pieces), initial=0)
    whole = np.empty(total, np.int32)

    def spread(shard: tuple[Fates, int]) -> None:
        _spread(*shard[0], shard[1], whole)

    in_threads(spread, zip(fates, firsts, strict=False), threads)
    return whole


@compiled
def _spread(fates: Any, rows: Any, first: int, whole: Any) -> None:
    for i in range(len(fates)):
        whole[rows[i]] = fates[i] + first if fates[i] >= 0 else fates[i]
