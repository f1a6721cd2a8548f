"""Beam's runners for tests: FnApiRunner in this process, Prism and Flink as processes of their own on loopback.

`make engines` installs Prism and Flink under .engines; nothing else is looked for.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from pipelines.engines.beam import OnBeam
from tests.engines.runs import Started
from tests.engines.spark_sessions import free_port
from tests.product.command import ROOT

PRISM = ROOT / ".engines" / "bin" / "prism"
FLINK = ROOT / ".engines" / "flink"
# Flink tries a batch job again only if it is told so here: the options of a job do not do it.
RESTARTS = """
restart-strategy.type: fixed-delay
restart-strategy.fixed-delay.attempts: 5
restart-strategy.fixed-delay.delay: 1 s
"""


@contextmanager
def in_process(folder: Path) -> Iterator[Started]:
    yield _started("beam-fnapi", ["--runner=FnApiRunner"], folder)


@contextmanager
def prism(folder: Path) -> Iterator[Started]:
    """A Prism of its own; its workers are threads of this process."""
    port = free_port()
    command = [str(PRISM), f"--job_port={port}", "--serve_http=false", "--log_level=debug"]
    with _server("prism", command, folder, port):
        yield _started("beam-prism", [*_portable(port), "--environment_type=LOOPBACK"], folder)


@contextmanager
def flink(folder: Path) -> Iterator[Started]:
    """Flink inside its job server, and a pool that starts a Python process for each worker."""
    port, pool_port, artifacts, expansion = (free_port() for _ in range(4))
    main = "org.apache.beam.runners.flink.FlinkJobServerDriver"
    command = ["java", "-Xmx1g", f"-Djava.io.tmpdir={folder}", "-cp", f"{FLINK}/*", main, "--flink-master=[local]"]
    command += [f"--job-port={port}", f"--artifact-port={artifacts}", f"--expansion-port={expansion}"]
    (folder / "flink-conf.yaml").write_text(RESTARTS, encoding="utf-8")
    command += [f"--artifacts-dir={folder / 'staged'}", f"--flink-conf-dir={folder}"]
    pool = [sys.executable, "-m", "apache_beam.runners.worker.worker_pool_main", f"--service_port={pool_port}"]
    options = [*_portable(port), "--environment_type=EXTERNAL", f"--environment_config=127.0.0.1:{pool_port}"]
    options += ["--parallelism=2"]
    with _server("flink", command, folder, port), _server("pool", pool, folder, pool_port) as workers:
        yield _started("beam-flink", options, folder, lambda: workers.children(recursive=True))


def _portable(port: int) -> list[str]:
    return ["--runner=PortableRunner", f"--job_endpoint=127.0.0.1:{port}"]


def _started(
    name: str, options: list[str], folder: Path, victims: Callable[[], list[psutil.Process]] | None = None
) -> Started:
    def told() -> bytes:
        logs = b"".join(path.read_bytes() for path in folder.rglob("*.log"))
        return " ".join(options).encode() + str(dict(os.environ)).encode() + logs

    return Started(name, OnBeam(options), options, victims, told, folder, writing="*.rows")


@contextmanager
def _server(name: str, command: list[str], folder: Path, port: int) -> Iterator[psutil.Process]:
    """A process that listens at `port` from now on, and ends with the block, its children with it."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    with (folder / f"{name}.log").open("wb") as log:
        process = psutil.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_until_it_listens(process, port, folder / f"{name}.log")
        yield process
    finally:
        for one in [*process.children(recursive=True), process]:
            one.kill()
        process.wait(30)


def _wait_until_it_listens(process: psutil.Popen, port: int, log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            raise RuntimeError(f"it ended at once: {log.read_text()[-2000:]}")
        if any(c.laddr.port == port for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN):
            return
        time.sleep(0.25)
    raise TimeoutError(f"nothing listens at {port} after a minute: {log.read_text()[-2000:]}")
