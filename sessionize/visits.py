"""Sightings in; visits, stays and flaps out, all at once, by one definition or by several over rows sorted once.

What does not live here: any rule (`walk`, `stays`), any loop over rows (`order`, `kernel`), a file or a clock. The
stream's way to the same tables is `advance`.
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
from sessionize.kernel import FATE_UNREAD, FOREVER, Found, Limits, Ordered, walk_shard
from sessionize.order import AP_BITS, by_device, only, with_ranks
from sessionize.places import Grounds, Named, resolved
from sessionize.rules import VisitRules
from sessionize.shards import Part, Sharded, in_threads, sharded
from sessionize.tables import Piece, piece_of, reach_of, tables
from sessionize.walk import Ints

_WALKED = ("at_ms", "subject", "ap", "kind")
_PART_ROWS = 1 << 20


@dataclass(frozen=True)
class Walked:
    """Visits by (subject, site, start); stays, flaps and reach in their order; schemas VISIT, STAY, FLAP, REACH.

    `fate` has one entry for each sighting given: >= 0, the index of the visit in which it counts, or
    kernel.FATE_REPEAT (identical to a row before it), FATE_IGNORED (a leave that says nothing), FATE_OTHER_DAY (counts
    in a visit that does not start in the day), FATE_UNREAD (not among the rows asked for). None if nobody asked.
    """

    visits: pa.Table
    stays: pa.Table
    flaps: pa.Table
    reach: pa.Table
    fate: NDArray[np.int32] | None


@dataclass(frozen=True)
class Ask:
    """What one definition asks of sightings: its places (PLACE), its day, and which rows it reads (None: all)."""

    places: pa.Table
    rules: VisitRules
    day: Day | None
    reads: NDArray[np.bool_] | None = None


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
    return _visits(parts, [Ask(places, rules, day)], threads, shards, fate)[0]


def visits_of_each(sightings: pa.Table, asks: Sequence[Ask], *, threads: int = 2) -> list[Walked]:
    """For each of `asks` the `visits` of the rows it reads, with fates; rows are brought into order once for all."""
    return _visits(_slices(sightings, threads), asks, threads, None, True)


def _visits(parts: Sequence[Part], asks: Sequence[Ask], threads: int, shards: int | None, fate: bool) -> list[Walked]:
    known = sorted({ap for ask in asks for ap in pc.unique(ask.places["ap"]).to_pylist()})
    cut = sharded([partial(_only_walked_of, part) for part in parts], known, shards, threads, fate)
    grounds, named = zip(*(resolved(ask.places, cut.aps, ask.rules) for ask in asks), strict=True)
    if not cut.total:
        nothing = np.zeros(0, np.int32) if fate else None
        return [_tabled([_nothing()], name, ask, nothing, 1) for ask, name in zip(asks, named, strict=True)]
    ranks = _ranks(cut.aps, named[0].aps)
    walks = [_Walk(ask, ground, limits_of(ask.rules, ask.day)) for ask, ground in zip(asks, grounds, strict=True)]
    found = _walked(cut, ranks, walks, threads, fate)
    return [
        _tabled(pieces, name, ask, _fate_by_row(cut.total, pieces, fates, threads) if fate else None, threads)
        for ask, name, (pieces, fates) in zip(asks, named, found, strict=True)
    ]


def _tabled(pieces: list[Piece], named: Named, ask: Ask, fate: NDArray[np.int32] | None, threads: int) -> Walked:
    found = tables(pieces, named, ask.rules, ask.day, threads)
    return Walked(*found, reach_of(pieces, found[0]), fate)


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
        return Limits(rules.longest_ms, rules.flap_ms, -FOREVER, FOREVER)
    return Limits(rules.longest_ms, rules.flap_ms, day.start_ms, day.end_ms)


class _Walk(NamedTuple):
    """One definition's pass over each shard."""

    ask: Ask
    grounds: Grounds
    limits: Limits


def _walked(
    cut: Sharded, ranks: Ints, walks: Sequence[_Walk], threads: int, fate: bool
) -> list[tuple[list[Piece], list[Fates]]]:
    """What each shard holds, by walk."""
    sizes = cut.sizes
    pieces = [[_nothing()] * len(sizes) for _ in walks]
    fates = [[Fates(np.zeros(0, np.int32), np.zeros(0, np.int32))] * len(sizes) for _ in walks]
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
            for place, walk in enumerate(walks):
                own, own_rows = _read_by(walk.ask, ordered, ordered_rows, words, rows)
                totals = walk_shard(own, walk.ask.rules.scope == "site", walk.grounds, walk.limits, found)
                pieces[place][shard] = piece_of(found, *totals)
                if fate:
                    n = int(own.starts[-1])
                    fates[place][shard] = Fates(found.fate[:n].copy(), own_rows[:n].copy())

    in_threads(work, range(threads), threads)
    return list(zip(pieces, fates, strict=True))


def _read_by(
    ask: Ask, shard: Ordered, rows: NDArray[Any], own_words: Ints, own_rows: NDArray[Any]
) -> tuple[Ordered, NDArray[Any]]:
    """What `ask` reads of a shard, its order kept, and which rows these are; written to the last two where not all."""
    if ask.reads is None:
        return shard, rows
    starts = only(ask.reads, shard.words, rows, shard.starts, own_words, own_rows)
    return shard._replace(words=own_words, starts=starts), own_rows


def room(rows: int, fate: bool) -> Found:
    """Room for a shard of `rows`: a join may count at two sites, so there may be more stays than rows."""
    longs = {name: np.empty(rows, np.int64) for name in ("subject", "start", "end", "since", "settled")}
    shorts = {name: np.empty(rows, np.int32) for name in ("site", "sightings", "stays_of", "flaps_of")}
    return Found(
        **longs,
        **shorts,
        stays=np.empty((2 * rows, 3), np.int64),
        flaps=np.empty((2 * rows, 3), np.int64),
        runs=np.empty((rows + 1, 4), np.int64),
        fate=np.empty(rows if fate else 0, np.int32),
    )


def _nothing() -> Piece:
    return piece_of(room(0, fate=False), 0, 0, 0)


def _fate_by_row(total: int, pieces: list[Piece], fates: list[Fates], threads: int) -> NDArray[np.int32]:
    firsts = itertools.accumulate((len(piece.start) for piece in pieces), initial=0)
    whole = np.full(total, FATE_UNREAD, np.int32)

    def spread(shard: tuple[Fates, int]) -> None:
        _spread(*shard[0], shard[1], whole)

    in_threads(spread, zip(fates, firsts, strict=False), threads)
    return whole


@compiled
def _spread(fates: Any, rows: Any, first: int, whole: Any) -> None:
    for i in range(len(fates)):
        whole[rows[i]] = fates[i] + first if fates[i] >= 0 else fates[i]
