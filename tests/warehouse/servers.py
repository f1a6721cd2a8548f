"""A ClickHouse server for a test: started, killed, started again on the same folder; and a proxy that cuts or wraps."""

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from pipelines.warehouse.server import Server
from pipelines.warehouse.settings import WarehouseConfig

SCRIPT = Path(__file__).with_name("server_process.py")
PATIENCE_S = 30


class ServerProcess:
    """The server of `folder`, on a free port of loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.http = _free_port(), _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = [sys.executable, str(SCRIPT), str(self.folder), str(self.port), str(self.http)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise TimeoutError("no server came up")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def settings(self, **changes: object) -> WarehouseConfig:
        return WarehouseConfig(kind="server", **{"host": "127.0.0.1", "port": self.port, **changes})

    def opened(self, database: str = "default") -> Server:
        """A connection; the database is made if it is missing."""
        if database != "default":
            with Server(self.settings(), "", as_it_is=True) as server:
                server.execute(f"CREATE DATABASE IF NOT EXISTS {database}")
        return Server(self.settings(database=database), "")


class Proxy:
    """Forwards connections to `port`; `cut_after` ends one that has carried so many bytes to the server."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.cut_after: int | None = None
        self._target, self._tls = port, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain:
            client = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            with client, socket.create_connection(("127.0.0.1", self._target)) as server:
                back = threading.Thread(target=self._pump, args=(server, client, False), daemon=True)
                back.start()
                self._pump(client, server, True)
                for end in (client, server):
                    with contextlib.suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)
                back.join()

    def _pump(self, source: socket.socket, sink: socket.socket, is_counted: bool) -> None:
        carried = 0
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                carried += len(data)
                if is_counted and self.cut_after is not None and carried > self.cut_after:
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def proxy(port: int, tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    made = Proxy(port, tls)
    try:
        yield made
    finally:
        made.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
