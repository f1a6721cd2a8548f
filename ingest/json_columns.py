"""Lines of JSON -> Arrow columns by way of `json_scan`: the values of the lines that it knows, copied once.

    schema -> numbered nodes -> scan of the bytes -> a place for each wanted value -> arrays of text, list and struct

Text is copied as it stands, as pyarrow's reader does: whether it is UTF-8 is found out where it is used.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.arrow_spans import as_texts
from ingest.eight_bytes import byte_at, put_byte, text_of
from ingest.json_scan import LEAF, LIST, STRUCT, Found, Nodes, scanned
from ingest.scan import Spans
from schemas.compiled import compiled

_COMMA = ord(",")


def known_columns(
    lines: Spans, rows: npt.NDArray[np.int64], schema: pa.Schema
) -> tuple[pa.Table, npt.NDArray[np.bool_]] | None:
    """(a row with the columns of `schema` for each known line of `rows`, which these are); None over 2 GiB."""
    nodes, types = _numbered(schema)
    first, last = int(lines.start[rows[0]]), int(lines.stop[rows[-1]])
    if last > np.iinfo(np.int32).max:
        return None
    commas = np.count_nonzero(lines.buf[first:last] == _COMMA) if (nodes.kind == LIST).any() else 0
    shape = (nodes.kind.size, rows.size + commas)
    found = Found(np.empty(shape, np.int32), np.empty(shape, np.int32), np.zeros(nodes.kind.size, np.int64))
    is_known = scanned(lines.buf, lines.start, lines.stop, rows, nodes, found)
    whole = _array(0, lines.buf, nodes, types, found)
    return pa.Table.from_arrays(whole.flatten(), schema=schema), is_known


def _array(node: int, buf: npt.NDArray[np.uint8], nodes: Nodes, types: list[pa.DataType], found: Found) -> pa.Array:
    """The values of a node and of all below it."""
    n = int(found.filled[nodes.domain[node]])
    begin, end = found.begin[node, :n], found.end[node, :n]
    if nodes.kind[node] == LEAF:
        texts = _texts(buf, begin, end)
        return as_texts(texts, types[node]) if nodes.is_flag[node] else texts
    children = range(nodes.first[node], nodes.first[node] + nodes.children[node])
    below = [_array(child, buf, nodes, types, found) for child in children]
    missing = pa.array(begin < 0)
    if nodes.kind[node] == STRUCT:
        return pa.StructArray.from_arrays(below, fields=list(types[node]), mask=missing)
    offsets = np.append(0, np.cumsum(np.maximum(end, 0))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), below[0], type=types[node], mask=missing)


def _texts(buf: npt.NDArray[np.uint8], begin: npt.NDArray[np.int32], end: npt.NDArray[np.int32]) -> pa.Array:
    is_there = begin >= 0
    offsets = np.zeros(begin.size + 1, np.int32)
    np.cumsum(np.where(is_there, end - begin, 0), out=offsets[1:])
    data = np.empty(int(offsets[-1]), np.uint8)
    _gather(buf, begin, end, data)
    validity = None if is_there.all() else pa.array(is_there).buffers()[1]
    buffers = [validity, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), begin.size, buffers)


@compiled
def _gather(buf: Any, begin: Any, end: Any, data: Any) -> None:
    """Lay the values end to end in `data`."""
    text, copy = text_of(buf), text_of(data)
    at = 0
    for i in range(begin.size):
        if begin[i] < 0:
            continue
        for place in range(begin[i], end[i]):
            put_byte(copy, at, byte_at(text, place))
            at += 1


@lru_cache(64)
def _numbered(schema: pa.Schema) -> tuple[Nodes, list[pa.DataType]]:
    """The schema's nodes, breadth first, so that the children of a node stand together; and their types."""
    fields = [(pa.field("", pa.struct(list(schema))), 0)]
    first, children, kinds = list[int](), list[int](), list[int]()
    at = 0
    while at < len(fields):
        field, domain = fields[at]
        kind = STRUCT if pa.types.is_struct(field.type) else LIST if pa.types.is_list(field.type) else LEAF
        below = list(_below(field.type))
        kinds.append(kind)
        first.append(len(fields))
        children.append(len(below))
        fields += [(child, at if kind == LIST else domain) for child in below]
        at += 1
    names = [field.name.encode() for field, _ in fields]
    lengths = np.array([len(name) for name in names], np.int64)
    nodes = Nodes(
        np.array(kinds, np.int64),
        np.array([pa.types.is_boolean(field.type) for field, _ in fields]),
        np.array([domain for _, domain in fields], np.int64),
        np.array(first, np.int64),
        np.array(children, np.int64),
        np.frombuffer(b"".join(names) or b"\0", np.uint8),
        np.append(0, np.cumsum(lengths)[:-1]),
        lengths,
    )
    return nodes, [field.type for field, _ in fields]


def _below(kind: pa.DataType) -> Iterator[pa.Field]:
    if pa.types.is_struct(kind):
        yield from kind
    elif pa.types.is_list(kind):
        yield kind.value_field
