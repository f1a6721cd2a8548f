"""The day's page: one HTML text that holds everything it needs. What is on it is said in cards, strip and sections."""

from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from reports.cards import cards_of, random_share
from reports.facts import PageFacts
from reports.figures import BY_NAME
from reports.pictures import Pictures, pictures_of
from reports.section import Desk
from reports.sections import figure_sections, quality_sections
from reports.small_cells import Settled
from reports.strip import chips_of
from reports.words import LANGUAGES, WEEKDAYS, Language, word


def pages(figures: Settled, facts: PageFacts) -> dict[Language, str]:
    """The day's page in every language; drawing takes most of the time, so all of them share their pictures."""
    pictures = pictures_of(figures, facts)
    return {language: page(figures, pictures, facts, language) for language in LANGUAGES}


def page(figures: Settled, pictures: Pictures, facts: PageFacts, language: Language) -> str:
    """The day as a self-contained HTML page: no script, nothing loaded, readable on a phone and on A4.

    Names from outside (sites, zones, the district) are escaped. The same figures give the same bytes.
    """
    desk = Desk(figures, pictures, facts, language)
    return template("day.html.jinja").render(
        facts=facts,
        language=language,
        say=lambda key, *values: word(key, language, *values),
        style=Markup(text_of("day.css")),
        weekday=WEEKDAYS[facts.day.weekday()].to(language),
        random_share=word("random_share", language, random_share(figures, facts)),
        headline=BY_NAME["headline"],
        addresses=BY_NAME["addresses"],
        cards=cards_of(figures, facts, language),
        chips=chips_of(figures, facts, language),
        sections=figure_sections(desk),
        quality=quality_sections(desk),
    )


@cache
def template(name: str) -> Template:
    """The page `name`, with what all pages draw alike in front."""
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        text_of("sections.html.jinja") + text_of(name)
    )


def text_of(name: str) -> str:
    """A file beside the templates."""
    return (resources.files("reports") / "pages" / name).read_text("utf-8")
