"""The embedded warehouse: values survive as parameters, mistakes are one line, a folder has one owner."""

import datetime
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.warehouse.embedded import Embedded
from pipelines.warehouse.tables import TABLES, columns_of
from schemas import SinkError

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(deadline=None, max_examples=100)
@given(text, st.lists(text, max_size=4), st.integers(-(2**63), 2**63 - 1))
def test_parameters_come_back_as_they_went_in(warehouse: Embedded, word: str, words: list[str], number: int) -> None:
    sql = "SELECT {word:String} AS word, {words:Array(String)} AS words, {number:Int64} AS number"
    found = warehouse.query(sql, {"word": word, "words": words, "number": number})
    assert found.to_pylist() == [{"word": word, "words": words, "number": number}]


def test_dates_nulls_and_truth_are_parameters_too(warehouse: Embedded) -> None:
    day = datetime.date(2026, 2, 28)
    sql = "SELECT {day:Date} AS day, {none:Nullable(Int64)} AS none, {yes:Bool} AS yes"
    assert warehouse.query(sql, {"day": day, "none": None, "yes": True}).to_pylist() == [
        {"day": day, "none": None, "yes": True}
    ]


def test_every_table_has_the_schemas_columns_behind_its_labels(warehouse: Embedded) -> None:
    for table in TABLES.values():
        assert warehouse.query(f"SELECT * FROM {table.name}").column_names == columns_of(table)
        visible = warehouse.query(f"SELECT * FROM visible_{table.name}").column_names
        assert visible == [name for name in columns_of(table) if name != "run"]
        assert {"district", "definition", "day"} <= set(visible)


def test_a_mistake_in_sql_is_one_line(warehouse: Embedded) -> None:
    with pytest.raises(SinkError, match="nope") as raised:
        warehouse.query("SELECT nope")
    assert len(str(raised.value).splitlines()) == 1


def test_memory_is_limited(warehouse: Embedded) -> None:
    warehouse.execute("SET max_memory_usage = 20000000")
    try:
        with pytest.raises(SinkError, match="max_memory_bytes"):
            warehouse.query("SELECT groupArray(number) AS all FROM numbers(50000000)")
    finally:
        warehouse.execute("SET max_memory_usage = 6442450944")


def test_a_second_opener_is_told_who_holds_the_folder(warehouse: Embedded) -> None:
    script = (
        "import sys, pathlib\n"
        "from pipelines.warehouse.embedded import Embedded\n"
        "from schemas import SinkError\n"
        "try:\n    Embedded(pathlib.Path(sys.argv[1]))\n"
        "except SinkError as error:\n    print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", script, warehouse.folder], capture_output=True, text=True, check=True)
    assert f"is held by process {os.getpid()}" in told.stdout
