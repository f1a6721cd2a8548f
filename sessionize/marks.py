"""The flags of a visit. A flag drops nothing: each figure says which flagged visits it leaves out.

What does not live here: `cut`, which only the walk knows (`kernel`).
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas import VISIT
from schemas.day import Day
from sessionize.rules import VisitRules
from sessionize.walk import Ints

Flags = NDArray[np.bool_]


class Marks(NamedTuple):
    bounce: Flags
    static: Flags
    staff: Flags


def marks(dwell_ms: Ints, rules: VisitRules) -> Marks:
    """bounce: shorter than engaged; static: longer than longest, lives here; staff: a shift on its own, not static."""
    static = dwell_ms > rules.longest_ms
    return Marks(dwell_ms < rules.engaged_ms, static, (dwell_ms >= rules.staff_ms) & ~static)


def with_shifts(visits: pa.Table, rules: VisitRules, day: Day) -> pa.Table:
    """`visits`, whole subjects, with `staff` for those that worked a shift: over all their visits that start in `day`.

    From the first to the last it is `staff_ms` or more, and at least half of that they were there. One day alone says
    so, for a stranger has no other. A static visit is not staff's, and visits of other days stay as they are.

        |--4 h--|  meal elsewhere  |--4 h--|      staff: 8 h 30 min, of which 8 there
        |-|                             |-|       not: seldom there
    """
    start, end = visits["start_ms"].to_numpy(), visits["end_ms"].to_numpy()
    subject, of = np.unique(visits["subject"].to_numpy(), return_inverse=True)
    rows = np.flatnonzero((start >= day.start_ms) & (start < day.end_ms))
    first, last = np.full(len(subject), day.end_ms), np.full(len(subject), day.start_ms)
    np.minimum.at(first, of[rows], start[rows])
    np.maximum.at(last, of[rows], end[rows])
    there = np.bincount(of[rows], _new_ms(of[rows], start[rows], end[rows]), len(subject))
    worked = (last - first >= rules.staff_ms) & (2 * there >= last - first)
    static, staff = (visits[name].to_numpy() for name in ("static", "staff"))
    staff = staff.copy()
    staff[rows] = worked[of[rows]] & ~static[rows]
    return visits.set_column(VISIT.names.index("staff"), VISIT.arrow.field("staff"), pa.array(staff))


def _new_ms(subject: Ints, start: Ints, end: Ints) -> Ints:
    """Of each visit the time that no earlier one of its subject covers: at two sites at once is there once."""
    order = np.lexsort((start, subject))
    start, end = start[order], end[order]
    base = int(start.min()) if len(start) else 0
    apart = subject[order] * (int(end.max(initial=0)) - base + 1) - base  # so that no subject reaches into the next
    reach = np.maximum.accumulate(np.append(-1, end + apart))[:-1]
    found = np.empty_like(start)
    found[order] = np.maximum(end + apart - np.maximum(start + apart, reach), 0)
    return found


def with_random(visits: pa.Table, devices: pa.Table) -> pa.Table:
    """`visits` with `random` as `devices` (schema DEVICE) tells it; null for a subject that is not in `devices`."""
    device = pc.index_in(visits["subject"], value_set=devices["subject"])
    random = devices["random"].take(device)
    return visits.set_column(VISIT.names.index("random"), VISIT.arrow.field("random"), random)
