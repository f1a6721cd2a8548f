"""Step `report`: the figures of a day from the warehouse, as pages, CSV and Excel."""

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from pipelines.files import write_bytes
from pipelines.job import Job
from pipelines.members import Members
from pipelines.run_record import RunRecord, late_parts, record_of
from pipelines.warehouse.protocol import Warehouse
from reports.facts import PageFacts
from reports.figure import Figure, parameters
from reports.figures import FIGURES
from reports.page import pages
from reports.restatement import Restatement, restatement_of
from reports.small_cells import Settled, settled
from reports.words import Language
from reports.workbook import csv_of, workbook_of
from schemas.day import Day

_MARKS = {"zh-CN": ".zh", "en": ""}


def report_day(job: Job, warehouse: Warehouse, day: Day, now_ms: int, members: Members) -> Path:
    """The path of the English page; its Chinese sister, CSV and Excel lie beside it."""
    record = record_of(job.workspace, day.date, job.definition.name)
    figures = figures_of(job, warehouse, day, members, record)
    return write_report(job, figures, facts_of(job, day, now_ms, restated_last(job, day, record)))


def figures_of(job: Job, warehouse: Warehouse, day: Day, members: Members, record: RunRecord | None) -> Settled:
    """The day's visible figures, small cells hidden. `record`: of the run that made the day, if one is known."""
    return settled(_results(job, warehouse, day, members, record), job.config.privacy.operator_k)


def write_report(job: Job, figures: Settled, facts: PageFacts) -> Path:
    """Pages, workbooks and, last, the CSV file, with which a later run is compared; the path of the English page."""
    return write_files(job.workspace.report(facts.day, job.definition.name, ""), pages(figures, facts), figures, facts)


def write_files(
    place: Path,
    pages_of: Mapping[Language, str],
    figures: Settled,
    facts: PageFacts,
    listed: Sequence[Figure] = FIGURES,
) -> Path:
    """All files of a report, each `place` with an ending of its own; the path of the English page."""
    for language, html in pages_of.items():
        write_bytes(_ending(place, f"{_MARKS[language]}.html"), html.encode())
        write_bytes(_ending(place, f"{_MARKS[language]}.xlsx"), workbook_of(figures, facts, language, listed))
    write_bytes(_ending(place, ".csv"), csv_of(figures, facts, listed))
    return _ending(place, ".html")


def _ending(place: Path, ending: str) -> Path:
    return place.with_name(f"{place.name}{ending}")


def restated_last(job: Job, day: Day, record: RunRecord | None) -> Restatement | None:
    """What the last run that moved published figures of the day has told of it."""
    if record is None or not record.restatements:
        return None
    path = job.workspace.restatement(day.date, job.definition.name, record.restatements)
    return restatement_of(path.read_bytes()) if path.exists() else None


def _results(
    job: Job, warehouse: Warehouse, day: Day, members: Members, record: RunRecord | None
) -> dict[str, pa.Table]:
    devices = members.devices_before(day.window_end_ms)
    asked = parameters(
        district=job.district_name,
        definition=job.rules.name,
        day=day.date,
        time_zone=job.config.district.time_zone,
        registered_aps=len(job.district.places(()).column("ap").unique()),
        late_lines=late_parts(record) if record else {},
        member_from_ms=[
            (device, from_ms)
            for device, from_ms in zip(devices["device"].to_pylist(), devices["from_ms"].to_pylist(), strict=True)
            if day.window_start_ms <= from_ms < day.end_ms
        ],
        hold_joined_ms=job.rules.hold_joined_ms,
        limits=job.definition.limits,
    )
    return {figure.name: warehouse.query(figure.sql, asked) for figure in FIGURES}


def facts_of(job: Job, day: Day, now_ms: int, restated: Restatement | None) -> PageFacts:
    """What the page says beside its figures."""
    return PageFacts(
        district=job.config.district.title or job.district_name,
        day=day.date,
        definition=job.rules.name,
        provisional=now_ms < day.window_end_ms,
        made=made_at(now_ms),
        min_dwell_ms=job.definition.min_dwell_ms,
        day_start=job.day_start.strftime("%H:%M"),
        threshold=job.config.privacy.operator_k,
        zones=job.district.registry.zones,
        restated=restated,
    )


def made_at(now_ms: int) -> str:
    """An instant as the page prints it."""
    return datetime.datetime.fromtimestamp(now_ms / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
