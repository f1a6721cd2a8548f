"""Which sections the page has, in order: each figure's chart and table. How a section is made is said in `section`."""

from reports.figures import BY_NAME
from reports.matrix import Crossing, matrix_view
from reports.restated import restated_section
from reports.section import Desk, Section
from reports.tables import TableView, table_view
from reports.words import word

MOST_ROWS, MOST_PAIRS = 15, 10


def figure_sections(desk: Desk) -> list[Section]:
    """The body of the page."""
    return [
        _hours(desk),
        _ap_hours(desk),
        _bands(desk),
        _dwell(desk),
        _plan(desk),
        _sites(desk),
        _zones(desk),
        site_moves(desk, "site_moves", "from_site to_site moves visitors"),
        _zone_moves(desk),
        _shared(desk),
        _pairs(desk),
        _capture(desk),
        _capture_hours(desk),
    ]


def quality_sections(desk: Desk) -> list[Section]:
    """The tables behind the data-quality strip, for the end of the page."""
    columns = {
        "disturbed": "kind visits share visitors",
        "records": "status reason records",
        "kinds": "kind visits visitors",
        "network": "item value of",
        "range": "item at_least at_most",
        "clocks": "item value of",
    }
    of_hours = {
        "coverage": "site hour share_covered heard usual",
        "zone_coverage": "zone site hour share_covered heard usual",
    }
    behind = [desk.section(name, width="third", table=desk.table(name, columns[name])) for name in columns]
    behind += [
        desk.section(name, width="half", table=desk.table(name, of_hours[name], most=MOST_ROWS)) for name in of_hours
    ]
    told = desk.facts.restated
    return [restated_section(desk, told), *behind] if told else behind


def _hours(desk: Desk) -> Section:
    more = desk.table("hours", "which hour devices mean_present peak")
    return desk.section("hours", width="full", drawings=desk.drawings("hours", ""), more=more)


def _ap_hours(desk: Desk) -> Section:
    more = desk.table("ap_hours", "which hour aps")
    return desk.section("ap_hours", width="full", drawings=desk.drawings("ap_hours", ""), more=more)


def _bands(desk: Desk) -> Section:
    drawings = desk.drawings("bands", word("by_minutes", desk.language))
    return desk.section(
        "bands", width="half", drawings=drawings, more=desk.table("bands", "band engagement counted visits visitors")
    )


def _dwell(desk: Desk) -> Section:
    drawings = desk.drawings("dwell", word("by_minutes", desk.language))
    more = desk.table("dwell", "bin_min counted visits visitors")
    return desk.section("dwell", width="half", drawings=drawings, more=more)


def _plan(desk: Desk) -> Section:
    drawings = desk.drawings("plan", word("dwell_hours", desk.language))
    section = desk.section("zones", width="full", drawings=drawings, under="plan")
    return section if drawings else section.without(word("no_plan", desk.language))


def _sites(desk: Desk) -> Section:
    table = desk.table("sites", "site visitors visits median_minutes", most=MOST_ROWS, bar="visitors")
    return desk.section("sites", width="half", table=table)


def _zones(desk: Desk) -> Section:
    table = desk.table("zones", "zone site visitors stays minutes", most=MOST_ROWS, bar="minutes")
    return desk.section("zones", width="half", table=table)


def site_moves(desk: Desk, name: str, columns: str) -> Section:
    """The figure `name` of moves between sites as a matrix, its `columns` as the table behind."""
    crossings = [
        Crossing(row["from_site"], row["to_site"], row["moves"], desk.label(name, row, "moves"))
        for row in desk.rows[name]
    ]
    matrix = matrix_view(crossings, word("from_site", desk.language), word("to_site", desk.language))
    return desk.section(name, width="half", matrix=matrix, more=desk.table(name, columns))


def _zone_moves(desk: Desk) -> Section:
    table = desk.table("zone_moves", "from_zone to_zone moves visitors", most=MOST_ROWS, bar="moves")
    return desk.section("zone_moves", width="half", table=table)


def _shared(desk: Desk) -> Section:
    """Row: whose visitors; column: where else they were; shade and number: the percentage of the row's visitors."""
    crossings = [
        Crossing(row[one], row[two], row[share], desk.label("shared", row, share))
        for row in desk.rows["shared"]
        for one, two, share in (("site", "other", "share_of_site"), ("other", "site", "share_of_other"))
    ]
    matrix = matrix_view(crossings, word("visitors_of", desk.language), word("also_in", desk.language))
    return desk.section("shared", width="half", matrix=matrix)


def _pairs(desk: Desk) -> Section:
    table = desk.table("shared", "site other both share_of_site share_of_other lift", most=MOST_PAIRS)
    return desk.section("shared", width="half", table=table, under="pairs")


def _capture(desk: Desk) -> Section:
    """The district and its sites stand open, their zones fold."""
    table, more = _captured(desk, "capture", "zone", "site")
    return desk.section("capture", width="half", table=table, more=more)


def _capture_hours(desk: Desk) -> Section:
    """The hours of the district stand open, those of its sites fold."""
    table, more = _captured(desk, "capture_hours", "site", "hour")
    return desk.section("capture_hours", width="half", table=table, more=more)


def _captured(desk: Desk, name: str, within: str, key: str) -> list[TableView]:
    """Two tables of figure `name`: rows of no `within`, and the others by it."""
    measures = ["passers_by", "visitors", "connected", "share_captured"]
    views = []
    for keys, is_within in ([key], False), ([within, key], True):
        rows = [row for row in desk.rows[name] if bool(row[within]) is is_within]
        columns = [*keys, *measures]
        views.append(table_view(BY_NAME[name], rows, columns, desk.facts, desk.language, bar="share_captured"))
    return views
