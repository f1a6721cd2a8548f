"""Planted groups of one to nine people: no page, CSV or workbook shows them, nor what would give them away."""

import io
import re

import openpyxl
import pyarrow as pa
import pytest

from reports.figures import BY_NAME, FIGURES
from reports.page import pages
from reports.small_cells import Settled, is_hidden, settled
from reports.workbook import csv_of, workbook_of
from tests.reports import sample_day

K = 10
PEOPLE_FIGURES = [figure.name for figure in FIGURES if figure.people]


def planted(sample: Settled) -> tuple[dict[str, pa.Table], list[float]]:
    """The sample with one row of each figure of people made small, and the values planted there."""
    tables, secrets = dict(sample), []
    for place, name in enumerate(PEOPLE_FIGURES):
        figure, rows = BY_NAME[name], tables[name].to_pylist()
        target = next(row for row in [*rows[1:], rows[0]] if not is_hidden(figure, row))
        for number, column in enumerate(c for c in target if c not in figure.keys):
            if column == figure.people:
                target[column] = 1 + place % 9
            else:
                secret = 700_000 + 1000 * place + 37 * number + 1
                target[column] = type(target[column])(secret)
                secrets.append(secret)
        shown = [row for row in rows if not is_hidden(figure, row)]
        tables[name] = pa.Table.from_pylist(shown, schema=tables[name].schema)
    return tables, secrets


@pytest.fixture(scope="module")
def secret_day(sample: Settled) -> tuple[Settled, list[float]]:
    tables, secrets = planted(sample)
    return settled(tables, K), secrets


def spelled(number: float) -> re.Pattern[str]:
    """The number as a page, a CSV or a workbook could write it; minutes may have become hours."""
    forms = [f"{number}", f"{number:,}", f"{number / 60:.3f}"]
    return re.compile(rf"(?<![\d.]){'|'.join(map(re.escape, forms))}")


def test_planted_cells_are_nowhere_on_the_page(secret_day: tuple[Settled, list[float]]) -> None:
    figures, secrets = secret_day
    text = pages(figures, sample_day.facts())["zh-CN"]
    assert [number for number in secrets if spelled(number).search(text)] == []
    assert "&lt;10*" in text


def test_planted_cells_are_nowhere_in_the_files(secret_day: tuple[Settled, list[float]]) -> None:
    figures, secrets = secret_day
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(figures, sample_day.facts(), "en")))
    cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    for text in (csv_of(figures, sample_day.facts()).decode("utf-8-sig"), cells):
        assert [number for number in secrets if spelled(number).search(text)] == []
        assert "<10*" in text


def test_the_search_would_find_a_cell_that_is_shown(sample: Settled) -> None:
    tables, secrets = planted(sample)
    text = csv_of(settled(tables, 1), sample_day.facts()).decode("utf-8-sig")
    assert all(spelled(number).search(text) for number in secrets)


@pytest.mark.parametrize("name", PEOPLE_FIGURES)
def test_nobody_below_k_is_left_in_any_figure(secret_day: tuple[Settled, list[float]], name: str) -> None:
    counts = secret_day[0][name][BY_NAME[name].people]
    assert counts.null_count > 0
    assert all(count is None or count == 0 or count >= K for count in counts.to_pylist())


def test_a_hidden_band_cannot_be_subtracted(sample: Settled) -> None:
    tables = dict(sample)
    tables["bands"] = bands(
        ("5-15", True, 8, 8), ("15-30", True, 60, 55), ("30-60", True, 90, 80), ("0-5", False, 40, 30)
    )
    safe = settled(tables, K)["bands"].to_pylist()
    assert [row["band"] for row in safe if row["visits"] is None] == ["5-15", "15-30"]


