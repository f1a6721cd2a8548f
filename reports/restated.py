"""The page's section on what was restated: the figures that moved since the day was first shown, and why."""

from reports.figures import BY_NAME
from reports.restatement import Moved, Restatement
from reports.section import Desk, Section
from reports.tables import Cell, TableView, head_of
from reports.words import Language, word

MOST = 15
_COLUMNS = ("figure", "row", "column", "old", "new", "difference")


def restated_section(desk: Desk, told: Restatement) -> Section:
    """What the last run that changed the day moved, the first figures of the report first."""
    language = desk.language
    shown = told.moved[:MOST]
    note = word("shown_of_restated", language, f"{len(shown)}", f"{len(told.moved)}")
    return Section(
        name="restated",
        title=word("restated", language),
        meaning=word("restated_why", language, told.why, told.made),
        leaves_out=word("restated_leaves_out", language),
        width="full",
        table=TableView(
            heads=[Cell(word(column, language), is_number=column in _COLUMNS[3:]) for column in _COLUMNS],
            rows=[_cells(one, language) for one in shown],
            names=3,
            note=note if len(shown) < len(told.moved) else "",
        ),
    )


def _cells(one: Moved, language: Language) -> list[Cell]:
    figure = BY_NAME[one.figure].title.to(language) if one.figure in BY_NAME else one.figure
    names = [Cell(text) for text in (figure, one.row.replace(";", " · "), head_of(one.column, language))]
    return [*names, *(Cell(text or "–", is_number=True) for text in (one.old, one.new, one.difference))]
