"""The rows of a day's window on their way from step to step: named parts of a folder, encrypted.

The window holds rows that the day will not publish (architecture §2), so what lies on disk is readable only with a key
derived from the day's (`privacy.keys.spill_key`), which is never stored. A part is a row of chunks, each an Arrow IPC
stream under AES-GCM with a nonce of its own, bound to its part and place, and an empty one that ends the part: a chunk
that was moved, swapped or cut off is found out.
"""

import os
import shutil
import struct
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.files import unwritable
from pipelines.sealing import Broken, Sealer
from schemas import SinkError

DEFAULT_BUDGET = 256 << 20
_SUFFIX = ".spill"
_HEAD = struct.Struct("<Q")  # length of the sealed chunk


class Spill:
    """Written first, by one process and any of its threads; once closed, read by any process that has the key."""

    def __init__(self, folder: Path, key: bytes, budget: int = DEFAULT_BUDGET) -> None:
        """`folder` is made 0700 at need; `budget`: bytes of rows held in memory before they are written."""
        self._folder = folder
        self._sealer = Sealer(key)
        self._budget = budget
        self._held: dict[str, list[pa.Table]] = {}
        self._held_bytes = 0
        self._chunks: dict[str, int] = {}
        self._lock = threading.Lock()

    def append(self, name: str, rows: pa.Table) -> None:
        """Adds rows to a part; SinkError if the disk is full."""
        with self._lock:
            self._held.setdefault(name, []).append(rows)
            self._held_bytes += _size(rows)
            if self._held_bytes > self._budget:
                self._write_held()

    def close(self) -> None:
        """Every row is on disk and every part ended; SinkError if that fails."""
        with self._lock:
            self._write_held()
            for name in self._chunks:
                self._write(name, b"")

    def share(self, folder: Path) -> None:
        """`folder` holds the closed spill, too, and may be removed on its own; linked, or copied where disks cannot."""
        if folder == self._folder:
            return
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _empty(folder)
            for name in self.names():
                _link(self._path(name), folder / f"{name}{_SUFFIX}")
        except OSError as error:
            raise unwritable(folder, error) from error

    def names(self) -> list[str]:
        """The parts of a closed spill."""
        return sorted(path.name.removesuffix(_SUFFIX) for path in self._folder.glob(f"*{_SUFFIX}"))

    def read(self, name: str, schema: pa.Schema) -> pa.Table:
        """All rows of a part, dictionaries unified; none if there is no such part. SinkError if it is damaged."""
        tables = [pa.ipc.open_stream(chunk).read_all() for chunk in self._written(name)]
        return pa.concat_tables([schema.empty_table(), *tables]).unify_dictionaries()

    def delete(self) -> None:
        """Removes every part."""
        _empty(self._folder)

    def _write_held(self) -> None:
        if not self._chunks:
            self.delete()  # what a run that was killed has left
        for name, tables in self._held.items():
            self._write(name, to_ipc(pa.concat_tables(tables).unify_dictionaries()))
        self._held.clear()
        self._held_bytes = 0

    def _write(self, name: str, plain: bytes) -> None:
        ordinal = self._chunks.get(name, 0)
        sealed = self._sealer.seal(plain, _place(name, ordinal))
        path = self._path(name)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(_HEAD.pack(len(sealed)))
                file.write(sealed)
                if not plain:
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise unwritable(path, error) from error
        self._chunks[name] = ordinal + 1

    def _written(self, name: str) -> Iterator[bytes]:
        path = self._path(name)
        try:
            with path.open("rb") as file:
                for ordinal in count():
                    (length,) = _HEAD.unpack(file.read(_HEAD.size))
                    plain = self._sealer.open(file.read(length), _place(name, ordinal))
                    if not plain:
                        return
                    yield plain
        except FileNotFoundError:
            return
        except (Broken, struct.error):
            raise SinkError(f"{path}: the spill is damaged or of another key", "ingest the day again") from None

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"


def remove_spills(folder: Path) -> None:
    """What lies under `folder` in any spill, of which the key is gone."""
    for path in folder.rglob(f"*{_SUFFIX}"):
        path.unlink(missing_ok=True)


def _empty(folder: Path) -> None:
    for path in folder.glob(f"*{_SUFFIX}"):
        path.unlink(missing_ok=True)


def _link(path: Path, to: Path) -> None:
    try:
        os.link(path, to)
    except OSError:
        shutil.copy2(path, to)


def partition(table: pa.Table, shards: int) -> list[pa.Table]:
    """The rows of each shard, in the order given: shard = unsigned subject mod `shards`."""
    if shards == 1:
        return [table]
    shard = (table["subject"].to_numpy().view(np.uint64) % np.uint64(shards)).astype(np.uint16)
    ordered = table.take(pa.array(np.argsort(shard, kind="stable")))
    ends = np.cumsum(np.bincount(shard, minlength=shards)).tolist()
    return [ordered.slice(start, end - start) for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _place(name: str, ordinal: int) -> bytes:
    return f"{name}/{ordinal}".encode()


def _size(rows: pa.Table) -> int:
    """Bytes of the rows' own: what slices share, such as dictionaries, is not counted again with each."""
    widths = [8 * 16 if pa.types.is_string(field.type) else field.type.bit_width for field in rows.schema]
    return len(rows) * sum(widths) // 8


def to_ipc(rows: pa.Table) -> bytes:
    """The rows as an Arrow IPC stream, lz4."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(rows)
    data: bytes = sink.getvalue().to_pybytes()
    return data
