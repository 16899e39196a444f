from datetime import UTC, datetime

import pytest

from worker.basics.urls import canonical_url
from worker.normalise.feed_context import FeedContext
from worker.normalise.match_keys import is_unnumbered, key_across_feeds, read_version, wire_key
from worker.values.entries import Entry

FILE = "file:///seeds/a.xml"
PAGE = "https://news.example/2026/rain"
ITEM = Entry(item_id="urn:newsml:news.example:rain")


def _feed(url: str, served_from: str | None = None, site_url: str | None = None) -> FeedContext:
    return FeedContext(url, served_from or url, site_url, None, datetime(2026, 11, 24, tzinfo=UTC))


def _key(slug: str | None = None, named: str | None = None, agency: str | None = None, title: str = "") -> str | None:
    return wire_key(Entry(slug=slug, named_slug=named, agency=agency), title, _feed(FILE))


def _page_key(url: str, feed: FeedContext) -> str | None:
    return key_across_feeds(Entry(link=url), canonical_url(url), feed)


def test_a_feed_that_the_pages_own_site_serves_names_it() -> None:
    feeds = "https://news.example/feed", "http://feeds.news.example/world"
    assert {_page_key(PAGE, _feed(url)) for url in feeds} == {"news.example/2026/rain"}


@pytest.mark.parametrize(
    "page", ["https://other.example/rain", "https://news.example/", "https://news.example/index.html"]
)
def test_neither_another_sites_page_nor_a_whole_site_identifies_an_article(page: str) -> None:
    assert _page_key(page, _feed("https://news.example/feed")) is None


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://evil.example/feed", PAGE),
        ("https://feeds.feedburner.com/evil", PAGE),
        # Where paths are tenants nobody names the pages of another either.
        ("https://feeds.feedburner.com/evil", "https://feeds.feedburner.com/~r/news/rain"),
        ("https://gitlab.com/evil/feeds/-/raw/main/feed.xml", "https://gitlab.com/news/rain"),
    ],
)
def test_a_feed_that_only_calls_a_site_its_own_names_none_of_its_pages(url: str, page: str) -> None:
    assert _page_key(page, _feed(url, site_url=page)) is None


def test_who_serves_a_document_counts_not_who_sends_there() -> None:
    sent_away = _feed("https://news.example/feed", "https://feeds.feedburner.com/news")
    fetched_there = _feed("https://evil.example/feed", "https://news.example/feed")
    assert (_page_key(PAGE, sent_away), _page_key(PAGE, fetched_there)) == (None, "news.example/2026/rain")


def test_a_saved_document_of_a_feed_names_the_pages_of_the_site_that_serves_that_feed() -> None:
    saved = _feed("https://news.example/feed", FILE, "https://evil.example/")
    assert (_page_key(PAGE, saved), _page_key("https://evil.example/rain", saved)) == ("news.example/2026/rain", None)


def test_a_file_of_its_own_names_no_page() -> None:
    assert _page_key(PAGE, _feed(FILE, site_url="https://news.example/")) is None


def test_the_key_of_an_endless_address_fits_into_an_index() -> None:
    keys = {_page_key(f"{PAGE}?{'x' * 3_000}{end}", _feed("https://news.example/feed")) for end in "ab"}
    assert len(keys) == 2
    assert all(key and len(key) <= 1_000 for key in keys)


def test_an_item_is_one_whatever_file_brings_it() -> None:
    keys = {key_across_feeds(ITEM, None, _feed(f"file:///seeds/{name}.xml")) for name in "ab"}
    assert keys == {"item urn:newsml:news.example:rain"}


def test_an_item_is_one_in_all_feeds_of_a_site() -> None:
    feeds = _feed("https://news.example/a.xml"), _feed("https://wire.news.example/b.xml")
    assert {key_across_feeds(ITEM, None, feed) for feed in feeds} == {
        "item urn:newsml:news.example:rain of news.example"
    }


def test_nobodys_feed_names_anothers_item_nor_a_files() -> None:
    feeds = _feed("https://news.example/a.xml"), _feed("https://evil.example/a.xml"), _feed(FILE)
    assert len({key_across_feeds(ITEM, None, feed) for feed in feeds}) == 3


def test_where_paths_are_tenants_an_item_has_no_name_across_feeds() -> None:
    assert key_across_feeds(ITEM, None, _feed("https://raw.githubusercontent.com/someone/feeds/main/a.xml")) is None


def test_an_items_name_goes_before_its_page() -> None:
    assert (key_across_feeds(ITEM, PAGE, _feed("https://news.example/a.xml")) or "").startswith("item urn:")


