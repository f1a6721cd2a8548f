"""The rows of a day's window on their way from files to shards: in memory up to a budget, beyond it on disk, encrypted.

The window holds rows that the day will not publish (architecture §2), so what lies on disk is readable only with a key
derived from the day's (`privacy.keys.spill_key`), which is never stored. Each chunk is one Arrow IPC stream under
AES-GCM with a nonce of its own, bound to its shard and place: a chunk that was cut, moved or swapped is refused.
"""

import os
import secrets
import struct
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.files import unwritable
from schemas import SinkError

DEFAULT_BUDGET = 512 << 20
_SUFFIX = ".spill"
_HEAD = struct.Struct("<Q12s")  # length of the sealed chunk, its nonce
_PLACE = struct.Struct("<QQ")


class Spill:
    """Rows by shard. Several threads may append; one reads, when all have appended."""

    def __init__(self, folder: Path, key: bytes, budget: int = DEFAULT_BUDGET) -> None:
        """`folder` is made 0700 at need; `budget`: bytes of rows held in memory before any is written."""
        self._folder = folder
        self._cipher = AESGCM(key)
        self._budget = budget
        self._held: dict[int, list[pa.Table]] = {}
        self._held_bytes = 0
        self._chunks: dict[int, int] = {}  # on disk, by shard
        self._lock = threading.Lock()

    def append(self, shard: int, rows: pa.Table) -> None:
        """Adds rows to a shard; SinkError if the disk is full."""
        with self._lock:
            self._held.setdefault(shard, []).append(rows)
            self._held_bytes += _size(rows)
            if self._held_bytes > self._budget:
                self._write_held()

    def shards(self) -> list[int]:
        """The shards that have rows, in order."""
        return sorted(self._held.keys() | self._chunks.keys())

    def table(self, shard: int) -> pa.Table | None:
        """All rows of a shard in the order appended, dictionaries unified; None if it has none; SinkError if damaged."""
        tables = [*self._written(shard), *self._held.get(shard, [])]
        return pa.concat_tables(tables).unify_dictionaries() if tables else None

    def taken_out(self, shard: int) -> pa.Table | None:
        """As `table`; the shard is no longer one of the spill's."""
        rows = self.table(shard)
        self._held.pop(shard, None)
        self._chunks.pop(shard, None)
        return rows

    def save(self) -> dict[int, int]:
        """Writes what is held, for another process to read (`saved`); how many chunks each shard has."""
        with self._lock:
            self._write_held()
            return dict(self._chunks)

    @staticmethod
    def saved(folder: Path, key: bytes, chunks: Mapping[int, int]) -> "Spill":
        """The spill that was saved in `folder` with so many chunks."""
        spill = Spill(folder, key)
        spill._chunks.update(chunks)
        return spill

    def delete(self) -> None:
        """Forgets every row and removes what is on disk."""
        self._held.clear()
        self._held_bytes = 0
        self._chunks.clear()
        self._remove_files()

    def _write_held(self) -> None:
        if not self._chunks:
            self._remove_files()  # of a run that was killed
        for shard, tables in self._held.items():
            self._write(shard, _to_ipc(pa.concat_tables(tables).unify_dictionaries()))
        self._held.clear()
        self._held_bytes = 0

    def _write(self, shard: int, plain: bytes) -> None:
        ordinal = self._chunks.get(shard, 0)
        nonce = secrets.token_bytes(12)
        sealed = self._cipher.encrypt(nonce, plain, _PLACE.pack(shard, ordinal))
        path = self._path(shard)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(_HEAD.pack(len(sealed), nonce))
                file.write(sealed)
        except OSError as error:
            raise unwritable(path, error) from error
        self._chunks[shard] = ordinal + 1

    def _written(self, shard: int) -> Iterator[pa.Table]:
        if shard not in self._chunks:
            return
        path = self._path(shard)
        try:
            with path.open("rb") as file:
                for ordinal in range(self._chunks[shard]):
                    length, nonce = _HEAD.unpack(file.read(_HEAD.size))
                    plain = self._cipher.decrypt(nonce, file.read(length), _PLACE.pack(shard, ordinal))
                    yield pa.ipc.open_stream(plain).read_all()
        except (OSError, struct.error, InvalidTag):
            raise SinkError(f"{path}: the spill is damaged or of another key", "ingest the day again") from None

    def _remove_files(self) -> None:
        for path in self._folder.glob(f"*{_SUFFIX}"):
            path.unlink(missing_ok=True)

    def _path(self, shard: int) -> Path:
        return self._folder / f"shard-{shard:04}{_SUFFIX}"


def partition(table: pa.Table, shards: int) -> list[pa.Table]:
    """The rows of each shard, in the order given: shard = unsigned subject mod `shards`."""
    if shards == 1:
        return [table]
    shard = (table["subject"].to_numpy().view(np.uint64) % np.uint64(shards)).astype(np.uint16)
    ordered = table.take(pa.array(np.argsort(shard, kind="stable")))
    ends = np.cumsum(np.bincount(shard, minlength=shards)).tolist()
    return [ordered.slice(start, end - start) for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _size(rows: pa.Table) -> int:
    """Bytes of the rows' own: what slices share, such as dictionaries, is not counted again with each."""
    widths = [8 * 16 if pa.types.is_string(field.type) else field.type.bit_width for field in rows.schema]
    return len(rows) * sum(widths) // 8


def _to_ipc(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(rows)
    data: bytes = sink.getvalue().to_pybytes()
    return data
