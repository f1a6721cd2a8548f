"""Presence: where a subject is, row by row as rows arrive, unsmoothed. Triggers and the live board consume it.

What does not live here: which rows belong together (`walk`), stays (`stays`: smoothed, when a visit is closed).

    A joined          B seen   A left     B seen              C seen            A presence is in one zone from `entered`
    0                 30       60         65                  70                until `left`, or by itself until
    entered A                  left A     entered B           left B            its last until_ms: no row says so.
    until 240                             until 80            entered C
                      (overheard while linked: nothing)       until 85

- until_ms: the join + hold_joined while linked, or the last row heard in the zone + hold_seen, whichever is later.
- `left` comes at a leave of the linked AP or, if not linked, of an AP of the zone; and just before `entered` at a
  move. Its until_ms is its at_ms.
- The walk is the district's, whatever the scope of the rules: `visit_start_ms` is that of the visit in the district.
- A row older than the newest one that counts in its subject's live visit changes nothing, nor does one that the walk
  ignores, nor one that is overheard: within a second of a row that another AP heard louder (`nearest`).
"""

import numpy as np
import pyarrow as pa

from schemas import PRESENCE
from schemas.compiled import compiled, compiled_leaf
from schemas.presence import ENTERED, LEFT_ZONE, THERE
from schemas.sighting import JOINED
from sessionize.aps import Aps
from sessionize.arena import AP_KIND_MASK, STRENGTH_BIT
from sessionize.nearest import SECOND_MS, UNKNOWN
from sessionize.opening import Terms, fold_placed, store
from sessionize.places import Named, placed
from sessionize.rules import VisitRules
from sessionize.slots import OWN, SUBJECT, Slots, claim, empty_slots, find, release, with_room
from sessionize.steps import in_step_order
from sessionize.tables import words
from sessionize.walk import IGNORED, LINK, NEVER, NOBODY, OPENS, REACH, REGISTERS, Ints, fresh
from sessionize.wheel import Grid, arm, due_at, due_slots, grid_of

# Of a live slot; NEWEST_ROW is the row's AP_KIND, and from STRENGTH_BIT on how loud its AP has been in this second.
ZONE, HEARD_IN, NEWEST, NEWEST_ROW, SINCE = range(OWN, OWN + 5)
NOWHERE = -1

EVENTS = (ENTERED, LEFT_ZONE, THERE)
_ENTERED, _LEFT, _THERE = range(3)
_AT, _SUBJECT, _EVENT, _IN, _UNTIL, _SINCE = range(6)  # columns of events
EVENT_WIDTH = 6

_BLOCK = 1024  # rows whose slots are fetched into the cache together


def presence(sightings: pa.Table, places: pa.Table, rules: VisitRules) -> pa.Table:
    """The presence (schema PRESENCE) of all `sightings` at once, in the order of events; in whatever order they come.

    It equals what `advance` emits in any steps, if rows arrive in the order (at, AP name, kind) and none is late.
    """
    aps = Aps(places, rules)
    rows = aps.coded(sightings)
    at = rows.at if len(rows.at) else np.zeros(1, np.int64)
    terms = aps.terms(grid_of(int(at.min()), int(at.max())), rules)
    order = in_step_order(rows.subject, rows.at, rows.ap_kind, aps.rank)
    live = with_room(empty_slots(terms.grid.buckets), len(order))
    events, _ = follow(*rows, order, live, terms)
    return presence_table(events, aps.named)


def presence_table(events: Ints, named: Named) -> pa.Table:
    """What `follow` returned, with names."""
    return PRESENCE.table(
        at_ms=events[:, _AT],
        subject=events[:, _SUBJECT],
        event=words(events[:, _EVENT].astype(np.int32), EVENTS),
        site=words(events[:, _IN].astype(np.int32), named.zone_sites),
        zone=words(events[:, _IN].astype(np.int32), named.zones),
        until_ms=events[:, _UNTIL],
        visit_start_ms=events[:, _SINCE],
    )


@compiled
def follow(
    subject: Ints, at: Ints, ap_kind: Ints, strength: Ints, order: Ints, live: Slots, terms: Terms
) -> tuple[Ints, int]:
    """(events int64[n, EVENT_WIDTH] of the rows `order`, how many rows were older than their subject's newest).

    The rows of one subject in `order` are sorted as for `walk.fold`. There must be room: a slot for each row.
    """
    events = np.empty((2 * len(order), EVENT_WIDTH), np.int64)
    reg = np.empty(REGISTERS, np.int64)
    n, too_old = _follow_all(subject, at, ap_kind, strength, order, live, terms, reg, events)
    return events[:n], too_old


