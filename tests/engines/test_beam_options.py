"""What `--engine beam` refuses before any work: no runner, Beam's default, a runner that lacks what it needs."""

import logging
import socket
import sys
from pathlib import Path

import pytest

from pipelines.engines.beam_options import flags_of, require_job_server
from pipelines.engines.choice import engine_of
from schemas import ConfigError

PORTABLE = ["--runner=PortableRunner", "--environment_type=LOOPBACK"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "no runner is named"),
        (["--job_endpoint=127.0.0.1:1"], "no runner is named"),
        (["--runner=DirectRunner"], "runner DirectRunner is not taken"),
        (["--runner", "PrismRunner"], "runner PrismRunner is not taken"),
        (["--runner="], "runner  is not taken"),
        (["--runner=PortableRunner", "--environment_type=LOOPBACK"], "needs --job_endpoint"),
        (["--runner=PortableRunner", "--job_endpoint", "127.0.0.1:1"], "needs --environment_type"),
    ],
)
def test_what_is_not_taken_is_told_with_what_to_write(options: list[str], told: str) -> None:
    with pytest.raises(ConfigError, match=told) as refused:
        engine_of("beam", options)
    assert "--runner=FnApiRunner" in refused.value.cure


def test_options_go_to_beam_as_they_are() -> None:
    options = ["--runner", "FnApiRunner", "--direct_num_workers=2"]
    assert flags_of(options) == [*options, "--job_name=shangquan"]
    assert flags_of([*options, "--job_name=mine"]) == [*options, "--job_name=mine"]


def test_a_job_server_that_does_not_answer_is_told_at_once() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(ConfigError, match=f"no job server answers at {endpoint}"):
            require_job_server([*PORTABLE, f"--job_endpoint={endpoint}"])


def test_without_beam_the_cure_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "apache_beam", None)
    engine = engine_of("beam", ["--runner=FnApiRunner"])
    assert engine is not None
    with pytest.raises(ConfigError, match="apache-beam is not installed"):
        engine(None, tmp_path)  # type: ignore[arg-type]


def test_what_a_run_warns_of_is_heard_beside_beam(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "apache_beam", None)
    with pytest.raises(ConfigError):
        engine_of("beam", ["--runner=FnApiRunner"])(None, tmp_path)  # type: ignore[arg-type, misc]
    logging.getLogger("pipelines.sources.vanished").warning("gone.log: passed over")
    logging.warning("a hint of Beam's, given through the root logger")
    assert caplog.messages == ["gone.log: passed over"]
