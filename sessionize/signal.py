"""Which sightings are too weak for a definition that asks for a signal: those who passed by outside.

What does not live here: the walk itself (`walk`), which is asked here what a row would be; a definition that asks for
no signal does not come here. A `seen` row counts if it is not weaker than `stay_dbm` and, where it would open a visit,
not weaker than `enter_dbm`. Any other kind counts, and so does a row whose signal nobody knows:

    signal    -60   -72   -72   -90   -70        -72      enter -65 dBm, stay -75 dBm
              in    in    in    out   in   gap   out      one visit of five sightings, less the fourth

So the open visit is the only state, and ends as any visit does. What holds it is at most `longest` older than its last
row that could have opened it: then rows older than a day's memory cannot change where a visit of the day starts, as
without a signal (architecture §2). Of rows that are one (same subject, instant, AP and kind) the strongest counts.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.compiled import compiled
from schemas.day import Day
from schemas.sighting import JOINED, SEEN
from sessionize.kernel import DISTRICT, FATE_OVERHEARD, FATE_WEAK
from sessionize.nearest import overheard
from sessionize.places import Grounds, placed, resolved
from sessionize.rules import VisitRules
from sessionize.shards import ap_names, ap_ranks
from sessionize.visits import Ask, Walked, visits_of_each
from sessionize.walk import HEARD, NEVER, REACH, REGISTERS, Ints, fold, fresh

Bools = NDArray[np.bool_]

_UNKNOWN_DBM = 127  # as strong as any


def visits_by_signal(
    sightings: pa.Table, places: pa.Table, rules: VisitRules, day: Day | None, *, threads: int = 2
) -> Walked:
    """`visits` of the rows that no other AP has heard louder and that are strong enough.

    The fate of the others is FATE_OVERHEARD or FATE_WEAK.
    """
    return visits_by_signal_of_each(sightings, [Ask(places, rules, day)], threads=threads)[0]


def visits_by_signal_of_each(sightings: pa.Table, asks: Sequence[Ask], *, threads: int = 2) -> list[Walked]:
    """For each of `asks` its `visits_by_signal` of the rows it reads; rows are brought into order once for all."""
    drowned = overheard(sightings) if any(ask.rules.nearest for ask in asks) else None
    lost = [drowned if ask.rules.nearest else None for ask in asks]
    near = [_without(*one) for one in zip(asks, lost, strict=True)]
    order = _by_strength(sightings) if any(ask.rules.asks_for_signal for ask in asks) else np.zeros(0, np.int64)
    weak = [_weak(sightings, order, ask) if ask.rules.asks_for_signal else None for ask in near]
    strong = [_without(*one) for one in zip(near, weak, strict=True)]
    walked = visits_of_each(sightings, strong, threads=threads)
    return [_marked(*one) for one in zip(walked, asks, lost, weak, strict=True)]


def _without(ask: Ask, lost: Bools | None) -> Ask:
    """`ask` that does not read the rows that are lost."""
    if lost is None:
        return ask
    return replace(ask, reads=~lost if ask.reads is None else ask.reads & ~lost)


def _marked(walked: Walked, ask: Ask, drowned: Bools | None, weak: Bools | None) -> Walked:
    """`walked` with the fate of the rows of `ask` that were set aside."""
    if walked.fate is None or (drowned is None and weak is None):
        return walked
    fate = walked.fate
    for lost, name in ((drowned, FATE_OVERHEARD), (weak, FATE_WEAK)):
        if lost is not None:
            own = lost if ask.reads is None else lost & ask.reads
            fate = np.where(own, np.int32(name), fate)
    return replace(walked, fate=fate)


def _by_strength(sightings: pa.Table) -> NDArray[np.int64]:
    """The rows as they are walked, of rows that are one the strongest first."""
    at, subject, kind = (sightings[name].to_numpy() for name in ("at_ms", "subject", "kind"))
    ap = ap_ranks(sightings, ap_names(sightings))
    return np.lexsort((-_signals(sightings), kind, ap, at, subject))


def _weak(sightings: pa.Table, order: NDArray[np.int64], ask: Ask) -> Bools:
    """Of the rows that `ask` reads, which are too weak; `order` is that of `_by_strength`."""
    rules = ask.rules
    grounds, named = resolved(ask.places, ap_names(sightings), rules)
    at, subject, kind = (sightings[name].to_numpy() for name in ("at_ms", "subject", "kind"))
    ap, signal = ap_ranks(sightings, named.aps), _signals(sightings)
    if ask.reads is not None:
        order = order[ask.reads[order]]
    weak = np.zeros(len(sightings), np.bool_)
    enter = NEVER if rules.enter_dbm is None else rules.enter_dbm
    stay = enter if rules.stay_dbm is None else rules.stay_dbm
    rows = (subject[order], at[order], ap[order], kind[order].astype(np.int64), signal[order])
    sites = range(int(grounds.site.max()) + 1) if rules.scope == "site" else (DISTRICT,)
    for site in sites:
        _mark(*rows, order, site, grounds, rules.longest_ms, enter, stay, weak)
    return weak


def _signals(sightings: pa.Table) -> Ints:
    signals: Ints = sightings["signal_dbm"].cast(pa.int64()).fill_null(_UNKNOWN_DBM).to_numpy()
    return signals


@compiled
def _mark(
    subject: Ints,
    at: Ints,
    ap: Ints,
    kind: Ints,
    signal: Ints,
    row: Ints,
    site: int,
    grounds: Grounds,
    longest: int,
    enter: int,
    stay: int,
    weak: NDArray[np.bool_],
) -> None:
    """Mark the weak rows of one site's walk, or of the district's; rows ordered as they are walked, strongest first."""
    reg = np.empty(REGISTERS, np.int64)
    strong = NEVER  # the last row that could have opened the visit
    for i in range(len(row)):
        if i == 0 or subject[i] != subject[i - 1]:
            fresh(reg)
            strong = NEVER
        p = placed(grounds, ap[i], at[i])
        here = site == DISTRICT or grounds.site[p] == site
        if not here and kind[i] != JOINED:
            continue
        repeats = i > 0 and subject[i] == subject[i - 1] and at[i] == at[i - 1]
        if repeats and ap[i] == ap[i - 1] and kind[i] == kind[i - 1]:
            weak[row[i]] = here and weak[row[i - 1]]
            continue
        if kind[i] == SEEN and signal[i] < enter:
            reached = at[i] <= max(reg[HEARD], reg[REACH]) and at[i] <= strong + longest
            if signal[i] < stay or not reached:
                weak[row[i]] = True
                continue
        elif here and kind[i] >= JOINED:
            strong = at[i]
        joined, seen = grounds.hold_joined[p], grounds.hold_seen[p]
        fold(reg, at[i], ap[i], kind[i], here, joined, seen, grounds.hold_left[p], grounds.hold_idle[p], longest)
