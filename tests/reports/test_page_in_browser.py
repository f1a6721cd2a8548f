"""The page in Chromium: it fits a desk, a phone and A4, and asks the network for nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
)
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium at /usr/bin/chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS.split())
        yield running
        running.close()


@pytest.mark.parametrize(("width", "made"), [(1280, "zh-CN"), (390, "provisional")])
def test_the_page_fits_and_loads_nothing(browser, pages: dict[str, str], tmp_path: Path, width: int, made: str) -> None:
    path = tmp_path / "day.html"
    path.write_text(pages[made], "utf-8")
    view = browser.new_page(viewport={"width": width, "height": 900})
    asked, said = [], []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda message: said.append(message.text))
    view.goto(path.as_uri())
    assert view.evaluate("document.documentElement.scrollWidth") == width
    assert asked == [path.as_uri()] and said == []
    shown = view.evaluate("[...document.querySelectorAll('figure')].every(f => f.getBoundingClientRect().height > 40)")
    assert shown
    view.close()


def test_print_is_a_few_pages_of_a4(browser, pages: dict[str, str]) -> None:
    view = browser.new_page()
    view.set_content(pages["zh-CN"])
    printed = view.pdf(prefer_css_page_size=True, print_background=True)
    view.close()
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed or b"/MediaBox [0 0 595" in printed
    assert 3 <= printed.count(b"/Type /Page\n") <= 6
