"""One section of the page, and the desk on which sections are made. Which sections a page has is said in `sections`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from markupsafe import Markup

from reports.facts import PageFacts
from reports.figure import Figure
from reports.figures import BY_NAME
from reports.matrix import MatrixView
from reports.pictures import Pictures
from reports.small_cells import Settled, has_hidden, is_hidden
from reports.tables import TableView, number, table_view
from reports.words import Language, word

Row = dict[str, Any]
Width = Literal["full", "half", "third"]


@dataclass(frozen=True)
class Drawing:
    """One chart twice, for a desk and paper and for a phone; `caption` says what its axes or shades are."""

    wide: Markup
    narrow: Markup
    caption: str


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
    matrix: MatrixView | None = None
    table: TableView | None = None
    more: TableView | None = None
    has_hidden: bool = False
    compares: bool = False
    counts_people: bool = False
    empty: str = ""

    def without(self, sentence: str) -> "Section":
        """This section with `sentence` in place of its content."""
        return replace(self, drawings=(), matrix=None, table=None, more=None, has_hidden=False, empty=sentence)


class Desk:
    """The settled figures of one page as rows, with their pictures and the words of its language at hand."""

    def __init__(
        self,
        figures: Settled,
        pictures: Pictures,
        facts: PageFacts,
        language: Language,
        known: Mapping[str, Figure] = BY_NAME,
    ) -> None:
        self.rows: dict[str, list[Row]] = {name: table.to_pylist() for name, table in figures.items()}
        self.pictures, self.facts, self.language = pictures, facts, language
        self._known = known
        self._hidden = {name: has_hidden(known[name], table) for name, table in figures.items()}

    def section(
        self,
        name: str,
        *,
        width: Width,
        drawings: tuple[Drawing, ...] = (),
        matrix: MatrixView | None = None,
        table: TableView | None = None,
        more: TableView | None = None,
        under: str = "",
    ) -> Section:
        """The section of figure `name`; `under` names its words where it has its own beside the figure's."""
        figure = self._known[name]
        return Section(
            name=under or name,
            title=word(under, self.language) if under else figure.title.to(self.language),
            meaning=word(f"{under}_meaning", self.language) if under else figure.meaning.to(self.language),
            leaves_out=figure.leaves_out.to(self.language),
            width=width,
            drawings=drawings,
            matrix=matrix,
            table=table,
            more=more,
            has_hidden=self._hidden[name],
            compares=any(row.get("which") == "before" for row in self.rows[name]),
            counts_people=bool(figure.people),
            empty="" if self.rows[name] else word("nothing", self.language),
        )

    def table(self, name: str, columns: str, *, most: int = 0, bar: str = "") -> TableView:
        rows, wanted = self.rows[name], columns.split()
        return table_view(self._known[name], rows, wanted, self.facts, self.language, most=most, bar=bar)

    def drawings(self, name: str, caption: str) -> tuple[Drawing, ...]:
        """The pictures of section `name`, titled for readers; several panels each say their floors."""
        title = self._known[name].title.to(self.language) if name in self._known else word(name, self.language)
        pictures = self.pictures[name]
        drawn = []
        for picture in pictures:
            floors = word("floors", self.language, ", ".join(picture.floors)) if len(pictures) > 1 else ""
            said = " · ".join(part for part in (floors, caption) if part)
            full = f"{title}: {said}" if said else title
            drawn.append(Drawing(picture.wide.titled(full), picture.narrow.titled(full), said))
        return tuple(drawn)

    def label(self, name: str, row: Row, column: str) -> str:
        """The text of one cell of a matrix; a share is in whole percent, without the sign."""
        if is_hidden(self._known[name], row):
            return self.facts.mark
        return number(100 * row[column] if column.startswith("share") else row[column])
