"""The page's figures as files to calculate with, from the same settled tables: one tidy CSV, one Excel workbook."""

import csv
import datetime
import io
from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter

from reports.facts import PageFacts
from reports.figure import CSV_COLUMNS, Figure
from reports.figures import FIGURES
from reports.small_cells import Settled, is_hidden
from reports.tables import head_of
from reports.words import Language, word

_DECIMALS = 4
_NUMBER_FORMATS = {
    "share_of_site": "0.0%",
    "share_of_other": "0.0%",
    "share_covered": "0.0%",
    "share_captured": "0.0%",
    "lift": "0.00",
}
Row = dict[str, Any]


def csv_of(figures: Settled, facts: PageFacts, listed: Sequence[Figure] = FIGURES) -> bytes:
    """One line a number: day (of a period, first and last), definition, figure, the row's keys as `name=value;...`,
    column, value. UTF-8 with BOM.

    A hidden value is the mark, never empty or 0; a value that does not exist (a median of nothing) is empty.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(CSV_COLUMNS)
    lines.writerows(_csv_lines(figures, facts, listed))
    return text.getvalue().encode("utf-8-sig")


def workbook_of(figures: Settled, facts: PageFacts, language: Language, listed: Sequence[Figure] = FIGURES) -> bytes:
    """An Excel file in memory: a sheet about the report, then one a figure. The same figures give the same bytes."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        # Excel writes the instant of making into the file; the report's day keeps it repeatable.
        book.set_properties({"title": facts.district, "created": _midnight(facts)})
        _about_sheet(book, facts, language, listed)
        for figure in listed:
            _figure_sheet(book, figure, figures[figure.name].to_pylist(), facts, language)
    return target.getvalue()


def _csv_lines(figures: Settled, facts: PageFacts, listed: Sequence[Figure]) -> Iterator[tuple[str, ...]]:
    for figure in listed:
        for row in figures[figure.name].to_pylist():
            named = ";".join(f"{key}={_escaped(row[key])}" for key in figure.keys)
            for column in _measures(row, figure):
                value = facts.mark if is_hidden(figure, row) else _plain(row[column])
                yield facts.when, facts.definition, figure.name, named, column, value


def _about_sheet(book: Any, facts: PageFacts, language: Language, listed: Sequence[Figure]) -> None:
    sheet = book.add_worksheet(word("report", language))
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26, book.add_format({"valign": "top"}))
    sheet.set_column(1, 1, 110, wrapped)
    state = word("provisional" if facts.provisional else "final", language)
    for place, (name, text) in enumerate(
        [
            (facts.district, f"{facts.when} · {state}"),
            (word("definition", language), facts.definition),
            (word("page_made", language), facts.made),
            (facts.mark, word("hidden_note", language, facts.mark, str(facts.threshold))),
            *((figure.title.to(language), _note(figure, language)) for figure in listed),
        ]
    ):
        sheet.write_string(place, 0, name, bold)
        sheet.write_string(place, 1, text, wrapped)


def _figure_sheet(book: Any, figure: Figure, rows: list[Row], facts: PageFacts, language: Language) -> None:
    """Title with the definition, heads, then a row a line; numbers are numbers, hidden cells text."""
    sheet = book.add_worksheet(figure.title.to(language)[:31])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    sheet.write_string(
        0, 0, f"{figure.title.to(language)} · {facts.definition}", book.add_format({"bold": True, "size": 13})
    )
    if not rows:
        sheet.write_string(2, 0, word("nothing", language))
        return
    for place, column in enumerate(rows[0]):
        sheet.write_string(2, place, head_of(column, language), head)
        sheet.set_column(
            place, place, 22 if column in figure.keys else 14, book.add_format({"num_format": _format_of(column, rows)})
        )
    for line, row in enumerate(rows, start=3):
        for place, column in enumerate(row):
            _write(
                sheet, line, place, facts.mark if is_hidden(figure, row) and column not in figure.keys else row[column]
            )
    sheet.freeze_panes(3, len(figure.keys))
    sheet.autofilter(2, 0, 2 + len(rows), len(rows[0]) - 1)


def _write(sheet: Any, line: int, place: int, value: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(line, place, value)
    elif isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif value is not None:
        sheet.write_number(line, place, round(value, _DECIMALS))


def _format_of(column: str, rows: list[Row]) -> str:
    if column in _NUMBER_FORMATS:
        return _NUMBER_FORMATS[column]
    return "#,##0.0" if any(isinstance(row[column], float) for row in rows) else "#,##0"


def _measures(row: Row, figure: Figure) -> list[str]:
    return [column for column in row if column not in figure.keys]


def _escaped(value: Any) -> str:
    """A key's value, with what separates keys escaped by a backslash."""
    text = _plain(value)
    for mark in "\\;=":
        text = text.replace(mark, f"\\{mark}")
    return text


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{round(value, _DECIMALS):g}" if isinstance(value, float) and abs(value) < 1e5 else str(value)


def _note(figure: Figure, language: Language) -> str:
    return f"{figure.meaning.to(language)} {word('leaves_out', language)}: {figure.leaves_out.to(language)}"


def _midnight(facts: PageFacts) -> datetime.datetime:
    return datetime.datetime.combine(facts.day, datetime.time())
