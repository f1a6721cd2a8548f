"""The files beside the page: the same numbers, one a line in CSV, one sheet a figure in Excel."""

import csv
import io

import openpyxl
import pytest

from reports.figure import CSV_COLUMNS
from reports.figures import FIGURES
from reports.small_cells import Settled
from reports.workbook import csv_of, workbook_of
from tests.reports import sample_day


@pytest.fixture(scope="module")
def lines(sample: Settled) -> list[dict[str, str]]:
    text = csv_of(sample, sample_day.facts()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def book(sample: Settled) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook_of(sample, sample_day.facts(), "en")))


def value(lines: list[dict[str, str]], figure: str, row: str, column: str) -> str:
    (found,) = (
        line["value"] for line in lines if (line["figure"], line["row"], line["column"]) == (figure, row, column)
    )
    return found


def test_every_line_names_its_day_figure_and_definition(lines: list[dict[str, str]]) -> None:
    assert tuple(lines[0]) == CSV_COLUMNS
    assert {line["definition"] for line in lines} == {"default@1"}
    assert {line["day"] for line in lines} == {"2026-11-21"}
    assert {line["figure"] for line in lines} == {figure.name for figure in FIGURES}


def test_a_row_key_names_one_line_a_column(lines: list[dict[str, str]]) -> None:
    keys = [(line["figure"], line["row"], line["column"]) for line in lines]
    assert len(keys) == len(set(keys))


def test_totals_of_the_csv_are_those_of_the_page(lines: list[dict[str, str]], pages: dict[str, str]) -> None:
    for figure, row, column in (
        ("headline", "which=day", "visitors"),
        ("headline", "which=day", "visits"),
        ("sites", "site=大悦城", "visitors"),
        ("kinds", "kind=short", "visits"),
        ("network", "item=flaps", "value"),
    ):
        assert f">{int(value(lines, figure, row, column)):,}<" in pages["en"]
    records = [line for line in lines if line["figure"] == "records" and "status=outside" not in line["row"]]
    read = sum(int(line["value"]) for line in records)
    assert f"<b>{read:,}</b>" in pages["en"]


def test_the_workbook_has_the_csv_values(lines: list[dict[str, str]], book: openpyxl.Workbook) -> None:
    sheet = book["By site"]
    heads = [cell.value for cell in sheet[3]]
    found = {row[0]: dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)}
    for site, row in found.items():
        assert row["Visitors"] == int(value(lines, "sites", f"site={site}", "visitors"))
        assert row["Median (min)"] == pytest.approx(float(value(lines, "sites", f"site={site}", "median_minutes")))


def test_one_sheet_a_figure_each_naming_the_definition(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == ["Day report", *(figure.title.en for figure in FIGURES)]
    assert all("default@1" in sheet["A1"].value for sheet in book.worksheets[1:])


def test_a_name_that_looks_like_a_formula_stays_text(sample: Settled) -> None:
    sites = sample["sites"].set_column(0, "site", [["=HYPERLINK(1)", *sample["sites"]["site"].to_pylist()[1:]]])
    made = workbook_of(Settled({**sample, "sites": sites}), sample_day.facts(), "en")
    cell = openpyxl.load_workbook(io.BytesIO(made))["By site"]["A4"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_the_same_figures_give_the_same_bytes(sample: Settled) -> None:
    for make in (csv_of, lambda figures, facts: workbook_of(figures, facts, "zh-CN")):
        assert make(sample, sample_day.facts()) == make(sample, sample_day.facts())
