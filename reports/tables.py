"""Tables of the page: settled rows as cells of text. The template draws them; CSV and Excel take raw values instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.facts import PageFacts
from reports.figure import Figure
from reports.small_cells import is_hidden
from reports.words import WORDS, Language, word

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """`bar` is a length in percent drawn behind the text, None for none."""

    text: str
    is_number: bool = False
    is_hidden: bool = False
    bar: float | None = None


@dataclass(frozen=True)
class TableView:
    """What the template draws: heads, rows whose first `names` cells head the row, and a note under the table."""

    heads: list[Cell]
    rows: list[list[Cell]]
    names: int
    note: str = ""


def table_view(
    figure: Figure,
    rows: Sequence[Row],
    columns: Sequence[str],
    facts: PageFacts,
    language: Language,
    *,
    most: int = 0,
    bar: str = "",
) -> TableView:
    """`columns` of `rows`, keys first; at most `most` rows (0: all), hidden rows marked and last.

    `bar` names the column with bars.
    """
    seen = sorted(rows, key=lambda row: is_hidden(figure, row)) if most else list(rows)
    kept = seen[:most] if most else seen
    highest = max((row[bar] for row in rows if bar and row[bar] is not None), default=0)
    names = [column for column in columns if column in figure.keys]
    return TableView(
        heads=[Cell(head_of(column, language), is_number=column not in figure.keys) for column in columns],
        rows=[[_cell(figure, row, c, facts, language, highest if c == bar else 0) for c in columns] for row in kept],
        names=len(names),
        note=word("shown_of", language, f"{len(kept)}", f"{len(rows)}") if len(kept) < len(rows) else "",
    )


def head_of(column: str, language: Language) -> str:
    return word(column, language) if column in WORDS else column


def number(value: float, decimals: int = 0) -> str:
    return f"{value:,.{decimals}f}"


def percent(share: float) -> str:
    """A share as text: one decimal near both ends; neither 0.01 % reads as 0 % nor 99.99 % as 100 %."""
    if 0 < share < 0.0005:
        return "<0.1 %"
    shown = f"{100 * share:.1f} %" if share < 0.1 or 0.9 < share < 1 else f"{100 * share:.0f} %"
    return ">99.9 %" if shown == "100.0 %" else shown


def _cell(figure: Figure, row: Row, column: str, facts: PageFacts, language: Language, highest: float) -> Cell:
    value = row[column]
    if column in figure.keys:
        return Cell(key_text(column, value, facts, language), is_number=isinstance(value, int) and column != "counted")
    if is_hidden(figure, row):
        return Cell(facts.mark, is_number=True, is_hidden=True)
    bar = round(100 * value / highest, 1) if highest and value is not None else None
    return Cell("–" if value is None else _shown(column, value), is_number=True, bar=bar)


def key_text(column: str, value: Any, facts: PageFacts, language: Language) -> str:
    """A row key as people read it: our own words translated, zones by their name, hours as times of day."""
    if column == "counted":
        return word("yes" if value else "no", language)
    if column == "hour":
        return f"{value % 24:02d}:00"
    if column == "which":
        return word("that_day" if value == "day" else "weekday_before", language)
    if value == "":
        return word("whole", language)
    if column in ("zone", "from_zone", "to_zone"):
        return facts.zone_names.get(value, str(value))
    if column in ("status", "reason", "kind", "item", "engagement"):
        return head_of(value, language)
    return str(value)


def _shown(column: str, value: float) -> str:
    if column.startswith("share"):
        return percent(value)
    return number(value, _DECIMALS.get(column, 0))


_DECIMALS = {"median_minutes": 1, "mean_present": 1, "lift": 2}
