"""What lines with two clocks tell of a controller's clock: the median, not the slow lines; nothing where unsure."""

import datetime

import numpy as np
import pytest

from ingest.reading import NO_TIME, Reading
from ingest.skew import offsets_of, samples_of, summed
from schemas import CLOCK_SAMPLE
from tests.registry.readings_of_clocks import read_by

DATE = datetime.date(2026, 11, 22)
HOUR, DAY = 3_600_000, 86_400_000
START = 1_795_284_000_000 + 21 * HOUR  # 05:00 in Shanghai
BEFORE = START - DAY


def estimated(*readings: Reading) -> dict[str, dict[str, object]]:
    """CLOCK_OFFSET rows of the day after, by clock."""
    rows = offsets_of(summed(map(samples_of, readings)), "mall", DATE, START, START + DAY).to_pylist()
    return {row["clock"]: row for row in rows}


def stamped(behind_ms: float, drift: float = 0.0, lines: int = 2_000, hours: float = 24, seed: int = 1) -> Reading:
    """Lines of one clock over the day before; one in twenty waits up to a minute on its way."""
    rng = np.random.default_rng(seed)
    received = np.sort(BEFORE + rng.uniform(0, hours * HOUR, lines))
    at = received - rng.exponential(150, lines) - (rng.random(lines) < 0.05) * rng.uniform(0, 60_000, lines)
    return read_by("ac-1", at - behind_ms - drift * (at - START), received)


@pytest.mark.parametrize("behind_s", [94, -94, 3, 599])
@pytest.mark.parametrize("ppm", [0, 20, -60])
def test_skew_and_drift_are_recovered_within_a_second_all_day_long(behind_s: float, ppm: float):
    found = estimated(stamped(behind_s * 1000, ppm / 1e6))["ac-1"]
    assert found["method"] == "two-clocks"
    for since in (0, DAY):
        correction = found["offset_ms"] + found["drift_ppm"] / 1e6 * since
        assert correction == pytest.approx(behind_s * 1000 + ppm / 1e6 * since, abs=1000)


def test_a_clock_that_is_right_is_left_alone():
    found = estimated(stamped(0))["ac-1"]
    assert (found["method"], found["offset_ms"], found["drift_ppm"]) == ("right", 0, 0.0)


@pytest.mark.parametrize(
    ("readings", "method"),
    [
        ([stamped(94_000, lines=29)], "too-few"),
        ([stamped(94_000), stamped(0, lines=200, seed=2)], "two-clocks"),
        ([stamped(3_600_000)], "too-far"),
        ([stamped(94_000, drift=900e-6)], "unsteady"),
    ],
    ids=["few lines", "a few lines of another mind", "a time zone", "no quartz"],
)
def test_what_cannot_be_told_moves_nothing(readings: list[Reading], method: str):
    found = estimated(*readings)["ac-1"]
    assert found["method"] == method
    assert (found["offset_ms"] != 0) == (method == "two-clocks")


@pytest.mark.parametrize(("jump_hour", "method"), [(4, "right"), (12, "unsteady"), (23, "unsteady")])
def test_a_clock_that_was_set_right_is_not_corrected_by_what_it_was(jump_hour: int, method: str):
    rng = np.random.default_rng(2)
    received = np.sort(BEFORE + rng.uniform(0, DAY, 4_000))
    jumped = received >= BEFORE + jump_hour * HOUR
    found = estimated(read_by("ac-1", received - np.where(jumped, 0, 94_000), received))["ac-1"]
    assert (found["method"], found["offset_ms"]) == (method, 0)


def test_each_clock_is_its_own_and_the_order_of_lines_makes_no_difference():
    one, other = stamped(94_000), stamped(0, seed=3)
    other = read_by("ac-2", other.at_ms, other.received_ms)
    found = estimated(one, other)
    assert [row["method"] for row in found.values()] == ["two-clocks", "right"]
    assert estimated(other, one) == found


def test_lines_without_a_second_clock_and_clocks_that_go_by_an_address_teach_nothing():
    silent = read_by("ac-1", np.full(50, BEFORE), np.full(50, NO_TIME))
    address = read_by("00:00:5e:00:53:01", np.full(50, BEFORE), np.full(50, BEFORE + 94_000))
    assert estimated(silent, address) == {}
    assert samples_of(silent).schema == CLOCK_SAMPLE.arrow


def test_a_radius_client_that_goes_by_its_ipv4_address_is_measured():
    client = read_by("192.0.2.14", np.full(50, BEFORE), np.full(50, BEFORE + 67_000))
    assert estimated(client)["192.0.2.14"]["offset_ms"] == 67_000


def test_rows_that_name_no_clock_are_the_feeds_own():
    found = estimated(read_by(None, np.full(50, BEFORE), np.full(50, BEFORE + 94_000)))
    assert found[""]["offset_ms"] == 94_000
