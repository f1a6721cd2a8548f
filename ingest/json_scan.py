"""A scanner over lines of JSON: the places of the wanted values, and whether a line is one that it knows.

It knows strict JSON with plain values. A line with an escape, a decimal or a long number where a value is wanted, with
a name twice, an escaped name, a \\u anywhere, another shape than the schema's, or anything that is no JSON, is left to
`json_rows`' slower readers, which also say whether it is JSON. What the places become is `json_columns`' matter.

A schema is numbered: node 0 is the line's object, children after their parents. `kind` is LEAF, STRUCT or LIST; the one
child of a list is its item. A node's values are counted within its domain: 0, the lines, or the list whose items they
are, or lie in.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import HIGHS, byte_at, first_marked, text_of, word_at
from schemas.compiled import compiled, compiled_leaf

LEAF, STRUCT, LIST = range(3)
DEEPEST = 64

_SKIPPED, _UNKNOWN, _OBJECT, _ARRAY = -1, -1, 0, 1
_TRUE, _FALSE, _NULL = (np.uint64(int.from_bytes(word, "little")) for word in (b"true", b"alse", b"null"))
_ONES = np.uint64(0x0101_0101_0101_0101)
_QUOTES, _ESCAPES, _BLANKS = np.uint64(0x22) * _ONES, np.uint64(0x5C) * _ONES, np.uint64(0x20) * _ONES
_LONGEST_NUMBER = 18  # digits that int64 holds in any case


class Nodes(NamedTuple):
    """A numbered schema. Node n has `children[n]` children from first[n] on, and its name at name_at[n] of `names`."""

    kind: npt.NDArray[np.int64]
    is_flag: npt.NDArray[np.bool_]
    domain: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    children: npt.NDArray[np.int64]
    names: npt.NDArray[np.uint8]
    name_at: npt.NDArray[np.int64]
    name_length: npt.NDArray[np.int64]


class Found(NamedTuple):
    """Of each node (row) and value of its domain: the place of a leaf's text, or a list's first item and length.

    `begin` is -1 where there is none; of a struct that is there it is 0. `filled`: how many values each domain has.
    """

    begin: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    filled: npt.NDArray[np.int64]


@compiled
def scanned(buf: Any, start: Any, stop: Any, rows: Any, nodes: Any, found: Any) -> Any:
    """Which of the lines at `rows` are known, in order; `found` is filled with the values of these."""
    text, names = text_of(buf), text_of(nodes.names)
    is_known = np.zeros(rows.size, np.bool_)
    seen = np.zeros(nodes.kind.size, np.int64)
    stack, before = np.empty((DEEPEST, 4), np.int64), np.empty_like(found.filled)
    stamp = 0
    for i in range(rows.size):
        before[:] = found.filled
        value = _new_value(nodes, found, 0)
        end, stamp = _value(text, names, start[rows[i]], stop[rows[i]], value, nodes, found, seen, stack, stamp)
        is_known[i] = end == stop[rows[i]]
        if not is_known[i]:
            found.filled[:] = before
    return is_known


@compiled_leaf
def _new_value(nodes: Any, found: Any, domain: Any) -> Any:
    """Room for one more value of a domain, with nothing in it yet."""
    at = found.filled[domain]
    found.filled[domain] += 1
    for node in range(nodes.kind.size):
        if nodes.domain[node] == domain:
            found.begin[node, at] = -1
            found.end[node, at] = -1
    return at


@compiled_leaf
def _value(
    text: Any, names: Any, s: Any, e: Any, value: Any, nodes: Any, found: Any, seen: Any, stack: Any, stamp: Any
) -> Any:
    """(place after the JSON value at s, or _UNKNOWN; stamp). `value`: the line's number in domain 0."""
    node, at, depth = 0, s, 0
    while True:
        at = _after_blanks(text, at, e)
        if at >= e:
            return _UNKNOWN, stamp
        byte = byte_at(text, at)
        if byte == 123 or byte == 91:  # { [
            is_object = byte == 123
            wanted = STRUCT if is_object else LIST
            if depth == DEEPEST or (node != _SKIPPED and nodes.kind[node] != wanted):
                return _UNKNOWN, stamp
            stamp += 1
            _open(stack, depth, is_object, node, value, stamp, found)
            depth += 1
            at = _after_blanks(text, at + 1, e)
            if at < e and byte_at(text, at) == (125 if is_object else 93):  # } ]
                depth -= 1
                at += 1
            elif is_object:
                at, node = _name(text, names, at, e, stack[depth - 1, 1], stack[depth - 1, 3], nodes, seen)
                if at == _UNKNOWN:
                    return _UNKNOWN, stamp
                continue
            else:
                node, value = _item(stack[depth - 1, 1], stack[depth - 1, 2], nodes, found)
                continue
        else:
            at = _scalar(text, at, e, byte, node, value, nodes, found)
            if at == _UNKNOWN:
                return _UNKNOWN, stamp
        is_open = False
        while depth > 0 and not is_open:
            at = _after_blanks(text, at, e)
            if at >= e:
                return _UNKNOWN, stamp
            byte = byte_at(text, at)
            is_object = stack[depth - 1, 0] == _OBJECT
            at += 1
            if byte == (125 if is_object else 93):
                depth -= 1
                continue
            if byte != 44:  # ,
                return _UNKNOWN, stamp
            is_open = True
            value = stack[depth - 1, 2]
            if is_object:
                at, node = _name(
                    text, names, _after_blanks(text, at, e), e, stack[depth - 1, 1], stack[depth - 1, 3], nodes, seen
                )
                if at == _UNKNOWN:
                    return _UNKNOWN, stamp
            else:
                node, value = _item(stack[depth - 1, 1], value, nodes, found)
        if depth == 0:
            return at, stamp


