"""A simulated district and ways to run commands over it, each in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

DAY = "2026-11-02"


@dataclass(frozen=True)
class District:
    """A simulated district whose lines all come within the lateness."""

    root: Path

    def command(self, name: str, *more: str, data: str = "data") -> list[str]:
        return [sys.executable, "-m", "pipelines.cli", *self.options(name, *more, data=data)]

    def options(self, name: str, *more: str, data: str = "data") -> list[str]:
        folders = ("--config", self.root / "district", "--raw", self.root / "raw", "--data", self.root / data)
        return [name, *map(str, folders), *more]

    def run(self, name: str, *more: str, data: str = "data") -> str:
        done = subprocess.run(self.command(name, *more, data=data), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stream(self, *more: str, data: str = "data") -> str:
        return self.run("stream", "--replay", "--until-end", *more, data=data)

    def lines(self, name: str, data: str = "data") -> list[dict[str, Any]]:
        path = self.root / data / "stream" / name
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def batch_rows(self, table: str, data: str = "data") -> list[dict[str, Any]]:
        path = self.root / data / table / f"day={DAY}" / "default.parquet"
        return [{**row, "day": str(row["day"])} for row in pq.read_table(path, partitioning=None).to_pylist()]
