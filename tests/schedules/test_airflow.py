"""examples/airflow: the DAG runs in an Airflow of its own (`make airflow`), and its one task calls the command."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.product.command import ROOT

AIRFLOW = ROOT / ".airflow" / "bin" / "airflow"


def airflow(home: Path, *arguments: str) -> str:
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "examples" / "airflow"),
        "SHANGQUAN_DISTRICT": "district",
        "SHANGQUAN_COMMAND": "echo it calls shangquan",
    }
    ended = subprocess.run(
        [str(AIRFLOW), *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended.stdout + ended.stderr


@pytest.mark.skipif(not AIRFLOW.exists(), reason="no Airflow of its own: `make airflow` makes one in .airflow/")
def test_the_dag_calls_the_command_for_the_days_before(tmp_path: Path) -> None:
    for step in (("db", "migrate"), ("dags", "reserialize")):
        airflow(tmp_path, *step)
    said = airflow(tmp_path, "dags", "test", "shangquan_nightly", "2026-11-22")
    assert "it calls shangquan run --config district --since 2026-11-18" in said
    assert "state=success" in said
