"""Visible days, and how they get there: one protocol, adapters that say where they run, SQL as files."""

from pipelines.warehouse.digest import digest
from pipelines.warehouse.embedded import Embedded
from pipelines.warehouse.load import Loaded, load
from pipelines.warehouse.protocol import Parameters, Run, Warehouse

__all__ = ["Embedded", "Loaded", "Parameters", "Run", "Warehouse", "digest", "load"]