@compiled_leaf
def _open(stack: Any, depth: Any, is_object: Any, node: Any, value: Any, stamp: Any, found: Any) -> None:
    """Note an object or array that begins, on the stack and, where it is wanted, among what is found."""
    if node != _SKIPPED:
        found.begin[node, value] = 0 if is_object else found.filled[node]
        found.end[node, value] = 0
    stack[depth, 0], stack[depth, 1] = _OBJECT if is_object else _ARRAY, node
    stack[depth, 2], stack[depth, 3] = value, stamp


@compiled_leaf
def _item(node: Any, value: Any, nodes: Any, found: Any) -> Any:
    """(node, value) of the next item of a list."""
    if node == _SKIPPED:
        return _SKIPPED, value
    found.end[node, value] += 1
    return nodes.first[node], _new_value(nodes, found, node)


@compiled_leaf
def _name(text: Any, names: Any, at: Any, e: Any, parent: Any, stamp: Any, nodes: Any, seen: Any) -> Any:
    """(place of the value behind the name at `at`, its node); (_UNKNOWN, ..) where there is no name that is known."""
    if at >= e or byte_at(text, at) != 34:  # "
        return _UNKNOWN, _SKIPPED
    end, is_plain = _after_string(text, at + 1, e)
    if end == _UNKNOWN or not is_plain:
        return _UNKNOWN, _SKIPPED
    node = _SKIPPED
    if parent != _SKIPPED:
        node = _child(text, names, at + 1, end - 1, parent, nodes)
        if node != _SKIPPED and seen[node] == stamp:
            return _UNKNOWN, _SKIPPED
        if node != _SKIPPED:
            seen[node] = stamp
    at = _after_blanks(text, end, e)
    if at >= e or byte_at(text, at) != 58:  # :
        return _UNKNOWN, _SKIPPED
    return at + 1, node


@compiled_leaf
def _child(text: Any, names: Any, s: Any, e: Any, parent: Any, nodes: Any) -> Any:
    """The child of a struct that has the name s..e, or _SKIPPED."""
    for child in range(nodes.first[parent], nodes.first[parent] + nodes.children[parent]):
        if nodes.name_length[child] != e - s:
            continue
        k = 0
        while k < e - s and byte_at(text, s + k) == byte_at(names, nodes.name_at[child] + k):
            k += 1
        if k == e - s:
            return child
    return _SKIPPED


