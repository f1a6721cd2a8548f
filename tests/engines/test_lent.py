"""A work on its way to workers: neither what a runner keeps nor what lies on the disk tells a key."""

import pickle
import stat
from pathlib import Path

import pytest

from pipelines.engine_run import EngineRun, work_of
from pipelines.engines.lent import Lent, lent
from pipelines.engines.work import Work
from pipelines.sealing import Broken
from pipelines.summary import Reporter
from schemas import ConfigError
from tests.engines import packed
from tests.engines.test_engines import notations

WORK_KEY = bytes(range(32))


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """A work of one day with its key."""
    job = packed.written(tmp_path, packed.rows()[:50]).job(tmp_path / "data")
    return work_of(EngineRun(job, Reporter(), engine=lambda work, out: None), frozenset([packed.DATE]))


def secrets_of(work: Work) -> list[bytes]:
    return [*work.secrets.known.values(), work.tally_key]


def test_a_worker_has_the_whole_work(work: Work, tmp_path: Path) -> None:
    with lent(work, tmp_path / "run") as given:
        got = pickle.loads(pickle.dumps(given)).work()
    assert secrets_of(got) == secrets_of(work)
    assert [piece.name for piece in got.pieces] == [piece.name for piece in work.pieces]


def test_neither_half_tells_a_key(work: Work, tmp_path: Path) -> None:
    with lent(work, tmp_path / "run") as given:
        on_disk, in_pipeline, shown = given.file.read_bytes(), pickle.dumps(given), repr(given).encode()
    assert given.opener in in_pipeline
    assert given.opener not in on_disk + shown
    for secret in secrets_of(work):
        assert secret in pickle.dumps(work)
        assert not any(form in on_disk + in_pipeline + shown for form in notations(secret))
    with lent(work, tmp_path / "run") as given, pytest.raises(Broken):
        Lent(given.file, WORK_KEY).work()


def test_the_file_is_the_owners_and_goes_with_the_run(work: Work, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), lent(work, tmp_path / "run") as given:
        assert stat.S_IMODE(given.file.stat().st_mode) == 0o600
        raise KeyboardInterrupt
    with pytest.raises(ConfigError, match="a worker cannot read it"):
        given.work()
