"""Small cells: what is hidden, and that nobody can subtract it back."""

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.bridges import bridges_of
from privacy.suppression import MERCHANT_K, OPERATOR_K, hidden_in_group, hidden_in_matrix, suppress


def shown(counts: list[int], k: int = OPERATOR_K) -> list[int | None]:
    return suppress(pa.table({"visitors": counts}), "visitors", k)["visitors"].to_pylist()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param([10, 11, 500], [10, 11, 500], id="k itself is shown"),
        pytest.param([3, 500, 20], [None, 500, None], id="a lone cell takes the next smallest with it"),
        pytest.param([3, 4, 12, 500], [None, None, None, 500], id="two cells that tell a sum below k take a third"),
        pytest.param([9, 8, 500], [None, None, 500], id="two cells of k together are enough"),
        pytest.param([0, 0, 40], [0, 0, 40], id="an empty cell is no group"),
        pytest.param([3, 0, 500], [None, 0, None], id="an empty cell protects last"),
        pytest.param([3, 0], [None, None], id="a group below k is hidden whole"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_which_cells_of_a_group_are_hidden(counts, expected):
    assert shown(counts) == expected


def test_a_merchant_sees_less_than_the_operator():
    assert shown([12, 15, 100], OPERATOR_K) == [12, 15, 100]
    assert shown([12, 15, 100], MERCHANT_K) == [None, None, 100]


def test_groups_are_closed_in_themselves_and_companions_are_hidden_too():
    table = pa.table(
        {"site": ["n", "s", "n", "s"], "visitors": [3, 30, 40, 50], "minutes": [9, 90, 400, 500], "floor": [1, 2, 3, 4]}
    )
    hidden = suppress(table, "visitors", OPERATOR_K, within=["site"], with_it=["minutes"])
    assert hidden["visitors"].to_pylist() == [None, 30, None, 50]
    assert hidden["minutes"].to_pylist() == [None, 90, None, 500]
    assert hidden["floor"].to_pylist() == [1, 2, 3, 4]
    assert hidden["site"].to_pylist() == ["n", "s", "n", "s"]


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 20))
def test_no_total_gives_a_group_below_k_away(counts, k):
    values = np.array(counts, np.int64)
    hidden = hidden_in_group(values, k)
    assert hidden[(values > 0) & (values < k)].all()
    if hidden.any() and not hidden.all():
        assert hidden.sum() >= 2
        assert values[hidden].sum() >= k


def determined(hidden: np.ndarray) -> np.ndarray:
    """Which hidden cells of a matrix follow from all its row and column sums: linear algebra, for comparison."""
    cells = [tuple(cell) for cell in np.argwhere(hidden)]
    rows, columns = hidden.shape
    sums = np.zeros((rows + columns, len(cells)))
    for place, (row, column) in enumerate(cells):
        sums[row, place] = sums[rows + column, place] = 1
    rank = np.linalg.matrix_rank(sums) if cells else 0
    found = np.zeros_like(hidden)
    for place, cell in enumerate(cells):
        found[cell] = np.linalg.matrix_rank(np.vstack([sums, np.eye(len(cells))[place]])) == rank
    return found


marks = st.integers(1, 5).flatmap(
    lambda columns: st.lists(st.lists(st.booleans(), min_size=columns, max_size=columns), min_size=1, max_size=5)
)


@given(marks)
@settings(max_examples=200, deadline=None)
def test_bridges_are_exactly_the_cells_that_follow_from_the_sums(marked):
    hidden = np.array(marked)
    assert bridges_of(hidden) == [tuple(cell) for cell in np.argwhere(determined(hidden)).tolist()]


@given(st.integers(1, 5), st.integers(1, 5), st.data())
@settings(max_examples=150, deadline=None)
def test_an_attacker_with_all_visible_cells_and_totals_computes_no_small_cell(rows, columns, data):
    cells = st.integers(0, 15) | st.just(0) | st.integers(50, 500)
    counts = np.array(data.draw(st.lists(cells, min_size=rows * columns, max_size=rows * columns))).reshape(
        rows, columns
    )
    hidden = hidden_in_matrix(counts, OPERATOR_K)
    framed = np.block(
        [[hidden.cells, hidden.row_totals[:, None]], [hidden.column_totals[None, :], np.array([[hidden.total]])]]
    )
    assert not determined(framed).any()
    assert hidden.cells[(counts > 0) & (counts < OPERATOR_K)].all()


def test_two_blocks_joined_by_one_cell_do_not_give_that_cell_away():
    """Each row and column hides two cells or more, and still the middle cell would follow from the sums."""
    counts = np.full((4, 4), 100)
    for row, column in [*itertools.product((0, 1), (0, 1)), (1, 2), *itertools.product((2, 3), (2, 3))]:
        counts[row, column] = 5
    hidden = hidden_in_matrix(counts, OPERATOR_K)
    assert not determined(hidden.cells).any()


def test_a_matrix_of_large_cells_is_shown_whole():
    hidden = hidden_in_matrix(np.array([[10, 20], [0, 50]]), OPERATOR_K)
    assert not (hidden.cells.any() or hidden.row_totals.any() or hidden.column_totals.any() or hidden.total)
