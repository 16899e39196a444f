"""Articles as a wire sends them, and what follows when they are stored one by one: the verbs of the tests of links."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from worker.values.articles import WireArticle
from worker.values.entries import Notice
from worker.wire.link_notices import LINKED_AFTER, LINKED_BEFORE, day_of, link_notices

NOON = datetime(2026, 7, 20, 12, tzinfo=UTC)
FIRST = WireArticle(
    article_id=0,
    feed_id=1,
    wire_key="skarholm-ferry",
    headline="ferry-sails",
    agency="ap",
    content_hash=b"",
    first_seen_at=NOON,
    published_at=datetime(2026, 7, 10, tzinfo=UTC),
)


def sent(
    name: str, moment: str = "10", notice: Notice | None = None, number: int | None = None, **fields: object
) -> WireArticle:
    """An article with its name for words, sent on a day of July 2026 (``10``), or at a time of it (``10 07:30``)."""
    day, _, time = moment.partition(" ")
    published_at = datetime.fromisoformat(f"2026-07-{day}T{time or '00:00'}:00+00:00")
    told = {"words": name, "content_hash": name.encode(), "published_at": published_at} | fields
    return replace(FIRST, notice=notice, notice_number=number, **told)


def store(articles: Sequence[WireArticle]) -> list[WireArticle]:
    """The articles with their links, stored in this order: ids rise with it."""
    known: dict[int, WireArticle] = {}
    for number, article in enumerate(articles, start=1):
        known[number] = replace(article, article_id=number)
        day = day_of(article)
        near = [other for other in known.values() if day - LINKED_BEFORE <= day_of(other) < day + LINKED_AFTER]
        for relinked in link_notices(near, day, day):
            stored = known[relinked.article.article_id]
            known[stored.article_id] = replace(stored, acts_on=relinked.acts_on, killed_by=relinked.killed_by)
    return [*known.values()]


def links(articles: Sequence[WireArticle]) -> dict[str, str]:
    """What each notice acts on, by their names."""
    names = {article.article_id: article.words for article in articles}
    return {article.words: names[article.acts_on] for article in articles if article.acts_on}


def killed(articles: Sequence[WireArticle]) -> dict[str, str]:
    """What killed each article that is killed, by their names."""
    names = {article.article_id: article.words for article in articles}
    return {article.words: names[article.killed_by] for article in articles if article.killed_by}
