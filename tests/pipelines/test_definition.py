"""[[definitions]] of district.toml: presets, what may replace their numbers, and under which name."""

import pytest
from pydantic import ValidationError

from pipelines.definition import DefinitionConfig
from sessionize.presets import PRESETS
from sessionize.rules import HOUR_MS, MINUTE_MS


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.full_name)
def test_a_preset_alone_is_named_and_counts_as_it_says(preset):
    definition = DefinitionConfig(preset=preset.name)
    assert definition.rules().name == preset.full_name
    pinned = DefinitionConfig(preset=preset.full_name)
    assert pinned.rules() == definition.rules()
    assert preset.sources and all(url.startswith("https://") for _, url in preset.sources)


def test_presets_change_the_rules_of_the_walk():
    spaces, meraki = (DefinitionConfig(preset=name).rules() for name in ("cisco-spaces", "meraki"))
    assert spaces.hold_seen_ms == spaces.hold_joined_ms == 3 * HOUR_MS
    assert (meraki.enter_dbm, meraki.stay_dbm, meraki.hold_seen_ms) == (-80, -85, 2 * MINUTE_MS)
    assert DefinitionConfig(preset="purple").min_dwell_ms == 0


def test_another_number_needs_another_name():
    with pytest.raises(ValidationError, match="hold_seen: no longer meraki@1: give the definition a name of its own"):
        DefinitionConfig(preset="meraki", hold_seen="5m")
    street = DefinitionConfig(preset="meraki", name="street", hold_seen="110s").rules()
    assert street.name == "street@1"
    assert (street.enter_dbm, street.hold_seen_ms, street.hold_joined_ms) == (-80, 110_000, 2 * MINUTE_MS)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"preset": "mareki"}, "'mareki' is no preset: one of cisco-spaces@1"),
        ({"name": "meraki"}, 'meraki is a preset: write preset = "meraki"'),
        ({"preset": "meraki", "version": 2}, "version: no longer meraki@1"),
        ({"name": "own", "enter_dbm": -75, "stay_dbm": -65}, "stay_dbm needs an enter_dbm that is not weaker"),
        ({"name": "own", "fully_engaged": "1m"}, "fully_engaged must not be under engaged"),
        ({"name": "own", "bands": ["15m", "5m"]}, "bands must be whole minutes, ascending"),
    ],
)
def test_what_contradicts_is_refused(settings, told):
    with pytest.raises(ValidationError, match=told):
        DefinitionConfig(**settings)


def test_what_config_show_writes_says_the_same():
    """A pure preset with every number written out is still that preset."""
    meraki = DefinitionConfig(preset="meraki")
    written = {name: value for name, value in meraki.model_dump(mode="json").items() if value is not None}
    assert DefinitionConfig(**written) == meraki
