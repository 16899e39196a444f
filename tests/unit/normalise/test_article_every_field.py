"""Each field of an article is filled from an entry: one that nothing fills would be a column of nulls."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from tests.examples import example_of
from worker.basics.codec import defaults_of
from worker.database.article_tables import ArticleRow
from worker.normalise.article import normalise
from worker.normalise.match_keys import FeedContext
from worker.values.articles import Article
from worker.values.entries import Enclosure, Entry, KeyedEntry

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PAGE = "https://gazette.example/ferry"
# An example of each field, those first that must mean something.
ENTRY = replace(
    example_of(Entry),
    link=PAGE,
    content="<p>The ferry is back.</p>",
    is_plain_text=False,
    published="2026-11-24T10:00:00Z",
    updated="2026-11-24T11:00:00Z",
    language="en",
    enclosures=(Enclosure(f"{PAGE}.mp3"),),
    image_url=f"{PAGE}.png",
    base_url=PAGE,
    item_id=None,
)
FEED = FeedContext(
    "https://gazette.example/feed", "https://gazette.example/feed", "https://gazette.example/", "en", NOW
)
# What the store knows of an article besides what it says.
OF_THE_STORE = {
    "id", "feed_id", "guid", "first_seen_at", "revision", "policy_version", "acts_on", "killed_by", "story_id",
    "grouped_at",
}  # fmt: skip


@pytest.mark.parametrize("name", [field.name for field in fields(Article)])
def test_a_full_entry_fills_each_field_of_its_article(name: str) -> None:
    article = normalise(KeyedEntry("g1", b"guid", b"finger", ENTRY), FEED, NOW).article
    assert getattr(article, name) not in {defaults_of(Article)[name], None, "", ()}


def test_each_column_of_articles_holds_a_field_or_what_the_store_knows() -> None:
    assert {*ArticleRow.__table__.c.keys()} - {field.name for field in fields(Article)} == OF_THE_STORE
