"""An S3 server for tests, moto's on loopback: a process of its own, which checks no signature."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow.fs as pa_fs
import pytest

from tests.product.command import ROOT

PYTHON = ROOT / ".venv-s3" / "bin" / "python"  # moto and the product want different versions of python-dateutil
KEYS = {"AWS_ACCESS_KEY_ID": "of-a-test", "AWS_SECRET_ACCESS_KEY": "never-in-a-pickle"}
PATIENCE_S = 60


@dataclass(frozen=True)
class Bucket:
    """A bucket of its own, and where it is."""

    name: str
    port: int

    def put(self, name: str, data: bytes) -> None:
        with self._store().open_output_stream(f"{self.name}/{name}", compression=None) as file:
            file.write(data)

    def take(self, folder: Path, prefix: str) -> str:
        """Every file of `folder` under `prefix`; the address for --raw."""
        for path in folder.rglob("*"):
            if path.is_file():
                self.put(f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes())
        return f"s3a://{self.name}/{prefix}"

    def make(self) -> "Bucket":
        self._store().create_dir(self.name)
        return self

    def _store(self) -> pa_fs.S3FileSystem:
        keys = {"access_key": KEYS["AWS_ACCESS_KEY_ID"], "secret_key": KEYS["AWS_SECRET_ACCESS_KEY"]}
        at = f"127.0.0.1:{self.port}"
        return pa_fs.S3FileSystem(endpoint_override=at, scheme="http", allow_bucket_creation=True, **keys)


def point_to(port: int, environment: pytest.MonkeyPatch) -> None:
    """What an operator sets for a server that is not AWS's."""
    for name, value in KEYS.items():
        environment.setenv(name, value)
    environment.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    environment.setenv("AWS_REGION", "us-east-1")
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")


@contextmanager
def s3_server() -> Iterator[int]:
    """The port of a server, until the block ends."""
    port = free_port()
    command = [str(PYTHON), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError("moto has not come up in a minute")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
