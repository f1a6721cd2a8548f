"""The walk behind triggers, compiled: who is in which watched place since when, and which campaigns that makes due.

    zone A   [====]      [=====]   [==========        presence, as rows tell it
    span 1    enter ---------------------->           absences under `flap` do not end it
              |-- after --|                           due: fires if the presence reaches that instant

A span is one unbroken dwelling of one member in one watched place (zone or site); `enter` is a stay of 0 ms. A campaign
may come due again when the same visit begins a new span there: `marketing.triggers` lets each fire once a visit.

What does not live here: Arrow, names, validity, the heap of timers (`marketing.triggers`).
"""

from typing import Any, NamedTuple

import numpy as np

from schemas.compiled import compiled

NOBODY = -1
UNSET_MS = 2**62

WHO = np.dtype(
    [
        ("subject", "i8"),
        ("visit_start_ms", "i8"),
        ("at_ms", "i8"),  # the latest row
        ("zone", "i4"),  # where that row left it; NOBODY: nowhere
        ("site", "i4"),
        ("zone_span", "i4"),  # the span it is in; NOBODY: none, or not watched
        ("site_span", "i4"),
        ("newest", "i4"),  # the newest span of its visit
    ]
)
SPAN = np.dtype(
    [
        ("who", "i4"),
        ("visit_start_ms", "i8"),
        ("place", "i4"),
        ("zone", "i4"),  # of the latest row in it
        ("site", "i4"),
        ("enter_ms", "i8"),
        ("until_ms", "i8"),  # the presence reaches up to here, inclusive
        ("timer_ms", "i8"),  # the earliest instant at which the span is queued
        ("reached", "i4"),  # campaigns of the place that came due since `enter`
        ("older", "i4"),  # the span before it, of the same visit
    ]
)
ROW = np.dtype(
    [
        ("who", "i4"),
        ("zone", "i4"),
        ("site", "i4"),
        ("leaves", "i1"),
        ("at_ms", "i8"),
        ("until_ms", "i8"),
        ("visit_start_ms", "i8"),
    ]
)
DUE = np.dtype(
    [
        ("span", "i4"),
        ("campaign", "i4"),
        ("who", "i4"),
        ("zone", "i4"),
        ("site", "i4"),
        ("at_ms", "i8"),
        ("visit_start_ms", "i8"),
    ]
)
TIMER = np.dtype([("at_ms", "i8"), ("span", "i4")])


class Floor(NamedTuple):
    """Everything a step works on. `counts` says how much of `spans`, `due` and `timers` is filled."""

    who: Any  # WHO, one per member device
    spans: Any  # SPAN
    first: Any  # per watched place, and one more: where its campaigns begin in the next two
    after_ms: Any  # ascending within a place
    campaign: Any
    flap_ms: int
    due: Any  # DUE, what came due
    timers: Any  # TIMER, when to look at which span again
    counts: Any


@compiled
def walk(rows: Any, floor: Floor) -> int:
    """Takes `rows` (ROW, each subject's in order); returns the first for which a buffer has no room.

    A row older than its subject's latest says nothing of where the subject is now, and is passed over.
    """
    most = 4 * floor.campaign.size
    for index in range(rows.size):
        counts = floor.counts
        if counts[0] + 2 > floor.spans.size or counts[1] + most > floor.due.size or counts[2] + 2 > floor.timers.size:
            return index
        row = rows[index]
        one = floor.who[row.who]
        if row.at_ms < one.at_ms or (row.leaves and row.zone != one.zone):
            continue
        one.at_ms = row.at_ms
        if row.visit_start_ms != one.visit_start_ms:
            _begin_visit(row, floor)
        one.zone_span = _moved(row, one.zone_span, row.zone, one.zone, floor)
        one.site_span = _moved(row, one.site_span, row.site, one.site, floor)
        one.zone = NOBODY if row.leaves else row.zone
        one.site = NOBODY if row.leaves else row.site
    return int(rows.size)


@compiled
def ring(queue: Any, clock_ms: int, floor: Floor) -> int:
    """Looks again at the spans of `queue` at `clock_ms`; returns the first that finds no room."""
    for index in range(queue.size):
        if floor.counts[1] + floor.campaign.size > floor.due.size or floor.counts[2] + 1 > floor.timers.size:
            return index
        span = queue[index]
        floor.spans[span].timer_ms = UNSET_MS
        _come_due(span, min(floor.spans[span].until_ms, clock_ms), floor)
        _queue(span, floor)
    return int(queue.size)


