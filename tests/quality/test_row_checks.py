"""The bitmask of broken rules against the rules of `schemas`, read row by row."""

import datetime
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.row_checks import checks_of, faults_of
from pipelines.warehouse.tables import TABLES
from schemas import AP_HOUR, PUBLISHED, REJECTED, Column

DAY = datetime.date(2026, 11, 21)

rejected = st.fixed_dictionaries(
    {
        "feed": st.sampled_from(["wifi", None]),
        "file": st.sampled_from(["x.log", None]),
        "line": st.sampled_from([1, 0, -5, None]),
        "reason": st.sampled_from(["bad-time", "no-ap", "whatever", None]),
    }
)


def broken_by(column: Column, value: Any) -> set[str]:
    """The checks of one column that one value breaks."""
    if value is None:
        return set() if column.nullable else {f"{column.name}-missing"}
    names = set()
    if column.allowed and value not in column.allowed:
        names.add(f"{column.name}-not-allowed")
    if (column.low is not None and value < column.low) or (column.high is not None and value > column.high):
        names.add(f"{column.name}-out-of-bounds")
    return names


@settings(deadline=None)
@given(st.lists(rejected, max_size=8))
def test_the_mask_says_of_each_row_what_the_schema_says(rows: list[dict[str, Any]]) -> None:
    table = REJECTED.table(**{name: [row[name] for row in rows] for name in REJECTED.names})
    mask, counts = faults_of(REJECTED, table)
    names = [check.name for check in checks_of(REJECTED)]
    found = [{name for bit, name in enumerate(names) if int(bits) >> bit & 1} for bits in mask]
    wanted = [set().union(*(broken_by(c, row[c.name]) for c in REJECTED.columns)) for row in rows]
    assert found == wanted
    assert counts == {n: sum(n in row for row in wanted) for n in names if any(n in row for row in wanted)}


def test_a_null_inside_the_dictionary_is_missing_too() -> None:
    feeds = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), ["wifi", None])
    table = REJECTED.table(feed=feeds, file=["x.log"] * 2, line=[1, 2], reason=["no-ap"] * 2)
    assert faults_of(REJECTED, table)[1] == {"feed-missing": 1}


def test_bounds_say_nothing_of_a_null_that_may_be() -> None:
    rows = {name: [0, 0, 0] for name in ("at_ms", "subject", "kind", "visit_id", "time_quality")} | {"line": [1, 2, 3]}
    words = {name: ["x"] * 3 for name in ("ap", "feed", "file", "site", "zone")}
    table = PUBLISHED.table(**rows, **words, signal_dbm=[None, -60, -129])
    assert faults_of(PUBLISHED, table)[1] == {"signal_dbm-out-of-bounds": 1}


def test_rows_must_be_of_the_day() -> None:
    words = {name: ["x"] * 2 for name in ("ap", "site", "zone")}
    known = {"heartbeat": [False] * 2, "expected": [None] * 2}
    table = AP_HOUR.table(day=[DAY, DAY + datetime.timedelta(1)], hour_ms=[0, 0], sightings=[1, 1], **words, **known)
    assert faults_of(AP_HOUR, table, DAY)[1] == {"day-not-allowed": 1}


def test_every_tables_checks_fit_the_mask() -> None:
    assert all(len(checks_of(table, DAY)) <= 64 for table in TABLES.values())
