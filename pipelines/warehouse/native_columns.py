"""Arrow columns as an INSERT over the native protocol takes them: numpy alone, no Python object per value.

A word or a text that repeats travels as a number, as narrow as there are spellings, these as one parameter; a null as
a zero and a flag; a column that says the same in every row as a parameter alone. The server puts them together again:

    INSERT INTO visit (district, zone, signal, ...)
    SELECT {zone:Array(String)}[zone], if(signal_null, NULL, signal), ... FROM input('zone UInt8, signal Int8, ...')
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.warehouse.protocol import Parameter

# More spellings than this travel with their rows: a parameter is parsed whole before the first row is.
MANY = 1 << 14
_CODES = ((pa.uint8(), 255), (pa.uint16(), MANY))  # and the most spellings that each has numbers for, from 1
_NUMBERS = {
    pa.int8(): "Int8",
    pa.int16(): "Int16",
    pa.int32(): "Int32",
    pa.int64(): "Int64",
    pa.uint8(): "UInt8",
    pa.uint16(): "UInt16",
    pa.uint32(): "UInt32",
    pa.uint64(): "UInt64",
    pa.float64(): "Float64",
    pa.bool_(): "Bool",
}


@dataclass
class NativeInsert:
    """One INSERT: its text, the columns to send in the order of `input(...)`, and its parameters."""

    table: str
    names: list[str]
    structure: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    columns: list[np.ndarray] = field(default_factory=list)
    parameters: dict[str, Parameter] = field(default_factory=dict)

    @property
    def sql(self) -> str:
        select = f"SELECT {', '.join(self.values)} FROM input('{', '.join(self.structure)}')"
        return f"INSERT INTO {self.table} ({', '.join(self.names)}) {select} FORMAT Native"

    def send(self, name: str, kind: str, column: np.ndarray) -> None:
        self.structure.append(f"{name} {kind}")
        self.columns.append(column)


def native_insert(table: str, rows: pa.Table) -> NativeInsert:
    """`rows`, at least one, as an INSERT into `table`. The types are the table's own."""
    insert = NativeInsert(table, rows.column_names)
    for name, column in zip(rows.column_names, rows.unify_dictionaries().combine_chunks().columns, strict=True):
        _add(insert, name, column.combine_chunks())
    if not insert.columns:
        insert.send("every_row", "UInt8", np.zeros(rows.num_rows, np.uint8))
    return insert


def _add(insert: NativeInsert, name: str, values: pa.Array) -> None:
    if pa.types.is_dictionary(values.type) or pa.types.is_string(values.type):
        _add_text(insert, name, values)
    elif pa.types.is_date32(values.type):
        _add_numbers(insert, name, values.cast(pa.int32()).cast(pa.uint16()))
    else:
        _add_numbers(insert, name, values)


def _add_text(insert: NativeInsert, name: str, values: pa.Array) -> None:
    coded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    words = coded.dictionary.to_pylist()
    if len(words) == 1 and not coded.null_count:
        insert.parameters[name] = words[0]
        insert.values.append(f"{{{name}:String}}")
    elif len(words) > MANY:
        texts = np.asarray(values.cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False), object)
        insert.send(name, "String", texts)
        insert.values.append(_or_null(insert, name, name, values))
    else:
        insert.parameters[name] = words
        code = next(kind for kind, most in _CODES if len(words) <= most)
        codes = coded.indices.fill_null(0).cast(code)
        insert.send(name, _NUMBERS[code], pc.add(codes, pa.scalar(1, code)).to_numpy())
        insert.values.append(_or_null(insert, name, f"{{{name}:Array(String)}}[{name}]", values))


def _add_numbers(insert: NativeInsert, name: str, values: pa.Array) -> None:
    ends = pc.min_max(values).as_py()
    may_be_nan = pa.types.is_floating(values.type)  # which is no end
    if ends["min"] == ends["max"] and not values.null_count and not may_be_nan:
        insert.parameters[name] = ends["min"]
        insert.values.append(f"{{{name}:{_NUMBERS[values.type]}}}")
        return
    zero = pa.scalar(False) if pa.types.is_boolean(values.type) else pa.scalar(0, values.type)
    insert.send(name, _NUMBERS[values.type], values.fill_null(zero).to_numpy(zero_copy_only=False))
    insert.values.append(_or_null(insert, name, name, values))


def _or_null(insert: NativeInsert, name: str, value: str, values: pa.Array) -> str:
    """`value`, or NULL where `values` has none; the flag is sent only if there is a null."""
    if not values.null_count:
        return value
    insert.send(f"{name}_null", "Bool", values.is_null().to_numpy(zero_copy_only=False))
    return f"if({name}_null, NULL, {value})"