def test_the_key_of_an_endless_name_fits_into_an_index() -> None:
    keys = {key_across_feeds(Entry(item_id=f"{'東' * 1_000}{end}"), None, _feed(FILE)) for end in "ab"}
    assert len(keys) == 2
    assert all(key and len(key.encode()) <= 1_000 for key in keys)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1", 1), (" 12\n", 12), ("1.0", 1), ("3.", 3), ("007", 7), ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None), ("9" * 5_000, None), ("0", None), ("-1", None), ("1.5", None), ("1.2.0", None),
        ("v2", None), ("final", None), ("\u0661", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_version_is_a_number_that_rises(written: str | None, number: int | None) -> None:
    assert read_version(Entry(version=written)) == number


@pytest.mark.parametrize(("written", "is_so"), [("final", True), ("0", True), ("2", False), (None, False)])
def test_a_version_that_is_no_number_is_told_from_none(written: str | None, is_so: bool) -> None:
    assert is_unnumbered(Entry(version=written)) is is_so


def test_a_polled_dispatch_is_one_among_those_of_its_site() -> None:
    entry, feed = Entry(slug="lock-gates"), _feed("https://feeds.news.example/a.xml")
    assert wire_key(entry, "", feed) == "lock-gates of news.example"


def test_nobodys_feed_kills_the_dispatch_of_another_by_its_slug() -> None:
    entry = Entry(slug="lock-gates")
    urls = (
        "https://news.example/a.xml", "https://evil.example/a.xml", FILE,
        "https://raw.githubusercontent.com/a/a.xml", "https://raw.githubusercontent.com/b/b.xml",
    )  # fmt: skip
    assert len({wire_key(entry, "", _feed(url)) for url in urls}) == len(urls)


def test_the_wire_key_of_an_endless_feed_fits_into_an_index() -> None:
    key = wire_key(Entry(slug="lock-gates"), "", _feed(f"https://github.com/{'a' * 3_000}"))
    assert key
    assert len(key) <= 1_000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SKARHOLM/FERRY", "skarholm-ferry"),
        ("BC-EU--Lock Gates", "bc-eu--lock  gates"),
        ("AM-Skarholm", "PM-Skarholm"),
        ("BC-Lock Gates", "Lock-Gates"),
        ("Fähre-Straße", "FÄHRE-STRASSE"),
    ],
)
def test_slugs_are_one_whichever_way_they_are_written(one: str, other: str) -> None:
    assert _key(one) == _key(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [("BC-EU--Markets", "BC-AS--Markets"), ("skarholm-ferry", "skarholm-ferry-pier"), ("BC", "AM"), ("上海", "北京")],
)
def test_other_slugs_are_other_ones(one: str, other: str) -> None:
    assert _key(one) != _key(other)


def test_with_a_slug_agency_and_headline_do_not_matter() -> None:
    assert _key("skarholm-ferry", agency="AP", title="Ferry sails") == _key("skarholm-ferry") == "skarholm-ferry"


def test_without_a_slug_agency_and_headline_stand_in() -> None:
    assert _key(agency="AP", title="Ferry to Skarholm sails!") == "ap: ferry-to-skarholm-sails"
    assert _key(agency="Reuters", title="Ferry to Skarholm sails!") != _key(
        agency="AP", title="Ferry to Skarholm sails!"
    )


def test_an_agencys_other_names_make_no_difference() -> None:
    assert _key(agency="The Associated Press", title="Ferry sails") == _key(agency="AP", title="Ferry sails")


@pytest.mark.parametrize("slug", [None, "", "///"])
def test_what_no_wire_sent_has_none(slug: str | None) -> None:
    assert _key(slug, title="Ferry to Skarholm sails!") is None
    assert _key(slug, agency="AP") is None


@pytest.mark.parametrize(
    ("own", "named", "key"),
    [
        (None, "BC-Lock Gates", "lock-gates"),
        ("BC-Corrections", "BC-EU--Lock Gates", "eu-lock-gates"),
        # A slug is named in short where it is the notice's own.
        ("BC-EU--Lock Gates", "Lock Gates", "eu-lock-gates"),
        ("lock-gates", "lock-gates", "lock-gates"),
        ("flock-gates", "lock-gates", "lock-gates"),
    ],
)
def test_a_notice_goes_under_the_slug_that_it_names(own: str | None, named: str, key: str) -> None:
    assert _key(own, named) == key


def test_a_key_is_short_enough_for_an_index() -> None:
    assert len(_key("x" * 5_000) or "") == len(_key(agency="x" * 5_000, title="y") or "") == 200
