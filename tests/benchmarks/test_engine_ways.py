"""What `make bench` compares between engines gives equal visits: the local kernel, Spark with it, Spark's own SQL."""

import os
import shutil
from importlib.util import find_spec

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import engine_ways, gap_visits, made

# py4j leaves the sockets of its gateway to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("made") / "sightings.parquet"
    pq.write_table(made.sightings(50_000), path, row_group_size=20_000)
    return str(path)


@pytest.fixture(scope="module")
def spark():
    if not (find_spec("pyspark") and shutil.which("java")):
        reason = "pyspark or java is missing; see `make engines`"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    yield
    engine_ways._session().stop()
    engine_ways._session.cache_clear()


@pytest.mark.parametrize("way", ["spark_core", "spark_session_window", "spark_windows"])
def test_spark_says_what_the_kernel_says(spark, parquet, way, tmp_path):
    engine_ways.WAYS[way](parquet, tmp_path / way)
    assert gap_visits.answer_of(pq.read_table(tmp_path / way)) == gap_visits.ours(parquet)


def test_the_gap_itself_is_no_end_of_a_visit(spark, tmp_path):
    """Where Spark's session ends, for which it is asked for a millisecond more."""
    rows = {"at_ms": [0, made.GAP_MS, 3 * made.GAP_MS + 1], "subject": [1, 1, 1]}
    pq.write_table(pa.table(rows), tmp_path / "rows.parquet")
    found = []
    for way in ("spark_core", "spark_session_window", "spark_windows"):
        engine_ways.WAYS[way](str(tmp_path / "rows.parquet"), tmp_path / way)
        found.append(sorted(pq.read_table(tmp_path / way)["end_ms"].to_pylist()))
    assert found == [[made.GAP_MS, 3 * made.GAP_MS + 1]] * 3
