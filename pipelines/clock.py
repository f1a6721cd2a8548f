"""The one place that asks what time it is."""

import time
from typing import Protocol


def now_ms() -> int:
    """Now, UTC epoch ms."""
    return time.time_ns() // 1_000_000


class Written(Protocol):
    """What `stat` says of a file, here or in remote storage."""

    @property
    def st_mtime_ns(self) -> int: ...


class File(Protocol):
    def stat(self) -> Written: ...


def file_time_ms(path: File) -> int:
    """When a file was last written, UTC epoch ms."""
    return path.stat().st_mtime_ns // 1_000_000
