"""Loading a day: the same rows twice are the same warehouse, readers see old or new, neighbours are left alone."""

import datetime
import threading

import pyarrow as pa
import pytest

from pipelines.warehouse.digest import digest
from pipelines.warehouse.load import load
from pipelines.warehouse.protocol import Warehouse
from pipelines.warehouse.tables import TABLES
from schemas import AUDIENCE_MEMBER, MEMBER_DEVICE, GateError
from tests.warehouse.small_day import DATE, changed, day_of, read_of, tables_of


def put(warehouse: Warehouse, district: str, tables: dict[str, pa.Table], definition: str = "default@1") -> None:
    load(warehouse, day=day_of(district), definition=definition, run="r", tables=tables)


def rows_in(warehouse: Warehouse, table: str, district: str) -> int:
    sql = f"SELECT count() AS n FROM {table} WHERE district = {{district:String}}"
    return warehouse.query(sql, {"district": district})["n"][0].as_py()


def test_what_was_loaded_is_visible(warehouse: Warehouse) -> None:
    day, tables = day_of("seen"), tables_of(5)
    loaded = load(warehouse, day=day, definition="default@1", run="r", tables=tables, read=read_of(5))
    assert loaded.rows["visit"] == 5
    assert loaded.rows["flap"] == 0
    for name, rows in tables.items():
        names = ", ".join(rows.column_names)
        found = warehouse.query(f"SELECT {names} FROM visible_{name} WHERE district = 'seen'")
        wanted = sorted(map(str, rows.to_pylist()))
        assert sorted(map(str, TABLES[name].cast(found).to_pylist())) == wanted


def test_twice_the_same_is_once(warehouse: Warehouse) -> None:
    put(warehouse, "twice", tables_of(5))
    once = digest(warehouse, "twice")
    shuffled = {name: rows.take(list(range(len(rows)))[::-1]) for name, rows in tables_of(5).items()}
    put(warehouse, "twice", shuffled)
    assert digest(warehouse, "twice") == once
    put(warehouse, "twice", shuffled)
    assert rows_in(warehouse, "visible_visit", "twice") == 5
    assert rows_in(warehouse, "visit", "twice") == (10 if warehouse.keeps_old_run else 5)


def test_the_digest_sees_a_changed_value_and_no_changed_position(warehouse: Warehouse) -> None:
    tables = tables_of(5)
    put(warehouse, "digest", tables)
    before = digest(warehouse, "digest")
    put(warehouse, "digest", {**tables, "sighting": changed(tables["sighting"], "file", 0, "y.log")})
    assert digest(warehouse, "digest") == before
    put(warehouse, "digest", {**tables, "sighting": changed(tables["sighting"], "signal_dbm", 0, -61)})
    assert digest(warehouse, "digest") != before


def test_the_digest_sums_the_ledger(warehouse: Warehouse) -> None:
    tables = tables_of(5)
    put(warehouse, "ledger", tables)
    before = digest(warehouse, "ledger")
    ledger = tables["ledger"]
    kept, refused = ledger.slice(0, 1), ledger.slice(1)
    parts = pa.concat_tables([changed(kept, "records", 0, 4), refused, changed(kept, "records", 0, 6)])
    put(warehouse, "ledger", {**tables, "ledger": parts})
    assert digest(warehouse, "ledger") == before


def test_districts_days_and_definitions_do_not_touch(warehouse: Warehouse) -> None:
    put(warehouse, "north", tables_of(5))
    put(warehouse, "south", tables_of(3))
    put(warehouse, "south", tables_of(4), "owners@1")
    other = DATE + datetime.timedelta(days=1)
    load(warehouse, day=day_of("south", other), definition="default@1", run="r", tables=tables_of(2, other))
    north, owners = digest(warehouse, "north"), digest(warehouse, "south", "owners@1")
    put(warehouse, "south", tables_of(1))
    assert digest(warehouse, "north") == north
    assert digest(warehouse, "south", "owners@1") == owners
    assert rows_in(warehouse, "visible_visit", "south") == 1 + 4 + 2


def test_an_empty_day_replaces_a_full_one(warehouse: Warehouse) -> None:
    put(warehouse, "empty", tables_of(5))
    put(warehouse, "empty", {name: rows.slice(0, 0) for name, rows in tables_of(5).items()})
    assert rows_in(warehouse, "visible_visit", "empty") == 0
    put(warehouse, "empty", {name: rows.slice(0, 0) for name, rows in tables_of(5).items()})
    assert rows_in(warehouse, "visit", "empty") == 0


def test_audiences_move_without_the_facts_they_come_from(warehouse: Warehouse) -> None:
    put(warehouse, "layers", tables_of(5))
    members = AUDIENCE_MEMBER.table(day=[DATE], audience=["lovers"], member=["m1"], hold_out=[False])
    put(warehouse, "layers", {"audience_member": members})
    assert rows_in(warehouse, "visible_audience_member", "layers") == 1
    assert rows_in(warehouse, "visible_visit", "layers") == 5


@pytest.fixture(scope="module")
def before(warehouse: Warehouse) -> str:
    """The digest of a good day in the district `gate`."""
    put(warehouse, "gate", tables_of(3))
    return digest(warehouse, "gate")


@pytest.mark.parametrize(
    ("table", "column", "row", "value"),
    [
        ("visit", "sightings", 2, 0),
        ("visit", "start_ms", 2, 1),
        ("ledger", "status", 0, "lost"),
        ("stay", "to_ms", 1, 1_763_672_460_999),
        ("visit", "visit_id", 2, 100),
        ("sighting", "visit_id", 0, 7),
        ("rejected", "reason", 0, "bad-signal"),
        ("ledger", "records", 0, 11),
        ("visit", "day", 1, datetime.date(2026, 11, 22)),
        ("visit", "subject", 1, None),
    ],
)
def test_one_bad_row_loads_nothing(
    warehouse: Warehouse, before: str, table: str, column: str, row: int, value: object
) -> None:
    bad = {**tables_of(5), table: changed(tables_of(5)[table], column, row, value)}
    with pytest.raises(GateError) as raised:
        load(warehouse, day=day_of("gate"), definition="default@1", run="bad", tables=bad, read=read_of(5))
    assert raised.value.exit_code == 12
    assert digest(warehouse, "gate") == before
    assert rows_in(warehouse, "visit", "gate") == 3
    assert rows_in(warehouse, "sighting", "gate") == 6


def test_readers_see_the_old_day_or_the_new_one(warehouse: Warehouse) -> None:
    sql = "SELECT count() AS visits FROM visible_visit WHERE district = 'flip'"
    put(warehouse, "flip", tables_of(3))
    seen, done = set(), threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(warehouse.query(sql)["visits"][0].as_py())

    reader = threading.Thread(target=read)
    reader.start()
    for visits in (5, 3):
        put(warehouse, "flip", tables_of(visits))
    done.set()
    reader.join()
    assert seen == {3, 5}


def test_members_are_there_for_the_run_and_by_district(warehouse: Warehouse) -> None:
    def devices(member: str) -> pa.Table:
        return MEMBER_DEVICE.table(device=[-1], member=[member], from_ms=[0], until_ms=[9])

    warehouse.replace_members("here", devices("m1"), ["m1"])
    warehouse.replace_members("there", devices("m2"), ["m2"])
    warehouse.replace_members("here", devices("m3"), [])
    found = warehouse.query("SELECT district, member FROM member_device ORDER BY district")
    assert found.to_pylist() == [{"district": "here", "member": "m3"}, {"district": "there", "member": "m2"}]
    assert warehouse.query("SELECT member FROM consented")["member"].to_pylist() == ["m2"]
