"""What every warehouse can do, and what a run in it is called. Adapters say where they run: `embedded`, `server`."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa

from pipelines.warehouse.texts import sql

Parameter = str | int | float | bool | datetime.date | None | Sequence[str] | Sequence[int]
Parameters = Mapping[str, Parameter]
NOTHING: Parameters = {}


@dataclass(frozen=True)
class Run:
    """One load of one day of one district under one definition; `name` is unique in the warehouse."""

    district: str
    day: datetime.date
    definition: str
    name: str

    @property
    def parameters(self) -> dict[str, Parameter]:
        """As the SQL files name them: {district:String} {day:Date} {definition:String} {run:String}."""
        return {"district": self.district, "day": self.day, "definition": self.definition, "run": self.name}


class Warehouse(Protocol):
    """Columns in, columns out. Values reach SQL as query parameters (`{day:Date}`) only, never pasted into its text.

    A call holds one statement. A mistake in SQL or a limit that was hit raises `SinkError`. Calls from several threads
    take turns. A context manager; `close` gives it back.
    """

    name: str  # for people: "warehouse " and where it is
    keeps_old_run: bool  # a query of another session may still read it; the day's next load drops it

    def execute(self, sql: str, parameters: Parameters = NOTHING) -> None:
        """Run a statement that returns nothing."""

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append `rows`, whose columns carry the table's names in any order; a value that does not fit raises."""

    def query(self, sql: str, parameters: Parameters = NOTHING) -> pa.Table:
        """The result, in Arrow."""

    def publish(self, run: Run, layers: Sequence[str]) -> None:
        """Make `run` the visible one in all tables of `layers`, in one atomic step."""
        self.execute(sql("publish"), {**run.parameters, "layers": list(layers)})

    def replace_members(self, district: str, devices: pa.Table, consented: Sequence[str]) -> None:
        """Fill member_device (MEMBER_DEVICE rows) and consented (members) for the queries of this session.

        They lie in memory only: who owns which device is never at rest beside the visits.
        """

    def close(self) -> None:
        """Nothing more is asked of it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
