"""Spark for tests, from the pip package alone: local[2] in this process, and a standalone cluster on loopback."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from pipelines.engines.spark import OnSpark, started
from pipelines.engines.spark_options import settings_of
from tests.engines.runs import Started
from tests.product.command import ROOT

HEAP = {"SPARK_DAEMON_MEMORY": "256m", "SPARK_LOCAL_IP": "127.0.0.1"}


@contextmanager
def local(folder: Path) -> Iterator[Started]:
    """Two threads; a task whose Python worker dies is tried again."""
    with _session("spark", ["--master", "local[2,4]"], folder, _python_workers) as tested:
        yield tested


@contextmanager
def standalone(folder: Path) -> Iterator[Started]:
    """A session on a cluster of its own."""
    with cluster(folder) as (url, worker):
        options = ["--master", url, "--executor-memory", "1g", "--conf", f"spark.executorEnv.PYTHONPATH={ROOT}"]
        with _session("spark-standalone", options, folder, lambda: _executors(worker)) as tested:
            yield tested


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The URL of a master, and its one worker with two cores: processes of their own."""
    port, page = free_port(), free_port()
    url = f"spark://127.0.0.1:{port}"
    master = ("deploy.master.Master", "--port", str(port), "--webui-port", str(page))
    worker = ("deploy.worker.Worker", "--webui-port", str(free_port()), "--cores", "2", "--memory", "2g")
    worker += ("--work-dir", str(folder / "work"), url)
    with _daemon(folder, *master), _daemon(folder, *worker) as started_worker:
        _wait_for_worker(page)
        yield url, started_worker


@contextmanager
def _session(name: str, options: list[str], folder: Path, victims) -> Iterator[Started]:
    events, disk = folder / "events", folder / "disk"
    events.mkdir()
    told = {"spark.eventLog.enabled": "true", "spark.eventLog.compress": "false", "spark.eventLog.dir": events.as_uri()}
    small = {"spark.sql.shuffle.partitions": "4", "spark.ui.enabled": "false", "spark.local.dir": str(disk)}
    here = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    spark = started({**here, **told, **small, **settings_of(options)})

    def written() -> bytes:
        settings = str(spark.sparkContext.getConf().getAll()) + str(dict(os.environ))
        return settings.encode() + b"".join(path.read_bytes() for path in events.rglob("*") if path.is_file())

    try:
        yield Started(name, OnSpark(options), options, victims, written, disk)
    finally:
        spark.stop()


@contextmanager
def _daemon(folder: Path, name: str, *arguments: str) -> Iterator[psutil.Process]:
    import pyspark

    home = Path(pyspark.__file__).parent
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.{name}", "--host", "127.0.0.1", *arguments]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **HEAP, "SPARK_HOME": str(home)}, stdout=log, stderr=log)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for_worker(page: int) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{page}/json/", timeout=5) as answer:
                if b'"aliveworkers" : 1' in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.25)
    raise TimeoutError("no Spark worker has come up in a minute")


def _executors(worker: psutil.Process) -> list[psutil.Process]:
    """The JVMs that run tasks of a standalone worker."""
    return [child for child in worker.children(recursive=True) if _says(child, "CoarseGrainedExecutorBackend")]


def _python_workers() -> list[psutil.Process]:
    """The Python processes in which local tasks run: children of the daemon that Spark starts once."""
    daemons = [child for child in psutil.Process().children(recursive=True) if _says(child, "pyspark.daemon")]
    return [worker for daemon in daemons for worker in daemon.children()]


def _says(process: psutil.Process, word: str) -> bool:
    try:
        return word in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
