"""One section of the page, and the desk on which sections are made. Which sections a page has is said in `sections`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import altair as alt
from markupsafe import Markup

from reports.drawing import svg_of
from reports.facts import PageFacts
from reports.figures import BY_NAME
from reports.small_cells import Settled, has_hidden, is_hidden
from reports.tables import TableView, number, percent, table_view
from reports.words import Language, word

# Widths in px for which a chart is drawn. The page scales the wide one, and shows the other on a phone.
FULL, HALF, PHONE = 960, 470, 330

Row = dict[str, Any]
Width = Literal["full", "half", "third"]


@dataclass(frozen=True)
class Drawing:
    """One chart twice: for a desk and paper, and for a phone (None: the wide one scrolls there)."""

    wide: Markup
    narrow: Markup | None = None
    caption: str = ""


@dataclass(frozen=True)
class Section:
    """What the template draws of one figure.

    `table` stands open, `more` folds; `compares`: the drawing has a line of the weekday before; `empty` is the sentence
    in place of all when there is nothing to show.
    """

    name: str
    title: str
    meaning: str
    leaves_out: str
    width: Width
    drawings: tuple[Drawing, ...] = ()
    table: TableView | None = None
    more: TableView | None = None
    has_hidden: bool = False
    compares: bool = False
    counts_people: bool = False
    empty: str = ""

    def without(self, sentence: str) -> "Section":
        """This section with `sentence` in place of its content."""
        return replace(self, drawings=(), table=None, more=None, has_hidden=False, empty=sentence)


class Desk:
    """The settled figures of one page as rows, with the words of its language at hand."""

    def __init__(self, figures: Settled, facts: PageFacts, language: Language) -> None:
        self.rows: dict[str, list[Row]] = {name: table.to_pylist() for name, table in figures.items()}
        self.facts, self.language = facts, language
        self._hidden = {name: has_hidden(BY_NAME[name], table) for name, table in figures.items()}

    def section(
        self,
        name: str,
        *,
        width: Width,
        drawings: tuple[Drawing, ...] = (),
        table: TableView | None = None,
        more: TableView | None = None,
        compares: bool = False,
        under: str = "",
    ) -> Section:
        """The section of figure `name`; `under` names its words where it has its own beside the figure's."""
        figure = BY_NAME[name]
        return Section(
            name=under or name,
            title=word(under, self.language) if under else figure.title.to(self.language),
            meaning=word(f"{under}_meaning", self.language) if under else figure.meaning.to(self.language),
            leaves_out=figure.leaves_out.to(self.language),
            width=width,
            drawings=drawings,
            table=table,
            more=more,
            has_hidden=self._hidden[name],
            compares=compares,
            counts_people=bool(figure.people),
            empty="" if self.rows[name] else word("nothing", self.language),
        )

    def table(self, name: str, columns: str, *, most: int = 0, bar: str = "") -> TableView:
        rows, wanted = self.rows[name], columns.split()
        return table_view(BY_NAME[name], rows, wanted, self.facts, self.language, most=most, bar=bar)

    def drawing(
        self,
        name: str,
        draw: Callable[[int], alt.TopLevelMixin],
        width: int,
        *,
        title: str = "",
        on_phone: bool = True,
        caption: str = "",
    ) -> Drawing:
        """`draw` at `width` and, unless it is to scroll there, at the width of a phone."""
        said = f"{title or BY_NAME[name].title.to(self.language)} {caption}".strip()
        narrow = Markup(svg_of(draw(PHONE), f"{name}-n", said)) if on_phone else None
        return Drawing(Markup(svg_of(draw(width), f"{name}-w", said)), narrow, caption)

    def label(self, name: str, row: Row, column: str) -> str:
        """The text of one cell of a matrix."""
        if is_hidden(BY_NAME[name], row):
            return self.facts.mark
        return percent(row[column]) if column.startswith("share") else number(row[column])