@compiled
def _begin_visit(row: Any, floor: Floor) -> None:
    """Ends where the subject was; the spans of the visit before are out of reach from here on."""
    one = floor.who[row.who]
    _end(one.zone_span, row.at_ms, floor)
    _end(one.site_span, row.at_ms, floor)
    one.visit_start_ms = row.visit_start_ms
    one.zone, one.site, one.zone_span, one.site_span, one.newest = NOBODY, NOBODY, NOBODY, NOBODY, NOBODY


@compiled
def _moved(row: Any, span: int, place: int, was: int, floor: Floor) -> int:
    """The span in which the row leaves its subject, who was at place `was`, in `span`; NOBODY if in none.

    A place that was not watched when the subject entered it is watched from the next entry on.
    """
    if row.leaves or place != was:
        _end(span, row.at_ms, floor)
        span = NOBODY
    if row.leaves or place >= floor.first.size - 1 or (span == NOBODY and place == was):
        return NOBODY
    if span == NOBODY:
        span = _span_of(row, place, floor)
    _touch(span, row, floor)
    _queue(span, floor)
    return span


@compiled
def _span_of(row: Any, place: int, floor: Floor) -> int:
    """The visit's span at `place`, begun by this row if there was none."""
    one = floor.who[row.who]
    span: int = one.newest
    while span != NOBODY and floor.spans[span].place != place:
        span = floor.spans[span].older
    if span != NOBODY:
        return span
    fresh: int = floor.counts[0]
    floor.counts[0] = fresh + 1
    new = floor.spans[fresh]
    new.who, new.place, new.zone, new.site = row.who, place, row.zone, row.site
    new.visit_start_ms, new.enter_ms, new.until_ms = row.visit_start_ms, row.at_ms, row.at_ms
    new.timer_ms, new.reached, new.older = UNSET_MS, 0, one.newest
    one.newest = fresh
    return fresh


@compiled
def _touch(span: int, row: Any, floor: Floor) -> None:
    """The subject is there: the span goes on, or begins anew after an absence of `flap` or longer."""
    here = floor.spans[span]
    _come_due(span, min(here.until_ms, row.at_ms), floor)
    if row.at_ms > here.until_ms and row.at_ms - here.until_ms >= floor.flap_ms:
        here.enter_ms, here.reached = row.at_ms, 0
    here.until_ms, here.zone, here.site = row.until_ms, row.zone, row.site
    _come_due(span, row.at_ms, floor)


@compiled
def _end(span: int, at_ms: int, floor: Floor) -> None:
    """The subject is elsewhere from `at_ms` on, unless the presence had run out before."""
    if span != NOBODY:
        here = floor.spans[span]
        here.until_ms = min(here.until_ms, at_ms)
        _come_due(span, here.until_ms, floor)


@compiled
def _come_due(span: int, through_ms: int, floor: Floor) -> None:
    """Notes the campaigns whose instant lies at or before `through_ms`, up to where the presence is certain."""
    here = floor.spans[span]
    at = floor.first[here.place] + here.reached
    while at < floor.first[here.place + 1] and here.enter_ms + floor.after_ms[at] <= through_ms:
        noted = floor.due[floor.counts[1]]
        noted.span, noted.campaign, noted.who = span, floor.campaign[at], here.who
        noted.zone, noted.site, noted.at_ms = here.zone, here.site, here.enter_ms + floor.after_ms[at]
        noted.visit_start_ms = here.visit_start_ms
        floor.counts[1] += 1
        here.reached += 1
        at += 1


@compiled
def _queue(span: int, floor: Floor) -> None:
    """Sets a timer for the span's next campaign if the presence reaches it and no earlier timer is set."""
    here = floor.spans[span]
    at = floor.first[here.place] + here.reached
    if at == floor.first[here.place + 1]:
        return
    at_ms = here.enter_ms + floor.after_ms[at]
    if at_ms <= here.until_ms and at_ms < here.timer_ms:
        here.timer_ms = at_ms
        timer = floor.timers[floor.counts[2]]
        timer.at_ms, timer.span = at_ms, span
        floor.counts[2] += 1
