"""The warehouse inside this process: chDB on a folder. One process owns the folder, readers included.

A second opener is told who holds it. Calls from several threads take turns, so a reader sees a switch whole.
"""

import fcntl
import hashlib
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import pyarrow as pa

from pipelines.files import unwritable, write_bytes
from pipelines.warehouse.parameters import spelled
from pipelines.warehouse.protocol import NOTHING, Parameters, Run
from pipelines.warehouse.tables import TABLES, columns_of, constant, statements
from pipelines.warehouse.texts import sql
from schemas import SinkError

MEMORY_BYTES = 6 << 30
SECONDS = 600


class Embedded:
    """chDB on `folder`, made if it is missing. A context manager; `close` gives the folder back.

    Raises `SinkError` if another process holds the folder, or if another version of the product made it.
    """

    def __init__(self, folder: Path, *, max_memory_bytes: int = MEMORY_BYTES, max_seconds: int = SECONDS) -> None:
        self.folder = folder
        self._turn = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _held(folder / "owner")
        except OSError as error:
            raise unwritable(folder, error) from error
        try:
            self._session = _session(folder)
            self.execute(f"SET max_memory_usage = {int(max_memory_bytes)}")
            self.execute(f"SET max_execution_time = {int(max_seconds)}")
            _make_tables(self)
            _same_version(self)
        except BaseException:
            self.close()
            raise

    def execute(self, sql: str, parameters: Parameters = NOTHING) -> None:
        self._run(sql, "Null", parameters)

    def insert(self, table: str, rows: pa.Table) -> None:
        names = ", ".join(rows.column_names)
        batch = rows.unify_dictionaries()  # noqa: F841 (chDB finds it by this name on the stack)
        self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM Python(batch)", "Null", NOTHING)

    def query(self, sql: str, parameters: Parameters = NOTHING) -> pa.Table:
        return self._run(sql, "ArrowTable", parameters)

    def publish(self, run: Run, layers: Sequence[str]) -> None:
        self.execute(sql("publish"), {**run.parameters, "layers": list(layers)})

    def replace_members(self, district: str, devices: pa.Table, consented: Sequence[str]) -> None:
        for table, rows in (
            ("member_device", devices),
            ("consented", pa.table({"member": pa.array(consented, pa.string())})),
        ):
            self.execute(sql("forget_members"), {"table": table, "district": district})
            if rows.num_rows:
                self.insert(table, rows.add_column(0, "district", constant(district, rows.num_rows)))

    def close(self) -> None:
        if session := self.__dict__.pop("_session", None):
            session.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _run(self, sql: str, form: str, parameters: Parameters) -> Any:
        from chdb import ChdbError

        with self._turn:
            try:
                return self._session.query(sql, form, params=spelled(parameters) or None)
            except ChdbError as error:
                raise SinkError(f"warehouse {self.folder}: {_first_line(error)}", _cure(error)) from None


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


def _make_tables(warehouse: Embedded) -> None:
    """Make what the folder lacks; one that has it all is left alone: a full disk would empty the file of a view."""
    texts = list(statements())
    made, mark = warehouse.folder / "made", hashlib.blake2b("\n".join(texts).encode(), digest_size=16).hexdigest()
    if made.exists() and made.read_text(encoding="utf-8") == mark:
        return
    for text in texts:
        warehouse.execute(text)
    write_bytes(made, mark.encode())


def _same_version(warehouse: Embedded) -> None:
    """Refuse a folder whose tables have other columns than ours: nothing here migrates a warehouse."""
    for table in TABLES.values():
        found = warehouse.query(sql("columns"), {"table": table.name})["name"].to_pylist()
        if found != columns_of(table):
            what = f"warehouse {warehouse.folder}: table {table.name} was made by another version of shangquan"
            raise SinkError(what, "load the days into a new folder")


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
