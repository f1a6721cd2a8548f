"""The whole law (kinds, places, stays, flaps) on a Parquet file of sightings, beside the time to decode its columns."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.made import places, row_groups

_THREADS = 2


def decoded(path: str) -> dict[str, Any]:
    """Row groups of the needed columns decoded one by one and dropped, in two threads."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return {"rows": sum(pool.map(lambda group: len(group()), row_groups(path)))}


def ours(path: str) -> dict[str, Any]:
    """Visits, stays and flaps of the default definition, in two threads."""
    from sessionize.rules import VisitRules
    from sessionize.visits import visits

    found = visits(row_groups(path), places(zones=200, sites=8), VisitRules(), None, fate=False)
    return {"visits": len(found.visits), "stays": len(found.stays), "flaps": len(found.flaps)}
