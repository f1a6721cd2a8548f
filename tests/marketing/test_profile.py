"""The profile counts people, not devices, over trading days, and only with consent."""

import datetime
from typing import Any

import pyarrow as pa

from marketing.profile import PROFILE_SQL, PROFILE_ZONE_SQL
from schemas import MEMBER_DEVICE, PROFILE, PROFILE_ZONE, STAY, VISIT
from tests.marketing.conftest import Tables

TODAY = datetime.date(2026, 11, 21)
MINUTE_MS = 60_000
PHONE, WATCH, OTHER = -11, -12, -13


def at(days_ago: int, minute: int) -> int:
    """The minute of the trading day, in ms."""
    return (20_000 - days_ago) * 86_400_000 + minute * MINUTE_MS


def visits(*rows: tuple[int, int, int, int, int], static: bool = False) -> pa.Table:
    """(id, subject, days ago, from minute, to minute)."""
    count = len(rows)
    flags = {name: [False] * count for name in ("random", "bounce", "staff", "cut", "uncovered") if name in VISIT.names}
    return VISIT.table(
        day=[TODAY - datetime.timedelta(days=row[2]) for row in rows],
        visit_id=[row[0] for row in rows],
        site=[""] * count,
        subject=[row[1] for row in rows],
        start_ms=[at(row[2], row[3]) for row in rows],
        end_ms=[at(row[2], row[4]) for row in rows],
        sightings=[1] * count,
        stays=[1] * count,
        static=[static] * count,
        **flags,
    )


def stays(*rows: tuple[int, int, int, str, int, int]) -> pa.Table:
    """(visit id, subject, days ago, zone, from minute, to minute)."""
    count = len(rows)
    return STAY.table(
        day=[TODAY - datetime.timedelta(days=row[2]) for row in rows],
        visit_id=[row[0] for row in rows],
        ordinal=list(range(count)),
        site=["" if row[3] == "between" else "mall" for row in rows],
        zone=[row[3] for row in rows],
        subject=[row[1] for row in rows],
        from_ms=[at(row[2], row[4]) for row in rows],
        to_ms=[at(row[2], row[5]) for row in rows],
    )


def devices(*rows: tuple[int, str]) -> pa.Table:
    return MEMBER_DEVICE.table(
        device=[row[0] for row in rows],
        member=[row[1] for row in rows],
        from_ms=[at(200, 0)] * len(rows),
        until_ms=[at(-1, 0)] * len(rows),
    )


def consented(*members: str) -> pa.Table:
    return pa.table({"member": pa.array(members, pa.string())})


def profile(tables: Tables, sql: str = PROFILE_SQL) -> list[dict[str, Any]]:
    """The rows of today, after every day's sums were written."""
    tables.sum_up()
    tables.prepare(TODAY)
    return tables.ask(sql, day=TODAY)


def test_windows_of_7_30_and_90_trading_days_end_with_the_snapshot_day(tables: Tables) -> None:
    edges = [0, 6, 7, 29, 30, 89, 90]
    tables.fill("visible_visit", visits(*((days, PHONE, days, 600, 610) for days in edges)))
    tables.fill("member_device", devices((PHONE, "ann")))
    tables.fill("consented", consented("ann"))
    assert profile(tables) == [
        {
            "day": TODAY,
            "member": "ann",
            "visits_7": 2,
            "visits_30": 4,
            "visits_90": 6,
            "minutes_7": 20,
            "minutes_30": 40,
            "minutes_90": 60,
            "days_since_seen": 0,
        }
    ]


def test_a_phone_and_a_watch_are_one_person(tables: Tables) -> None:
    tables.fill("visible_visit", visits((1, PHONE, 3, 600, 660), (2, WATCH, 3, 630, 690), (3, WATCH, 2, 600, 605)))
    tables.fill("member_device", devices((PHONE, "ann"), (WATCH, "ann")))
    tables.fill("consented", consented("ann"))
    (ann,) = profile(tables)
    assert (ann["visits_7"], ann["minutes_7"], ann["days_since_seen"]) == (2, 95, 2)


def test_who_is_left_out(tables: Tables) -> None:
    tables.fill("visible_visit", visits((1, PHONE, 1, 0, 10), (2, OTHER, 1, 0, 10), (3, 5, 1, 0, 10)))
    tables.fill("visible_visit", visits((4, PHONE, 0, 0, 1200), static=True))
    tables.fill("visible_visit", visits((5, PHONE, 0, 0, 10)), district="elsewhere")
    tables.fill("visible_visit", visits((6, PHONE, 0, 0, 10)), definition="owners@1")
    tables.fill("visible_visit", visits((7, PHONE, -1, 0, 10)))
    tables.fill("member_device", devices((PHONE, "ann"), (OTHER, "bob")))
    tables.fill("consented", consented("ann"))
    (ann,) = profile(tables)
    assert (ann["member"], ann["visits_90"], ann["minutes_90"], ann["days_since_seen"]) == ("ann", 1, 10, 1)


def test_a_device_is_its_members_only_between_login_and_expiry(tables: Tables) -> None:
    tables.fill("visible_visit", visits((1, PHONE, 2, 0, 10), (2, PHONE, 1, 0, 20), (3, PHONE, 0, 0, 40)))
    tables.fill(
        "member_device",
        MEMBER_DEVICE.table(
            device=[PHONE, PHONE], member=["ann", "bob"], from_ms=[at(1, 0), at(0, 0)], until_ms=[at(0, 0), at(-9, 0)]
        ),
    )
    tables.fill("consented", consented("ann", "bob"))
    assert [(row["member"], row["minutes_7"]) for row in profile(tables)] == [
        ("ann", 20),
        ("bob", 40),
    ]


def test_time_in_a_zone_is_a_union_over_devices_and_between_is_no_zone(tables: Tables) -> None:
    tables.fill("visible_visit", visits((1, PHONE, 3, 600, 660), (2, WATCH, 3, 600, 660), (3, PHONE, 40, 0, 9)))
    tables.fill(
        "visible_stay",
        stays(
            (1, PHONE, 3, "food", 600, 620),
            (1, PHONE, 3, "between", 620, 630),
            (1, PHONE, 3, "food", 630, 660),
            (2, WATCH, 3, "food", 610, 625),
            (2, WATCH, 3, "shoes", 625, 660),
            (3, PHONE, 40, "food", 0, 9),
        ),
    )
    tables.fill("member_device", devices((PHONE, "ann"), (WATCH, "ann")))
    tables.fill("consented", consented("ann"))
    rows = profile(tables, PROFILE_ZONE_SQL)
    assert [tuple(row.values())[1:] for row in rows] == [
        ("ann", "mall", "food", 55, 55, 64, 2),
        ("ann", "mall", "shoes", 35, 35, 35, 1),
    ]


def test_the_columns_are_those_of_the_schemas(tables: Tables) -> None:
    tables.fill("visible_visit", visits((1, PHONE, 0, 0, 10)))
    tables.fill("visible_stay", stays((1, PHONE, 0, "food", 0, 10)))
    tables.fill("member_device", devices((PHONE, "ann")))
    tables.fill("consented", consented("ann"))
    for sql, table in ((PROFILE_SQL, PROFILE), (PROFILE_ZONE_SQL, PROFILE_ZONE)):
        assert table.cast(pa.Table.from_pylist(profile(tables, sql))).num_rows == 1
