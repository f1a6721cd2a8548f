"""A simulated day through the product's steps, and what its warehouse then holds."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from pipelines.simulate.simulation import Simulated
from pipelines.warehouse.digest import digest
from pipelines.warehouse.embedded import Embedded
from pipelines.warehouse.tables import LAYERS, TABLES
from tests.product.command import shangquan

DAY = "2026-11-03"
DISTRICT = "harbour"


@dataclass(frozen=True)
class Folder:
    """A data folder of the simulated district."""

    made: Simulated
    data: Path

    @property
    def keys(self) -> Path:
        return self.data.with_name(self.data.name + ".keys")

    def with_keys_of(self, other: "Folder") -> "Folder":
        """This folder with the keyring of another: without the same keys no two runs say the same."""
        shutil.copytree(other.keys, self.keys)
        return self

    def asked(self, raw: Path | None = None, day: str = DAY) -> list[object]:
        return ["--config", self.made.district, "--raw", raw or self.made.raw, "--data", self.data, "--day", day]

    def sessionize(self, raw: Path | None = None, shards: int = 16) -> None:
        for step in ("ingest", "sessionize"):
            shangquan(step, *self.asked(raw), "--shards", shards).done()

    def load(self, raw: Path | None = None, shards: int = 16) -> None:
        """Everything that reaches the warehouse; no pages, no exports."""
        self.sessionize(raw, shards)
        for step in ("load", "audience"):
            shangquan(step, *self.asked(raw)).done()

    def digest(self) -> str:
        with Embedded(self.data / "warehouse") as warehouse:
            return digest(warehouse, DISTRICT)

    def visible(self) -> dict[str, int]:
        """Rows that a reader sees, by table."""
        with Embedded(self.data / "warehouse") as warehouse:
            return {name: _count(warehouse, f"visible_{name}") for name in TABLES}

    def stored(self) -> dict[str, int]:
        """Rows that lie on the disk, by table."""
        with Embedded(self.data / "warehouse") as warehouse:
            return {name: _count(warehouse, name) for name in TABLES}

    def half_written(self) -> list[Path]:
        """What a writer leaves that was killed."""
        marks = (".part", ".new", ".building", ".old", ".spill")
        return [path for path in self.data.rglob("*") if path.name.endswith(marks)]


def layer_of(rows: dict[str, int], layer: str) -> dict[str, int]:
    """The counts of one layer's tables."""
    return {table.name: rows[table.name] for table in LAYERS[layer]}


def _count(warehouse: Embedded, table: str) -> int:
    return int(warehouse.query(f"SELECT count() AS n FROM {table}")["n"][0].as_py())
