"""Files that appear whole or not at all: written beside, synced, renamed, the folder synced (architecture §8)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from schemas import SinkError

_PART = ".part"


def write_bytes(path: Path, data: bytes, mode: int = 0o666) -> None:
    """`path` holds exactly `data`, or what it held before; folders above it are made. SinkError if that fails."""
    with whole_file(path, mode) as file:
        file.write(data)


def write_table(path: Path, table: pa.Table, mode: int = 0o666) -> None:
    """`table` as Parquet (zstd), whole or not at all; SinkError if that fails."""
    with whole_file(path, mode) as file:
        pq.write_table(table, file, compression="zstd")


@contextmanager
def table_file(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """A Parquet file to write part by part; becomes `path` as `whole_file` does."""
    with whole_file(path) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        yield writer


@contextmanager
def whole_file(path: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A file to write; becomes `path` when the block ends, and leaves nothing behind when the block raises.

    `mode` is cut by the umask. An OSError (disk full, no permission) becomes a SinkError that names the file.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode, exist_ok=False)
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def remove_parts(folder: Path) -> None:
    """Removes what killed writers left under `folder`; what a living process writes stays."""
    for part in folder.rglob(f".*{_PART}"):
        if not _is_alive(int(part.name.split(".")[-2])):
            part.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()  # nothing of this process is under way when it sweeps


def sync_folder(folder: Path) -> None:
    """The names in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(path: Path, error: OSError) -> SinkError:
    """The SinkError of a file that could not be written."""
    reason = error.strerror or type(error).__name__
    return SinkError(
        f"{path}: cannot be written: {reason.lower()}", "free space or mend the permissions, and run again"
    )
