"""Days through an engine, up to the day's tables and the warehouse: what the tests of engines compare."""

import datetime
import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pyarrow as pa

from pipelines.day import DayRun
from pipelines.engine_run import Engine, EngineRun
from pipelines.job import Job, make_job
from pipelines.steps.day_files import read_day
from pipelines.summary import Reporter
from pipelines.warehouse.digest import digest

Dates = list[datetime.date]


@dataclass(frozen=True)
class Started:
    """An engine under test: how the command line names it, and the processes of its that may be killed.

    `told` is everything it writes for others to read: event logs, configuration; `disk` where it spills. `writing`
    names what lies among its results once some are being written. No `victims`: its workers are the driver's threads.
    """

    name: str
    run: Engine
    options: list[str]
    victims: Callable[[], list[psutil.Process]] | None
    told: Callable[[], bytes]
    disk: Path
    writing: str = "attempt_*"


@dataclass(frozen=True)
class District:
    """A district folder with its raw logs."""

    config: Path
    raw: Path | str  # or an address

    def job(self, data: Path, shards: int = 16, definition: str | None = None) -> Job:
        return make_job(config=self.config, raw=self.raw, data=data, definition=definition, shards=shards)


@dataclass
class Days:
    """The days of a district in a data folder of their own."""

    job: Job
    run: DayRun
    dates: Dates = field(default_factory=list)

    def table(self, name: str) -> pa.Table:
        """A table of all days, in a total order, without the places where lines stood."""
        rows = pa.concat_tables([read_day(self.job, date)[name] for date in self.dates])
        plain = rows.drop([column for column in ("file", "line") if column in rows.column_names])
        words = [f.name for f in plain.schema if pa.types.is_dictionary(f.type)]
        for word in words:
            plain = plain.set_column(plain.column_names.index(word), word, plain[word].cast(pa.string()))
        return plain.sort_by([(column, "ascending") for column in plain.column_names])

    def digest(self, *names: str) -> str:
        """Of these tables: equal rows, equal digest."""
        whole = hashlib.blake2b(digest_size=16)
        for name in names:
            whole.update(f"{name}{self.table(name).to_pylist()}".encode())
        return whole.hexdigest()

    def warehouse_digest(self) -> str:
        """Of the warehouse, once the days are loaded and their members profiled."""
        with self.run.warehouse() as warehouse:
            for date in self.dates:
                self.run.load(warehouse, date)
            self.run.end()
            return digest(warehouse, self.job.district_name)


def sessionized(job: Job, engine: Engine | None, dates: Dates | None = None, keys: Path | None = None) -> Days:
    """`dates`, all by default, through an engine, by default the local one; with a copy of `keys` if given."""
    return sessionized_together([job], engine, dates, keys)[0]


def sessionized_together(
    jobs: Sequence[Job], engine: Engine | None, dates: Dates | None = None, keys: Path | None = None
) -> list[Days]:
    """The same for one district under several definitions of one pass, all in one data folder."""
    job, *others = jobs
    if keys is not None:
        shutil.copytree(keys, job.workspace.keys)
    run = DayRun(job, Reporter(), others) if engine is None else EngineRun(job, Reporter(), others, engine=engine)
    found = run.ingest(frozenset(dates) if dates else None)
    for date in found:
        run.sessionize(date)
    return [Days(one, run, found) for one in jobs]
