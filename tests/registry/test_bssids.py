"""BSSIDs and ranges of them: radios and virtual SSIDs of one access point differ in the last bits."""

from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bssids import Bssids, span_of_text

A0, AF = 0x02_00_5E_00_00_A0, 0x02_00_5E_00_00_AF


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("02:00:5e:00:00:a0", (A0, A0)),
        ("02:00:5e:00:00:a0-02:00:5e:00:00:af", (A0, AF)),
        ("02-00-5E-00-00-A0-02-00-5E-00-00-AF", (A0, AF)),
        ("0200.5e00.00a0-0200.5e00.00af", (A0, AF)),
        ("02:00:5e:00:00:a0/44", (A0, AF)),
        ("02005e0000a7/44", (A0, AF)),
        ("02:00:5e:00:00:a0/48", (A0, A0)),
        ("02:00:5e:00:00:af-02:00:5e:00:00:a0", None),  # backwards
        ("02:00:5e:00:00:a0-af", None),
        ("02:00:5e:00:00:a0/8", None),  # a whole vendor
        ("02:00:5e:00:00:a0/49", None),
        ("02:00:5e:00:00:a0/", None),
        ("02:00:00:00:00:00-02:00:00:00:10:00", None),  # one more than 4,096
        ("-", None),
        ("", None),
    ],
)
def test_notations(text: str, span: tuple[int, int] | None) -> None:
    assert span_of_text(text) == span


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)), max_size=8),
    st.lists(st.integers(-1, 60), max_size=30),
)
def test_an_address_is_in_turn_of_all_whose_spans_hold_it(placed: list[tuple[int, int, int, int]], macs: list[int]):
    owned = [((first, first + length), (since, f"ap-{name}")) for first, length, since, name in placed]
    found = Bssids.of(owned)
    for mac, turns in zip(macs, found.tenures(np.array(macs, np.int64)), strict=True):
        holding = sorted(tenure for (first, last), tenure in owned if first <= mac <= last)
        names = [name for name, _ in groupby(name for _, name in holding)]
        assert [name for _, name in turns] == names
        assert all(one in holding for one in turns)
        assert turns[:1] == tuple(holding[:1])
    assert all(one[1] < other[0] for one, other in pairwise(found.stretches))


def test_what_is_written_of_later_days_changes_nothing_before_them() -> None:
    early = [((A0, AF), (0, "ap-1"))]
    later = [((A0 + 3, A0 + 5), (100, "ap-2")), ((AF + 9, AF + 9), (100, "ap-3"))]
    assert Bssids.of(early + later).before(100) == Bssids.of(early)
    assert Bssids.of(early + later).before(101) != Bssids.of(early)


def test_an_address_beside_those_of_one_ap_is_likely_its_own() -> None:
    bssids = Bssids.of([((A0, A0), (0, "ap-1")), ((AF + 1, AF + 1), (0, "ap-2")), ((AF + 2, AF + 2), (0, "ap-3"))])
    assert bssids.beside(A0 + 9) == "ap-1"
    assert bssids.beside(AF + 9) is None  # of two access points
    assert bssids.beside(A0 - 1) is None
