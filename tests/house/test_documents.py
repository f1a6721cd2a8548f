"""Documents that say what is: generated pages are fresh, links lead somewhere, no page names a machine's own paths."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_reference_is_fresh() -> None:
    done = subprocess.run([sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_path_of_one_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(?:home|work|tmp|root|Users)/", page.read_text(encoding="utf-8"))


def test_the_readme_fits_its_size() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


def test_every_file_that_a_page_names_is_there() -> None:
    """`pipelines/x.py` and `tests/y.py` in ARCHITECTURE, PRIVACY and CONTRIBUTING."""
    for name in ("ARCHITECTURE.md", "PRIVACY.md", "CONTRIBUTING.md"):
        for path in re.findall(r"`([a-z_]+/[\w/]+\.(?:py|sql|md))`", (ROOT / name).read_text(encoding="utf-8")):
            assert (ROOT / path).exists(), f"{name}: {path}"
