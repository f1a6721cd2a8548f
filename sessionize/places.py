"""Where an access point is at an instant, as arrays that a compiled loop can ask.

What does not live here: reading a registry (`ingest`), and what a visit makes of a place (`walk`, `stays`).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.compiled import compiled_leaf
from schemas.place import UNKNOWN
from sessionize.rules import VisitRules
from sessionize.walk import Ints

_HOLDS = ("hold_joined_ms", "hold_seen_ms", "hold_left_ms", "hold_idle_ms")


class Grounds(NamedTuple):
    """The validities of all APs, those of AP `a` (its rank by name) at first[a]:first[a + 1], oldest first.

    One more place stands at the end: UNKNOWN, for an AP without a validity at the instant asked for. `zone` and `site`
    are indices into `Named.zones` and `Named.sites`; the holds are the AP's own or those of the rules.
    """

    first: Ints
    from_ms: Ints
    until_ms: Ints
    zone: Ints
    site: Ints
    hold_joined: Ints
    hold_seen: Ints
    hold_left: Ints
    hold_idle: Ints


@dataclass(frozen=True)
class Named:
    """What the integers in `Grounds` mean. All in the order of their bytes: no rank depends on the input's order.

    Zones of one name in two sites are two zones; `zone_sites` says the site of each.
    """

    aps: list[str]
    zones: list[str]
    zone_sites: list[str]
    sites: list[str]


@compiled_leaf
def placed(grounds: Grounds, ap: int, at: int) -> int:
    """Index of the place of `ap` at `at`: the last validity that began, if it has not ended, else UNKNOWN's."""
    i = grounds.first[ap + 1] - 1
    while i >= grounds.first[ap] and grounds.from_ms[i] > at:
        i -= 1
    known = i >= grounds.first[ap] and at < grounds.until_ms[i]
    return i if known else len(grounds.zone) - 1


def resolved(places: pa.Table, aps: list[str], rules: VisitRules) -> tuple[Grounds, Named]:
    """`places` (schema PLACE; validities of one AP must not overlap) for the APs in `aps` and all that it names itself.

    An AP's own hold_joined is taken as at most `longest`: a link cannot reach further than it matches its leave.
    """
    rows = sorted(places.to_pylist(), key=lambda p: (p["ap"], p["from_ms"]))
    names = sorted({*aps, *(p["ap"] for p in rows)})
    zones = sorted({(UNKNOWN, UNKNOWN), *((p["site"], p["zone"]) for p in rows)})
    sites = sorted({site for site, _ in zones})
    rank = {name: i for i, name in enumerate(names)}
    counts = np.bincount([rank[p["ap"]] for p in rows], minlength=len(names))
    nowhere = {"site": UNKNOWN, "zone": UNKNOWN, "from_ms": 0, "until_ms": 0, **dict.fromkeys(_HOLDS)}
    rows.append(nowhere)
    holds = [_ints(getattr(rules, hold) if p[hold] is None else p[hold] for p in rows) for hold in _HOLDS]
    grounds = Grounds(
        _ints([0, *np.cumsum(counts)]),
        _ints(p["from_ms"] for p in rows),
        _ints(p["until_ms"] for p in rows),
        _ints(zones.index((p["site"], p["zone"])) for p in rows),
        _ints(sites.index(p["site"]) for p in rows),
        np.minimum(holds[0], rules.longest_ms),
        *holds[1:],
    )
    return grounds, Named(names, [zone for _, zone in zones], [site for site, _ in zones], sites)


def _ints(values: object) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)  # type: ignore[call-overload]
