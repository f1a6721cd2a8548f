"""Where each sighting was: zone and site of its AP at that instant, as columns beside the sightings."""

import numpy as np
import pyarrow as pa

from schemas.compiled import compiled
from sessionize.places import Grounds, Named, placed, resolved
from sessionize.rules import VisitRules
from sessionize.shards import ap_names, ap_ranks
from sessionize.walk import Ints


def located(sightings: pa.Table, places: pa.Table) -> tuple[pa.Array, pa.Array]:
    """(zone, site) of each row, as words; `unknown` where `places` (schema PLACE) lacks the AP at that instant."""
    zone, named = zoned(sightings, places)
    site = np.array([named.sites.index(name) for name in named.zone_sites], np.int64)
    return _words(zone, named.zones), _words(site[zone], named.sites)


def zoned(sightings: pa.Table, places: pa.Table) -> tuple[Ints, Named]:
    """Of each row the place of its zone among `Named.zones`."""
    grounds, named = resolved(places, ap_names(sightings), VisitRules())
    return grounds.zone[_placed(ap_ranks(sightings, named.aps), sightings["at_ms"].to_numpy(), grounds)], named


@compiled
def _placed(ap: Ints, at: Ints, grounds: Grounds) -> Ints:
    place = np.empty(len(ap), np.int64)
    for i in range(len(ap)):
        place[i] = placed(grounds, ap[i], at[i])
    return place


def _words(codes: Ints, names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names, pa.string()))
