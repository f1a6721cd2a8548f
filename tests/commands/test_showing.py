"""`config show`, `schema show` and `--help`: what is in force, in words that can be used."""

import json
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines.cli import app
from pipelines.config import load_config
from schemas import VISIT
from tests.commands.corner import Corner, write_corner
from tests.product.command import shangquan


def test_the_settings_shown_say_the_same_when_put_back(tmp_path: Path) -> None:
    made = write_corner(tmp_path)
    with (made.config / "district.toml").open("a") as file:
        file.write('gap = "30m"\nday_start = "00:00"\n\n[privacy]\nkey_ttl = "90m"\n')
    before = load_config(made.config)
    (made.config / "district.toml").write_text(shangquan("config", "show", "--config", made.config).out)
    after = load_config(made.config)
    assert [one.rules() for one in after.definitions] == [one.rules() for one in before.definitions]
    assert after.model_dump(exclude={"definitions"}) == before.model_dump(exclude={"definitions"})


def test_defaults_and_what_follows_from_them_are_shown(corner: Corner) -> None:
    shown = shangquan("config", "show", "--config", corner.config).out
    assert 'hold_joined = "4h"' in shown
    assert "reads 14.5 h before the day and 6 h after it" in shown
    assert "raw logs are needed for 68.5 h" in shown


@pytest.mark.parametrize(
    ("form", "piece"),
    [
        ("reference", "| `visit_id` | int64 |"),
        ("arrow", "visit_id: int64 not null"),
        ("clickhouse", "CREATE TABLE IF NOT EXISTS visit\n(\n    district LowCardinality(String)"),
        ("spark", "visit_id bigint NOT NULL"),
        ("gx", '"expect_column_values_to_not_be_null"'),
    ],
)
def test_a_table_in_each_form(form: str, piece: str) -> None:
    assert piece in shangquan("schema", "show", "visit", "--as", form).out


def test_the_suite_shown_is_the_table_s() -> None:
    suite = json.loads(shangquan("schema", "show", "visit", "--as", "gx").out)
    assert suite["expectations"] == VISIT.expectations()


@pytest.mark.parametrize("arguments", [("nope",), ("visit", "--as", "yaml")])
def test_what_is_not_there_is_refused_with_what_is(arguments: tuple[str, ...]) -> None:
    refused = shangquan("schema", "show", *arguments)
    assert refused.code == 10
    assert "take one of: " in refused.err


def commands() -> list[list[str]]:
    groups = get_command(app).commands  # type: ignore[attr-defined]
    return [[name, *([sub] if sub else [])] for name in groups for sub in getattr(groups[name], "commands", {"": None})]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_explains_itself(command: list[str]) -> None:
    shown = shangquan(*command, "--help")
    assert shown.code == 0
    assert len(shown.out.splitlines()) > 5


def test_a_command_that_is_not_there_is_a_usage_error() -> None:
    assert shangquan("walk").code == 2
