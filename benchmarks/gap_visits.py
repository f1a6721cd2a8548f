"""The gap-only rule on a Parquet file of sightings, each engine in its fastest form: subject, start, end of each visit.

The answer of a way: how many visits, and a sum over all of them that no wrong subject, start or end leaves alone.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.made import GAP_MS, bare_row_groups, places

Answer = dict[str, Any]


def ours(path: str) -> Answer:
    """`sessionize.visits`, all holds equal, one zone; it numbers and flags visits and gives stays as well."""
    from sessionize.rules import VisitRules
    from sessionize.visits import visits

    holds = dict.fromkeys(("hold_joined_ms", "hold_seen_ms", "hold_left_ms", "hold_idle_ms"), GAP_MS)
    rules = VisitRules(definition="gap", flap_ms=0, **holds)
    found = visits(bare_row_groups(path), places(zones=1, sites=1), rules, None, fate=False)
    return answer_of(found.visits)


def chdb_arrays(path: str) -> Answer:
    return _in_chdb(f"""
        SELECT subject, visit[1] AS start_ms, visit[-1] AS end_ms
        FROM (SELECT subject, arraySort(groupArray(at_ms)) AS at FROM file('{path}', Parquet) GROUP BY subject)
        ARRAY JOIN arraySplit((_, wait) -> wait > {GAP_MS}, at, arrayDifference(at)) AS visit""")


def chdb_windows(path: str) -> Answer:
    return _in_chdb(f"""
        SELECT subject, min(at_ms) AS start_ms, max(at_ms) AS end_ms
        FROM (SELECT *, sum(begins) OVER (PARTITION BY subject ORDER BY at_ms RANGE UNBOUNDED PRECEDING) AS n
              FROM (SELECT subject, at_ms, at_ms - lagInFrame(at_ms, 1, 0) OVER before > {GAP_MS} AS begins
                    FROM file('{path}', Parquet)
                    WINDOW before AS (PARTITION BY subject ORDER BY at_ms ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)))
        GROUP BY subject, n""")


def duckdb_windows(path: str) -> Answer:
    """Two windows of one order; RANGE, since ROWS orders ties anew."""
    import duckdb

    query = f"""
        SELECT subject, min(at_ms) AS start_ms, max(at_ms) AS end_ms
        FROM (SELECT *, sum(begins) OVER (PARTITION BY subject ORDER BY at_ms RANGE UNBOUNDED PRECEDING) AS n
              FROM (SELECT subject, at_ms, ifnull(at_ms - lag(at_ms) OVER before > {GAP_MS}, false)::INT AS begins
                    FROM read_parquet('{path}') WINDOW before AS (PARTITION BY subject ORDER BY at_ms)))
        GROUP BY subject, n"""
    with duckdb.connect() as connection:
        return answer_of(connection.sql(query).to_arrow_table())


def polars_sorted(path: str) -> Answer:
    import polars as pl

    at, subject = pl.col("at_ms"), pl.col("subject")
    begins = (at - at.shift() > GAP_MS) | (subject != subject.shift())
    visits = (
        pl.scan_parquet(path)
        .select("subject", "at_ms")
        .sort("subject", "at_ms")
        .with_columns(visit=begins.fill_null(True).cum_sum())
        .group_by("visit")
        .agg(subject.first(), start_ms=at.first(), end_ms=at.last())
    )
    return answer_of(visits.collect().to_arrow())


def polars_lists(path: str) -> Answer:
    import polars as pl

    at = pl.col("at_ms").sort()
    starts = at.filter((at.diff() > GAP_MS).fill_null(True))
    ends = at.filter((at.diff().shift(-1) > GAP_MS).fill_null(True))
    visits = pl.scan_parquet(path).group_by("subject").agg(start_ms=starts, end_ms=ends).explode("start_ms", "end_ms")
    return answer_of(visits.collect().to_arrow())


def answer_of(visits: pa.Table) -> Answer:
    """The same for the same (subject, start_ms, end_ms) in any order."""
    columns = (visits[name].cast(pa.int64()).to_numpy().view(np.uint64) for name in ("subject", "start_ms", "end_ms"))
    subject, start, end = columns
    with np.errstate(over="ignore"):
        mixed = (subject * np.uint64(0x9E3779B97F4A7C15) ^ start) * np.uint64(0xC2B2AE3D27D4EB4F) ^ end
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0x165667B19E3779F9)
    return {"visits": len(visits), "sum": f"{int(mixed.sum(dtype=np.uint64)):016x}"}


def _in_chdb(query: str) -> Answer:
    from chdb import query as run

    return answer_of(run(query, "ArrowTable"))
