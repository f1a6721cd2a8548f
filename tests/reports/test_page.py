"""The page as text: nothing loaded, both languages, every number with its definition, names escaped."""

import re
from html.parser import HTMLParser
from typing import Any

import pyarrow as pa
import pytest

import ingest.reading
import schemas.ledger
import schemas.rejected
from reports.figures import BY_NAME, FIGURES
from reports.page import pages as pages_of
from reports.small_cells import Settled, settled
from reports.words import LANGUAGES, WORDS
from tests.reports import sample_day

EVIL = "<script>alert('x')</script>&\"</svg>"


class Elements(HTMLParser):
    """Every element with its attributes, and the text outside styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text, self._tag = "", ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._tag = tag

    def handle_data(self, data: str) -> None:
        if self._tag != "style":
            self.text += data


@pytest.fixture(scope="module", params=LANGUAGES)
def made(request: pytest.FixtureRequest, pages: dict[str, str]) -> tuple[str, Elements]:
    return request.param, Elements(pages[request.param])


@pytest.fixture(scope="module")
def text(pages: dict[str, str]) -> str:
    return pages["en"]


def test_nothing_is_loaded_and_nothing_runs(text: str) -> None:
    elements = Elements(text).found
    assert not {"script", "link", "iframe", "img", "object", "embed", "image", "use"} & {tag for tag, _ in elements}
    names = {name for _, attributes in elements for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in ("src", "href", "srcset", "xlink:href")}
    assert not re.search(r"@import|url\((?!#)", text)
    outside = set(re.findall(r"https?://[^\"'\s<)]+", text))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_page_says_its_language_and_has_no_word_of_the_other(made: tuple[str, Elements]) -> None:
    language, elements = made
    assert dict(elements.found)["html"]["lang"] == language
    others = {figure.title.to("en" if language == "zh-CN" else "zh-CN") for figure in FIGURES}
    assert [title for title in others if title in elements.text] == []


def test_every_svg_is_named_for_readers_and_ids_do_not_clash(made: tuple[str, Elements]) -> None:
    drawings = [attributes for tag, attributes in made[1].found if tag == "svg"]
    assert len(drawings) > 8
    assert all(drawing["role"] == "img" and drawing["aria-label"] for drawing in drawings)
    ids = [attributes["id"] for _, attributes in made[1].found if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_table_head_has_its_scope(made: tuple[str, Elements]) -> None:
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in made[1].found if tag == "th")


def test_every_card_section_and_the_strip_name_the_definition(made: tuple[str, Elements]) -> None:
    classes = [attributes.get("class") or "" for _, attributes in made[1].found]
    framed = [name for name in classes if name.split(" ")[0] in ("card", "strip", "full", "half", "third")]
    assert len(framed) == classes.count("tag") > 15


def test_every_figure_says_what_it_means_and_leaves_out(made: tuple[str, Elements]) -> None:
    language, elements = made
    for figure in FIGURES:
        assert figure.leaves_out.to(language) in elements.text, figure.name
        assert figure.meaning.to(language) in elements.text, figure.name


def test_the_share_of_random_macs_stands_beside_every_count_of_devices(text: str) -> None:
    parts = text.split("<section ")[1:]
    for part in parts:
        name = re.search(r'id="(\w+)" aria', part)
        if name and name[1] in BY_NAME and BY_NAME[name[1]].people:
            assert "random MACs" in part.split("</header>")[0], name[1]


@pytest.mark.parametrize(("made", "provisional"), [("provisional", True), ("en", False)])
def test_a_page_before_the_tail_says_provisional(pages: dict[str, str], made: str, provisional: bool) -> None:
    assert (WORDS["provisional_why"].en in Elements(pages[made]).text) == provisional
    assert ('class="badge provisional"' in pages[made]) == provisional


def test_every_status_and_reason_of_the_ledger_has_its_words() -> None:
    walk = {"unmatched-leave", "weak-signal", "overheard"}
    reasons = {*schemas.ledger.STATUSES, *schemas.rejected.REASONS, *ingest.reading.IGNORED, *walk}
    assert reasons <= set(WORDS)


def test_names_from_outside_are_escaped(sample: Settled) -> None:
    plan = sample_day.plan().to_pylist()
    evil_plan = pa.Table.from_pylist(
        [{**row, "name": EVIL, "site": EVIL if row["site"] == "南街" else row["site"]} for row in plan],
        schema=sample_day.plan().schema,
    )
    figures = {name: _renamed(table, "南街", EVIL) for name, table in sample.items()}
    text = pages_of(settled(figures, 1), sample_day.facts(district=EVIL, zones=evil_plan, made=EVIL))["en"]
    assert "<script" not in text and "alert(&#39;x&#39;)" in text


def test_a_day_without_visits_is_a_page_that_says_so(sample: Settled) -> None:
    empty = settled({name: table.slice(0, 0) for name, table in sample.items()}, 10)
    elements = Elements(pages_of(empty, sample_day.facts(zones=sample_day.plan().slice(0, 0)))["en"])
    assert WORDS["nothing"].en in elements.text and WORDS["no_plan"].en in elements.text


def test_the_same_figures_give_the_same_bytes(sample: Settled, text: str) -> None:
    assert pages_of(sample, sample_day.facts())["en"] == text


def _renamed(table: pa.Table, old: str, new: str) -> pa.Table:
    rows: list[dict[str, Any]] = [
        {key: new if value == old else value for key, value in row.items()} for row in table.to_pylist()
    ]
    return pa.Table.from_pylist(rows, schema=table.schema)
