"""What follows the switch: the day's report, what it moved of an earlier one, and the record of the run, written last.

    figures -> CSV --.
    CSV of the last run -> restatement -> report (its CSV last) -> record

A run killed on the way leaves the record of the one before: the next run does all of it again, under the same number.
"""

from pathlib import Path

from pipelines.files import write_bytes
from pipelines.job import Job
from pipelines.members import Members
from pipelines.plan import reasons_to_run
from pipelines.raw_hours import RawHours
from pipelines.run_record import RunRecord, record_of, run_now, write_record
from pipelines.steps.report import facts_of, figures_of, made_at, restated_last, write_report
from pipelines.warehouse.protocol import Warehouse
from reports.restatement import Restatement, moved_between, restatement_csv
from reports.small_cells import Settled
from reports.workbook import csv_of
from schemas.day import Day

ASKED = "asked for"


def publish_day(
    job: Job, warehouse: Warehouse, day: Day, now_ms: int, members: Members, counts: dict[str, int]
) -> tuple[Path, int]:
    """The path of the day's page, and how many published cells this run has moved."""
    name = job.definition.name
    was = record_of(job.workspace, day.date, name)
    record = _record(job, day, now_ms, was, counts)
    figures = figures_of(job, warehouse, day, members, record)
    told = _restated(job, day, record, figures)
    if told.moved:
        record = record.model_copy(update={"restatements": record.restatements + 1})
        write_bytes(job.workspace.restatement(day.date, name, record.restatements), restatement_csv(told))
    page = write_report(job, figures, facts_of(job, day, now_ms, restated_last(job, day, record)))
    write_record(job.workspace, day.date, name, record)
    return page, len(told.moved)


def _record(job: Job, day: Day, now_ms: int, was: RunRecord | None, counts: dict[str, int]) -> RunRecord:
    """This run's record, as yet without what it has moved."""
    now = run_now(job, RawHours(job), day, now_ms)
    why = reasons_to_run(was, now, job.workspace.report(day.date, job.definition.name, ".csv").exists()) or (ASKED,)
    first_final = was.first_final if was and was.first_final is not None else now.first_final
    restatements = was.restatements if was else 0
    return now.model_copy(
        update={"why": why, "counts": counts, "first_final": first_final, "restatements": restatements}
    )


def _restated(job: Job, day: Day, record: RunRecord, figures: Settled) -> Restatement:
    """What moved against the report that the last run left; nothing if there is none."""
    facts = facts_of(job, day, record.ran_ms, None)
    before = job.workspace.report(day.date, job.definition.name, ".csv")
    moved = moved_between(before.read_bytes(), csv_of(figures, facts)) if before.exists() else ()
    return Restatement(str(day.date), job.rules.name, made_at(record.ran_ms), " · ".join(record.why), moved)
