"""Rows of sessions made fit for the walk: where a session's own join belongs, which leave was one of silence, and what
a restart ended.

What does not live here: the walk. The functions see whole subjects and give the same whatever the order of rows, save
that the two rows of one record stand together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas import SIGHTING
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

ROUNDED_MS = 2_000  # by how much a session's length and the clock may disagree
SECOND_MS = 1_000  # two lines of one moment may be told in two seconds
_AT_BITS = 40
_NEVER = 1 << 62

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Order:
    """The instants of each group, in order. Group and instant are one number; `base` is before all instants."""

    keys: Ints
    base: int

    def last(self, group: Ints, at_ms: Ints) -> Ints:
        """The group's last instant at or before `at_ms`; -_NEVER where there is none."""
        place = np.searchsorted(self.keys, _key(group, at_ms - self.base), "right") - 1
        return self._there(place, group, -_NEVER)

    def next(self, group: Ints, at_ms: Ints) -> Ints:
        """The group's first instant after `at_ms`; _NEVER where there is none."""
        return self._there(np.searchsorted(self.keys, _key(group, at_ms - self.base), "right"), group, _NEVER)

    def _there(self, place: Ints, group: Ints, missing: int) -> Ints:
        found = np.append(self.keys, -1)[np.where(place < 0, len(self.keys), place)]
        is_own = (found >= 0) & (found >> _AT_BITS == group)
        return np.where(is_own, (found & ((1 << _AT_BITS) - 1)) + self.base, missing)


def joins_placed(sightings: pa.Table, feeds: Collection[str]) -> pa.Table:
    """SIGHTING in which the joins that a session's end told, in rows of `feeds`, stand where they belong.

    Such a row follows the leave of the same record, and names the AP at which the session ended:

        at hand:  join of that AP, at the same time    it is that row again       a repeat
                  join of another AP, at the same time it roamed: it stands 1 ms after the last join before the leave,
                                                       or is that row again, if that is of its AP
                  neither                              where it is: the session's beginning was lost
    """
    told = _told(sightings, feeds)
    if not told.any():
        return sightings
    at, subject, ap = _columns(sightings)
    at_ap = _groups(subject, ap)
    here, anywhere = _order(at_ap, at, _joined(sightings) & ~told), _order(subject, at, _joined(sightings) & ~told)
    rows = np.flatnonzero(told)
    begun, before_end = at[rows], at[rows - 1] - 2
    same = here.last(at_ap[rows], begun + ROUNDED_MS)
    roamed = anywhere.last(subject[rows], begun + ROUNDED_MS) >= begun - ROUNDED_MS
    again, after = here.last(at_ap[rows], before_end), anywhere.last(subject[rows], before_end) + 1
    moved = np.where(again >= begun, again, np.maximum(after, begun))
    at = at.copy()
    at[rows] = np.where(same >= begun - ROUNDED_MS, same, np.where(roamed, moved, begun))
    return _with(sightings, "at_ms", at)


def silences_settled(sightings: pa.Table, silence_ms: Mapping[str, int]) -> pa.Table:
    """SIGHTING in which a leave that was one of silence is the `idle` row of that silence again: a repeat.

    For feeds that tell such a leave twice, with how long they wait: as any other, then that it was for silence.

        A joined   last frame              A left           at 310: the same station and AP in the same second
        |==========|                       |                at 310, `idle` told at 310, stands at 10
        0          10                      310

    Such rows move to the end of the table, so that the line that says why is the one that counts.
    """
    if not silence_ms:
        return sightings
    rows, waits = _of_feeds(sightings, silence_ms)
    told = sightings.take(pa.array(rows))
    stands = _silences(told, waits)
    if not (stands > -_NEVER).any():
        return sightings
    again = rows[stands > -_NEVER]
    at, kind = sightings["at_ms"].to_numpy().copy(), sightings["kind"].to_numpy().copy()
    is_again = np.zeros(len(sightings), np.bool_)
    at[again], kind[again], is_again[again] = stands[stands > -_NEVER], IDLE, True
    settled = _with(_with(sightings, "at_ms", at), "kind", kind)
    return settled.take(pa.array(np.argsort(is_again, kind="stable")))


def restarts_applied(sightings: pa.Table, restarts: pa.Table) -> pa.Table:
    """SIGHTING in which the last join of each link that a restart (RESTART) ended is its leave, and no row is new.

    So the visit ends where it was last heard. A link of one join alone becomes a `seen` row:

        A joined      A joined           restart of A       A joined
        |=============|                       |             |======
        0             10 left                 60            65
    """
    if not restarts.num_rows or not sightings.num_rows:
        return sightings
    at, subject, ap = _columns(sightings)
    at_ap, joined, kind = _groups(subject, ap), _joined(sightings), sightings["kind"].to_numpy().copy()
    joins, joins_there = _order(subject, at, joined), _order(at_ap, at, joined)
    leaves_there = _order(at_ap, at, kind < JOINED)
    rows = np.flatnonzero(joined)
    whose, where, when = subject[rows], at_ap[rows], at[rows]
    ended = _restart_order(restarts, _coded(sightings, "ap").dictionary.to_pylist(), at).next(ap[rows], when)
    is_linked = (ended <= joins.next(whose, when)) & (ended < leaves_there.next(where, when))
    before = joins.last(whose, when - 1)
    was_linked = (before == joins_there.last(where, when - 1)) & (leaves_there.last(where, when) <= before)
    last = np.where(was_linked & (before > -_NEVER), LEFT, SEEN)
    kind[rows] = np.where(is_linked & (ended < _NEVER), last, JOINED)
    return _with(sightings, "kind", kind)


