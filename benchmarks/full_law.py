"""The whole law (kinds, places, stays, flaps) on a Parquet file of sightings, beside the time to decode its columns."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow.parquet as pq

from benchmarks.made import APS, ap_names

COLUMNS = ["at_ms", "subject", "ap", "kind"]
_THREADS = 2


def decoded(path: str) -> dict[str, Any]:
    """Row groups of the needed columns decoded one by one and dropped, in two threads."""
    groups = range(pq.read_metadata(path).num_row_groups)

    def rows_of(first: int) -> int:
        file = pq.ParquetFile(path, read_dictionary=["ap"])
        return sum(
            len(file.read_row_group(group, columns=COLUMNS, use_threads=False)) for group in groups[first::_THREADS]
        )

    with ThreadPoolExecutor(_THREADS) as pool:
        return {"rows": sum(pool.map(rows_of, range(_THREADS)))}


def ours(path: str) -> dict[str, Any]:
    """Visits, stays and flaps of the default definition, in two threads."""
    from sessionize.rules import VisitRules
    from sessionize.visits import visits

    rows = pq.read_table(path, columns=COLUMNS, read_dictionary=["ap"])
    found = visits(rows, places(), VisitRules(), None, fate=False)
    return {"visits": len(found.visits), "stays": len(found.stays), "flaps": len(found.flaps)}


def places() -> Any:
    """Four access points a zone, a hundred a site."""
    from schemas import PLACE

    return PLACE.table(
        ap=ap_names(),
        from_ms=[0] * APS,
        until_ms=[1 << 60] * APS,
        site=[f"site-{n // 100}" for n in range(APS)],
        zone=[f"zone-{n // 4}" for n in range(APS)],
        feed=["made"] * APS,
        hold_joined_ms=[None] * APS,
        hold_seen_ms=[None] * APS,
        hold_left_ms=[None] * APS,
        hold_idle_ms=[None] * APS,
    )
