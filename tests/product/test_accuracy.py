"""A simulated Saturday of a million lines, every trap set: visits agree with what the phones really did."""

import datetime

from pipelines.simulate.measure import accuracy_of
from pipelines.simulate.simulation import simulate

SATURDAY = datetime.date(2026, 11, 7)  # the busiest day of a week, and harder than a Monday (benchmarks/accuracy.py)
LINES_OF_A_MEAN_DAY = 860_000


def test_a_day_of_a_million_lines_agrees_with_the_truth(tmp_path):
    made = simulate(out=tmp_path / "raw", start=SATURDAY, days=1, lines=LINES_OF_A_MEAN_DAY)
    assert made.lines >= 1_000_000
    score = accuracy_of(made, SATURDAY, tmp_path / "data", members=False)
    assert score.f1 >= 0.95, score
    assert score.median_dwell_error_s <= 60, score
    assert {"flaps", "sleep", "lost_leaves", "lost_joins", "outage", "skew"} <= score.by_trap.keys()
    assert score.expected > 30_000