@compiled_leaf
def _follow_all(
    subject: Ints,
    at: Ints,
    ap_kind: Ints,
    strength: Ints,
    order: Ints,
    live: Slots,
    terms: Terms,
    reg: Ints,
    events: Ints,
) -> tuple[int, int]:
    n, too_old = 0, 0
    for k in range(len(order)):
        if k % _BLOCK == 0:
            reg[0] = _fetch(order, k, min(k + _BLOCK, len(order)), subject, live)
        i = order[k]
        slot = find(live, subject[i])
        if slot == NOBODY:
            if ap_kind[i] & 3 < JOINED:
                continue
            slot = claim(live, subject[i])
            fresh(reg)
            store(live, slot, reg)
            live.at[slot, NEWEST] = NEVER
        elif at[i] < live.at[slot, NEWEST]:
            too_old += 1
            continue
        elif at[i] == live.at[slot, NEWEST] and ap_kind[i] == live.at[slot, NEWEST_ROW] & AP_KIND_MASK:
            continue
        loudest = _loudest(live.at[slot, NEWEST], live.at[slot, NEWEST_ROW], at[i], ap_kind[i], strength[i])
        if loudest <= strength[i] or live.at[slot, NEWEST_ROW] & AP_KIND_MASK == ap_kind[i]:
            n = _heard(live, slot, at[i], ap_kind[i], loudest, terms, reg, events, n)
    return n, too_old


@compiled_leaf
def _loudest(newest: int, newest_row: int, at: int, ap_kind: int, strength: int) -> int:
    """How loud the newest row's AP, or this row's, has been within this row's second; only `seen` rows are loud."""
    if strength == UNKNOWN or newest // SECOND_MS != at // SECOND_MS:
        return strength
    return int(max(strength, newest_row >> STRENGTH_BIT))


@compiled_leaf
def _fetch(order: Ints, begin: int, end: int, subject: Ints, live: Slots) -> int:
    """Read the slots of a block of rows, as `opening` does."""
    read = 0
    for k in range(begin, end):
        slot = find(live, subject[order[k]])
        if slot != NOBODY:
            read ^= live.at[slot, 0] ^ live.at[slot, NEWEST]
    return read


@compiled_leaf
def _heard(
    live: Slots, slot: int, at: int, ap_kind: int, loudest: int, terms: Terms, reg: Ints, events: Ints, n: int
) -> int:
    p = placed(terms.grounds, ap_kind >> 2, at)
    link = live.at[slot, LINK] if at <= live.at[slot, REACH] else NOBODY
    outcome = fold_placed(live, slot, at, ap_kind, True, terms, p, reg)
    if outcome == IGNORED:
        return n
    if outcome == OPENS:
        live.at[slot, SINCE] = at
        _go_nowhere(live, slot)
    elif link == NOBODY and at > live.at[slot, HEARD_IN]:
        live.at[slot, ZONE] = NOWHERE
    live.at[slot, NEWEST] = at
    live.at[slot, NEWEST_ROW] = ap_kind | loudest << STRENGTH_BIT
    zone = terms.grounds.zone[p]
    if ap_kind & 3 < JOINED:
        n = _leave(live, slot, at, ap_kind >> 2, zone, link, events, n)
    elif ap_kind & 3 == JOINED or link == NOBODY or zone == live.at[slot, ZONE]:  # else overheard
        n = _sign(live, slot, at, zone, at + terms.grounds.hold_seen[p], events, n)
    arm(live, terms.grid, slot, due_at(live, slot))
    return n


@compiled_leaf
def _go_nowhere(live: Slots, slot: int) -> None:
    live.at[slot, ZONE] = NOWHERE
    live.at[slot, HEARD_IN] = NEVER


@compiled_leaf
def _leave(live: Slots, slot: int, at: int, ap: int, zone: int, link: int, events: Ints, n: int) -> int:
    there = live.at[slot, ZONE]
    if there == NOWHERE or (ap != link if link != NOBODY else zone != there):
        return n
    _write(events, n, live, slot, _LEFT, at, at)
    _go_nowhere(live, slot)
    return n + 1


@compiled_leaf
def _sign(live: Slots, slot: int, at: int, zone: int, heard: int, events: Ints, n: int) -> int:
    """A sign of life in `zone`, which names the zone: linked, or not linked elsewhere."""
    event = _THERE
    if live.at[slot, ZONE] != zone:
        if live.at[slot, ZONE] != NOWHERE:
            _write(events, n, live, slot, _LEFT, at, at)
            n += 1
        event = _ENTERED
        live.at[slot, ZONE] = zone
        live.at[slot, HEARD_IN] = NEVER
    live.at[slot, HEARD_IN] = max(live.at[slot, HEARD_IN], heard)
    _write(events, n, live, slot, event, at, max(live.at[slot, HEARD_IN], live.at[slot, REACH]))
    return n + 1


@compiled_leaf
def _write(events: Ints, n: int, live: Slots, slot: int, event: int, at: int, until: int) -> None:
    events[n, _AT] = at
    events[n, _SUBJECT] = live.at[slot, SUBJECT]
    events[n, _EVENT] = event
    events[n, _IN] = live.at[slot, ZONE]
    events[n, _UNTIL] = until
    events[n, _SINCE] = live.at[slot, SINCE]


@compiled
def forget(live: Slots, grid: Grid, since: int, watermark: int) -> None:
    """Drop the live visits with due < watermark: a row that is not late cannot belong to them."""
    slots, _ = due_slots(live, grid, since, watermark)
    _release_all(live, slots)


@compiled_leaf
def _release_all(live: Slots, slots: Ints) -> None:
    for i in range(len(slots)):
        release(live, slots[i])
