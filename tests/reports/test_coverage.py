"""Hours that nobody watched: a mall that is off for two hours has coverage 0 %, and the day's visitors a range (N8)."""

import datetime
from pathlib import Path

import pyarrow as pa
import pytest

import schemas
from tests.reports.small_day import DAY, HOUR, MINUTE, PARAMETERS, START_MS, visits_of_dwells
from tests.reports.tables_in_chdb import figures_of, labelled

OPEN = range(5, 17)  # hours of the trading day, from 10:00; the day starts at 05:00
OFF = (9, 10)
DAY_MS = 24 * HOUR
VISITORS = 30


def ap_hours(spoke: dict[str, list[int]], expected: dict[str, list[int]]) -> pa.Table:
    """AP_HOUR rows of the day; an AP's site is the word before the dash, its zone the AP's own."""
    rows = sorted({(ap, hour) for hours_of in (spoke, expected) for ap, hours in hours_of.items() for hour in hours})
    return schemas.AP_HOUR.table(
        day=[DAY] * len(rows),
        ap=[ap for ap, _ in rows],
        site=[ap.partition("-")[0] for ap, _ in rows],
        zone=[f"zone-{ap}" for ap, _ in rows],
        hour_ms=[START_MS + hour * HOUR for _, hour in rows],
        sightings=[int(hour in spoke.get(ap, [])) for ap, hour in rows],
        heartbeat=[False] * len(rows),
        expected=[hour in expected.get(ap, []) if expected else None for ap, hour in rows],
    )


def site_hours(days_ago: int, site: str, devices: dict[int, int]) -> pa.Table:
    start = START_MS - days_ago * DAY_MS
    return schemas.ZONE_HOUR.table(
        day=[DAY - datetime.timedelta(days=days_ago)] * len(devices),
        level=["site"] * len(devices),
        site=[site] * len(devices),
        zone=[""] * len(devices),
        hour_ms=[start + hour * HOUR for hour in devices],
        devices=list(devices.values()),
        presence_ms=[0] * len(devices),
        peak=[0] * len(devices),
    )


def figures(folder: Path, ap_hour: list[pa.Table], zone_hour: list[pa.Table]) -> dict[str, pa.Table]:
    visits = visits_of_dwells([20 * MINUTE] * VISITORS)
    tables = {"visit": [visits], "ap_hour": ap_hour, "zone_hour": zone_hour}
    own = {name: [labelled(rows, "d", "default") for rows in batches] for name, batches in tables.items()}
    return figures_of(folder, own, PARAMETERS)


WHOLE = {"mall-1": list(OPEN), "mall-2": list(OPEN), "arcade-1": list(OPEN)}
TORN = WHOLE | {ap: [hour for hour in OPEN if hour not in OFF] for ap in ("mall-1", "mall-2")}


@pytest.mark.parametrize("history", [0, 4])
def test_a_mall_off_for_two_hours_is_not_covered_and_the_total_has_a_range(tmp_path: Path, history: int) -> None:
    zone_hour = [site_hours(0, "mall", {8: 55, 12: 60})]
    zone_hour += [site_hours(ago, "mall", dict.fromkeys(OFF, 38 + ago)) for ago in range(1, history + 1)]
    found = figures(tmp_path, [ap_hours(TORN, WHOLE)], zone_hour)
    # hours 9 and 10 of a day that starts at 05:00 are 14:00 and 15:00
    rows = [(row["site"], row["hour"], row["share_covered"]) for row in found["coverage"].to_pylist()]
    assert rows == [("mall", 14, 0), ("mall", 15, 0)]
    zones = [(row["zone"], row["hour"], row["share_covered"]) for row in found["zone_coverage"].to_pylist()]
    assert zones == [(f"zone-mall-{ap}", hour, 0) for ap in (1, 2) for hour in (14, 15)]
    total = found["range"].to_pylist()[0]
    missed = 2 * 40.5 if history else 2 * 60  # the median of the hour before, else the fullest hour of the day
    assert total["at_least"] == VISITORS
    assert total["at_most"] == -(-(VISITORS + missed) // 10) * 10


def test_where_every_access_point_spoke_there_is_no_range(tmp_path: Path) -> None:
    found = figures(tmp_path, [ap_hours(WHOLE, WHOLE)], [site_hours(0, "mall", {8: 55})])
    assert found["coverage"].num_rows == 0
    assert found["range"].to_pylist()[0]["at_most"] == VISITORS


def test_one_of_two_access_points_is_half_the_coverage(tmp_path: Path) -> None:
    torn = WHOLE | {"mall-1": [hour for hour in OPEN if hour != 9]}
    found = figures(tmp_path, [ap_hours(torn, WHOLE)], [site_hours(0, "mall", {8: 60})])
    assert [(row["heard"], row["usual"], row["share_covered"]) for row in found["coverage"].to_pylist()] == [
        (1, 2, 0.5)
    ]
    assert found["range"].to_pylist()[0]["at_most"] == VISITORS + 60 / 2


def test_a_heartbeat_covers_an_hour(tmp_path: Path) -> None:
    """An access point that is up and heard nobody is no hole in the numbers."""
    rows = ap_hours(TORN, WHOLE)
    beating = rows.set_column(rows.column_names.index("heartbeat"), "heartbeat", pa.array([True] * len(rows)))
    assert figures(tmp_path, [beating], [])["coverage"].num_rows == 0


def test_one_quiet_radio_of_many_hides_nobody(tmp_path: Path) -> None:
    """The hour is listed, but adds nothing to the range."""
    many = {f"mall-{ap}": list(OPEN) for ap in range(20)}
    torn = many | {"mall-3": [hour for hour in OPEN if hour != 9]}
    found = figures(tmp_path, [ap_hours(torn, many)], [site_hours(0, "mall", {8: 600})])
    assert found["coverage"].num_rows == 1
    assert found["range"].to_pylist()[0]["at_most"] == VISITORS


def test_where_nothing_is_known_to_be_usual_there_is_no_upper_end(tmp_path: Path) -> None:
    """Days that an older version loaded: no range is claimed, rather than a range without width."""
    found = figures(tmp_path, [ap_hours(TORN, {})], [site_hours(0, "mall", {8: 55})])
    assert found["coverage"].num_rows == 0
    assert found["range"].to_pylist()[0] == {"item": "visitors", "at_least": VISITORS, "at_most": None}
