"""Machine code that is kept on disk is never older than any source it was made of."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from schemas import compiled

CALLER = """
from schemas.compiled import compiled
from sessionize.inner import inner

@compiled
def outer(x):
    return inner(x)

print(outer(1), sum(outer.stats.cache_hits.values()))
"""
INNER = """
from schemas.compiled import compiled_leaf

@compiled_leaf
def inner(x):
    return x + {step}
"""


def test_a_change_in_a_called_loop_recompiles_its_callers(tmp_path):
    package = _packages(tmp_path)
    assert _outer(tmp_path) == ["11", "0"]
    assert _outer(tmp_path) == ["11", "1"]
    (package / "inner.py").write_text(INNER.format(step=20))
    assert _outer(tmp_path) == ["21", "0"]


def test_code_out_of_a_zip_is_kept_wherever_the_zip_is_copied_to(tmp_path):
    """Each job of a cluster copies it to a folder of its own."""
    (tmp_path / "made").mkdir()
    _packages(tmp_path / "made")
    found = []
    for job in ("first", "second"):
        packed = shutil.make_archive(str(tmp_path / job / "packages"), "zip", tmp_path / "made")
        found.append(_outer(tmp_path, PYTHONPATH=packed, XDG_CACHE_HOME=str(tmp_path / "cache")))
    assert found == [["11", "0"], ["11", "1"]]


def test_code_out_of_a_zip_runs_where_nothing_can_be_kept(tmp_path):
    (tmp_path / "made").mkdir()
    _packages(tmp_path / "made")
    packed = shutil.make_archive(str(tmp_path / "packages"), "zip", tmp_path / "made")
    (tmp_path / "cache").write_text("a file where the folder would be")
    assert _outer(tmp_path, PYTHONPATH=packed, XDG_CACHE_HOME=str(tmp_path / "cache")) == ["11", "0"]


def _packages(folder: Path) -> Path:
    """`schemas` with nothing but `compiled`, and `sessionize`, which is returned, with two loops."""
    package, words = folder / "sessionize", folder / "schemas"
    package.mkdir()
    words.mkdir()
    for one in (package, words):
        (one / "__init__.py").touch()
    shutil.copy(compiled.__file__, words)
    (package / "outer.py").write_text(CALLER)
    (package / "inner.py").write_text(INNER.format(step=10))
    return package


def _outer(folder: Path, **environment: str) -> list[str]:
    run = [sys.executable, "-m", "sessionize.outer"]
    env = {**os.environ, **environment}
    found = subprocess.run(run, cwd=folder, env=env, capture_output=True, text=True, check=True)
    return found.stdout.split()
