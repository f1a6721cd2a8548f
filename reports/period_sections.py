"""Which sections a period's page has, in order."""

from reports.facts import PeriodFacts
from reports.period_words import say
from reports.section import Desk, Section
from reports.sections import MOST_ROWS, site_moves
from reports.tables import Cell, TableView
from reports.words import word


def period_sections(desk: Desk, facts: PeriodFacts) -> list[Section]:
    """The days, what they add up to, and the runs they come from."""
    return [
        _days(desk),
        _bands(desk),
        site_moves(desk, "period_moves", "from_site to_site moves visitor_days days_left_out"),
        _of_members(desk, "new_members"),
        _of_members(desk, "loyalty"),
        _sites(desk),
        _zones(desk),
        _runs(desk, facts),
    ]


def _days(desk: Desk) -> Section:
    drawings = desk.drawings("days", say("days_chart", desk.language))
    more = desk.table("days", "date visits visitor_days hours")
    return desk.section("days", width="full", drawings=drawings, more=more)


def _bands(desk: Desk) -> Section:
    drawings = desk.drawings("period_bands", word("by_minutes", desk.language))
    more = desk.table("period_bands", "band engagement counted visits visitor_days days_left_out")
    return desk.section("period_bands", width="half", drawings=drawings, more=more)


def _of_members(desk: Desk, name: str) -> Section:
    section = desk.section(name, width="half", table=desk.table(name, "kind members member_days", bar="members"))
    if desk.rows["members"][0]["members"] is None:
        return section.without(word("hidden_note", desk.language, desk.facts.mark, str(desk.facts.threshold)))
    return section


def _sites(desk: Desk) -> Section:
    columns = "site visits visitor_days hours days_left_out"
    table = desk.table("period_sites", columns, most=MOST_ROWS, bar="visitor_days")
    return desk.section("period_sites", width="half", table=table)


def _zones(desk: Desk) -> Section:
    table = desk.table("period_zones", "zone site stays hours days_left_out", most=MOST_ROWS, bar="hours")
    return desk.section("period_zones", width="half", table=table)


def _runs(desk: Desk, facts: PeriodFacts) -> Section:
    """Every day of the period, its state, and the run that made it; folded, as there may be a year of them."""
    heads = [Cell(say(name, desk.language)) for name in ("date", "state", "run")]
    rows = [
        [Cell(day.day.isoformat()), Cell(say(day.state, desk.language)), Cell(day.run or "–")] for day in facts.days
    ]
    return Section(
        name="runs",
        title=f"{say('runs', desk.language)} · {say('snapshot', desk.language)} {facts.snapshot}",
        meaning=say("runs_meaning", desk.language),
        leaves_out=say("not_counted_days", desk.language),
        width="full",
        more=TableView(heads, rows, names=1),
    )
