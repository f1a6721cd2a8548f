"""The kernel's second entrance: a day's visits step by step, as rows arrive and the watermark moves.

What does not live here: any rule (`walk`, `stays`), where rows come from, what a watermark is made of.

    arriving rows --> late, outside: counted, dropped
        |---> presence, in the order of arrival
        '---> wait, by bucket of their instant --(watermark)--> open visits --(next visit, or due < watermark)--> closed

A step costs what arrives, what the watermark passes and what closes; never what is open. The visits, stays and flaps of
all steps together are those of `visits`, whatever the steps.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from schemas import FLAP, PRESENCE, SIGHTING, STAY, VISIT
from sessionize.aps import Coded
from sessionize.arena import AP_KIND, AP_KIND_MASK, AT, STRENGTH_BIT, SUBJECT, drop_all, ripe, wait
from sessionize.arena import with_room as with_rows
from sessionize.closing import piece_of_closed
from sessionize.nearest import SECOND_MS, is_overheard
from sessionize.opening import FIRED, FOLDED, KEPT, OTHER_DAY, TALLIES, UNMATCHED, close_due, open_visits
from sessionize.presence import follow, forget, presence_table
from sessionize.slots import with_room as with_slots
from sessionize.state import State
from sessionize.steps import in_step_order
from sessionize.tables import tables
from sessionize.visits import limits_of
from sessionize.walk import Ints

_NOTHING = VISIT.empty(), STAY.empty(), FLAP.empty()
_NO_PRESENCE = PRESENCE.empty()
_NO_SIGHTINGS = SIGHTING.empty()

END = 1 << 62  # after any instant: the watermark of a stream that has ended


@dataclass(frozen=True)
class Counts:
    """What became of rows, and what the step cost. A day's counts add up to the rows given, when it is closed.

    late, outside: of the rows that arrived, below the watermark, and not in the day's window.
    repeat, ignored: of the rows that the watermark passed: identical to another; a leave that says nothing, or heard
    louder by another AP.
    kept, other_day: rows of the visits that closed, by whether the visit starts in the day.
    out_of_order: rows of presence that were older than their subject's newest; they are walked all the same.
    touched: rows walked and walks looked at by the wheel.
    """

    late: int = 0
    outside: int = 0
    repeat: int = 0
    ignored: int = 0
    kept: int = 0
    other_day: int = 0
    out_of_order: int = 0
    touched: int = 0


@dataclass(frozen=True)
class Step:
    """What a step brought; schemas VISIT, STAY, FLAP (as `visits` orders them), PRESENCE (in the order of events)."""

    visits: pa.Table
    stays: pa.Table
    flaps: pa.Table
    presence: pa.Table
    counts: Counts


def advance(state: State, sightings: pa.Table, watermark_ms: int) -> Step:
    """Take `sightings` in, move the watermark, and return the visits that this closes; `state` is changed in place.

    A visit closes when its due instant, or the start of its subject's next visit, lies before the watermark. Rows may
    come in any order and repeatedly, as long as they are not below the watermark of the step before. A watermark below
    that one is taken as that one; once a row has a signal, one within a second as that second's beginning (`nearest`).
    All else is as in `visits_by_signal` over the rows that were not late.

    Args:
        sightings: at least at_ms, subject, ap, kind of schema SIGHTING, none null. May be empty.
    Raises:
        ValueError: a null; the state is as before.
    """
    arrived = state.aps.coded(sightings)
    outside = (arrived.at < state.day.window_start_ms) | (arrived.at >= state.day.window_end_ms)
    late = ~outside & (arrived.at < state.watermark_ms)
    rows = arrived.only(~(outside | late))
    state.hears_signals |= bool(rows.strength.any())
    since, state.watermark_ms = state.watermark_ms, max(state.watermark_ms, _whole(state, min(watermark_ms, END)))
    seen, out_of_order = _presence(state, rows, since)
    tally = np.zeros(TALLIES, np.int64)
    closed, repeat, drowned = _walked(state, rows, since, tally)
    counts = Counts(
        late=int(late.sum()),
        outside=int(outside.sum()),
        repeat=repeat,
        ignored=int(tally[UNMATCHED]) + drowned,
        kept=int(tally[KEPT]),
        other_day=int(tally[OTHER_DAY]),
        out_of_order=out_of_order,
        touched=int(tally[FOLDED] + tally[FIRED]),
    )
    return Step(*closed, seen, counts)


def close(state: State) -> Step:
    """End the stream: every row that waits is walked, every visit closes."""
    return advance(state, _NO_SIGHTINGS, END)


def _whole(state: State, watermark_ms: int) -> int:
    """The rows of a second are judged together."""
    return watermark_ms // SECOND_MS * SECOND_MS if state.hears_signals and watermark_ms < END else watermark_ms


def _presence(state: State, rows: Coded, since: int) -> tuple[pa.Table, int]:
    """The presence of the rows that arrived, and how many came out of order."""
    if state.presence_of == "members":
        rows = rows.only(rows.subject < 0)
    events, out_of_order = _NO_PRESENCE, 0
    if len(rows.at) and state.presence_of != "none":
        order = in_step_order(rows.subject, rows.at, rows.ap_kind, state.aps.rank)
        state.live = with_slots(state.live, len(order))
        found, out_of_order = follow(*rows, order, state.live, state.terms)
        events = presence_table(found, state.aps.named)
    forget(state.live, state.grid, since, state.watermark_ms)
    return events, out_of_order


def _walked(state: State, rows: Coded, since: int, tally: Ints) -> tuple[tuple[pa.Table, pa.Table, pa.Table], int, int]:
    """Visits, stays and flaps of the visits that close; how many rows were repeats, and how many were overheard."""
    state.arena = with_rows(state.arena, len(rows.at))
    wait(state.arena, state.grid, rows.subject, rows.at, rows.ap_kind | rows.strength << STRENGTH_BIT)
    ripened = ripe(state.arena, state.grid, since, state.watermark_ms)
    passed = _nearest(state, ripened)
    columns = state.arena.row[passed]
    order = in_step_order(columns[:, SUBJECT], columns[:, AT], columns[:, AP_KIND], state.aps.rank)
    repeats = np.delete(passed, order)
    drop_all(state.arena, repeats)
    state.walks = with_slots(state.walks, len(order))
    state.arena = with_rows(state.arena, len(order) if state.terms.by_site else 0)
    closed = np.concatenate(
        (
            open_visits(passed[order], state.arena, state.walks, state.terms, tally),
            close_due(state.walks, state.grid, since, state.watermark_ms, tally),
        )
    )
    return _closed(state, closed, tally), len(repeats), len(ripened) - len(passed)


def _nearest(state: State, ripened: Ints) -> Ints:
    """Those of the rows that no other AP has heard louder, their strength taken off; the others are dropped."""
    columns = state.arena.row[ripened]
    strength = columns[:, AP_KIND] >> STRENGTH_BIT
    if not strength.any():
        return ripened
    ap_kind = columns[:, AP_KIND] & AP_KIND_MASK
    state.arena.row[ripened, AP_KIND] = ap_kind
    drowned = is_overheard(columns[:, SUBJECT], columns[:, AT], state.aps.rank[ap_kind >> 2], strength)
    drop_all(state.arena, ripened[drowned])
    return ripened[~drowned]


def _closed(state: State, closed: Ints, tally: Ints) -> tuple[pa.Table, pa.Table, pa.Table]:
    if not len(closed):
        return _NOTHING
    limits = limits_of(state.rules, state.day)
    piece = piece_of_closed(closed, state.arena, state.aps.grounds, limits, tally)
    return tables([piece], state.aps.named, state.rules, state.day)
