"""Where each sighting was: zone and site of its AP at that instant, as columns beside the sightings."""

import numpy as np
import pyarrow as pa

from schemas.compiled import compiled
from sessionize.places import Grounds, placed, resolved
from sessionize.rules import VisitRules
from sessionize.shards import ap_names, ap_ranks
from sessionize.walk import Ints


def located(sightings: pa.Table, places: pa.Table) -> tuple[pa.Array, pa.Array]:
    """(zone, site) of each row, as words; `unknown` where `places` (schema PLACE) lacks the AP at that instant."""
    names = ap_names(sightings)
    grounds, named = resolved(places, names, VisitRules())
    place = _placed(ap_ranks(sightings, named.aps), sightings["at_ms"].to_numpy(), grounds)
    return _words(grounds.zone[place], named.zones), _words(grounds.site[place], named.sites)


@compiled
def _placed(ap: Ints, at: Ints, grounds: Grounds) -> Ints:
    place = np.empty(len(ap), np.int64)
    for i in range(len(ap)):
        place[i] = placed(grounds, ap[i], at[i])
    return place


def _words(codes: Ints, names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names, pa.string()))
