"""A heat matrix of the page: sites against sites, as a table that reads without its colours."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

MOST_SITES = 15
SHADES = 5


@dataclass(frozen=True)
class Heat:
    """One cell: the text in it, and its shade from 0 to `SHADES` - 1, None for no colour."""

    text: str = ""
    shade: int | None = None


@dataclass(frozen=True)
class Crossing:
    """What one site has with another: `value` is null where hidden, and `text` its mark then."""

    row: str
    column: str
    value: float | None
    text: str


@dataclass(frozen=True)
class MatrixView:
    """What the template draws: `cells[i][j]` lies between `names[i]` and `names[j]`."""

    names: list[str]
    cells: list[list[Heat]]
    row_title: str
    column_title: str


def matrix_view(crossings: Sequence[Crossing], row_title: str, column_title: str) -> MatrixView | None:
    """The matrix of the sites with the largest values, the largest first; None if nothing crosses."""
    names = _largest(crossings)
    if not names:
        return None
    places = {name: place for place, name in enumerate(names)}
    cells = [[Heat()] * len(names) for _ in names]
    shown = [one for one in crossings if one.row in places and one.column in places]
    highest = max((one.value for one in shown if one.value is not None), default=0.0)
    for one in shown:
        cells[places[one.row]][places[one.column]] = Heat(one.text, _shade(one.value, highest))
    return MatrixView(names, cells, row_title, column_title)


def _largest(crossings: Sequence[Crossing]) -> list[str]:
    weight: defaultdict[str, float] = defaultdict(float)
    for one in crossings:
        weight[one.row] += one.value or 0
        weight[one.column] += one.value or 0
    return sorted(weight, key=lambda name: (-weight[name], name))[:MOST_SITES]


def _shade(value: float | None, highest: float) -> int | None:
    if value is None or not highest:
        return None
    return min(SHADES - 1, int(SHADES * value / highest))
