"""Great Expectations, kept at arm's length: imported late, one silent context per process, suites from files.

Nothing else in the product imports it. Row checks over whole batches live in `pipelines.row_checks`.
"""

import json
import os
import warnings
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa

SUITES = resources.files("pipelines") / "suites"
Expectation = dict[str, Any]


def results_of(suite: str, expectations: list[Expectation], rows: pa.Table) -> list[dict[str, Any]]:
    """Great Expectations' own result, as JSON, of each of `expectations` on `rows`: whether it holds, without values.

    Counts of what fails are left to `row_checks`: asking for them makes a validation half as long again. An
    expectation that could not be evaluated is a bug and raises.
    """
    batches = _batches()
    import great_expectations as gx

    batch = batches.get_batch({"dataframe": rows.to_pandas(date_as_object=False)})
    checks = gx.ExpectationSuite(name=suite, expectations=expectations)
    results = batch.validate(checks, result_format="BOOLEAN_ONLY").to_json_dict()["results"]
    for result in results:
        if result["exception_info"].get("raised_exception") is not False:
            raise RuntimeError(f"suite {suite}: {result['expectation_config']} could not be evaluated")
    return results


def expectations_in(suite: str) -> list[Expectation]:
    """The expectations of suites/SUITE.json."""
    return json.loads((SUITES / f"{suite}.json").read_text(encoding="utf-8"))["expectations"]


@cache
def _batches() -> Any:
    """A batch definition over any pandas frame, in a context that writes nothing, phones nobody and prints nothing."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns of what it imports itself
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("batch")
    return asset.add_batch_definition_whole_dataframe("whole")
