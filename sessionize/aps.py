"""The APs of a stream by code: codes never change, though unknown APs may turn up at any time; order is by name.

What does not live here: where an AP is (`places`), decoding a whole batch (`shards`).
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from sessionize.nearest import Bools, strengths
from sessionize.opening import Terms
from sessionize.places import resolved
from sessionize.rules import VisitRules
from sessionize.shards import batches
from sessionize.visits import only_walked
from sessionize.walk import Ints
from sessionize.wheel import Grid


class Coded(NamedTuple):
    """Rows as the compiled loops take them; `ap_kind` is the AP's code * 4 + kind, `strength` as in `nearest`."""

    subject: Ints
    at: Ints
    ap_kind: Ints
    strength: Ints

    def only(self, rows: Bools) -> "Coded":
        return Coded(*(column[rows] for column in self))


class Aps:
    """Codes, ranks by name and places of APs. The registry's come first, by name; then others as they turn up."""

    def __init__(self, places: pa.Table, rules: VisitRules) -> None:
        self.places = places
        self._nearest = rules.nearest
        self.grounds, self.named = resolved(places, [], rules)
        self.names = self.named.aps
        self._known = set(self.names)
        self._seen: pa.Array | None = None  # the last dictionary of names that was learnt
        self.rank: Ints = np.arange(len(self.names))

    def learn(self, names: list[str]) -> None:
        """Give codes to those of `names` that have none. They are in no zone: the registry does not know them."""
        new = [name for name in dict.fromkeys(names) if name not in self._known]
        if not new:
            return
        self.names.extend(new)
        self._known.update(new)
        self.rank = np.argsort(np.array(sorted(range(len(self.names)), key=self.names.__getitem__)))
        no_place = np.full(len(new), self.grounds.first[-1])
        self.grounds = self.grounds._replace(first=np.concatenate((self.grounds.first, no_place)))

    def coded(self, sightings: pa.Table) -> Coded:
        """The rows of `sightings` (at least the columns of the walk); APs that are new get a code."""
        rows = only_walked(sightings)
        for chunk in rows["ap"].chunks:
            if self._seen is None or not chunk.dictionary.equals(self._seen):
                self._seen = chunk.dictionary
                self.learn(self._seen.to_pylist())
        parts = batches(rows, self.names, max(len(rows), 1))
        ap_kind = [part.ranks[part.ap] * 4 + part.kind for part in parts]
        if not parts:
            return Coded(*(np.empty(0, np.int64) for _ in range(4)))
        return Coded(
            np.concatenate([part.subject for part in parts]),
            np.concatenate([part.at for part in parts]),
            np.concatenate(ap_kind),
            strengths(sightings) if self._nearest else np.zeros(len(sightings), np.int64),
        )

    def terms(self, grid: Grid, rules: VisitRules) -> Terms:
        return Terms(grid, self.grounds, rules.scope == "site", rules.longest_ms)
