"""What holds of every page that links lead to, in a real browser."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.browser.crawling import crawl
from tests.servers.chromium import Browser, Page, Screen
from worker.database.article_tables import ArticleRow
from worker.database.engine import open_store, reading
from worker.database.feed_tables import FeedRow

PHONE, TABLET, DESKTOP = Screen(390, 844), Screen(820, 1180), Screen(1440, 900)
DARK, WITHOUT_SCRIPTS = Screen(is_dark=True), Screen(runs_scripts=False)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
# Rows are alike: a few of each list tell of all, in a tenth of the time.
_FEWER_ROWS = """document.querySelectorAll('main :is(tbody, ul, ol, dl)').forEach(
    each => [...each.children].slice(8).forEach(row => row.remove()))"""
_SHOWN = """(() => {
    const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    const within = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    window.walked = window.walked || [];
    const isAgain = walked.includes(at);
    const isNext = !walked.length || !!(walked.at(-1).compareDocumentPosition(at) & 4);
    walked.push(at);
    return {name: at.tagName + ' ' + at.textContent.trim().slice(0, 40), ring, within, isAgain, isNext};
})()"""


@pytest.fixture(scope="module")
def crawled(browser: Browser, site: str) -> Mapping[str, int]:
    """A page of each kind, and what it is answered with; of a kind are those whose parameters have the same names."""
    with browser.page(DESKTOP, site) as page:
        return dict(crawl(page))


@pytest.fixture(scope="module")
def paths(crawled: Mapping[str, int]) -> Sequence[str]:
    """A page of each template, and the answer to a search."""
    of_templates = {re.sub(r"\d+", "N", path.partition("?")[0]): path for path in reversed(crawled)}
    return [path for kind, path in of_templates.items() if not kind.endswith("/html")] + ["/articles?q=canal+homes"]


def test_no_link_is_dead(crawled: Mapping[str, int]):
    assert {path: status for path, status in crawled.items() if status != 200} == {}


@pytest.fixture(params=[PHONE, TABLET, DESKTOP, DARK], ids=["phone", "tablet", "desktop", "dark"])
def screened(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    with browser.page(request.param, site) as page:
        yield page


def test_every_page_fits_its_screen_asks_nobody_else_and_complains_of_nothing(screened: Page, paths: Sequence[str]):
    too_wide = []
    for path in paths:
        screened.visit(path)
        if screened.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(path)
    asked = [each for each in screened.seen.requests if not each.startswith((screened.origin, "data:"))]
    assert (too_wide, asked, screened.seen.complaints) == ([], [], [])


@pytest.mark.parametrize("screen", [DESKTOP, DARK], ids=["light", "dark"])
def test_everybody_can_use_every_page(browser: Browser, site: str, paths: Sequence[str], axe: str, screen: Screen):
    found = {}
    with browser.page(screen, site) as page:
        for path in paths:
            page.visit(path)
            page.evaluate(_FEWER_ROWS)
            page.evaluate(f"{axe}; 0")
            # In the dark only colours are others.
            only = (
                {"type": "rule", "values": ["color-contrast"]} if screen is DARK else {"type": "tag", "values": RULES}
            )
            judged = page.evaluate(
                f"axe.run(document, {{runOnly: {only}, resultTypes: ['violations'], iframes: false}}).then(found => "
                "found.violations.map(each => each.id + ': ' + each.nodes.slice(0, 3).map(node => node.html)))"
            )
            found |= {path: judged} if judged else {}
    assert found == {}


def test_every_page_says_the_same_without_scripts(browser: Browser, site: str, paths: Sequence[str]):
    said = (
        "[document.querySelectorAll('main a:not(noscript a)').length, document.querySelector('h1').textContent.trim()]"
    )
    with browser.page(DESKTOP, site) as page, browser.page(WITHOUT_SCRIPTS, site) as plain:
        for path in paths:
            page.visit(path)
            plain.visit(path)
            assert plain.evaluate(said) == page.evaluate(said), path


def test_a_keyboard_leads_through_every_page_in_its_order_and_shows_where_it_is(page: Page, paths: Sequence[str]):
    for path in paths:
        page.visit(path)
        for step in range(15):
            page.press("Tab")
            here = page.evaluate(_SHOWN)
            if here["isAgain"] or here["name"].startswith("BODY"):
                break
            assert [here[each] for each in ("ring", "within", "isNext")] == [True] * 3, (path, step, here)


def test_the_first_stop_of_a_keyboard_skips_to_the_content(page: Page):
    page.visit("/")
    page.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_what_feeds_say_is_never_run(browser: Browser, site: str, paths: Sequence[str], demo_store: Path):
    """Whatever the fragments of ``scripts/demo_store/hostile.py`` would do, a page shows their words, and no more."""
    live = "document.querySelectorAll('main :is(script, [onload], [onerror], base, meta, form[action^=http])').length"
    linked = "[...document.links].filter(each => !/^https?:$|^mailto:$/.test(each.protocol)).map(each => each.href)"
    hostile = [f"/articles/{article_id}" for article_id in _find_hostile(demo_store)]
    assert len(hostile) >= 15
    with browser.page(DESKTOP, site) as page:
        for path in (*paths, *hostile, *(f"{each}/html" for each in hostile)):
            assert page.visit(path) == 200
            assert (page.evaluate(live), page.evaluate(linked)) == (0, []), path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    # Nor are pictures of others loaded, which the stored HTML of some would show.
    blocked = re.compile("Content ?Security ?Policy", re.IGNORECASE)
    assert [each for each in page.seen.complaints if not blocked.search(each)] == []
    assert {each for each in page.seen.requests if not each.startswith((site, "data:"))} == set()


def _find_hostile(demo_store: Path) -> Sequence[int]:
    engine = open_store(f"sqlite:///{demo_store}")
    of_mill = select(FeedRow.id).where(FeedRow.title == "The Fragment Mill").scalar_subquery()
    with reading(engine) as connection:
        found = connection.execute(select(ArticleRow.id).where(ArticleRow.feed_id == of_mill)).scalars().all()
    engine.dispose()
    return found
