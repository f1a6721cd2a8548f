"""Days on an engine of many workers: the driver's part. What a worker does lives in `pipelines.engines.{read,walk}`.

    driver: keys, members, clocks, the list of files -> Work -> ENGINE(work, folder) -> results, sealed
            results -> each day's tally and files -> gate, warehouse, pages, exports, as after the local engine

An engine is a function of the work and of a folder for its results. It gives the pieces to `read_pieces`, groups the
rows by day and shard, gives them to `walk_groups`, and writes what comes out. It holds no rule and no key of its own.
"""

import datetime
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from pipelines.clock_offsets import ClockOffsets
from pipelines.day import DayRun
from pipelines.days import Days, run_days
from pipelines.engines.choice import engine_of
from pipelines.engines.local import in_order
from pipelines.engines.read import Told
from pipelines.engines.results import Results
from pipelines.engines.work import DaySecrets, Piece, Work
from pipelines.job import Job
from pipelines.passes import passes
from pipelines.refusals import refusals
from pipelines.sources.pieces import ranges_for
from pipelines.steps.ingest import Dates, near_ms
from pipelines.steps.intake import Handoff, Intake
from pipelines.steps.tally import FileTally
from pipelines.steps.walking import Part, walk_of
from pipelines.summary import Reporter
from privacy.keys import KEY_BYTES
from schemas import MEMBER, PrivacyError


class Engine(Protocol):
    """Runs a work to its end."""

    def __call__(self, work: Work, out: Path) -> None:
        """Parquet files of rows (`engines.rows.SCHEMA`) under `out`: each once, whatever was killed or tried twice."""


def run_days_on(*, engine: str, options: Sequence[str], jobs: Sequence[Job], days: Days, reporter: Reporter) -> None:
    """`run_days` on the engine of that name, started with its own `options`, for one district's definitions.

    Raw files are read once for all definitions of a pass (`pipelines.passes`).
    """
    chosen = engine_of(engine, options)
    on = DayRun if chosen is None else partial(EngineRun, engine=chosen)
    with refusals(reporter.note) as refused:
        for first, *others in passes(jobs):
            with refused.kept():
                run_days(job=first, others=others, days=days, reporter=reporter, on=on)


class EngineRun(DayRun):
    """The steps of trading days with reading and walking done by an engine: all days in one job of it."""

    def __init__(self, job: Job, reporter: Reporter, others: Sequence[Job] = (), *, engine: Engine) -> None:
        super().__init__(job, reporter, others)
        self._engine = engine
        self._out = job.workspace.engine
        self._results: Results | None = None

    def intakes(self, dates: Dates) -> tuple[list[Intake], list[FileTally]]:
        """What each day takes in: counts alone, for its sightings are walked already and lie in the results."""
        shutil.rmtree(self._out, ignore_errors=True)  # what a killed run has left
        work = work_of(self, dates)
        self._engine(work, self._out)
        self._results = Results(self._out, work)
        told = self._results.told()
        self.refused += sorted(told.refused)
        for date in sorted(told.own):
            self.key(self.job.calendar.day(date), work.secrets.of(date))
        intakes = [self._counted(date, told) for date in sorted({*told.own, *(dates or ())})]
        return intakes, list(told.files.values())

    def _counted(self, date: datetime.date, told: Told) -> Intake:
        intake = self.begin(self.job.calendar.day(date))
        intake.own = told.own[date]
        for window in intake.windows:
            window.learnt = told.learnt.get(window.day, window.learnt)
        for _, tally in sorted(told.files.items()):
            intake.add_file(tally)
        return intake

    def parts(self, handoffs: Sequence[Handoff]) -> Iterator[Sequence[Part]]:
        """What the workers have made of the day's shards."""
        if self._results is None:
            raise ValueError("the engine has not run")
        return self._results.parts(handoffs[0].day.date)

    def end(self) -> None:
        """The engine's results go."""
        shutil.rmtree(self._out, ignore_errors=True)


def work_of(run: DayRun, dates: Dates) -> Work:
    """All that the workers must know of a run; what can be learnt of clocks is frozen by now."""
    job = run.job
    district = replace(job.district, audiences=())
    return Work(
        pieces=tuple(_pieces(run, dates)),
        walks=tuple(replace(walk_of(one, run.now_ms), district=district) for one in run.jobs),
        calendars=tuple(one.calendar for one in run.jobs),
        calendar=run.calendar,
        shards=job.shards,
        clocks=ClockOffsets(job, lambda file: near_ms(job, dates, file)).frozen(),
        members=replace(run.members, members=MEMBER.empty()),
        secrets=_secrets(run, dates),
        tally_key=secrets.token_bytes(KEY_BYTES),
    )


def _pieces(run: DayRun, dates: Dates) -> Iterator[Piece]:
    """Every raw file of every feed, large ones by ranges: they are read here, some at a time, to count their lines."""
    job = run.job
    files = [(job.config.feed(one), file) for one in job.config.feeds for file in job.files(one)]
    total = sum(file.stat().st_size for _, file in files)
    with run.reporter.progress("counting lines of large files", total) as moved_on:
        for (feed, file), ranges in zip(files, in_order(lambda one: ranges_for(*one), files), strict=True):
            near = near_ms(job, dates, file)
            yield from (Piece(feed, file.path.absolute(), file.name, near, one) for one in ranges)
            moved_on(file.stat().st_size)


def _secrets(run: DayRun, dates: Dates) -> DaySecrets:
    """The keys of `dates`; if they are open, of every day that may still be run."""
    calendar, workspace = run.job.calendar, run.job.workspace
    if dates:
        return DaySecrets({date: run.key(calendar.day(date)) for date in sorted(dates)})
    known, refused = {}, set()
    for date in sorted({*run.job.keyring.keys().days, *workspace.days("visits", "*")}):
        try:
            known[date] = run.key(calendar.day(date))
        except PrivacyError:
            refused.add(date)
    return DaySecrets(known, frozenset(refused), secrets.token_bytes(KEY_BYTES))
