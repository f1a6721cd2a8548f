"""Sightings in; visits, stays and flaps out, all at once. The stream's way to the same tables is `advance`.

What does not live here: any rule (`walk`, `stays`), any loop over rows (`order`, `kernel`), a file or a clock.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas import SIGHTING
from schemas.day import Day
from sessionize.compiled import compiled
from sessionize.kernel import FOREVER, Found, Limits, Ordered, walk_shard
from sessionize.order import by_device
from sessionize.places import Grounds, resolved
from sessionize.rules import VisitRules
from sessionize.shards import Sharded, ap_names, batches, in_threads, sharded
from sessionize.tables import Piece, piece_of, tables

_WALKED = ("at_ms", "subject", "ap", "kind")


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


def visits(
    sightings: pa.Table,
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
        sightings: at least at_ms, subject, ap, kind of schema SIGHTING, none null; repeats are harmless.
        places: schema PLACE. An AP that it does not know at an instant is at site and zone `unknown`.
        shards: how many; by default as many as make one fit the cache. The result is the same.
        fate: say what became of each row; costs a fifth more.
    Raises:
        ValueError: a null. OverflowError: instants more than a century apart.
    """
    rows = only_walked(sightings)
    names = ap_names(rows)
    grounds, named = resolved(places, names, rules)
    if not len(rows):
        return Walked(*tables([_nothing()], named, rules, day), np.zeros(0, np.int32) if fate else None)
    parts = batches(rows, named.aps, -(-len(rows) // threads))
    cut = sharded(parts, len(named.aps), shards, threads, fate)
    pieces, fates = _walked(cut, grounds, rules, limits_of(rules, day), threads, fate)
    whole = _fate_by_row(cut, pieces, fates, threads) if fate else None
    return Walked(*tables(pieces, named, rules, day, threads), whole)


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
    cut: Sharded, grounds: Grounds, rules: VisitRules, limits: Limits, threads: int, fate: bool
) -> tuple[list[Piece], list[NDArray[np.int32]]]:
    """What each shard holds; `cut.rows` is brought into the order of the fates."""
    shards = range(len(cut.bounds) - 1)
    pieces = [_nothing()] * len(shards)
    fates = [np.zeros(0, np.int32)] * len(shards)
    queue = iter(shards)
    longest = int(np.diff(cut.bounds).max())

    def work(_: int) -> None:
        ids, words, rows = np.empty(longest, np.int32), np.empty(longest, np.int64), np.empty_like(cut.rows[:longest])
        found = room(longest, fate)
        for shard in queue:
            span = slice(cut.bounds[shard], cut.bounds[shard + 1])
            by_key = by_device(cut.subjects[span], cut.words[span], cut.rows[span], ids, words, rows)
            ordered = Ordered(words, *by_key, cut.base, cut.ap_bits)
            totals = walk_shard(ordered, rules.scope == "site", grounds, limits, found)
            pieces[shard] = piece_of(found, *totals)
            if fate:
                fates[shard] = found.fate[: ordered.starts[-1]].copy()
                cut.rows[span] = rows[: ordered.starts[-1]]

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


def _fate_by_row(cut: Sharded, pieces: list[Piece], fates: list[NDArray[np.int32]], threads: int) -> NDArray[np.int32]:
    firsts = itertools.accumulate((len(piece.start) for piece in pieces), initial=0)
    whole = np.empty(len(cut.rows), np.int32)

    def spread(shard: tuple[int, int]) -> None:
        i, first = shard
        _spread(fates[i], cut.rows[cut.bounds[i] : cut.bounds[i + 1]], first, whole)

    in_threads(spread, enumerate(itertools.islice(firsts, len(pieces))), threads)
    return whole


@compiled
def _spread(fates: Any, rows: Any, first: int, whole: Any) -> None:
    for i in range(len(fates)):
        whole[rows[i]] = fates[i] + first if fates[i] >= 0 else fates[i]
