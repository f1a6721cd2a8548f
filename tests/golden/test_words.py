"""Text columns as codes into distinct values: equal texts share a code, however many there are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.scan import Spans, frozen
from ingest.words import words_of

TEXTS = st.lists(st.text("ab南 ", max_size=20), max_size=30)


def spans(texts: list[bytes]) -> Spans:
    stop = np.cumsum([len(text) for text in texts], dtype=np.int64)
    return Spans(frozen(np.frombuffer(b"".join(texts), np.uint8)), stop - [len(text) for text in texts], stop)


@settings(deadline=None)
@given(TEXTS)
def test_rows_read_back_as_they_were_and_values_come_in_order_of_appearance(texts):
    words = words_of(spans([text.encode() for text in texts]))
    assert words.taken(np.ones(len(texts), bool)).to_pylist() == [text or None for text in texts]
    assert words.values.to_pylist() == list(dict.fromkeys(text for text in texts if text))


def test_more_values_than_the_first_table_holds():
    texts = [f"device-{k % 7_000:05d}-of-many" for k in range(20_000)]
    words = words_of(spans([text.encode() for text in texts]))
    assert len(words.values) == 7_000
    assert words.taken(np.ones(len(texts), bool)).to_pylist() == texts


def test_values_that_are_no_text_are_marked_and_not_kept():
    words = words_of(spans([b"ap-1", b"ap-\xff", b"", b"ap-\x00", b"ap-1"]))
    assert words.is_bad().tolist() == [False, True, False, True, False]
    assert words.taken(~words.is_bad()).dictionary.to_pylist() == ["ap-1"]


@pytest.mark.parametrize(
    ("encoding", "read"),
    [
        ("utf-8", ["南门", "", "南门", "ap-1"]),
        ("gb18030", ["鍗楅棬", "南门", "鍗楅棬", "ap-1"]),
        ("auto", ["南门", "南门", "南门", "ap-1"]),
    ],
)
def test_a_name_is_read_in_the_encoding_of_its_feed(encoding, read):
    words = words_of(spans(["南门".encode(), "南门".encode("gb18030"), "南门".encode(), b"ap-1"]), encoding)
    assert [words.values[code].as_py() for code in words.codes] == read
    assert words.is_bad().tolist() == [not text for text in read]
    assert len(words.values) == len(set(read))


@pytest.mark.parametrize("value", [b"\xff\xfe", b"\x81", b"a\x00b"])
def test_what_is_no_text_in_any_encoding_is_marked(value):
    assert words_of(spans([value, b"ap-1"]), "auto").is_bad().tolist() == [True, False]
