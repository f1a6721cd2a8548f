"""Machine code that is kept on disk is never older than any source it was made of."""

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
    package = tmp_path / "sessionize"
    package.mkdir()
    words = tmp_path / "schemas"
    words.mkdir()
    shutil.copy(compiled.__file__, words)
    (package / "outer.py").write_text(CALLER)
    (package / "inner.py").write_text(INNER.format(step=10))
    assert _outer(tmp_path) == ["11", "0"]
    assert _outer(tmp_path) == ["11", "1"]
    (package / "inner.py").write_text(INNER.format(step=20))
    assert _outer(tmp_path) == ["21", "0"]


def _outer(folder: Path) -> list[str]:
    run = [sys.executable, "-m", "sessionize.outer"]
    found = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True)
    return found.stdout.split()
