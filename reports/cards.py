"""The cards at the head of the page: the day in six numbers, the first four against the weekday before."""

from dataclasses import dataclass
from typing import Any

from reports.facts import PageFacts
from reports.small_cells import Settled
from reports.tables import number, percent
from reports.words import Language, word

Row = dict[str, Any]


@dataclass(frozen=True)
class Card:
    """`change` is -1, 0 or 1; `against` says how much, against the weekday before or that there is none."""

    name: str
    title: str
    value: str
    unit: str = ""
    change: int = 0
    against: str = ""
    has_before: bool = False
    note: str = ""


def cards_of(figures: Settled, facts: PageFacts, language: Language) -> list[Card]:
    """Visitors, visits, median and mean dwell, short visits, busiest hour; a hidden number shows the mark."""
    day, before = (_row(figures, "headline", which=which) for which in ("day", "before"))
    compare = _Compare(day, before, facts, language)
    return [
        compare.card("visitors", number, note=_visitors_note(figures, facts, language)),
        compare.card("visits", number, note=_visits_each(day, language)),
        compare.card("median_min", lambda minutes: number(minutes, 1), unit=word("minute", language)),
        compare.card("mean_min", lambda minutes: number(minutes, 1), unit=word("minute", language)),
        _short_card(figures, facts, language),
        _busiest_card(figures, facts, language),
    ]


def random_share(figures: Settled, facts: PageFacts) -> str:
    """The share of random MACs as text, `–` if no address is a MAC, the mark if the smaller class is small."""
    row = _row(figures, "addresses", kind="random")
    if not row or row["smaller_class"] is None:
        return facts.mark if row else "–"
    return "–" if row["share"] is None else percent(row["share"])


def _visitors_note(figures: Settled, facts: PageFacts, language: Language) -> str:
    """The share of random MACs and, where hours were not covered, how many visitors there may have been."""
    random = word("random_share", language, random_share(figures, facts))
    row = _row(figures, "range", item="visitors")
    is_wide = row and row["at_most"] is not None and row["at_most"] != row["at_least"]
    return " · ".join((random, word("up_to", language, number(row["at_most"])))) if row and is_wide else random


@dataclass(frozen=True)
class _Compare:
    day: Row | None
    before: Row | None
    facts: PageFacts
    language: Language

    def card(self, name: str, show: Any, *, unit: str = "", note: str = "") -> Card:
        """One column of the headline with its change; no row at all is a day without visits."""
        title = word(name, self.language)
        now = self.day[name] if self.day else (0 if name in ("visitors", "visits") else None)
        if self.day and now is None:
            return Card(name, title, self.facts.mark, note=note)
        value = "–" if now is None else show(now)
        was = self.before[name] if self.before else None
        change = now / was - 1 if was and now is not None else None
        return Card(name, title, value, unit, _sign(change), self._against(change), change is not None, note)

    def _against(self, change: float | None) -> str:
        if change is None:
            return "" if self.before else word("no_before", self.language)
        return f"{100 * change:+.1f} %"


def _sign(change: float | None) -> int:
    return 0 if change is None or abs(change) < 0.0005 else (1 if change > 0 else -1)


def _row(figures: Settled, figure: str, **keys: Any) -> Row | None:
    rows: list[Row] = figures[figure].to_pylist()
    return next((row for row in rows if all(row[key] == value for key, value in keys.items())), None)


def _visits_each(day: Row | None, language: Language) -> str:
    if not day or not day["visitors"]:
        return ""
    return word("visits_each", language, number(day["visits"] / day["visitors"], 2))


def _short_card(figures: Settled, facts: PageFacts, language: Language) -> Card:
    row = _row(figures, "kinds", kind="short")
    visits = row["visits"] if row else 0
    why = word("short_why", language, f"{facts.min_dwell_ms / 60_000:g}")
    return Card("short", word("short_visits", language), facts.mark if visits is None else number(visits), note=why)


def _busiest_card(figures: Settled, facts: PageFacts, language: Language) -> Card:
    rows = [r for r in figures["hours"].to_pylist() if r["which"] == "day" and r["devices"] is not None]
    if not rows:
        return Card("busiest", word("busiest", language), "–")
    top = max(rows, key=lambda row: row["devices"])
    devices = word("busiest_at", language, number(top["devices"]))
    return Card("busiest", word("busiest", language), f"{top['hour'] % 24:02d}:00", note=devices)
