"""What `make bench` compares gives equal answers: each engine on 100,000 sightings, and on raw logs of 30,000 lines."""

import os
import shutil
from importlib.util import find_spec

import pyarrow.parquet as pq
import pytest

from benchmarks import gap_visits, logs_to_stays, made, parsing, raw_logs, run


def needs(way: str) -> None:
    """Skip without the engine of `way`; under CI that is a failure."""
    if way == "tshark":
        missing = "" if shutil.which("tshark") else "tshark is not installed: it is Debian's package of that name"
    else:
        engine = next((name for name in ("duckdb", "polars", "chdb", "orjson") if name in way), "pyarrow")
        missing = "" if find_spec(engine) else f"{engine} is not installed: it comes with `make test`"
    if missing:
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)


@pytest.fixture(scope="module")
def parquet(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "sightings.parquet"
    pq.write_table(made.sightings(100_000), path, row_group_size=30_000)
    return str(path)


@pytest.fixture(scope="module")
def ours(parquet):
    return gap_visits.ours(parquet)


@pytest.mark.parametrize("way", run.GAP_PEERS)
def test_gap_visits(way, parquet, ours):
    needs(way)
    assert ours["visits"] > 1_000
    assert getattr(gap_visits, way)(parquet) == ours


@pytest.mark.parametrize("form", raw_logs.FORMS)
@pytest.mark.parametrize("way", run.LOG_PEERS)
def test_logs_to_stays(way, form, tmp_path, monkeypatch):
    needs(way)
    monkeypatch.setattr(raw_logs, "DATA", tmp_path)
    path = str(raw_logs.log_file(form, 30_000))
    ours = logs_to_stays.ours(path, form)
    assert ours["stays"] > 300
    assert getattr(logs_to_stays, way)(path, form) == ours


@pytest.mark.parametrize(("form", "way"), [(form, way) for form, ways in parsing.PEERS.items() for way in ways])
def test_parsing(form, way, tmp_path, monkeypatch):
    needs(way)
    monkeypatch.setattr(raw_logs, "DATA", tmp_path)
    monkeypatch.setattr(parsing, "DATA", tmp_path)
    path = str(parsing.file_of(form, "3000"))
    ours = parsing.ours(path, form)
    assert ours["records"] > 1_500
    assert getattr(parsing, way)(path, form) == ours
