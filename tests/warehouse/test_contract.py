"""What every warehouse does: values survive as parameters and as rows, mistakes and limits are one line."""

import datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.warehouse import server
from pipelines.warehouse.native_columns import MANY
from pipelines.warehouse.protocol import Warehouse
from pipelines.warehouse.tables import TABLES, columns_of
from pipelines.warehouse.versions import standing_of
from schemas import SinkError
from tests.warehouse.small_day import DATE

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(deadline=None, max_examples=100)
@given(text, st.lists(text, max_size=4), st.integers(-(2**63), 2**63 - 1))
def test_parameters_come_back_as_they_went_in(warehouse: Warehouse, word: str, words: list[str], number: int) -> None:
    sql = "SELECT {word:String} AS word, {words:Array(String)} AS words, {number:Int64} AS number"
    found = warehouse.query(sql, {"word": word, "words": words, "number": number})
    assert found.to_pylist() == [{"word": word, "words": words, "number": number}]


def test_dates_nulls_and_truth_are_parameters_too(warehouse: Warehouse) -> None:
    day = datetime.date(2026, 2, 28)
    sql = "SELECT {day:Date} AS day, {none:Nullable(Int64)} AS none, {yes:Bool} AS yes"
    assert warehouse.query(sql, {"day": day, "none": None, "yes": True}).to_pylist() == [
        {"day": day, "none": None, "yes": True}
    ]


def test_every_table_has_the_schemas_columns_behind_its_labels(warehouse: Warehouse) -> None:
    for table in TABLES.values():
        assert warehouse.query(f"SELECT * FROM {table.name}").column_names == columns_of(table)
        visible = warehouse.query(f"SELECT * FROM visible_{table.name}").column_names
        assert visible == [name for name in columns_of(table) if name != "run"]
        assert {"district", "definition", "day"} <= set(visible)
    assert standing_of(warehouse).is_current


KINDS = {
    "word": ("LowCardinality(String)", pa.dictionary(pa.int32(), pa.string()), text),
    "text": ("String", pa.string(), text),
    "maybe": ("Nullable(String)", pa.string(), st.none() | text),
    "small": ("Int8", pa.int8(), st.integers(-128, 127)),
    "signal": ("Nullable(Int16)", pa.int16(), st.none() | st.integers(-(2**15), 2**15 - 1)),
    "wide": ("Int64", pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "share": ("Float64", pa.float64(), st.floats(allow_nan=False)),
    "flag": ("Nullable(Bool)", pa.bool_(), st.none() | st.booleans()),
    "day": ("Date", pa.date32(), st.dates(datetime.date(1970, 1, 1), datetime.date(2149, 6, 6))),
}


@pytest.fixture(scope="module")
def every_kind(warehouse: Warehouse) -> str:
    """A table with a column of each kind."""
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in KINDS.items())
    warehouse.execute(f"CREATE TABLE every_kind (n Int32, {columns}) ENGINE = Memory")
    return "every_kind"


@settings(deadline=None, max_examples=30)
@given(st.lists(st.fixed_dictionaries({name: values for name, (_, _, values) in KINDS.items()}), min_size=1))
def test_rows_come_back_as_they_went_in(warehouse: Warehouse, every_kind: str, rows: list[dict[str, object]]) -> None:
    columns = {name: pa.array([row[name] for row in rows], kind) for name, (_, kind, _) in KINDS.items()}
    warehouse.execute(f"TRUNCATE TABLE {every_kind}")
    warehouse.insert(every_kind, pa.table({"n": pa.array(range(len(rows)), pa.int32()), **columns}))
    found = warehouse.query(f"SELECT * EXCEPT (n) FROM {every_kind} ORDER BY n")
    assert found.to_pylist() == rows


def test_texts_that_hardly_repeat_come_back_too(warehouse: Warehouse, every_kind: str) -> None:
    texts = [None, *(f"'\\\t{i}" for i in range(MANY + 1))]
    warehouse.execute(f"TRUNCATE TABLE {every_kind}")
    warehouse.insert(every_kind, pa.table({"n": pa.array(range(len(texts)), pa.int32()), "maybe": texts}))
    assert warehouse.query(f"SELECT maybe FROM {every_kind} ORDER BY n")["maybe"].to_pylist() == texts


def test_more_rows_than_one_block(warehouse: Warehouse, every_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BLOCK_ROWS", 1_000)
    warehouse.execute(f"TRUNCATE TABLE {every_kind}")
    warehouse.insert(every_kind, pa.table({"n": pa.array(range(2_500), pa.int32())}))
    assert warehouse.query(f"SELECT n FROM {every_kind} ORDER BY n")["n"].to_pylist() == list(range(2_500))


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1])
def test_a_value_that_does_not_fit_raises_and_is_not_cut(warehouse: Warehouse, value: int) -> None:
    rows = pa.table({"ordinal": pa.array([value], pa.int64())})
    with pytest.raises(pa.ArrowInvalid):
        warehouse.insert("stay", rows)


@pytest.mark.parametrize("day", [datetime.date(1969, 12, 31), datetime.date(2149, 6, 7)])
def test_a_date_that_the_warehouse_cannot_hold_raises(warehouse: Warehouse, day: datetime.date) -> None:
    with pytest.raises(pa.ArrowInvalid):
        warehouse.insert("rejected", pa.table({"day": [day]}))


def test_a_mistake_in_sql_is_one_line(warehouse: Warehouse) -> None:
    with pytest.raises(SinkError, match="nope") as raised:
        warehouse.query("SELECT nope")
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("limit", "query"),
    [
        ("max_memory_usage = 20000000", "SELECT groupArray(number) AS all FROM numbers(50000000)"),
        ("max_execution_time = 0.1", "SELECT sum(sipHash64(number)) AS all FROM numbers(20000000000)"),
    ],
)
def test_a_limit_that_was_hit_is_one_line_with_a_cure(warehouse: Warehouse, limit: str, query: str) -> None:
    with pytest.raises(SinkError, match="a shorter range of days") as raised:
        warehouse.query(f"{query} SETTINGS {limit}")
    assert len(str(raised.value).splitlines()) == 2
    assert warehouse.query("SELECT 1 AS one")["one"].to_pylist() == [1]


def test_an_empty_insert_is_none(warehouse: Warehouse) -> None:
    warehouse.insert("visit", TABLES["visit"].empty())
    assert (
        warehouse.query("SELECT day FROM visit WHERE district = '' AND day = {day:Date}", {"day": DATE}).num_rows == 0
    )
