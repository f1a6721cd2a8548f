"""Step `report`: the figures of a day from the warehouse, as pages, CSV and Excel."""

import datetime
from pathlib import Path

import pyarrow as pa

from pipelines.files import write_bytes
from pipelines.job import Job
from pipelines.warehouse.protocol import Warehouse
from reports.facts import PageFacts
from reports.figure import parameters
from reports.figures import FIGURES
from reports.page import pages
from reports.small_cells import settled
from reports.workbook import csv_of, workbook_of
from schemas.day import Day

_MARKS = {"zh-CN": ".zh", "en": ""}


def report_day(job: Job, warehouse: Warehouse, day: Day, now_ms: int) -> Path:
    """The path of the English page; its Chinese sister, CSV and Excel lie beside it."""
    figures = settled(_results(job, warehouse, day), job.config.privacy.operator_k)
    facts = _facts(job, day, now_ms)
    for language, html in pages(figures, facts).items():
        mark = _MARKS[language]
        write_bytes(job.workspace.report(day.date, job.definition.name, f"{mark}.html"), html.encode())
        write_bytes(
            job.workspace.report(day.date, job.definition.name, f"{mark}.xlsx"), workbook_of(figures, facts, language)
        )
    write_bytes(job.workspace.report(day.date, job.definition.name, ".csv"), csv_of(figures, facts))
    return job.workspace.report(day.date, job.definition.name, ".html")


def _results(job: Job, warehouse: Warehouse, day: Day) -> dict[str, pa.Table]:
    asked = parameters(
        district=job.district_name,
        definition=job.rules.name,
        day=day.date,
        time_zone=job.config.district.time_zone,
        min_dwell_ms=job.definition.min_dwell_ms,
        registered_aps=len(job.district.places(()).column("ap").unique()),
        bands_min=job.definition.band_limits_min,
        engaged_ms=job.definition.engaged,
        fully_engaged_ms=job.definition.fully_engaged or 0,
    )
    return {figure.name: warehouse.query(figure.sql, asked) for figure in FIGURES}


def _facts(job: Job, day: Day, now_ms: int) -> PageFacts:
    made = datetime.datetime.fromtimestamp(now_ms / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    return PageFacts(
        district=job.config.district.title or job.district_name,
        day=day.date,
        definition=job.rules.name,
        provisional=now_ms < day.window_end_ms,
        made=made,
        min_dwell_ms=job.definition.min_dwell_ms,
        day_start=job.day_start.strftime("%H:%M"),
        threshold=job.config.privacy.operator_k,
        zones=job.district.registry.zones,
    )
