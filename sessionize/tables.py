"""What the pass found, as tables: visits, stays, flaps.

What does not live here: finding it (`kernel`), and how a visit is numbered (`numbering`) or flagged (`marks`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas import FLAP, REACH, STAY, VISIT
from schemas.day import Day
from schemas.place import BETWEEN
from sessionize.kernel import DISTRICT, Found
from sessionize.marks import marks
from sessionize.numbering import visit_ids
from sessionize.places import Named
from sessionize.rules import VisitRules
from sessionize.shards import in_threads
from sessionize.walk import Ints

_EPOCH = date(1970, 1, 1)
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Piece:
    """What one shard holds, as `kernel.Found` has it, without the spare room; stays and flaps as one array a column."""

    subject: Ints
    site: Ints
    start: Ints
    end: Ints
    sightings: Ints
    stays_of: Ints
    flaps_of: Ints
    since: Ints
    settled: Ints
    zone: Ints
    from_ms: Ints
    to_ms: Ints
    from_ap: Ints
    to_ap: Ints
    moved_ms: Ints


def piece_of(found: Found, visits: int, stays: int, flaps: int) -> Piece:
    """A copy of the first rows of `found`, whose room is used again for the next shard."""
    columns = (column[:visits].copy() for column in found[:9])
    return Piece(*columns, *found.stays[:stays].T.copy(), *found.flaps[:flaps].T.copy())


def tables(
    pieces: list[Piece], named: Named, rules: VisitRules, day: Day | None, threads: int = 1
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Visits, stays and flaps of all pieces, in their order.

    `random` is null (`marks.with_random`), and so is `uncovered` (`covered.with_uncovered`). Without a `day`, a visit's
    day is the UTC date of its start, its district is empty.
    """
    names = [field.name for field in fields(Piece)]
    whole = Piece(*(np.concatenate([getattr(piece, name) for piece in pieces]) for name in names))
    days = np.full(len(whole.start), (day.date - _EPOCH).days) if day else whole.start // _DAY_MS
    days = days.astype(np.int32)
    ids = _ids(whole, days, named, rules, day.district if day else "", threads)
    cut = whole.settled >= day.window_end_ms if day else np.zeros(len(ids), np.bool_)
    visits = _visits(whole, days, ids, cut, named, rules)
    return visits, _stays(whole, days, ids, named), _flaps(whole, days, ids, named)


def reach_of(pieces: list[Piece], visits: pa.Table) -> pa.Table:
    """REACH of the visits of all pieces, as `tables` gives them."""
    since, settled = (np.concatenate([getattr(one, name) for one in pieces]) for name in ("since", "settled"))
    return REACH.table(visit_id=visits["visit_id"], since_ms=since, until_ms=settled)


def _ids(whole: Piece, days: NDArray[np.int32], named: Named, rules: VisitRules, district: str, threads: int) -> Ints:
    if not len(days):
        return np.zeros(0, np.int64)
    first, last = int(days.min()), int(days.max())
    sites = ["", *named.sites]  # DISTRICT is -1
    groups = [(site, _EPOCH + timedelta(d)) for site in sites for d in range(first, last + 1)]
    group = (whole.site.astype(np.int64) - DISTRICT) * (last - first + 1) + (days - first)

    def numbered(part: slice) -> Ints:
        return visit_ids(rules.name, district, groups, group[part], whole.subject[part], whole.start[part])

    step = -(-len(days) // threads)
    parts = [slice(begin, begin + step) for begin in range(0, len(days), step)]
    return np.concatenate(in_threads(numbered, parts, threads))


def _visits(
    whole: Piece, days: NDArray[np.int32], ids: Ints, cut: NDArray[np.bool_], named: Named, rules: VisitRules
) -> pa.Table:
    flags = marks(whole.end - whole.start, rules)
    return VISIT.table(
        day=_dates(days),
        visit_id=ids,
        site=words(whole.site - np.int32(DISTRICT), ["", *named.sites]),
        subject=whole.subject,
        start_ms=whole.start,
        end_ms=whole.end,
        sightings=whole.sightings,
        stays=whole.stays_of,
        random=pa.nulls(len(ids), pa.bool_()),
        bounce=flags.bounce,
        static=flags.static,
        staff=flags.staff,
        cut=cut,
        uncovered=pa.nulls(len(ids), pa.bool_()),
    )


def _stays(whole: Piece, days: NDArray[np.int32], ids: Ints, named: Named) -> pa.Table:
    visit = np.repeat(np.arange(len(ids)), whole.stays_of)
    firsts = np.cumsum(whole.stays_of) - whole.stays_of
    zone = (whole.zone + 1).astype(np.int32)  # stays.BETWEEN is -1
    return STAY.table(
        day=_dates(days[visit]),
        visit_id=ids[visit],
        ordinal=(np.arange(len(visit)) - firsts[visit]).astype(np.int32),
        site=words(zone, ["", *named.zone_sites]),
        zone=words(zone, [BETWEEN, *named.zones]),
        subject=whole.subject[visit],
        from_ms=whole.from_ms,
        to_ms=whole.to_ms,
    )


def _flaps(whole: Piece, days: NDArray[np.int32], ids: Ints, named: Named) -> pa.Table:
    visit = np.repeat(np.arange(len(ids)), whole.flaps_of)
    return FLAP.table(
        day=_dates(days[visit]),
        visit_id=ids[visit],
        from_ap=words(whole.from_ap.astype(np.int32), named.aps),
        to_ap=words(whole.to_ap.astype(np.int32), named.aps),
        at_ms=whole.moved_ms,
    )


def _dates(days: NDArray[np.int32]) -> pa.Array:
    return pa.array(days, pa.int32()).cast(pa.date32())


def words(codes: NDArray[np.int32], names: Sequence[str]) -> pa.Array:
    """A dictionary column from codes and what they mean."""
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(names, pa.string()))
