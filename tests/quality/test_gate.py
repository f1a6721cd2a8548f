"""The gate: suites are fresh, one faulty row among many is found, and the page tells it without a value."""

from pathlib import Path

import pytest

from pipelines.expectations import SUITES, expectations_in, results_of
from pipelines.quality import SAMPLE, Gate, row_outcomes
from pipelines.suite_files import suite_texts
from pipelines.warehouse.batch_checks import CHECKS, meanings
from schemas import REJECTED, GateError
from tests.product.command import ROOT
from tests.warehouse.small_day import DATE, changed, tables_of


def test_suite_files_are_what_the_schemas_say() -> None:
    written = {path.stem: path.read_text(encoding="utf-8") for path in Path(str(SUITES)).glob("*.json")}
    assert written == suite_texts(), "run: python -m pipelines.suite_files"


def test_every_check_between_rows_has_a_meaning_and_is_used() -> None:
    files = {path.stem.removeprefix("check_") for path in (ROOT / "pipelines/warehouse/sql").glob("check_*.sql")}
    assert files == {name for names in CHECKS.values() for name in names} | {"ledger_adds_up"}
    assert files < set(meanings())
    assert all(len(text) > 10 for text in meanings().values())


def test_a_good_day_passes_and_says_so(tmp_path: Path) -> None:
    page = tmp_path / "quality" / "page.html"
    gate = Gate("d 2026-11-21 default@1", page)
    gate.rows([(REJECTED, tables_of(1)["rejected"])], DATE)
    gate.batch({"stays_tile_visits": 0})
    assert "Passed: all" in page.read_text(encoding="utf-8")
    assert {outcome.column for outcome in gate.outcomes} == {*REJECTED.names, "columns", "stays_tile_visits"}


def test_one_faulty_row_outside_the_sample_is_found() -> None:
    rows = 3 * SAMPLE
    table = REJECTED.table(feed=["f"] * rows, file=["x"] * rows, line=[1] * rows, reason=["no-ap"] * rows)
    found = row_outcomes(REJECTED, changed(table, "line", SAMPLE + 1, 0), DATE)
    assert [(o.column, o.broken, o.rows) for o in found if not o.passed] == [("line", 1, rows)]


def test_a_refusal_names_the_rule_and_its_page_shows_no_value(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    secret = "02:00:5e:10:00:01"
    bad = changed(tables_of(1)["rejected"], "reason", 0, secret)
    with pytest.raises(GateError, match=r"rejected\.reason is one of .* \(1 rows do not\)") as raised:
        Gate("d <2026-11-21>", page).rows([(REJECTED, bad)], DATE)
    text = page.read_text(encoding="utf-8")
    assert "Refused: 1 of" in text
    assert "d &lt;2026-11-21&gt;" in text
    assert secret not in text + str(raised.value)
    assert "http" not in text
    assert list(tmp_path.iterdir()) == [page]


def test_an_expectation_that_cannot_be_evaluated_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="could not be evaluated"):
        results_of("rejected", expectations_in("rejected"), tables_of(1)["rejected"].drop_columns("line"))


def test_a_violation_between_rows_is_refused() -> None:
    with pytest.raises(GateError, match=r"batch\.ledger_adds_up the ledger of each feed adds up"):
        Gate("d").batch({"ledger_adds_up": 2, "stays_tile_visits": 0})