@compiled_leaf
def _scalar(text: Any, at: Any, e: Any, byte: Any, node: Any, value: Any, nodes: Any, found: Any) -> Any:
    """The place after a string, number or word, kept where a leaf wants it; _UNKNOWN where it is none that is known."""
    is_wanted = node != _SKIPPED
    word = word_at(text, at) & np.uint64(0xFFFF_FFFF)
    if byte == 110:  # null: as if it were not there
        return at + 4 if word == _NULL and at + 4 <= e else _UNKNOWN
    if is_wanted and nodes.kind[node] != LEAF:
        return _UNKNOWN
    if byte == 34:
        end, is_plain = _after_string(text, at + 1, e)
        if end == _UNKNOWN or (is_wanted and not is_plain):
            return _UNKNOWN
        if is_wanted:
            found.begin[node, value], found.end[node, value] = at + 1, end - 1
        return end
    if byte == 116 or byte == 102:  # t f
        is_true = word == _TRUE
        end = at + 4 if is_true else at + 5
        if end > e or not (is_true or (byte == 102 and word_at(text, at + 1) & np.uint64(0xFFFF_FFFF) == _FALSE)):
            return _UNKNOWN
        if is_wanted and nodes.is_flag[node]:
            found.begin[node, value], found.end[node, value] = at, end
        return end
    end, is_whole = _after_number(text, at, e)
    if end == _UNKNOWN or (is_wanted and (not is_whole or nodes.is_flag[node])):
        return _UNKNOWN
    if is_wanted:
        found.begin[node, value], found.end[node, value] = at, end
    return end


@compiled_leaf
def _after_string(text: Any, at: Any, e: Any) -> Any:
    """(place after the closing quote, whether no escape stands before it); _UNKNOWN where it is no string of JSON."""
    is_plain = True
    while at < e:
        word = word_at(text, at)
        quotes, escapes = word ^ _QUOTES, word ^ _ESCAPES
        special = ((quotes - _ONES) & ~quotes) | ((escapes - _ONES) & ~escapes) | ((word - _BLANKS) & ~word)
        at += first_marked(special)
        if special & HIGHS == np.uint64(0) or at >= e:
            continue
        byte = byte_at(text, at)
        if byte == 34:
            return at + 1, is_plain
        if byte < 32 or at + 1 >= e or not _is_escape(byte_at(text, at + 1)):  # \ before one of "\\/bfnrt
            return _UNKNOWN, False
        is_plain = False
        at += 2
    return _UNKNOWN, False


@compiled_leaf
def _is_escape(byte: Any) -> Any:
    if byte == 34 or byte == 92 or byte == 47:
        return True
    return byte == 98 or byte == 102 or byte == 110 or byte == 114 or byte == 116


@compiled_leaf
def _after_number(text: Any, at: Any, e: Any) -> Any:
    """(place after a number, whether it is a whole one that any reader takes alike); _UNKNOWN where there is none."""
    is_negative = byte_at(text, at) == 45  # -
    first = at + 1 if is_negative else at
    end = _after_digits(text, first, e)
    digits = end - first
    if digits == 0 or digits > _LONGEST_NUMBER or (digits > 1 and byte_at(text, first) == 48):  # 0
        return _UNKNOWN, False
    is_whole = not (is_negative and byte_at(text, first) == 48)
    if end < e and byte_at(text, end) == 46:  # .
        after = _after_digits(text, end + 1, e)
        if after == end + 1:
            return _UNKNOWN, False
        end, is_whole = after, False
    if end < e and (byte_at(text, end) == 101 or byte_at(text, end) == 69):  # e E: it may be too big
        return _UNKNOWN, False
    return end, is_whole


@compiled_leaf
def _after_digits(text: Any, at: Any, e: Any) -> Any:
    while at < e and 48 <= byte_at(text, at) <= 57:
        at += 1
    return at


@compiled_leaf
def _after_blanks(text: Any, at: Any, e: Any) -> Any:
    while at < e and (byte_at(text, at) == 32 or byte_at(text, at) == 9 or byte_at(text, at) == 13):
        at += 1
    return at
