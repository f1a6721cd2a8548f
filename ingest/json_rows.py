"""Lines of JSON -> Arrow columns: only what the schema asks for is ever kept.

    lines -> `json_columns`, for lines without anything unusual ..................... nearly all
         `-> pyarrow's reader for the others -> halved where it fails -> one by one   a bad line costs itself

Schemas are written with strings at every leaf, or with bool; a log may send numbers there, `true` or `"true"`, or both.
Pyarrow's reader wants one type a column, so its types are taken from a few of the lines.
"""

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from ingest.arrow_spans import as_texts, number_text
from ingest.json_columns import known_columns
from ingest.reading import KEPT, passed_over, refused
from ingest.scan import Spans

_FEW = 32
_EXACT = 2.0**53  # below it a float is every whole number
_SAMPLES = 2
_UNREADABLE = "\x00"  # stands for text that UTF-8 cannot say: a control character, so `bad-encoding`
_FLAGS = {"true": True, "false": False}
_OPEN, _CLOSE = ord("{"), ord("}")


def rows_of(
    lines: Spans, verdict: npt.NDArray[np.int8], schema: pa.Schema, longest: int
) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """(a row for each readable line, with the columns of `schema`; the places of these lines).

    All leaves are strings, or bool. Blank lines are ignored, longer ones than `longest` and those without a JSON object
    refused.
    """
    length = lines.stop - lines.start
    verdict[length == 0] = passed_over("blank")
    verdict[length > longest] = refused("line-too-long")
    fit = np.flatnonzero(verdict == KEPT)
    closed = (lines.buf[lines.start[fit]] == _OPEN) & (lines.buf[lines.stop[fit] - 1] == _CLOSE)
    verdict[fit[~closed]] = refused("bad-json")
    fit = fit[closed]
    table, good = _rows_of(lines, fit, schema)
    verdict[fit[~good]] = refused("bad-json")
    return table.combine_chunks(), fit[good]


def _rows_of(lines: Spans, rows: npt.NDArray[np.int64], schema: pa.Schema) -> tuple[pa.Table, npt.NDArray[np.bool_]]:
    """(the good rows in order, which rows are good), by the quick way where it knows a line."""
    quick = known_columns(lines, rows, schema) if rows.size else None
    if quick is None:
        return read_slowly(lines, rows, schema)
    known, is_known = quick
    if is_known.all():
        return known, is_known
    others = np.flatnonzero(~is_known)
    slow, good = read_slowly(lines, rows[others], schema)
    order = np.argsort(np.append(np.flatnonzero(is_known), others[good]))
    is_known[others] = good
    return pa.concat_tables([known, slow]).take(pa.array(order)), is_known


def read_slowly(lines: Spans, rows: npt.NDArray[np.int64], schema: pa.Schema) -> tuple[pa.Table, npt.NDArray[np.bool_]]:
    """The same by readers that know all of JSON: what the quick way must agree with."""
    pieces, good = _read(lines, rows, schema)
    return pa.concat_tables([schema.empty_table(), *(_with_texts(piece, schema) for piece in pieces)]), good


def _read(lines: Spans, rows: npt.NDArray[np.int64], schema: pa.Schema) -> tuple[list[pa.Table], npt.NDArray[np.bool_]]:
    """(tables that hold the good rows in order, which rows are good)."""
    if not rows.size:
        return [], np.zeros(0, np.bool_)
    table = _columns(lines, rows, schema)
    if table is not None:
        return [table], np.ones(rows.size, np.bool_)
    if rows.size <= _FEW:
        return _one_by_one(lines, rows, schema)
    half = rows.size // 2
    left, left_good = _read(lines, rows[:half], schema)
    right, right_good = _read(lines, rows[half:], schema)
    return left + right, np.concatenate((left_good, right_good))


def _with_texts(table: pa.Table, schema: pa.Schema) -> pa.Table:
    if table.schema == schema:
        return table
    whole = table.combine_chunks()
    return pa.table([as_texts(whole[field.name].chunk(0), field.type) for field in schema], schema=schema)


