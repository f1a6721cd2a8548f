"""A table's columns, said once: name, type, unit, meaning; Arrow, ClickHouse, Spark, GX and docs are derived.

What does not live here: the tables themselves (one module each, beside this one), and anything that reads or writes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Kind:
    """One type of column, as each neighbour spells it."""

    arrow: pa.DataType
    clickhouse: str
    spark: str


KINDS: dict[str, Kind] = {
    "bool": Kind(pa.bool_(), "Bool", "boolean"),
    "int8": Kind(pa.int8(), "Int8", "tinyint"),
    "int16": Kind(pa.int16(), "Int16", "smallint"),
    "int32": Kind(pa.int32(), "Int32", "int"),
    "int64": Kind(pa.int64(), "Int64", "bigint"),
    "float64": Kind(pa.float64(), "Float64", "double"),
    "text": Kind(pa.string(), "String", "string"),
    "word": Kind(pa.dictionary(pa.int32(), pa.string()), "LowCardinality(String)", "string"),
    "date": Kind(pa.date32(), "Date", "date"),
}


@dataclass(frozen=True)
class Column:
    """One column. `unit` is "ms" (epoch milliseconds UTC in names that end `_ms`), "s", "dBm" or empty.

    `allowed` closes the set of words; `low` and `high` are inclusive bounds. All three become row checks.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None

    @property
    def arrow(self) -> pa.Field:
        return pa.field(self.name, KINDS[self.kind].arrow, nullable=self.nullable)

    @property
    def clickhouse(self) -> str:
        spelled = KINDS[self.kind].clickhouse
        if not self.nullable:
            return spelled
        inner = spelled.removeprefix("LowCardinality(").removesuffix(")")
        return f"LowCardinality(Nullable({inner}))" if inner != spelled else f"Nullable({spelled})"


@dataclass(frozen=True)
class Table:
    """A table: its name, what one row is, its columns, and the columns that name a row (`key`)."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def arrow(self) -> pa.Schema:
        return pa.schema([column.arrow for column in self.columns])

    @property
    def spark(self) -> str:
        """The schema as a Spark DDL string."""
        return ", ".join(f"{c.name} {KINDS[c.kind].spark}" + ("" if c.nullable else " NOT NULL") for c in self.columns)

    def clickhouse(self, labels: Sequence[Column], engine: str) -> str:
        """`CREATE TABLE IF NOT EXISTS` with the warehouse's own `labels` (district, definition, run) in front."""
        lines = [f"    {c.name} {c.clickhouse} COMMENT '{_quoted(c.meaning)}'" for c in (*labels, *self.columns)]
        return f"CREATE TABLE IF NOT EXISTS {self.name}\n(\n" + ",\n".join(lines) + f"\n)\n{engine}"

    def expectations(self) -> list[dict[str, Any]]:
        """The Great Expectations suite of this table, as `ExpectationSuite(expectations=...)` takes it."""
        suite: list[dict[str, Any]] = [
            {"type": "expect_table_columns_to_match_set", "kwargs": {"column_set": self.names, "exact_match": False}}
        ]
        for column in self.columns:
            suite.extend(check for make in _EXPECTATIONS if (check := make(column)))
        return suite

    def reference(self) -> str:
        """This table's section of docs/reference/schemas.md."""
        head = f"## {self.name}\n\nOne row: {self.row}. Key: {', '.join(f'`{k}`' for k in self.key)}.\n\n"
        rule = "| column | type | unit | null | meaning |\n|---|---|---|---|---|\n"
        rows = (
            f"| `{c.name}` | {c.kind} | {c.unit} | {'yes' if c.nullable else ''} | {c.meaning} |\n"
            for c in self.columns
        )
        return head + rule + "".join(rows)

    def empty(self) -> pa.Table:
        return self.arrow.empty_table()

    def table(self, **columns: Any) -> pa.Table:
        """An Arrow table of this schema from arrays or lists; a wrong name or a value that does not fit raises."""
        if set(columns) != set(self.names):
            raise ValueError(f"{self.name}: columns {sorted(set(columns) ^ set(self.names))} are missing or unknown")
        arrays = [_fitted(columns[field.name], field.type) for field in self.arrow]
        return pa.Table.from_arrays(arrays, schema=self.arrow)

    def cast(self, table: pa.Table) -> pa.Table:
        """`table` with exactly this schema's columns, order and types (safe: a value that does not fit raises)."""
        return pa.Table.from_arrays([_fitted(table[f.name], f.type) for f in self.arrow], schema=self.arrow)


def _fitted(values: Any, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        if pa.types.is_dictionary(kind):
            return pa.array(values, pa.string()).dictionary_encode().cast(kind)
        return pa.array(values, type=kind)
    if values.type == kind:
        return values
    if pa.types.is_dictionary(kind) and not pa.types.is_dictionary(values.type):
        return values.cast(pa.string()).dictionary_encode().cast(kind)
    return values.cast(kind, safe=True)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _not_null(column: Column) -> dict[str, Any] | None:
    return (
        None if column.nullable else {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": column.name}}
    )


def _in_set(column: Column) -> dict[str, Any] | None:
    if not column.allowed:
        return None
    return {
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {"column": column.name, "value_set": list(column.allowed)},
    }


def _between(column: Column) -> dict[str, Any] | None:
    if column.low is None and column.high is None:
        return None
    return {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": column.name, "min_value": column.low, "max_value": column.high},
    }


_EXPECTATIONS: tuple[Callable[[Column], dict[str, Any] | None], ...] = (_not_null, _in_set, _between)
