"""What a campaign file may say; all its faults are told at once."""

import datetime
import tomllib
import zoneinfo

import pytest

from marketing.campaigns import ALWAYS_MS, NEVER_MS, Campaign, Places, campaigns_of
from schemas import ConfigError

PLACES = Places({"food-2"}, {"mall"}, {"m1"}, zoneinfo.ZoneInfo("Asia/Shanghai"))
STAY = """
name = "coffee"
merchant = "m1"
hold_out = 0.2
valid_from = 2026-11-01
valid_until = 2026-12-01T00:00:00Z
[trigger]
event = "stay"
zone = "food-2"
minutes = 10
"""
ENTER = 'name = "mall"\nmerchant = "m1"\n[trigger]\nevent = "enter"\nsite = "mall"\n'


def ms(*date: int, hour: int = 0) -> int:
    return round(datetime.datetime(*date, hour, tzinfo=datetime.UTC).timestamp() * 1000)


def test_a_file_becomes_a_campaign() -> None:
    files = {"b.toml": tomllib.loads(ENTER), "a.toml": tomllib.loads(STAY)}
    assert campaigns_of(files, PLACES) == (
        Campaign("coffee", "m1", "stay", "zone", "food-2", 10, 0.2, ms(2026, 10, 31, hour=16), ms(2026, 12, 1)),
        Campaign("mall", "m1", "enter", "site", "mall", 0, 0.1, ALWAYS_MS, NEVER_MS),
    )


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (STAY.replace("minutes = 10", ""), ["trigger.minutes is missing"]),
        (STAY.replace("10", '"ten"'), ["trigger.minutes must be a whole number of minutes from 1 to 1440"]),
        (STAY.replace('"food-2"', '"food-3"'), ['trigger.zone "food-3" is unknown; known are food-2']),
        (STAY.replace("zone =", "site ="), ['trigger.site "food-2" is unknown; known are mall']),
        (STAY + 'site = "mall"', ["trigger needs a zone or a site, and not both"]),
        (STAY.replace("stay", "leave"), ['trigger.event "leave" is unknown; known are enter, stay']),
        (ENTER + "minutes = 3", ["trigger.minutes belongs to a stay: enter fires at once"]),
        (
            STAY.replace("2026-11-01", '"soon"'),
            ["valid_from must be a date or time without quotes, such as 2026-11-21"],
        ),
        (STAY.replace("2026-11-01", "2026-12-02"), ["valid_until must be later than valid_from"]),
        (STAY.replace("coffee", "a/b"), ["name may hold letters, digits, - _ and . (80 at most)"]),
        (
            'name = "x"\nmerchant = "m2"\nhold_out = true\nblock = "m3"\ntrigger = 3',
            [
                'merchant "m2" is unknown; known are m1',
                "hold_out must be a number from 0 to below 1, such as 0.1",
                "trigger must be a table: [trigger]",
                "trigger.event is missing",
                "trigger needs a zone or a site, and not both",
                "block is no key of this file; there are name, merchant, hold_out, valid_from, valid_until, trigger",
            ],
        ),
    ],
)
def test_faults_name_the_file_and_the_key(text: str, faults: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        campaigns_of({"c.toml": tomllib.loads(text)}, PLACES)
    assert str(refused.value).splitlines() == [f"c.toml: {fault}" for fault in faults]


def test_a_name_names_one_campaign() -> None:
    with pytest.raises(ConfigError, match=r'b\.toml: another campaign is named "mall"'):
        campaigns_of({"a.toml": tomllib.loads(ENTER), "b.toml": tomllib.loads(ENTER)}, PLACES)


@pytest.mark.parametrize("merchant", ["../..", "a/b", "tokens", "district"])
def test_a_merchant_is_fit_to_name_a_folder_of_exports(merchant: str) -> None:
    files = {"c.toml": tomllib.loads(ENTER.replace("m1", merchant))}
    with pytest.raises(ConfigError, match=r"c\.toml: merchant must be letters"):
        campaigns_of(files, Places(tz=PLACES.tz))


def test_the_name_of_an_export_of_its_own_is_taken() -> None:
    with pytest.raises(ConfigError, match='name "triggers" is a reserved word'):
        campaigns_of({"c.toml": tomllib.loads(ENTER.replace('"mall"', '"triggers"', 1))}, PLACES)
