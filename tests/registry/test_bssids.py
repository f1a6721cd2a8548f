"""BSSIDs and ranges of them: radios and virtual SSIDs of one access point differ in the last bits."""

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
    st.dictionaries(st.integers(0, 40), st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=8),
    st.lists(st.integers(-1, 460), max_size=30),
)
def test_the_owner_is_the_one_whose_span_holds_the_address(placed: dict[int, tuple[int, int]], macs: list[int]) -> None:
    """Spans at tens, so that none of two access points overlap; one access point has several."""
    owned = [((10 * ten, 10 * ten + length), f"ap-{name}") for ten, (length, name) in placed.items()]
    wanted = [next((name for (first, last), name in owned if first <= mac <= last), None) for mac in macs]
    assert Bssids.of(owned).owners(np.array(macs, np.int64)) == wanted


def test_an_address_within_an_overlap_of_one_ap_is_found() -> None:
    bssids = Bssids.of([((A0, AF), "ap-1"), ((A0 + 3, A0 + 3), "ap-1")])
    assert bssids.owners(np.array([A0 + 3, AF, AF + 1], np.int64)) == ["ap-1", "ap-1", None]


def test_an_address_beside_those_of_one_ap_is_likely_its_own() -> None:
    bssids = Bssids.of([((A0, A0), "ap-1"), ((AF + 1, AF + 1), "ap-2"), ((AF + 2, AF + 2), "ap-3")])
    assert bssids.beside(A0 + 9) == "ap-1"
    assert bssids.beside(AF + 9) is None  # of two access points
    assert bssids.beside(A0 - 1) is None
