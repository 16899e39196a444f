"""Which news sitemap a site names, and whether it lists the same news as a feed."""

from datetime import UTC, datetime, timedelta

import pytest

from worker.backfill.sitemaps import choose_missed, find_beginning, find_news_sitemap, lists_same_news
from worker.values.due_feeds import Document
from worker.values.entries import Entry

FEED = "https://feeds.gazette.example/all"
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def _robots(body: bytes) -> Document:
    return Document("https://www.gazette.example/robots.txt", body, "text/plain")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"Sitemap: https://www.gazette.example/news.xml", "https://www.gazette.example/news.xml"),
        (b"User-agent: *\r\nDisallow:\r\n  SITEMAP : /maps/google-News.xml.gz # ours\r\n", "/maps/google-News.xml.gz"),
        (b"Sitemap: /sitemap.xml\nSitemap: /news/index.xml\nSitemap: /news.xml", "/news/index.xml"),
        (b"# Sitemap: /news.xml", None),
        (b"Sitemap: https://news.example/news.xml", None),
        (b"Sitemap: javascript:news", None),
        (b"", None),
    ],
)
def test_the_first_sitemap_of_the_site_that_is_called_one_of_news_is_found(body: bytes, found: str | None) -> None:
    url = f"https://www.gazette.example{found}" if found and found.startswith("/") else found
    assert find_news_sitemap(_robots(body), FEED) == url


def test_the_word_in_the_name_of_a_host_does_not_make_all_its_sitemaps_news() -> None:
    robots = Document("https://news.example/robots.txt", b"Sitemap: https://news.example/sitemap.xml")
    assert find_news_sitemap(robots, "https://news.example/feed") is None


def _page(name: str, minutes: int) -> Entry:
    return Entry(link=f"https://gazette.example/{name}", published=(NOON - timedelta(minutes=minutes)).isoformat())


CARRIED = [(f"gazette.example/a{number}", NOON - timedelta(minutes=number)) for number in range(1, 11)]
LISTED = [_page(f"a{number}", number) for number in range(1, 11)]


def test_a_feed_shows_all_that_it_carries_since_the_oldest_dates_of_its_document_but_a_few() -> None:
    pinned = ("gazette.example/pinned", NOON - timedelta(days=30))
    # Of eleven dates, oldest first, two are left out.
    assert find_beginning([*CARRIED, pinned]) == NOON - timedelta(minutes=9)
    assert find_beginning(CARRIED[:4]) is None


def test_they_list_the_same_where_the_feed_carries_nine_tenths_of_that_time() -> None:
    since = NOON - timedelta(minutes=10)
    assert lists_same_news([*LISTED, _page("other", 5)], CARRIED, since, NOON)
    assert not lists_same_news([*LISTED, _page("other", 5), _page("another", 5)], CARRIED, since, NOON)
    assert lists_same_news([*LISTED, *(_page(f"older{number}", 60) for number in range(9))], CARRIED, since, NOON)
    assert not lists_same_news(LISTED[:4], CARRIED, since, NOON)


def test_what_is_stored_undated_or_of_another_time_was_not_missed() -> None:
    undated = Entry(link="https://gazette.example/undated")
    listed = [_page("missed", 60), _page("stored", 60), _page("shown", 5), _page("old", 600), undated]
    since, beginning = NOON - timedelta(hours=2), NOON - timedelta(minutes=10)
    assert choose_missed(listed, {"gazette.example/stored"}, since, beginning) == (listed[0],)
    assert choose_missed(listed, set(), None, beginning) == ()
