"""The capture rate: 100 passers-by and 25 visitors are 25.0 %, nobody is no rate, and small groups are hidden."""

from pathlib import Path

import pyarrow as pa
import pytest

import schemas
from reports.small_cells import settled
from tests.reports.small_day import DAY, HOUR, PARAMETERS, START_MS
from tests.reports.tables_in_chdb import figures_of, labelled

K = 10


def passage(level: str, site: str, zone: str, hour: int | None, counts: tuple[int, int, int]) -> tuple[object, ...]:
    span, hour_ms = ("day", START_MS) if hour is None else ("hour", START_MS + hour * HOUR)
    return (DAY, level, site, zone, span, hour_ms, *counts)


ROWS = [
    passage("district", "", "", None, (160, 90, 30)),
    passage("site", "mall", "", None, (100, 25, 20)),
    passage("zone", "mall", "shop", None, (60, 20, 15)),
    passage("site", "arcade", "", None, (0, 0, 0)),
    passage("site", "kiosk", "", None, (40, 37, 0)),  # three did not come in
    passage("district", "", "", 9, (50, 20, 10)),
    passage("site", "mall", "", 9, (40, 20, 10)),
    passage("site", "mall", "", 10, (0, 0, 0)),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    return told(tmp_path_factory.mktemp("capture"), ROWS)


def told(folder: Path, rows: list[tuple[object, ...]]) -> dict[str, pa.Table]:
    columns = dict(zip(schemas.PASSAGE.names, map(list, zip(*rows, strict=True)), strict=True))
    own = labelled(schemas.PASSAGE.table(**columns), "d", "default")
    return dict(settled(figures_of(folder, {"passage": [own]}, PARAMETERS), K))


def by(table: pa.Table, *keys: str) -> dict[tuple[object, ...], dict[str, object]]:
    return {tuple(row[key] for key in keys): row for row in table.to_pylist()}


def test_a_hundred_passers_by_and_twenty_five_visitors_are_25_percent(found: dict[str, pa.Table]) -> None:
    row = by(found["capture"], "site", "zone")["mall", ""]
    assert (row["passers_by"], row["visitors"], row["share_captured"]) == (100, 25, 0.25)
    assert by(found["capture"], "site", "zone")["mall", "shop"]["share_captured"] == pytest.approx(0.3333)


def test_where_nobody_passed_there_is_no_rate(found: dict[str, pa.Table]) -> None:
    row = by(found["capture"], "site", "zone")["arcade", ""]
    assert (row["passers_by"], row["visitors"], row["share_captured"]) == (0, 0, None)


def test_hours_are_those_of_the_clock_for_the_district_and_its_sites(found: dict[str, pa.Table]) -> None:
    rows = by(found["capture_hours"], "site", "hour")
    assert {key: row["share_captured"] for key, row in rows.items()} == {
        ("", 14): 0.4,
        ("mall", 14): 0.5,
        ("mall", 15): None,
    }


def test_three_who_did_not_come_in_are_hidden(found: dict[str, pa.Table]) -> None:
    """Each class is small or none: 40 less 37 would show it."""
    row = by(found["capture"], "site", "zone")["kiosk", ""]
    assert [row[name] for name in ("passers_by", "visitors", "connected", "share_captured")] == [None] * 4
