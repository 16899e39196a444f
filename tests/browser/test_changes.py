"""The page Changes while the store changes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.browser.serving import serve
from tests.servers.chromium import Browser, Page, Screen
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import open_store, writing
from worker.database.outbox_tables import EventKind, write_events
from worker.outbox import number_events

_FIRST = "document.querySelector('#rows tr').innerText"
_COUNT = "document.querySelectorAll('#rows tr').length"
_STATE = "document.getElementById('live').textContent"


@pytest.fixture
def changing(demo_store: Path, tmp_path: Path) -> Iterator[Engine]:
    """A demo store of one's own, which may be written to."""
    shutil.copyfile(demo_store, tmp_path / "own.db")
    engine = open_store(f"sqlite:///{tmp_path}/own.db")
    yield engine
    engine.dispose()


@pytest.fixture
def page(browser: Browser, changing: Engine, tmp_path: Path) -> Iterator[Page]:
    with serve(str(changing.url), tmp_path) as origin, browser.page(Screen(), origin) as page:
        page.visit("/changes")
        page.wait_until(f"{_STATE} === 'live'")
        yield page
    assert page.seen.complaints == []


def _change(engine: Engine, kind: EventKind, count: int = 1) -> None:
    with writing(engine) as connection:
        article_id = (
            connection.execute(select(ArticleRow.id).where(ArticleRow.title.contains("A title that is a script")))
            .scalars()
            .first()
        )
        changes = [{"article_id": article_id, "details": {"by": 7, "words": "<b onclick=alert(1)>"}}] * count
        write_events(connection, read_clock(connection).now(), kind, changes)
    number_events(engine)


def test_what_changes_is_shown_as_it_does_and_waits_while_the_page_is_paused(page: Page, changing: Engine):
    before = page.evaluate(_COUNT)
    _change(changing, EventKind.ARTICLE_CORRECTED)
    page.wait_until(f"{_COUNT} === {before + 1}")
    shown = page.evaluate(_FIRST)
    assert "article corrected" in shown
    assert "A title that is a script" in shown
    assert "by 7: <b onclick=alert(1)>" in shown
    assert page.evaluate("document.getElementById('told').textContent") == "1 new change"
    page.evaluate("document.getElementById('pause').click()")
    _change(changing, EventKind.ARTICLE_KILLED, 3)
    page.wait_until(f"{_STATE} === 'paused, 3 new'")
    assert page.evaluate(_COUNT) == before + 1
    page.evaluate("document.getElementById('pause').click()")
    page.wait_until(f"{_COUNT} === {before + 4}")
    assert page.evaluate(_STATE) == "live"
