from dataclasses import fields
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from worker.database.article_tables import ArticleRow
from worker.database.article_values import FIELDS, article_columns, pack_article, read_article, unpack_article
from worker.values.articles import Article, LanguageSource
from worker.values.entries import Enclosure, Notice

BARE = Article(b"\x01", "Title", "<p>Text</p>", "Text", "")
# A value of its own in every field.
FULL = Article(
    content_hash=b"\x00\xff",
    title="Bridge open",
    html="<p>The bridge is open.</p>",
    text="The bridge is open.",
    summary="Open",
    url="https://a.example/1",
    original_url="https://a.example/1?utm_source=rss",
    match_key="a.example/1",
    authors=("A. Author", "B. Author"),
    published_at=datetime(2026, 11, 24, 12, 0, 0, 5, UTC),
    updated_at=datetime(2026, 11, 25, tzinfo=UTC),
    language="en-GB",
    language_source=LanguageSource.DETECTED,
    tags=("harbour", "bridge"),
    enclosures=(Enclosure("https://a.example/1.mp3", "audio/mpeg", 5), Enclosure("https://a.example/2.mp3")),
    image_url="https://a.example/1.jpg",
    dateline_place="Skårholm",
    dateline_date=date(2026, 11, 23),
    agency="AP",
    agency_as_written="The Associated Press",
    slug="SKARHOLM-FERRY",
    notice=Notice.CORRECTION,
    notice_number=2,
    note="Corrects spelling",
    urgency=3,
    wire_key="skarholm-ferry",
)


def _stored(article: Article) -> Any:
    """Return an article's row as a database gives it back: JSON knows lists and objects, text no enumerations."""
    columns = article_columns(article)
    lists = {name: orjson.loads(orjson.dumps(value)) for name, value in columns.items() if isinstance(value, list)}
    words = {name: str(value) for name, value in columns.items() if isinstance(value, str)}
    return SimpleNamespace(**columns | lists | words)


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_is_tried_with_a_value_of_its_own(name: str) -> None:
    assert getattr(FULL, name) not in {getattr(BARE, name), None, "", ()}


def test_each_field_of_an_article_is_a_column() -> None:
    assert set(FIELDS) == {field.name for field in fields(Article)} <= set(ArticleRow.__table__.c.keys())


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_comes_back_from_its_column_as_it_was(name: str) -> None:
    value = getattr(read_article(_stored(FULL)), name)
    assert (value, type(value)) == (getattr(FULL, name), type(getattr(FULL, name)))


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_comes_back_from_json_as_it_was(name: str) -> None:
    said = unpack_article(orjson.loads(orjson.dumps(pack_article(FULL))))
    value = getattr(said, name)
    assert (value, type(value)) == (getattr(FULL, name), type(getattr(FULL, name)))


def test_an_article_that_says_little_comes_back_as_it_was() -> None:
    assert read_article(_stored(BARE)) == BARE
    assert unpack_article(pack_article(BARE)) == BARE


def test_fields_that_say_nothing_are_left_out_of_the_json() -> None:
    said = {"content_hash": "01", "title": "Title", "html": "<p>Text</p>", "text": "Text", "summary": ""}
    assert pack_article(BARE) == said


@pytest.mark.parametrize("name", FIELDS)
def test_fields_that_say_something_are_in_the_json(name: str) -> None:
    assert name in pack_article(FULL)


@pytest.mark.parametrize("said", [None, {}])
def test_where_nothing_is_said_there_is_no_article(said: dict[str, Any] | None) -> None:
    assert unpack_article(said) is None
