"""What a later run of a day has moved in its published figures: told apart from the two CSV files, never from more.

Both files hold settled figures, so a hidden cell stays hidden here too. A row that is not there counts as 0.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.figure import CSV_COLUMNS

HEADER = ("day", "definition", "made", "why", "figure", "row", "column", "old", "new", "difference")
ABSENT = "0"
# Rows of the weekday before: they move with that day's own restatement.
_OTHER_DAY = ("which=before", "item=heard_before")
Cell = tuple[str, str, str]  # figure, row, column


@dataclass(frozen=True)
class Moved:
    """One published cell that differs, as it was and is written; `difference` is empty where either is hidden."""

    figure: str
    row: str
    column: str
    old: str
    new: str

    @property
    def difference(self) -> str:
        try:
            return f"{float(self.new) - float(self.old):.10g}"
        except ValueError:
            return ""


@dataclass(frozen=True)
class Restatement:
    """What one run has moved, why it ran, and when, in the order of the report."""

    day: str
    definition: str
    made: str
    why: str
    moved: tuple[Moved, ...]


def moved_between(before: bytes, after: bytes) -> tuple[Moved, ...]:
    """The cells in which two CSV files of one day's report differ, in the order of the later; then those that went."""
    old, new = dict(_cells(before)), dict(_cells(after))
    keys = [*new, *(key for key in old if key not in new)]
    found = (Moved(*key, old.get(key, ABSENT), new.get(key, ABSENT)) for key in keys)
    return tuple(one for one in found if one.old != one.new)


def restatement_csv(told: Restatement) -> bytes:
    """One line a cell, UTF-8 with BOM, as the report's own CSV."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(HEADER)
    about = (told.day, told.definition, told.made, told.why)
    for one in told.moved:
        lines.writerow((*about, one.figure, one.row, one.column, one.old, one.new, one.difference))
    return text.getvalue().encode("utf-8-sig")


def restatement_of(data: bytes) -> Restatement:
    """What `restatement_csv` made `data` of."""
    rows = [row[:-1] for row in _rows(data, HEADER)]
    day, definition, made, why = rows[0][:4]
    return Restatement(day, definition, made, why, tuple(Moved(*row[4:]) for row in rows))


def _cells(data: bytes) -> Iterable[tuple[Cell, str]]:
    for _, _, figure, row, column, value in _rows(data, CSV_COLUMNS):
        if not set(row.split(";")) & set(_OTHER_DAY):
            yield (figure, row, column), value


def _rows(data: bytes, header: tuple[str, ...]) -> Iterator[list[str]]:
    lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    if (found := tuple(next(lines, ()))) != header:
        raise ValueError(f"not a file of {', '.join(header)}: {', '.join(found)}")
    yield from lines
