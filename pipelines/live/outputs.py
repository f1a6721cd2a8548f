"""Files of JSON lines that a stream appends to, each line exactly once however often the stream is killed."""

import json
import os
from pathlib import Path

import pyarrow as pa

from pipelines.files import unwritable


class Outputs:
    """Append-only NDJSON files below one folder.

    `positions` are how far each file reaches in the state that is being worked from. After a restart they lie behind
    what is on disk; steps that are done again then produce bytes that are there already, which are skipped. Where they
    produce others, the file goes on with these: it is what the last run of each step says.
    """

    def __init__(self, folder: Path, positions: dict[str, int]) -> None:
        self._folder = folder
        self.positions = dict(positions)

    def append(self, name: str, rows: pa.Table) -> int:
        """`rows` at the end of file `name`; how many. Records keep the order of the columns."""
        if rows.num_rows:
            self._append(name, lines_of(rows))
        return rows.num_rows

    def _append(self, name: str, data: bytes) -> None:
        path = self._folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            begin = min(self.positions.get(name, 0), path.stat().st_size)
            with path.open("r+b") as file:
                file.seek(begin)
                there = file.read(len(data))
                if not data.startswith(there):
                    file.truncate(begin)  # of a state that is no more, such as a consent withdrawn meanwhile
                    there = b""
                file.seek(begin + len(there))
                file.write(data[len(there) :])
        except OSError as error:
            raise unwritable(path, error) from error
        self.positions[name] = begin + len(data)

    def sync(self) -> None:
        """What was appended survives a power cut; before a snapshot that builds on it."""
        for name in self.positions:
            handle = os.open(self._folder / name, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def lines_of(rows: pa.Table) -> bytes:
    """`rows` as JSON lines."""
    return "".join(_line(row) for row in rows.to_pylist()).encode()


def _line(row: dict[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str) + "\n"
