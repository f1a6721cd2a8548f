"""The product out of its zip, as people start Spark jobs: no checkout and no installed package is on any path."""

import datetime
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.simulate.simulation import simulate
from tests.engines import spark_sessions
from tests.engines.conftest import is_here
from tests.product.command import ROOT

MONDAY = datetime.date(2026, 11, 2)
PACKAGES = ("schemas", "privacy", "ingest", "sessionize", "marketing", "reports", "pipelines")
# An editable install would let a process find the checkout where the zip is not.
NO_CHECKOUT = """
import sys

def is_checkout(finder):
    return str(getattr(finder, "__module__", "")).startswith("__editable__")

sys.meta_path[:] = [finder for finder in sys.meta_path if not is_checkout(finder)]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district with one day of logs, the zip, and what hides the checkout."""
    if not (is_here("pyspark") and is_here("java")):
        reason = "pyspark or java is missing; see `make engines`"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    folder = tmp_path_factory.mktemp("zip")
    simulate(out=folder / "raw", start=MONDAY, days=1, lines=1_200, seed=17)
    (folder / "hidden").mkdir()
    (folder / "hidden" / "sitecustomize.py").write_text(NO_CHECKOUT, encoding="utf-8")
    with zipfile.ZipFile(folder / "shangquan.zip", "w") as packed:
        for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                packed.write(path, path.relative_to(ROOT))
    return folder


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with spark_sessions.cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made.url


def test_spark_submit_runs_a_whole_day_on_a_cluster(folder: Path, master: str) -> None:
    import pyspark

    submit = [Path(pyspark.__file__).parent / "bin" / "spark-submit", "--py-files", folder / "shangquan.zip"]
    submit += ["--master", master, "--conf", f"spark.executorEnv.PYTHONPATH={folder / 'hidden'}"]
    script = ROOT / "examples" / "spark" / "run.py"
    ran(folder, "submitted", *submit, *LOOPBACK, script, "run", "--engine", "spark")


def test_the_command_sends_the_zip_to_a_cluster(folder: Path, master: str) -> None:
    """The driver has it on its path; executors get it by `--py-files`."""
    options = ["--master", master, "--py-files", folder / "shangquan.zip"]
    options += [*LOOPBACK, "--conf", f"spark.executorEnv.PYTHONPATH={folder / 'hidden'}"]
    ran(folder, "commanded", sys.executable, "-m", "pipelines.cli", "run", "--engine", "spark", after=options)


LOOPBACK = [word for name in ("bindAddress", "host") for word in ("--conf", f"spark.driver.{name}=127.0.0.1")]


def ran(folder: Path, data: str, *command: object, after: list[object] | None = None) -> None:
    """One trading day, from raw logs to its page."""
    whole = [*command, "--shards", "2", "--config", "district", "--raw", "raw", "--data", data, "--day", MONDAY]
    paths = [folder / "hidden", *([folder / "shangquan.zip"] if after else [])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "PYSPARK_PYTHON": sys.executable}
    line = [str(word) for word in [*whole, *(["--", *after] if after else [])]]
    ended = subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, timeout=900, check=False)
    assert ended.returncode == 0, ended.stderr
    assert f"{MONDAY}  read " in ended.stdout
    assert (folder / data / "reports" / f"day={MONDAY}" / "default.html").exists()
