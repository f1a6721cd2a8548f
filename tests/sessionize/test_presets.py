"""Presets on one log: each gives its own visits under its own name, and the same ones when it is asked again (N1)."""

import random

import pyarrow as pa

from schemas import PLACE, SIGHTING
from sessionize.presets import PRESETS, Preset
from sessionize.rules import VisitRules
from sessionize.signal import visits_by_signal
from tests.builders import sightings


def rules_of(preset: Preset) -> VisitRules:
    holds = ("hold_joined_ms", "hold_seen_ms", "hold_left_ms", "hold_idle_ms")
    gap = dict.fromkeys(holds, preset.gap_ms) if preset.gap_ms else {}
    return VisitRules(
        definition=preset.name, version=preset.version, enter_dbm=preset.enter_dbm, stay_dbm=preset.stay_dbm, **gap
    )


def a_log() -> pa.Table:
    rnd = random.Random(5)
    times = [sorted(rnd.sample(range(9 * 60, 20 * 60), 40)) for _ in range(30)]
    rows = sightings(*(f"A {' '.join(f'{m // 60:02}:{m % 60:02}' for m in minutes)}" for minutes in times))
    signals = pa.array([rnd.choice([-60, -70, -82, -90]) for _ in range(len(rows))], pa.int16())
    return rows.set_column(SIGHTING.names.index("signal_dbm"), SIGHTING.arrow.field("signal_dbm"), signals)


def test_each_preset_gives_its_own_visits_and_the_same_ones_again():
    log = a_log()
    first = {one.full_name: visits_by_signal(log, PLACE.empty(), rules_of(one), None) for one in PRESETS}
    again = {one.full_name: visits_by_signal(log, PLACE.empty(), rules_of(one), None) for one in reversed(PRESETS)}
    ids: set[int] = set()
    for name, walked in first.items():
        assert walked.visits.equals(again[name].visits) and walked.stays.equals(again[name].stays)
        own = set(walked.visits["visit_id"].to_pylist())
        assert own and not own & ids
        ids |= own
    counts = {name: walked.visits.num_rows for name, walked in first.items()}
    assert counts["cisco-spaces@1"] < counts["purple@1"] < counts["meraki@1"]
    assert len({one.full_name for one in PRESETS}) == len(PRESETS)
