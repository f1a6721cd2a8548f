"""The quick way to read JSON gives what the slow one gives, and leaves to it what it does not know."""

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.json_columns import known_columns
from ingest.json_rows import read_slowly, rows_of
from ingest.scan import lines_of

SCHEMA = pa.schema(
    [
        ("a", pa.string()),
        ("flag", pa.bool_()),
        (
            "d",
            pa.struct(
                [
                    ("x", pa.string()),
                    (
                        "items",
                        pa.list_(pa.struct([("m", pa.string()), ("r", pa.list_(pa.struct([("q", pa.string())])))])),
                    ),
                ]
            ),
        ),
        ("words", pa.list_(pa.string())),
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["true", "false", "", "中庭", 'a"b', "a\\b", "\u2028", "\ud800", "-0"])
)
NAMES = st.sampled_from(["a", "flag", "d", "x", "items", "m", "r", "q", "words", "other", "aa"])
ANYTHING = st.recursive(
    LEAVES, lambda of: st.lists(of, max_size=3) | st.dictionaries(NAMES, of, max_size=5), max_leaves=12
)
ITEM = st.fixed_dictionaries(
    {}, optional={"m": LEAVES, "r": st.lists(st.fixed_dictionaries({}, optional={"q": LEAVES}))}
)
SHAPED = st.fixed_dictionaries(
    {},
    optional={
        "a": LEAVES,
        "flag": st.none() | st.booleans() | st.sampled_from(["true", "false", "maybe"]),
        "d": st.none()
        | st.fixed_dictionaries({}, optional={"x": LEAVES, "items": st.none() | st.lists(ITEM, max_size=4)}),
        "words": st.lists(LEAVES, max_size=3),
        "other": ANYTHING,
    },
)
DOCUMENTS = st.lists(SHAPED | st.dictionaries(NAMES, ANYTHING, max_size=5), max_size=8)
NOISE = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 3), st.binary(max_size=3)), max_size=3)


def written(documents: list, spaced: bool) -> bytes:
    separators = (" , ", " :\t") if spaced else (",", ":")
    texts = [json.dumps(one, separators=separators, ensure_ascii=spaced) for one in documents]
    return "".join(f"{text}\n" for text in texts).encode(errors="surrogatepass")


def both_ways(log: bytes) -> None:
    """Whatever the lines are, a reader that knows all of JSON agrees."""
    lines = lines_of(log, 2)
    verdict = np.zeros(lines.start.size, np.int8)
    quick, rows = rows_of(lines, verdict, SCHEMA, 1 << 20)
    object_like = [
        i for i in range(lines.start.size) if log_line(lines, i).startswith(b"{") and log_line(lines, i).endswith(b"}")
    ]
    slow, good = read_slowly(lines, np.array(object_like, np.int64), SCHEMA)
    assert rows.tolist() == [row for row, is_good in zip(object_like, good.tolist(), strict=True) if is_good]
    assert plain(quick) == plain(slow)


def log_line(lines, i: int) -> bytes:
    return lines.buf[lines.start[i] : lines.stop[i]].tobytes()


def plain(value: object) -> object:
    """Rows as Python values; text that is no UTF-8, or stands for such, is `bad`."""
    if isinstance(value, pa.Table):
        value = value.cast(pa.schema([(field.name, as_bytes(field.type)) for field in value.schema])).to_pylist()
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, bytes):
        text = value.decode(errors="replace")
        return "bad" if "\x00" in text or "\ufffd" in text else text
    return value


def as_bytes(kind: pa.DataType) -> pa.DataType:
    """The type with bytes in place of text."""
    if pa.types.is_struct(kind):
        return pa.struct([(child.name, as_bytes(child.type)) for child in kind])
    if pa.types.is_list(kind):
        return pa.list_(as_bytes(kind.value_type))
    return pa.binary() if pa.types.is_string(kind) else kind


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS, st.booleans())
def test_documents_of_any_shape(documents, spaced):
    both_ways(written(documents, spaced))


@settings(max_examples=600, deadline=None)
@given(DOCUMENTS, NOISE)
@example([{"a": False}, {"words": [2**53 + 1, 0.0]}], [])  # no float says that number
def test_damaged_documents(documents, noise):
    log = written(documents, False)
    for place, length, instead in noise:
        at = place % (len(log) + 1)
        log = log[:at] + instead + log[at + length :]
    both_ways(log)


@pytest.mark.parametrize(
    ("line", "is_known"),
    [
        (b'{"a":"x","other":[1,{"a":2.5e3}]}', False),
        (b'{"a":"x","other":[1,{"a":2.5}],"flag":true}', True),
        (b'{"a":12,"words":["p",null,7]}', True),
        (b'{"other":"say \\"hello\\"","a":"b"}', True),
        (b'{"a":"say \\"hello\\""}', False),
        (b'{"a":1.5}', False),
        (b'{"a":"1","a":"2"}', False),
        (b'{"a":{"b":1}}', False),
        (b'{"a":01}', False),
        (b'{"a":"1"} {"a":"2"}', False),
        (b'{"a":"tab\there"}', False),
        (b"{" + b'"other":[' * 80 + b"]" * 80 + b"}", False),
    ],
)
def test_which_lines_the_quick_way_takes(line: bytes, is_known: bool):
    found = known_columns(lines_of(line + b"\n", 2), np.array([0]), SCHEMA)
    assert found is not None
    assert found[1].tolist() == [is_known]
    assert found[0].num_rows == is_known