def _told(sightings: pa.Table, feeds: Collection[str]) -> Bools:
    """The rows that are joins told by the leave just before them, of the same record."""
    told = np.zeros(len(sightings), np.bool_)
    words = _coded(sightings, "feed")
    known = [code for code, name in enumerate(words.dictionary.to_pylist()) if name in feeds]
    if not known or len(sightings) < 2:
        return told
    at, subject, ap = _columns(sightings)
    feed = words.indices.to_numpy()
    file = _coded(sightings, "file").indices.to_numpy()
    kind, line = sightings["kind"].to_numpy(), sightings["line"].to_numpy()
    told[1:] = np.isin(feed[1:], known) & (kind[1:] == JOINED) & (kind[:-1] < JOINED) & (at[1:] < at[:-1])
    for same in (feed, file, line, subject, ap):
        told[1:] &= same[1:] == same[:-1]
    return told


def _of_feeds(sightings: pa.Table, silence_ms: Mapping[str, int]) -> tuple[Ints, Ints]:
    """The leaves of these feeds by their places, and for each how long its feed waits."""
    words = _coded(sightings, "feed")
    waits = np.array([silence_ms.get(name, -1) for name in words.dictionary.to_pylist()] or [-1], np.int64)
    wait = waits[words.indices.to_numpy()]
    rows = np.flatnonzero((wait >= 0) & (sightings["kind"].to_numpy() < JOINED))
    return rows, wait[rows]


def _silences(leaves: pa.Table, waits: Ints) -> Ints:
    """For each of `leaves` at which instant the silence stands that it tells of; -_NEVER if it tells of none."""
    is_silence = leaves["kind"].to_numpy() == IDLE
    if not is_silence.any():
        return np.full(len(leaves), -_NEVER)
    at, subject, ap = _columns(leaves)
    group = _groups(_groups(subject, ap), _coded(leaves, "feed").indices.to_numpy().astype(np.int64))
    said = _order(group, at + waits, is_silence).next(group, at - 1)
    return np.where(~is_silence & (said <= at + SECOND_MS), said - waits, -_NEVER)


def _with(sightings: pa.Table, name: str, values: NDArray[np.generic]) -> pa.Table:
    """`sightings` with another column of that name."""
    field = SIGHTING.arrow.field(name)
    return sightings.set_column(sightings.column_names.index(name), field, pa.array(values, field.type))


def _columns(sightings: pa.Table) -> tuple[Ints, Ints, Ints]:
    """(instants, subjects as small numbers, APs as small numbers)."""
    subject = np.unique(sightings["subject"].to_numpy(), return_inverse=True)[1]
    ap = _coded(sightings, "ap").indices.to_numpy()
    return sightings["at_ms"].to_numpy(), subject.astype(np.int64), ap.astype(np.int64)


def _coded(sightings: pa.Table, name: str) -> pa.DictionaryArray:
    return sightings[name].unify_dictionaries().combine_chunks()


def _joined(sightings: pa.Table) -> Bools:
    return np.asarray(sightings["kind"].to_numpy() == JOINED, np.bool_)


def _groups(subject: Ints, ap: Ints) -> Ints:
    """A small number for each pair that occurs."""
    pairs: Ints = np.unique(subject * (int(ap.max()) + 1) + ap, return_inverse=True)[1].astype(np.int64)
    return pairs


def _order(group: Ints, at: Ints, rows: Bools) -> Order:
    base = int(at.min()) - 2 * ROUNDED_MS
    return Order(np.sort(_key(group[rows], at[rows] - base)), base)


def _restart_order(restarts: pa.Table, names: list[str], at: Ints) -> Order:
    """The restarts by AP, in the numbers of `names`; those before all rows end nothing."""
    base = int(at.min()) - 2 * ROUNDED_MS
    code = {name: number for number, name in enumerate(names)}
    known = [(code[row["ap"]], row["at_ms"]) for row in restarts.to_pylist() if row["ap"] in code]
    rows = np.array([row for row in known if row[1] > base] or np.zeros((0, 2)), np.int64)
    return Order(np.sort(_key(rows[:, 0], rows[:, 1] - base)), base)


def _key(group: Ints, since: Ints) -> Ints:
    return (group << _AT_BITS) | np.clip(since, 0, (1 << _AT_BITS) - 1)
