"""The page of a period of days: cards, the days as a chart, and what they add up to. One HTML text without a script."""

from markupsafe import Markup

from reports.charts import bands_chart
from reports.drawing import svg_of
from reports.facts import PeriodFacts
from reports.page import template, text_of
from reports.period import PERIOD_BY_NAME
from reports.period_cards import period_cards
from reports.period_charts import days_chart
from reports.period_figures import TOTAL
from reports.period_sections import period_sections
from reports.period_words import say
from reports.pictures import FULL, HALF, PHONE, Picture, Pictures
from reports.section import Desk
from reports.small_cells import Settled
from reports.words import LANGUAGES, Language


def period_pages(figures: Settled, facts: PeriodFacts) -> dict[Language, str]:
    """The period's page in every language; all of them share their pictures."""
    pictures = _pictures_of(figures, facts)
    return {language: _page(figures, pictures, facts, language) for language in LANGUAGES}


def _page(figures: Settled, pictures: Pictures, facts: PeriodFacts, language: Language) -> str:
    desk = Desk(figures, pictures, facts, language, PERIOD_BY_NAME)
    return template("period.html.jinja").render(
        facts=facts,
        language=language,
        say=lambda key, *values: say(key, language, *values),
        style=Markup(text_of("day.css")),
        random_share="",
        total=TOTAL,
        cards=period_cards(figures, facts, language),
        sections=period_sections(desk, facts),
        counted=facts.those("final", "provisional"),
        left_out=facts.those("missing", "other-limits"),
        provisional=facts.those("provisional"),
        has_other_limits=bool(facts.those("other-limits")),
    )


def _pictures_of(figures: Settled, facts: PeriodFacts) -> Pictures:
    days, bands = (figures[name].to_pylist() for name in ("days", "period_bands"))
    dates = [day.day for day in facts.days]
    drawn: dict[str, tuple[Picture, ...]] = {"days": (), "period_bands": ()}
    if days:
        wide, narrow = (svg_of(days_chart(days, dates, width), f"days-{width}") for width in (FULL, PHONE))
        drawn["days"] = (Picture(wide, narrow),)
    if bands:
        wide, narrow = (svg_of(bands_chart(bands, width - 60), f"bands-{width}") for width in (HALF, PHONE))
        drawn["period_bands"] = (Picture(wide, narrow),)
    return drawn
