from datetime import UTC, datetime

import pytest

from worker.normalise.feed_context import FeedContext

FILE = "file:///seeds/a.xml"
FEED, SITE = "https://news.example/feeds/a.xml", "https://www.news.example/"


def _context(feed_url: str, document_url: str, site_url: str | None = None, written_in: str = "") -> FeedContext:
    return FeedContext(feed_url, document_url, site_url, None, datetime(2026, 11, 24, tzinfo=UTC), format=written_in)


@pytest.mark.parametrize(
    ("context", "base"),
    [
        (_context(FEED, "https://feeds.news.example/b/a.xml", SITE), "https://feeds.news.example/b/a.xml"),
        (_context(FILE, FILE, SITE), SITE),
        (_context(FEED, FILE, SITE), SITE),
        (_context(FEED, FILE), FEED),
        (_context(FILE, FILE), None),
    ],
)
def test_relative_links_mean_where_a_document_came_from_or_its_site_where_it_was_saved(
    context: FeedContext, base: str | None
) -> None:
    assert context.base_url == base


@pytest.mark.parametrize("written_in", ["rss", "rdf", "json"])
@pytest.mark.parametrize(
    ("document_url", "site_url", "base"),
    [
        (FEED, SITE, SITE),
        (FEED, "https://news.example/blog/", "https://news.example/blog/"),
        # The address of a folder often lacks its slash.
        ("https://news.example/blog/a.xml", "https://news.example/blog", "https://news.example/blog/"),
        (FEED, "https://news.example/blog", "https://news.example/blog"),
        (FEED, "https://other.example/", FEED),
        (FEED, None, FEED),
        (FILE, SITE, SITE),
    ],
)
def test_in_a_format_that_names_no_base_they_mean_the_page_of_the_site_that_has_both(
    written_in: str, document_url: str, site_url: str | None, base: str
) -> None:
    assert _context(FEED, document_url, site_url, written_in).base_url == base


def test_in_atom_they_mean_where_the_document_came_from() -> None:
    assert _context(FEED, FEED, SITE, "atom").base_url == FEED


@pytest.mark.parametrize(
    ("context", "publisher"),
    [
        (_context(FEED, FEED), "news.example"),
        (_context(FEED, "https://other.example/a.xml", SITE), "other.example"),
        (_context(FEED, FILE, "https://other.example/"), "news.example"),
        (_context(FILE, FILE, SITE), None),
        (_context(FILE, SITE, SITE), None),
    ],
)
def test_a_document_is_the_word_of_who_serves_it_whatever_it_says_itself(
    context: FeedContext, publisher: str | None
) -> None:
    assert context.publisher == publisher


def test_only_a_feed_that_is_a_file_is_one() -> None:
    assert [_context(url, FILE).is_file for url in (FILE, FEED)] == [True, False]
