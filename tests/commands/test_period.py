"""`shangquan period`: which days it takes, which files it leaves, what it says of days that are missing."""

import datetime
import re

import pytest

from pipelines.commands.period import dates_of
from schemas import ConfigError
from tests.commands.corner import DAY, Corner
from tests.product.command import shangquan

NEWEST = datetime.date(2026, 11, 21)


def test_a_period_is_named_by_its_ends_or_by_its_length() -> None:
    named = dates_of("2026-11-20..2026-11-21", None, lambda: NEWEST, NEWEST)
    assert named == (datetime.date(2026, 11, 20), NEWEST)
    assert dates_of("2", "2026-11-21", lambda: datetime.date(2030, 1, 1), NEWEST) == named
    assert dates_of("2", None, lambda: NEWEST, NEWEST) == named
    assert dates_of("2", "3d", lambda: NEWEST, datetime.date(2026, 11, 24)) == named


@pytest.mark.parametrize(
    ("days", "until"), [("0", None), ("all", None), ("x", None), ("30", "x"), ("2026-11-20..2026-11-21", "2026-11-21")]
)
def test_what_is_no_period_is_refused(days: str, until: str | None) -> None:
    with pytest.raises(ConfigError):
        dates_of(days, until, lambda: NEWEST, NEWEST)


def test_a_period_leaves_pages_and_files_and_names_the_days_it_lacks(corner: Corner) -> None:
    options = ("--config", str(corner.config), "--data", str(corner.data))
    done = shangquan("period", *options, "--days", "3", "--until", DAY).done()
    assert "final 1  missing 2" in done
    folder = corner.data / "reports" / "period=2026-11-19..2026-11-21"
    assert {path.name for path in folder.iterdir()} == {
        f"default{ending}" for ending in (".html", ".zh.html", ".xlsx", ".zh.xlsx", ".csv")
    }
    page = (folder / "default.html").read_text("utf-8")
    assert "2026-11-19, 2026-11-20" in page and "default@1" in page
    assert "how many different strangers came in the period cannot be known" in page
    assert re.search(r"Snapshot [0-9a-f]{12}", page)


def test_a_period_without_a_loaded_day_is_refused(corner: Corner) -> None:
    options = ("--config", str(corner.config), "--data", str(corner.data))
    said = shangquan("period", *options, "--days", "3", "--until", "2025-01-03").refused(11)
    assert "no day from 2025-01-01 to 2025-01-03 can be counted" in said
