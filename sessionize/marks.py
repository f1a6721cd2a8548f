"""The flags of a visit. A flag drops nothing: each figure says which flagged visits it leaves out.

What does not live here: `cut`, which only the walk knows (`kernel`).
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas import VISIT
from sessionize.rules import VisitRules
from sessionize.walk import Ints

Flags = NDArray[np.bool_]


class Marks(NamedTuple):
    bounce: Flags
    static: Flags
    staff: Flags


def marks(dwell_ms: Ints, rules: VisitRules) -> Marks:
    """bounce: shorter than engaged; static: longer than longest, lives here; staff: a shift, not static."""
    static = dwell_ms > rules.longest_ms
    return Marks(dwell_ms < rules.engaged_ms, static, (dwell_ms >= rules.staff_ms) & ~static)


def with_random(visits: pa.Table, devices: pa.Table) -> pa.Table:
    """`visits` with `random` as `devices` (schema DEVICE) tells it; null for a subject that is not in `devices`."""
    device = pc.index_in(visits["subject"], value_set=devices["subject"])
    random = devices["random"].take(device)
    return visits.set_column(VISIT.names.index("random"), VISIT.arrow.field("random"), random)