def _columns(lines: Spans, rows: npt.NDArray[np.int64], schema: pa.Schema) -> pa.Table | None:
    """All rows at once, or None.

    Every line begins with `{` and ends with `}`, and between two documents no comma stands: as many documents as lines
    means one document a line.
    """
    block = _block(lines, rows)
    samples = [_document(lines, row) for row in rows[:: max(1, rows.size // _SAMPLES)][:_SAMPLES]]
    wanted = pa.schema([_typed(field, [one.get(field.name) for one in samples if one is not None]) for field in schema])
    try:
        table = pa.json.read_json(
            pa.py_buffer(block),
            read_options=pa.json.ReadOptions(use_threads=False, block_size=len(block) + 1),
            parse_options=pa.json.ParseOptions(explicit_schema=wanted, unexpected_field_behavior="ignore"),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    is_rounded = any(_may_be_rounded(chunk) for column in table.columns for chunk in column.chunks)
    return table if table.num_rows == rows.size and not is_rounded else None


def _may_be_rounded(array: pa.Array) -> bool:
    """Whether a number in it may have been a whole one that no float can say."""
    if pa.types.is_struct(array.type):
        return any(_may_be_rounded(inner) for inner in array.flatten())
    if pa.types.is_list(array.type):
        return _may_be_rounded(array.flatten())
    return pa.types.is_floating(array.type) and bool(pc.any(pc.greater_equal(pc.abs(array), _EXACT)).as_py())


def _block(lines: Spans, rows: npt.NDArray[np.int64]) -> bytes:
    first, last = rows[0], rows[-1]
    if last - first + 1 == rows.size:
        return lines.buf[lines.start[first] : lines.stop[last]].tobytes()
    return b"\n".join(lines.buf[lines.start[row] : lines.stop[row]].tobytes() for row in rows)


def _document(lines: Spans, row: int) -> dict[str, Any] | None:
    try:
        raw = lines.buf[lines.start[row] : lines.stop[row]].tobytes()
        document = json.loads(raw.decode(errors="surrogateescape"))  # as pyarrow: what is not used may be anything
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _typed(field: pa.Field, values: list[Any]) -> pa.Field:
    """The field with number types where the sample values are numbers."""
    known = [value for value in values if value is not None]
    if pa.types.is_struct(field.type):
        inner = [_typed(child, [v.get(child.name) for v in known if isinstance(v, dict)]) for child in field.type]
        return field.with_type(pa.struct(inner))
    if pa.types.is_list(field.type):
        items = [item for value in known if isinstance(value, list) for item in value]
        return field.with_type(pa.list_(_typed(field.type.value_field, items)))
    if pa.types.is_boolean(field.type):
        return field if all(type(value) is bool for value in known) else field.with_type(pa.string())
    if not known or not all(type(value) in (int, float) for value in known):
        return field
    return field.with_type(pa.int64() if all(type(value) is int for value in known) else pa.float64())


def _one_by_one(
    lines: Spans, rows: npt.NDArray[np.int64], schema: pa.Schema
) -> tuple[list[pa.Table], npt.NDArray[np.bool_]]:
    documents = [_document(lines, row) for row in rows]
    shape = pa.struct(list(schema))
    fitted = [_fitted(document, shape) for document in documents if document is not None]
    good = np.array([document is not None for document in documents], np.bool_)
    return [pa.Table.from_pylist(fitted, schema=schema)], good


def _fitted(value: Any, shape: pa.DataType) -> Any:
    """What `shape` asks for of a JSON value, with its leaves as text; None where the value has another shape."""
    if pa.types.is_struct(shape):
        return {child.name: _fitted(value.get(child.name), child.type) for child in shape} if _is(value, dict) else None
    if pa.types.is_list(shape):
        return [_fitted(item, shape.value_type) for item in value] if _is(value, list) else None
    if pa.types.is_boolean(shape):
        return value if isinstance(value, bool) else _FLAGS.get(value) if isinstance(value, str) else None
    if isinstance(value, str):
        return value if value.isascii() or _has_utf8(value) else _UNREADABLE
    return number_text(value) if type(value) in (int, float) else None


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, kind)


def _has_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
