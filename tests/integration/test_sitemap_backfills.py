"""A gap of a feed without older documents is filled from its site's news sitemap, where both list the same news."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime

from sqlalchemy import select, update

from tests.older_documents import read, rows
from tests.polling import add, now_of, poll, poll_again, titles
from tests.servers.publisher import Publisher
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import ScheduleRow
from worker.pipeline.tools import Tools

NEWS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
MINUTE = timedelta(minutes=1)


def _items(publisher: Publisher, numbers: range, at: datetime) -> bytes:
    """A feed's document: the article of each number is published so many minutes after ``at``."""
    items = "".join(
        f'<item><guid isPermaLink="false">id-{number}</guid><title>n{number}</title>'
        f"<link>{publisher.url(f'/n{number}')}</link><pubDate>{format_datetime(at + number * MINUTE)}</pubDate>"
        f"<description>All that there is to say of {number}.</description></item>"
        for number in reversed(numbers)
    )
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()


def _sitemap(publisher: Publisher, names: Sequence[tuple[str, datetime]]) -> bytes:
    pages = "".join(
        f"<url><loc>{publisher.url(f'/{name}')}</loc><news:news><news:publication_date>{at.isoformat()}"
        f"</news:publication_date><news:title>{name}</news:title></news:news></url>"
        for name, at in names
    )
    return f"<urlset {NEWS}>{pages}</urlset>".encode()


def _make_gap(tools: Tools, publisher: Publisher) -> datetime:
    """Poll a feed of n1 to n10, and again when it has n31 to n40; return when n0 would have been published."""
    at = now_of(tools).replace(microsecond=0) - 41 * MINUTE
    add(tools, publisher.serve("/feed", _items(publisher, range(1, 11), at)))
    poll(tools)
    with writing(tools.engine) as connection:
        connection.execute(update(ScheduleRow).values(last_success_at=at + 11 * MINUTE))
    publisher.serve("/feed", _items(publisher, range(31, 41), at))
    assert poll_again(tools).new == 10
    return at


def _all(at: datetime) -> list[tuple[str, datetime]]:
    return [(f"n{number}", at + number * MINUTE) for number in range(1, 41)]


def test_what_was_missed_is_stored_as_the_sitemap_has_it(tools: Tools, publisher: Publisher) -> None:
    at = _make_gap(tools, publisher)
    publisher.serve("/robots.txt", b"User-agent: *\nSitemap: /sitemap.xml\nSitemap: /sitemaps/news.xml\n")
    publisher.serve("/sitemaps/news.xml", _sitemap(publisher, _all(at)))
    assert [(step.was_read, step.new) for step in read(tools)] == [(True, 0), (True, 20)]
    assert titles(tools) == sorted(f"n{number}" for number in range(1, 41))
    (row,) = rows(tools)
    assert (row.outcome, row.articles) == ("filled", 20)
    assert row.reason == "the news sitemap of its site lists what it carries"
    with reading(tools.engine) as connection:
        missed = connection.execute(
            select(ArticleRow.text, ArticleRow.url, ArticleRow.published_at).where(ArticleRow.title == "n20")
        ).one()
    assert tuple(missed) == ("", publisher.url("/n20"), at + 20 * MINUTE)


def test_what_the_feed_has_after_all_is_the_same_article_with_its_words(tools: Tools, publisher: Publisher) -> None:
    at = _make_gap(tools, publisher)
    publisher.serve("/robots.txt", b"sitemap: /news.xml")
    publisher.serve("/news.xml", _sitemap(publisher, _all(at)))
    read(tools)
    publisher.serve("/feed", _items(publisher, range(29, 41), at))
    assert poll_again(tools).new == 0
    with reading(tools.engine) as connection:
        texts = connection.execute(select(ArticleRow.text).where(ArticleRow.title == "n30")).scalars().all()
        assert texts == ["All that there is to say of 30."]
        guids = select(SightingRow.guid).where(SightingRow.left_at.is_(None), SightingRow.guid.like("%30"))
        assert connection.execute(guids).scalars().all() == ["id-30"]


def test_a_sitemap_of_other_news_too_fills_nothing_and_is_not_asked_for_again_soon(
    tools: Tools, publisher: Publisher
) -> None:
    """The feed of one section: two of twelve articles of the time that its document shows are of others."""
    at = _make_gap(tools, publisher)
    publisher.serve("/robots.txt", b"Sitemap: /news.xml")
    others = [("politics-1", at + 39 * MINUTE), ("politics-2", at + 39 * MINUTE), ("politics-0", at + 20 * MINUTE)]
    publisher.serve("/news.xml", _sitemap(publisher, [*_all(at), *others]))
    read(tools)
    (row,) = rows(tools)
    assert (row.outcome, row.articles) == ("given up", 0)
    assert row.reason == "the news sitemap of its site lists other news than the feed"
    publisher.serve("/feed", _items(publisher, range(51, 61), at))
    assert poll_again(tools).note
    assert len(rows(tools)) == 1


def test_a_site_without_a_news_sitemap_is_asked_for_one_document(tools: Tools, publisher: Publisher) -> None:
    _make_gap(tools, publisher)
    publisher.serve("/robots.txt", b"Sitemap: /sitemap.xml\nSitemap: https://other.example/news.xml")
    read(tools)
    assert [request.target for request in publisher.requests if request.path != "/feed"] == ["/robots.txt"]
    (row,) = rows(tools)
    assert row.reason == "the feed names no older documents, and its site no news sitemap"
