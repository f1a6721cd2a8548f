"""The seven literal packages (docs/decisions/0001): ours, all of them, and looking only where they may."""

import ast
import importlib.metadata
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("schemas", "privacy", "ingest", "sessionize", "marketing", "reports", "pipelines")
STAGES = {"ingest", "sessionize", "marketing", "reports"}
MAY_IMPORT = {
    "schemas": set(),
    "privacy": {"schemas"},
    **{stage: {"schemas", "privacy"} for stage in STAGES},
    "pipelines": set(PACKAGES),
}
ENGINES = {"chdb", "great_expectations", "typer", "rich", "pydantic", "pyspark", "apache_beam", "clickhouse_driver"}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_name_belongs_to_this_distribution_and_to_no_other(package: str) -> None:
    assert set(importlib.metadata.packages_distributions().get(package, [])) == {"shangquan"}


def test_setup_names_every_package_there_is() -> None:
    text = (ROOT / "setup.py").read_text(encoding="utf-8")
    listed = set(re.findall(r'^    "([a-z._]+)",$', text.partition("]")[0], re.MULTILINE))
    found = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for package in PACKAGES
        for file in (ROOT / package).rglob("__init__.py")
    }
    assert listed == found


def test_no_folder_of_tests_is_a_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_from_the_floors_below(package: str) -> None:
    for file in (ROOT / package).rglob("*.py"):
        imported = roots_imported(file) - {package}
        assert imported & set(PACKAGES) <= MAY_IMPORT[package], file.relative_to(ROOT)
        if package != "pipelines":
            assert not imported & ENGINES, file.relative_to(ROOT)


def roots_imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found |= {name.partition(".")[0] for name in names}
    return found
