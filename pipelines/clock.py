"""The one place that asks what time it is."""

import time
from pathlib import Path


def now_ms() -> int:
    """Now, UTC epoch ms."""
    return time.time_ns() // 1_000_000


def file_time_ms(path: Path) -> int:
    """When a file was last written, UTC epoch ms."""
    return path.stat().st_mtime_ns // 1_000_000
