"""The warehouse inside this process: chDB on a folder. One process owns the folder, readers included.

A second opener is told who holds it. Calls from several threads take turns, so a reader sees a switch whole.
"""

import fcntl
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from pipelines.files import unwritable
from pipelines.warehouse.member_tables import fill
from pipelines.warehouse.parameters import spelled
from pipelines.warehouse.protocol import NOTHING, Parameters, Warehouse
from pipelines.warehouse.tables import fitted
from pipelines.warehouse.versions import prepare
from schemas import SinkError

MEMORY_BYTES = 6 << 30
SECONDS = 600


class Embedded(Warehouse):
    """chDB on `folder`, made if it is missing. A context manager; `close` gives the folder back.

    Raises `SinkError` if another process holds the folder, or if another version of the product made it.
    """

    keeps_old_run = False

    def __init__(
        self,
        folder: Path,
        *,
        max_memory_bytes: int = MEMORY_BYTES,
        max_seconds: int = SECONDS,
        as_it_is: bool = False,
    ) -> None:
        """`as_it_is`: tables of another version are not refused; for `db migrate` and `db check` alone."""
        self.folder = folder
        self.name = f"warehouse {folder}"
        self._turn = threading.RLock()
        self._members: dict[str, tuple[pa.Table, Sequence[str]]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _held(folder / "owner")
        except OSError as error:
            raise unwritable(folder, error) from error
        try:
            self._session = _session(folder)
            self.execute(f"SET max_memory_usage = {int(max_memory_bytes)}")
            self.execute(f"SET max_execution_time = {int(max_seconds)}")
            if not as_it_is:
                prepare(self)
        except BaseException:
            self.close()
            raise

    def execute(self, sql: str, parameters: Parameters = NOTHING) -> None:
        self._run(sql, "Null", parameters)

    def insert(self, table: str, rows: pa.Table) -> None:
        names = ", ".join(rows.column_names)
        batch = fitted(table, rows).unify_dictionaries()  # noqa: F841 (chDB finds it by this name on the stack)
        self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM Python(batch)", "Null", NOTHING)

    def query(self, sql: str, parameters: Parameters = NOTHING) -> pa.Table:
        return self._run(sql, "ArrowTable", parameters)

    def replace_members(self, district: str, devices: pa.Table, consented: Sequence[str]) -> None:
        self._members[district] = devices, consented
        fill(self, self._members)

    def close(self) -> None:
        if session := self.__dict__.pop("_session", None):
            session.close()
        self._lock.close()

    def _run(self, sql: str, form: str, parameters: Parameters) -> Any:
        from chdb import ChdbError

        with self._turn:
            try:
                return self._session.query(sql, form, params=spelled(parameters) or None)
            except ChdbError as error:
                self._drain()
                raise SinkError(f"{self.name}: {_first_line(error)}", _cure(error)) from None

    def _drain(self) -> None:
        """chDB puts what a failed query had begun to answer in front of the next answer: take it off."""
        with suppress(RuntimeError):
            self._session.query("SELECT 1", "Null")


def owner_of(folder: Path) -> str:
    """Who holds the warehouse on `folder` now, e.g. "process 12 (shangquan)"; empty if nobody does."""
    path = folder / "owner"
    if not path.exists():
        return ""
    with path.open(encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return lock.read().strip() or "another process"
    return ""


def _held(path: Path) -> IO[str]:
    """The open lock file of a warehouse, ours until it is closed or this process ends, however it ends."""
    lock = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        owner = lock.read().strip() or "another process"
        lock.close()
        cure = "wait for it or end it; separate processes at one warehouse need a server"
        raise SinkError(f"warehouse {path.parent} is held by {owner}", cure) from None
    lock.truncate(0)
    lock.write(f"process {os.getpid()} ({Path(sys.argv[0]).name or 'python'})\n")
    lock.flush()
    return lock


def _session(folder: Path) -> Any:
    from chdb import ChdbError, session

    try:
        return session.Session(str(folder))
    except (ChdbError, RuntimeError) as error:
        cure = "one process opens one warehouse at a time; if none does, move the folder away and load the days again"
        raise SinkError(f"warehouse {folder}: {_first_line(error)}", cure) from None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].removesuffix(".")


def _cure(error: Exception) -> str:
    return _CURES.get(str(error).partition(".")[0].removeprefix("Code: "), "")


_ONE = "one process opens one warehouse at a time"
# ClickHouse's codes for what an operator can change.
_CURES = {
    "241": "the query needs more memory than the limit: a shorter range of days, or a higher max_memory_bytes",
    "159": "the query took longer than the limit: a shorter range of days, or a higher max_seconds",
    "243": "the disk of the warehouse is full",
    "75": "the disk of the warehouse is full or cannot be written",
}
