"""The cards at the head of a period's page: visits, visitor-days, hours; members as people."""

from typing import Any

from reports.cards import Card
from reports.facts import PeriodFacts
from reports.period_words import say
from reports.small_cells import Settled
from reports.tables import number, percent
from reports.words import Language

Row = dict[str, Any]


def period_cards(figures: Settled, facts: PeriodFacts, language: Language) -> list[Card]:
    """Six cards; what is hidden shows the mark, what there is none of a dash."""
    total = next(iter(figures["total"].to_pylist()), None)
    members = next(iter(figures["members"].to_pylist()), {"members": 0, "member_days": 0})
    kinds = {row["kind"]: row for name in ("new_members", "loyalty") for row in figures[name].to_pylist()}
    return [*_visit_cards(total, facts, language), *_member_cards(members, kinds, facts, language)]


def _visit_cards(total: Row | None, facts: PeriodFacts, language: Language) -> list[Card]:
    names = ("visits", "visitor_days", "hours")
    titles = [say(name, language) for name in names]
    if total is None or total["visits"] is None:
        text = "–" if total is None else facts.mark
        return [Card(name, title, text) for name, title in zip(names, titles, strict=True)]
    days = len(facts.those("final", "provisional")) - total["days_left_out"]
    minutes = number(60 * total["hours"] / total["visits"], 1) if total["visits"] else "–"
    notes = (
        say("a_day", language, number(total["visits"] / days)),
        say("visitor_days_note", language),
        say("mean_visit", language, minutes),
    )
    return [
        Card(name, title, number(total[name]), note=note)
        for name, title, note in zip(names, titles, notes, strict=True)
    ]


def _member_cards(members: Row, kinds: dict[str, Row], facts: PeriodFacts, language: Language) -> list[Card]:
    each = ""
    if members["members"]:
        each = say("members_times", language, number(members["member_days"] / members["members"], 1))
    return [
        Card("members", say("members_seen", language), _count(members, facts), note=each),
        _share_card("newcomer", "new_card", members, kinds, facts, language),
        _share_card("loyal", "loyal_card", members, kinds, facts, language),
    ]


def _share_card(
    kind: str, title: str, members: Row, kinds: dict[str, Row], facts: PeriodFacts, language: Language
) -> Card:
    """How many of the members are of `kind`, and which share of them."""
    if members["members"] is None:
        return Card(kind, say(title, language), facts.mark)
    row = kinds.get(kind, {"members": 0})
    has_share = row["members"] and members["members"]
    share = say("of_members", language, percent(row["members"] / members["members"])) if has_share else ""
    return Card(kind, say(title, language), _count(row, facts), note=share)


def _count(row: Row, facts: PeriodFacts) -> str:
    return facts.mark if row["members"] is None else number(row["members"])
