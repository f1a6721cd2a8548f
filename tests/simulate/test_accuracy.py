"""The accuracy score: perfect visits score 1, and each way to be wrong costs what it should."""

import math

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.simulate.accuracy import score

MINUTE = 60_000


def truth(*visits: tuple[str, int, int], trap: str = "", records: int = 3) -> pa.Table:
    """True visits (address, start, end) in minutes, heard from beginning to end."""
    address, start, end = zip(*visits, strict=True)
    start, end = [m * MINUTE for m in start], [m * MINUTE for m in end]
    return pa.table(
        {
            "address": address, "trap": [trap] * len(start), "records": [records] * len(start), "start_ms": start,
            "end_ms": end, "first_line_ms": start, "last_line_ms": end,
        }
    )  # fmt: skip


def found(*visits: tuple[int, float, float]) -> pa.Table:
    subject, start, end = zip(*visits, strict=True)
    return pa.table(
        {"subject": subject, "start_ms": [int(m * MINUTE) for m in start], "end_ms": [int(m * MINUTE) for m in end]}
    )


SUBJECTS = pa.table({"address": ["a", "b"], "subject": [1, 2]})
TRUE = truth(("a", 0, 60), ("a", 200, 230), ("b", 10, 20))


def test_perfect_visits_score_one():
    result = score(found((2, 10, 20), (1, 200, 230), (1, 0, 60)), TRUE, SUBJECTS)
    assert (result.f1, result.precision, result.recall, result.median_dwell_error_s) == (1.0, 1.0, 1.0, 0.0)


def test_perfect_visits_of_a_simulated_day_score_one(world):
    visits = world.truth("visits")
    heard = visits.filter(pc.greater(visits["records"], 0))
    addresses = pc.unique(visits["address"])
    subjects = pa.table({"address": addresses, "subject": range(len(addresses))})
    perfect = pa.table(
        {
            "subject": pc.index_in(heard["address"], addresses),
            "start_ms": pc.max_element_wise(heard["start_ms"], heard["first_line_ms"]),
            "end_ms": pc.min_element_wise(heard["end_ms"], heard["last_line_ms"]),
        }
    )
    result = score(perfect, visits, subjects)
    assert result.f1 > 0.9 and result.median_dwell_error_s == 0.0  # not all are heard for half their length


@pytest.mark.parametrize(
    ("visits", "matched"),
    [
        ([(1, 0, 60), (1, 200, 230)], 2),
        ([(1, 0, 60), (1, 200, 230), (2, 100, 110)], 2),
        ([(1, 30, 60), (1, 200, 230), (2, 10, 20)], 3),
        ([(1, 31, 60), (1, 200, 230), (2, 10, 20)], 2),
        ([(1, 0, 121), (1, 200, 230), (2, 10, 20)], 2),
        ([(1, 0, 230), (2, 10, 20)], 1),
        ([(2, 0, 60), (2, 200, 230)], 0),
        ([(7, 0, 60)], 0),
    ],
    ids=["one missing", "one elsewhere", "half is enough", "less is not", "too long", "two glued", "wrong", "unknown"],
)
def test_a_match_needs_half_of_the_longer_one(visits, matched):
    result = score(found(*visits), TRUE, SUBJECTS)
    assert (result.matched, result.found, result.expected) == (matched, len(visits), 3)
    assert result.f1 == 2 * matched / (len(visits) + 3)


def test_a_shifted_visit_costs_dwell_or_the_match():
    near, far = (score(found((1, m, 60 + m)), truth(("a", 0, 60)), SUBJECTS) for m in (10, 40))
    assert (near.f1, far.f1) == (1.0, 0.0)
    assert near.median_dwell_error_s == 0.0 and math.isnan(far.median_dwell_error_s)


def test_two_halves_of_a_visit_match_once():
    result = score(found((1, 0, 30), (1, 30, 60)), truth(("a", 0, 60)), SUBJECTS)
    assert (result.matched, result.precision, result.recall) == (1, 0.5, 1.0)
    assert result.median_dwell_error_s == 1800.0


def test_the_larger_overlap_is_matched_first():
    result = score(found((1, 0, 15), (1, 20, 60)), truth(("a", 0, 60)), SUBJECTS)
    assert (result.matched, result.median_dwell_error_s) == (1, 20 * 60)


@pytest.mark.parametrize(("at", "f1"), [(0, 1.0), (33, 1.0), (60, 1.0), (61, 0.0)])
def test_a_lone_line_matches_the_visit_that_contains_it(at, f1):
    assert score(found((1, at, at)), truth(("a", 0, 60)), SUBJECTS).f1 == f1


def test_a_lone_line_beside_the_whole_visit_is_one_too_many():
    result = score(found((1, 30, 30), (1, 0, 60)), truth(("a", 0, 60)), SUBJECTS)
    assert (result.matched, result.found, result.median_dwell_error_s) == (1, 2, 0.0)


def test_dwell_is_compared_with_presence_between_first_and_last_line():
    heard_late = truth(("a", 0, 60)).set_column(5, "first_line_ms", [[20 * MINUTE]])
    result = score(found((1, 20, 58)), heard_late, SUBJECTS)
    assert (result.f1, result.median_dwell_error_s) == (1.0, 120.0)


def test_a_visit_that_nobody_heard_does_not_count():
    silent = truth(("b", 10, 20), records=0)
    assert score(found((1, 0, 60)), pa.concat_tables([truth(("a", 0, 60)), silent]), SUBJECTS).f1 == 1.0


def test_each_trap_has_its_own_score():
    both = pa.concat_tables([truth(("a", 0, 60), trap="flaps,skew"), truth(("b", 10, 20))])
    result = score(found((1, 0, 20), (2, 10, 20)), both, SUBJECTS)
    assert {trap: part.f1 for trap, part in result.by_trap.items()} == {"flaps": 0.0, "skew": 0.0, "none": 1.0}
    assert result.f1 == 0.5


def test_a_login_ends_the_stranger_and_begins_the_member():
    subjects = pa.table(
        {
            "address": ["a", "a"],
            "subject": [1, -5],
            "from_ms": pa.array([None, 20 * MINUTE]),
            "until_ms": pa.array([20 * MINUTE, None]),
        }
    )
    result = score(found((1, 0, 20), (-5, 20, 60)), truth(("a", 0, 60)), subjects)
    assert (result.f1, result.expected) == (1.0, 2)
