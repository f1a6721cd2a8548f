"""The gate's suites as files: pipelines/suites/TABLE.json from `schemas`, batch.json from the checks between rows.

`python -m pipelines.suite_files` writes them; a test holds that they are fresh.
"""

import json
from pathlib import Path

from pipelines.expectations import SUITES
from pipelines.warehouse.batch_checks import meanings
from pipelines.warehouse.tables import TABLES

BATCH = "batch"


def write_suites() -> None:
    """Write every suite file anew; the text is a function of the schemas and the SQL files."""
    folder = Path(str(SUITES))
    folder.mkdir(exist_ok=True)
    for name, text in suite_texts().items():
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def suite_texts() -> dict[str, str]:
    """The text of every suite file, by suite."""
    suites = {name: table.expectations() for name, table in TABLES.items()}
    suites[BATCH] = [
        {
            "type": "expect_column_values_to_be_between",
            "kwargs": {"column": name, "min_value": 0, "max_value": 0},
            "meta": {"notes": meaning},
        }
        for name, meaning in meanings().items()
    ]
    return {name: _text(name, expectations) for name, expectations in suites.items()}


def _text(name: str, expectations: list[dict[str, object]]) -> str:
    critical = [{**expectation, "severity": "critical"} for expectation in expectations]
    return json.dumps({"name": name, "expectations": critical}, indent=2) + "\n"


if __name__ == "__main__":
    write_suites()
