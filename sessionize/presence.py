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
  ignores.
"""

import numpy as np
import pyarrow as pa

from schemas import PRESENCE
from schemas.presence import ENTERED, LEFT_ZONE, THERE
from schemas.sighting import JOINED
from sessionize.aps import Aps
from sessionize.compiled import compiled
from sessionize.opening import Terms, fold_placed
from sessionize.places import Named, placed
from sessionize.rules import VisitRules
from sessionize.slots import OWN, SUBJECT, Slots, claim, empty_slots, find, release, with_room
from sessionize.steps import in_step_order
from sessionize.tables import words
from sessionize.walk import IGNORED, LINK, NEVER, NOBODY, OPENS, REACH, REGISTERS, Ints, due, fresh
from sessionize.wheel import Grid, arm, due_slots, grid_of

ZONE, HEARD_IN, NEWEST, NEWEST_ROW, SINCE = range(OWN, OWN + 5)  # of a live slot; NEWEST_ROW is the row's AP_KIND
NOWHERE = -1

EVENTS = (ENTERED, LEFT_ZONE, THERE)
_ENTERED, _LEFT, _THERE = range(3)
_AT, _SUBJECT, _EVENT, _IN, _UNTIL, _SINCE = range(6)  # columns of events
EVENT_WIDTH = 6


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
    events, _ = follow(rows.subject, rows.at, rows.ap_kind, order, live, terms)
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
def follow(subject: Ints, at: Ints, ap_kind: Ints, order: Ints, live: Slots, terms: Terms) -> tuple[Ints, int]:
    """(events int64[n, EVENT_WIDTH] of the rows `order`, how many rows were older than their subject's newest).

    The rows of one subject in `order` are sorted as for `walk.fold`. There must be room: a slot for each row.
    """
    events = np.empty((2 * len(order), EVENT_WIDTH), np.int64)
    n, too_old = 0, 0
    for i in order:
        slot = find(live, subject[i])
        if slot == NOBODY:
            if ap_kind[i] & 3 < JOINED:
                continue
            slot = claim(live, subject[i])
            fresh(live.at[slot, :REGISTERS])
        elif at[i] < live.at[slot, NEWEST]:
            too_old += 1
            continue
        elif at[i] == live.at[slot, NEWEST] and ap_kind[i] == live.at[slot, NEWEST_ROW]:
            continue
        n = _heard(live, slot, at[i], ap_kind[i], terms, events, n)
    return events[:n], too_old


@compiled
def _heard(live: Slots, slot: int, at: int, ap_kind: int, terms: Terms, events: Ints, n: int) -> int:
    reg, own = live.at[slot, :REGISTERS], live.at[slot]
    p = placed(terms.grounds, ap_kind >> 2, at)
    link = reg[LINK] if at <= reg[REACH] else NOBODY
    outcome = fold_placed(reg, at, ap_kind, True, terms, p)
    if outcome == IGNORED:
        return n
    if outcome == OPENS:
        own[ZONE], own[HEARD_IN], own[SINCE] = NOWHERE, NEVER, at
    elif link == NOBODY and at > own[HEARD_IN]:
        own[ZONE] = NOWHERE
    own[NEWEST], own[NEWEST_ROW] = at, ap_kind
    zone = terms.grounds.zone[p]
    if ap_kind & 3 < JOINED:
        n = _leave(own, at, ap_kind >> 2, zone, link, events, n)
    elif ap_kind & 3 == JOINED or link == NOBODY or zone == own[ZONE]:  # else overheard
        n = _sign(own, at, zone, at + terms.grounds.hold_seen[p], reg[REACH], events, n)
    arm(live, terms.grid, slot, due(reg))
    return n


@compiled
def _leave(own: Ints, at: int, ap: int, zone: int, link: int, events: Ints, n: int) -> int:
    if own[ZONE] == NOWHERE or (ap != link if link != NOBODY else zone != own[ZONE]):
        return n
    _write(events, n, own, _LEFT, at, at)
    own[ZONE], own[HEARD_IN] = NOWHERE, NEVER
    return n + 1


@compiled
def _sign(own: Ints, at: int, zone: int, heard: int, reach: int, events: Ints, n: int) -> int:
    """A sign of life in `zone`, which names the zone: linked, or not linked elsewhere. `reach`: of the link, if any."""
    event = _THERE
    if own[ZONE] != zone:
        if own[ZONE] != NOWHERE:
            _write(events, n, own, _LEFT, at, at)
            n += 1
        event = _ENTERED
        own[ZONE], own[HEARD_IN] = zone, NEVER
    own[HEARD_IN] = max(own[HEARD_IN], heard)
    _write(events, n, own, event, at, max(own[HEARD_IN], reach))
    return n + 1


@compiled
def _write(events: Ints, n: int, own: Ints, event: int, at: int, until: int) -> None:
    events[n, _AT] = at
    events[n, _SUBJECT] = own[SUBJECT]
    events[n, _EVENT] = event
    events[n, _IN] = own[ZONE]
    events[n, _UNTIL] = until
    events[n, _SINCE] = own[SINCE]


@compiled
def forget(live: Slots, grid: Grid, since: int, watermark: int) -> None:
    """Drop the live visits with due < watermark: a row that is not late cannot belong to them."""
    slots, _ = due_slots(live, grid, since, watermark)
    for slot in slots:
        release(live, slot)
