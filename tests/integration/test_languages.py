"""The language of an article: stored with who says so, from a feed that is polled or a file that is read."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Row, select

from tests.documents import entry, rss
from tests.polling import add, count, poll, poll_again
from tests.seeds import place
from tests.servers.publisher import Publisher
from worker.database.article_tables import ArticleRow, RevisionRow
from worker.database.engine import reading
from worker.database.schema import migrate
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest

TEXTS = Path(__file__).parents[1] / "data/languages"


def _item(language: str, title: str = "2026", declared: str = "") -> str:
    text = (TEXTS / f"{language}.txt").read_text().split("\n\n")[0]
    own = f"<dc:language xmlns:dc='http://purl.org/dc/elements/1.1/'>{declared}</dc:language>" if declared else ""
    return entry("g", "", title, text, "4 07:30").replace("</item>", f"{own}</item>")


def _feed(*items: str, language: str = "") -> bytes:
    return rss(items, head=f"<language>{language}</language>" if language else "")


def _language(tools: Tools) -> Row[tuple[str | None, str | None]]:
    with reading(tools.engine) as connection:
        return connection.execute(select(ArticleRow.language, ArticleRow.language_source)).one()


@pytest.mark.parametrize(
    ("item", "feeds", "expected"),
    [
        (_item("de"), "", ("de", "detected")),
        (_item("af"), "", (None, None)),
        (_item("de"), "nl", ("nl", "feed")),
        (_item("de", declared="de-AT"), "nl", ("de-AT", "entry")),
        (_item("uk"), "en-us", ("uk", "detected")),
    ],
)
def test_an_article_is_stored_with_its_language_and_who_says_so(
    tools: Tools, publisher: Publisher, item: str, feeds: str, expected: tuple[str | None, str | None]
) -> None:
    add(tools, publisher.serve("/feed", _feed(item, language=feeds)))
    poll(tools)
    assert _language(tools) == expected


def test_without_a_detector_it_is_null_where_nobody_declares_it(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", _feed(_item("de"))))
    poll(replace(tools, detect=None))
    assert _language(tools) == (None, None)


def test_of_a_file_too_it_is_detected(tools: Tools, tmp_path: Path) -> None:
    dispatch = place(tmp_path / "dispatch.txt", (TEXTS / "fr.txt").read_text())
    assert [read.new for read in ingest(tools, [dispatch], 1_000_000)] == [1]
    assert _language(tools) == ("fr", "detected")


def test_it_is_that_of_the_version_shown(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", _feed(_item("en", declared="en"))))
    poll(tools)
    publisher.serve("/feed", _feed(_item("ru", declared="en")))
    assert poll_again(tools).updated == 1
    assert _language(tools) == ("ru", "detected")


def test_that_it_can_be_told_is_no_revision(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", _feed(_item("de"))))
    poll(replace(tools, detect=None))
    publisher.serve("/feed", _feed(_item("de").replace("</item>", "<author>Ada</author></item>")))
    assert (poll_again(tools).updated, count(tools, RevisionRow)) == (0, 1)


def test_on_the_way_to_an_older_schema_what_was_detected_is_forgotten(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/1", _feed(_item("de"))), publisher.serve("/2", _feed(_item("fr"), language="fr")))
    poll(tools)
    migrate(tools.engine, "0007")
    migrate(tools.engine)
    with reading(tools.engine) as connection:
        rows = connection.execute(select(ArticleRow.language, ArticleRow.language_source)).all()
    assert sorted(rows, key=str) == [("fr", None), (None, None)]
