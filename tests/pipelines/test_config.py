"""district.toml: every fault at once, durations with units, definitions that contradict themselves."""

from pathlib import Path

import pytest

from pipelines.config import Config, load_config
from pipelines.durations import duration_ms, spelled
from schemas import ConfigError

GOOD = """
[district]
name = "d"
time_zone = "Asia/Shanghai"

[[feeds]]
name = "mall"
format = "hostapd"
glob = "*.log"
"""


def load(folder: Path, text: str) -> Config:
    (folder / "district.toml").write_text(text, encoding="utf-8")
    return load_config(folder)


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        load(folder, text)
    return str(error.value).splitlines()


def test_defaults_are_those_of_the_architecture(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD)
    rules = config.definition(None).rules()
    assert str(config.district.day_start) == "05:00:00"
    assert (rules.hold_joined_ms, rules.hold_seen_ms, rules.hold_left_ms) == (14_400_000, 900_000, 900_000)
    assert (rules.hold_idle_ms, rules.longest_ms, rules.flap_ms, rules.tail_ms) == (
        1_800_000,
        50_400_000,
        60_000,
        21_600_000,
    )


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace("Asia/Shanghai", "Mars/Base").replace("hostapd", "morse") + 'lateness = "soon"\ncolour = "red"\n'
    )
    told = faults(tmp_path, text)
    assert len(told) == 4
    for part in ("Mars/Base", "morse", "soon", "colour"):
        assert any(part in line for line in told), part


def test_a_feed_says_what_an_abbreviation_means_and_how_its_names_are_written(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD + 'encoding = "gb18030"\nzone_names = {CST = "America/Chicago"}\n')
    feed = config.feed(config.feeds[0])
    assert (feed.encoding, feed.zone_names) == ("gb18030", {"CST": "America/Chicago"})
    told = faults(tmp_path, GOOD + 'encoding = "latin-1"\nzone_names = {CST = "China"}\n')
    assert len(told) == 2
    assert any("zone_names.CST" in line and "China" in line for line in told)


def test_a_name_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    assert "mall stands there twice" in faults(tmp_path, GOOD + GOOD[GOOD.index("[[feeds]]") :])[0]


def test_the_name_of_the_portal_is_reserved(tmp_path: Path) -> None:
    assert "name of the members' portal" in faults(tmp_path, GOOD.replace('"mall"', '"portal"'))[0]


def test_holds_that_contradict_one_another_are_refused(tmp_path: Path) -> None:
    text = GOOD + '[[definitions]]\nname = "x"\nhold_joined = "1m"\n'
    assert "short holds <= hold_joined" in faults(tmp_path, text)[0]


def test_gap_sets_all_holds(tmp_path: Path) -> None:
    rules = load(tmp_path, GOOD + '[[definitions]]\nname = "x"\ngap = "30m"\n').definition("x").rules()
    assert {rules.hold_joined_ms, rules.hold_seen_ms, rules.hold_left_ms, rules.hold_idle_ms} == {1_800_000}


def test_an_unknown_definition_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="take one of: default"):
        load(tmp_path, GOOD).definition("nope")


def test_a_missing_folder_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="shangquan init"):
        load_config(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "ms"), [("90s", 90_000), ("5m", 300_000), ("24h", 86_400_000), ("90d", 7_776_000_000)]
)
def test_durations_are_a_number_and_a_unit(text: str, ms: int) -> None:
    assert duration_ms(text) == ms
    assert duration_ms(spelled(ms)) == ms


@pytest.mark.parametrize("text", ["5", 5, "m", "5 minutes", "-5m", "1.5h"])
def test_anything_else_is_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="number and a unit"):
        duration_ms(text)
