"""The quality gate: feeds, then Great Expectations on a batch, twice; what fails is told on a page, nothing is loaded.

    feeds   each feed against its own days before: `pipelines.drift`
    rows    each table against its columns, before anything is written: every row by mask, a bounded sample by GX
    batch   what must hold between rows, counted on the staged run by SQL: one row of counts, by GX

No values appear in messages or on the page: only rules and how many rows break them.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from jinja2 import Environment, PackageLoader

from pipelines.expectations import expectations_in, results_of
from pipelines.files import write_bytes
from pipelines.row_checks import Mask, faults_of
from schemas import GateError, Table

SAMPLE = 20_000
_FAULTY = 1_000
_CHECK_OF = {
    "expect_column_values_to_not_be_null": ("missing", "has a value"),
    "expect_column_values_to_be_in_set": ("not-allowed", "is one of the values that may be there"),
    "expect_column_values_to_be_between": ("out-of-bounds", "lies within its bounds"),
}


@dataclass(frozen=True)
class Outcome:
    """What one expectation found: `broken` of `rows` rows (batch rules: violations, of which there must be none).

    `warned`: it holds, and is worth a look. `finding`: what there is to say beside the numbers.
    """

    table: str
    column: str
    rule: str
    passed: bool
    broken: int
    rows: int
    warned: bool = False
    finding: str = ""


class Gate:
    """The gate of one load. `page` always tells the latest findings; a check that fails raises `GateError`."""

    def __init__(self, title: str, page: Path | None = None) -> None:
        self.title = title
        self.page = page
        self.outcomes: list[Outcome] = []

    def feeds(self, outcomes: Iterable[Outcome]) -> None:
        """Hold what was found of the feeds (`pipelines.drift`)."""
        self.outcomes += outcomes
        self._judge()

    def rows(self, tables: Iterable[tuple[Table, pa.Table]], day: datetime.date) -> None:
        """Hold every table against its columns, and its rows against the day that is loaded."""
        for table, rows in tables:
            if rows.num_rows:
                self.outcomes += row_outcomes(table, rows, day)
        self._judge()

    def batch(self, facts: Mapping[str, int]) -> None:
        """Hold the counts of violations against the suite `batch`; checks that were not counted are not held."""
        self.outcomes += batch_outcomes(facts)
        self._judge()

    def _judge(self) -> None:
        if self.page:
            write_bytes(self.page, page_of(self.title, self.outcomes).encode())
        failed = [outcome for outcome in self.outcomes if not outcome.passed]
        if not failed:
            return
        first = _told(failed[0])
        more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
        cure = f"nothing was loaded; all findings: {self.page}" if self.page else "nothing was loaded"
        raise GateError(f"quality gate: {self.title}: {first}{more}", cure)


def _told(outcome: Outcome) -> str:
    """A failed outcome in a message: its finding, else the rule and how many rows break it."""
    if outcome.finding:
        return f"{outcome.column}: {outcome.finding}"
    return f"{outcome.table}.{outcome.column} {outcome.rule} ({outcome.broken} rows do not)"


def row_outcomes(table: Table, rows: pa.Table, day: datetime.date) -> list[Outcome]:
    """One outcome per expectation of the table's suite; `broken` counts all rows, not only the sample's."""
    mask, counts = faults_of(table, rows, day)
    expectations = expectations_in(table.name) + (_of_day(day) if "day" in rows.column_names else [])
    results = results_of(table.name, expectations, _sample(rows, mask))
    return [_row_outcome(table.name, result, counts, rows.num_rows) for result in results]


def batch_outcomes(facts: Mapping[str, int]) -> list[Outcome]:
    """One outcome per counted check of the suite `batch`."""
    checks = [check for check in expectations_in("batch") if check["kwargs"]["column"] in facts]
    results = results_of("batch", checks, pa.table({name: [count] for name, count in facts.items()}))
    passed = {result["expectation_config"]["kwargs"]["column"]: bool(result["success"]) for result in results}
    meanings = {check["kwargs"]["column"]: check["meta"]["notes"] for check in checks}
    return [Outcome("batch", name, meaning, passed[name], facts[name], 1) for name, meaning in meanings.items()]


def page_of(title: str, outcomes: list[Outcome]) -> str:
    """The findings as one HTML page that needs nothing else: failures first, then all checks."""
    environment = Environment(loader=PackageLoader("pipelines"), autoescape=True, trim_blocks=True)
    failed = [outcome for outcome in outcomes if not outcome.passed]
    warned = [outcome for outcome in outcomes if outcome.warned]
    page = environment.get_template("quality.html")
    return page.render(title=title, failed=failed, warned=warned, outcomes=outcomes)


def _of_day(day: datetime.date) -> list[dict[str, Any]]:
    midnight = datetime.datetime.combine(day, datetime.time())
    return [{"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "day", "value_set": [midnight]}}]


def _sample(rows: pa.Table, mask: Mask) -> pa.Table:
    """At most `SAMPLE` rows, the same ones every time: the first faulty ones, and every n-th of all."""
    step = -(-rows.num_rows // (SAMPLE - _FAULTY))
    faulty = np.flatnonzero(mask)[:_FAULTY]
    return rows.take(np.union1d(faulty, np.arange(0, rows.num_rows, step)))


def _row_outcome(table: str, result: dict[str, Any], counts: Mapping[str, int], rows: int) -> Outcome:
    """The mask counts what is broken; where only GX refuses, all rows are in doubt."""
    config = result["expectation_config"]
    check, rule = _CHECK_OF.get(config["type"], ("", "are the columns of the table"))
    column = config["kwargs"].get("column", "columns")
    broken = counts.get(f"{column}-{check}", 0 if result["success"] else rows)
    return Outcome(table, column, rule, bool(result["success"]) and not broken, broken, rows)