def test_steps_of_a_hidden_band_are_hidden_with_it(sample: Settled) -> None:
    tables = dict(sample)
    tables["bands"] = bands(
        *((band, band != "0-5", 9 if band == "120+" else 500, 9 if band == "120+" else 400) for band in BANDS)
    )
    safe = settled(tables, K)["dwell"].to_pylist()
    assert all(row["visits"] is None for row in safe if row["band"] == "120+")
    assert any(row["visits"] is not None for row in safe if row["band"] == "30-60")


def test_a_hidden_site_does_not_come_back_through_its_zones_or_pairs(sample: Settled) -> None:
    tables = dict(sample)
    sites = [{**row, "visitors": 9} if row["site"] == "影城" else row for row in tables["sites"].to_pylist()]
    tables["sites"] = pa.Table.from_pylist(sites, schema=tables["sites"].schema)
    safe = settled(tables, K)
    assert all(row["visitors"] is None for row in safe["zones"].to_pylist() if row["site"] == "影城")
    assert all(row["both"] is None for row in safe["shared"].to_pylist() if "影城" in (row["site"], row["other"]))


def test_a_hidden_zone_does_not_come_back_as_its_site_less_its_other_zones(sample: Settled) -> None:
    tables = dict(sample)
    places = [("mall", "cinema", 9), ("mall", "food", 60), ("mall", "shoes", 40), ("street", "north", 3)]
    tables["zones"] = pa.table(
        {
            "site": [site for site, _, _ in places],
            "zone": [zone for _, zone, _ in places],
            "visitors": [visitors for _, _, visitors in places],
            "stays": [visitors for _, _, visitors in places],
            "minutes": [1.0 * visitors for _, _, visitors in places],
        }
    )
    safe = settled(tables, K)["zones"].to_pylist()
    assert [row["zone"] for row in safe if row["minutes"] is None] == ["cinema", "shoes", "north"]


def test_a_hidden_move_does_not_come_back_as_its_sites_move_less_the_others(sample: Settled) -> None:
    tables = dict(sample)
    tables["site_moves"] = site_moves(("street", 90))
    tables["zone_moves"] = zone_moves(("street", "north", 50), ("street", "south", 33), ("street", "east", 7))
    safe = settled(tables, K)
    assert safe["site_moves"]["moves"].null_count == 0
    assert [row["to_zone"] for row in safe["zone_moves"].to_pylist() if row["moves"] is None] == ["south", "east"]


def test_a_hidden_move_between_sites_does_not_come_back_through_its_zones(sample: Settled) -> None:
    tables = dict(sample)
    tables["site_moves"] = site_moves(("hall", 8))
    tables["zone_moves"] = zone_moves(("hall", "stand", 12))
    safe = settled(tables, K)
    assert safe["site_moves"]["moves"].to_pylist() == safe["zone_moves"]["moves"].to_pylist() == [None]


def test_a_missing_figure_is_refused(sample: Settled) -> None:
    tables = {name: table for name, table in sample.items() if name != "kinds"}
    with pytest.raises(ValueError, match="kinds"):
        settled(tables, K)


BANDS = ("0-5", "5-15", "15-30", "30-60", "60-120", "120+")


def bands(*rows: tuple[str, bool, int, int]) -> pa.Table:
    names = ("band", "counted", "visits", "visitors")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def site_moves(*rows: tuple[str, int]) -> pa.Table:
    """Moves from the mall: (to site, moves)."""
    sites, counts = map(list, zip(*rows, strict=True))
    return pa.table({"from_site": ["mall"] * len(rows), "to_site": sites, "moves": counts, "visitors": counts})


def zone_moves(*rows: tuple[str, str, int]) -> pa.Table:
    """Moves from the mall's food court: (to site, to zone, moves)."""
    sites, zones, counts = map(list, zip(*rows, strict=True))
    source = {"from_site": ["mall"] * len(rows), "from_zone": ["food"] * len(rows)}
    return pa.table({**source, "to_site": sites, "to_zone": zones, "moves": counts, "visitors": counts})
