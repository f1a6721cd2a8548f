"""A small simulated week, back-filled by a process that may be killed; what its warehouse holds in the end.

The gate is left out: Great Expectations takes longer than all of this, and changes no row.
"""

import datetime
import multiprocessing
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from unittest.mock import patch

from pipelines.day import DayRun
from pipelines.simulate.simulation import simulate
from pipelines.steps.audience import profile_day
from pipelines.summary import Reporter
from pipelines.warehouse.digest import digest
from schemas import ShangquanError
from tests.engines.runs import District

MONDAY = datetime.date(2026, 11, 2)
PROCESSES = multiprocessing.get_context("forkserver")  # imports are made once, and no child inherits a thread
PROCESSES.set_forkserver_preload(["tests.soak.week"])


@dataclass(frozen=True)
class BackFill:
    """A district and a data folder for its week."""

    district: District
    data: Path

    def start(self) -> BaseProcess:
        """A process that runs all days of the week, whatever another one has left there."""
        process = PROCESSES.Process(target=run, args=(self.district, self.data))
        process.start()
        return process

    @property
    def said(self) -> str:
        """The digest of the warehouse after the last run that came to its end."""
        return _said(self.data).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Week:
    """A district's raw week, and its back-fill that nothing disturbed: its keys, digest and length."""

    district: District
    undisturbed: BackFill
    seconds: float

    def again(self, folder: Path, settings: str = "") -> BackFill:
        """A back-fill in a folder of its own under the same keys; `settings` are added to its district.toml."""
        config = folder / "district"
        shutil.copytree(self.district.config, config)
        with (config / "district.toml").open("a", encoding="utf-8") as file:
            file.write(settings)
        data = self.undisturbed.data
        shutil.copytree(data.with_name(data.name + ".keys"), folder / (data.name + ".keys"))
        return BackFill(replace(self.district, config=config), folder / data.name)


def week_in(folder: Path, lines: int = 1_200) -> Week:
    """A simulated week with every trap, and its undisturbed back-fill."""
    made = simulate(out=folder / "raw", start=MONDAY, days=7, lines=lines, seed=17)
    district = District(made.district, made.raw)
    undisturbed = BackFill(district, folder / "data")
    began = time.monotonic()
    finished(undisturbed)
    return Week(district, undisturbed, time.monotonic() - began)


def finished(back_fill: BackFill) -> None:
    """The week run to its end by a process of its own."""
    process = back_fill.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"the back-fill ended with {process.exitcode}")


def run(district: District, data: Path) -> None:
    """Every day of the week from raw logs into the warehouse, and the digest; exits with the code of an error."""
    try:
        with patch("pipelines.warehouse.load.Gate"):
            days = DayRun(district.job(data), Reporter())
            text = loaded(days, days.ingest(None))
    except ShangquanError as error:
        sys.exit(error.exit_code)
    _said(data).write_text(text, encoding="utf-8")


def loaded(days: DayRun, dates: Sequence[datetime.date]) -> str:
    """The digest of the warehouse, once `dates`, which are ingested, are walked, loaded and profiled."""
    with days.warehouse() as warehouse:
        for date in dates:
            days.sessionize(date)
            days.load(warehouse, date)
            profile_day(days.job, warehouse, days.job.calendar.day(date), days.members)
        days.end()
        return digest(warehouse, days.job.district_name)


def _said(data: Path) -> Path:
    return data.with_name(data.name + ".digest")
