"""Spark for tests, from the pip package alone: local[2] in this process, and a standalone cluster on loopback."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from pipelines.engines.spark import OnSpark, started
from pipelines.engines.spark_options import settings_of
from tests.engines.runs import Started
from tests.product.command import ROOT

HEAP = {"SPARK_DAEMON_MEMORY": "256m", "SPARK_LOCAL_IP": "127.0.0.1"}
Victims = Callable[[], list[psutil.Process]] | None


@contextmanager
def local(folder: Path) -> Iterator[Started]:
    """Two threads; a task whose Python worker dies is tried again."""
    with _session("spark", ["--master", "local[2,4]"], folder, _python_workers) as tested:
        yield tested


@contextmanager
def standalone(folder: Path) -> Iterator[Started]:
    """A session on a cluster of its own."""
    with cluster(folder) as made, joined(made.url, folder, made.executors) as tested:
        yield tested


@contextmanager
def joined(url: str, folder: Path, victims: Victims = None) -> Iterator[Started]:
    """A session of this process on a cluster that runs; all its cores are the session's."""
    options = ["--master", url, "--executor-memory", "1g", "--conf", f"spark.executorEnv.PYTHONPATH={ROOT}"]
    with _session("spark-standalone", options, folder, victims) as tested:
        yield tested


@contextmanager
def cluster(folder: Path) -> Iterator["Cluster"]:
    """A master and its one worker with two cores, until the block ends."""
    made = Cluster(folder)
    try:
        made.wait_for_worker()
        yield made
    finally:
        made.stop()


class Cluster:
    """Spark's daemons on loopback, processes of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._page, port = folder, free_port(), free_port()
        self.url = f"spark://127.0.0.1:{port}"
        self._master = self._daemon("deploy.master.Master", "--port", str(port), "--webui-port", str(self._page))
        self._worker = self._new_worker()

    def executors(self) -> list[psutil.Process]:
        """The JVMs that run the worker's tasks."""
        children = psutil.Process(self._worker.pid).children(recursive=True)
        return [child for child in children if _says(child, "CoarseGrainedExecutorBackend")]

    def replace_worker(self) -> None:
        """SIGKILL to the worker's daemon, whose executors then end themselves; another daemon takes its place."""
        self._worker.kill()
        self._worker.wait()
        self._worker = self._new_worker()

    def stop(self) -> None:
        for daemon in (self._worker, self._master):
            daemon.terminate()
            daemon.wait(30)

    def wait_for_worker(self) -> None:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self._page}/json/", timeout=5) as answer:
                    if b'"aliveworkers" : 1' in answer.read():
                        return
            except OSError:
                pass
            time.sleep(0.25)
        raise TimeoutError("no Spark worker has come up in a minute")

    def _new_worker(self) -> "subprocess.Popen[bytes]":
        size = ("--cores", "2", "--memory", "2g", "--work-dir", str(self._folder / "work"))
        return self._daemon("deploy.worker.Worker", "--webui-port", str(free_port()), *size, self.url)

    def _daemon(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        import pyspark

        home = Path(pyspark.__file__).parent
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.{name}", "--host", "127.0.0.1", *arguments]
        with (self._folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, env={**os.environ, **HEAP, "SPARK_HOME": str(home)}, stdout=log, stderr=log
            )


@contextmanager
def _session(name: str, options: list[str], folder: Path, victims: Victims) -> Iterator[Started]:
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
