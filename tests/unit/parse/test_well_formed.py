from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.documents import item, rss
from tests.pairs import BEYOND_FEEDPARSER, PAIRS, document_of, expected_of, told_of
from worker.errors import ErrorClass, PermanentError
from worker.parse.forgiving import read_with_feedparser
from worker.parse.well_formed import read_well_formed
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

# Broken, with a document type, of a format of the nineties: the child's alone.
LEFT_ALONE = {"broken", "rss_091", "cdf"}
READ = [name for name in PAIRS if name not in LEFT_ALONE]


def _read(body: bytes | str, most: int = 100, patience: int = 100) -> ParsedDocument | None:
    body = body if isinstance(body, bytes) else body.encode()
    return read_well_formed(Document("http://127.0.0.1/feed", body, None), most, patience)


@pytest.mark.parametrize("name", READ)
def test_a_feed_says_what_was_written_down_by_hand(name: str) -> None:
    expected, parsed = expected_of(name), read_well_formed(document_of(name), 100, 100)
    assert parsed
    assert told_of(parsed, expected) == expected


@pytest.mark.parametrize("name", [name for name in READ if name not in BEYOND_FEEDPARSER])
def test_two_parsers_read_the_same(name: str) -> None:
    parsed = read_well_formed(document_of(name), 100, 100)
    assert parsed
    # What only one of them tells: whom entries have their authors from, and which bytes they are.
    parsed = replace(parsed, parser="feedparser", authors=(), outline=None)
    assert parsed == read_with_feedparser(document_of(name), 100)


@pytest.mark.parametrize("name", sorted(LEFT_ALONE))
def test_what_is_not_for_this_process_is_left_alone(name: str) -> None:
    assert read_well_formed(document_of(name), 100, 100) is None


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><item><guid>1</guid></item></channel>",
        "<rss><channel><item><title>&nbsp;</title></item></channel></rss>",
        "<rss><channel><item><dc:title>undeclared</dc:title></item></channel></rss>",
        "<rss><x/></rss>",
        "<feed><title>of something</title></feed>",
        "<rss><channel><title>none here</title><items><x:item xmlns:x='x'/></items></channel></rss>",
        "<entry><id>1</id><word>no feed's</word></entry>",
        "<rss><channel><item><guid>1</guid></item><items><item><guid>2</guid></item></items></channel></rss>",
        "<html><body><item><guid>1</guid></item></body></html>",
        "<feed version='0.3'><entry><content mode='base64'>eA==</content></entry></feed>",
        "<feed><entry><content type='image/png'>eA==</content></entry></feed>",
        f"<feed><entry><summary type='xhtml'>{'<i>' * 999}{'</i>' * 999}</summary></entry></feed>",
        "",
        "{}",
        "LONDON (Reuters) - Rain.",
    ],
    ids=range(15),
)
def test_what_may_not_be_all_that_it_seems_is_left_alone(body: str) -> None:
    assert _read(body) is None


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><title>News</title></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title></feed>",
        "<rss><channel><title>News</title><x/></channel></rss>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><channel><title>News</title></channel></rdf:RDF>",
    ],
)
def test_a_feed_without_entries_is_an_empty_feed(body: str) -> None:
    parsed = _read(body)
    assert parsed
    assert (parsed.title, parsed.entries) == ("News", ())


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (
            "<entry xmlns='http://www.w3.org/2005/Atom'><id>1</id><title>Rain</title><link href='http://a/1'/></entry>",
            ("atom", "1", "Rain", "http://a/1"),
        ),
        (
            "<item><title>Rain</title><link>http://127.0.0.1/1</link></item>",
            ("rss", None, "Rain", "http://127.0.0.1/1"),
        ),
    ],
)
def test_a_document_that_is_one_entry_is_a_feed_of_one(body: str, read: tuple[str, ...]) -> None:
    parsed = _read(body)
    assert parsed
    (entry,) = parsed.entries
    assert (parsed.format, entry.guid, entry.title, entry.link) == read
    assert parsed.title is None


def test_a_sitemap_without_news_is_no_feed() -> None:
    body = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://example.com/</loc></url></urlset>'
    with pytest.raises(PermanentError, match="a sitemap without news") as failure:
        _read(body)
    assert failure.value.error_class is ErrorClass.NOT_A_FEED


def test_the_newest_entries_are_kept_wherever_they_stand() -> None:
    dates = ["Mon, 02 Nov 2026 00:00:00 GMT", "2026-11-04", "", "Tue, 03 Nov 2026 00:00:00 +0000", "2026-11-01T00:00Z"]
    items = [f"<item><guid>{number}</guid><pubDate>{date}</pubDate></item>" for number, date in enumerate(dates)]
    parsed = _read(rss(items), most=2)
    assert parsed
    assert ([entry.guid for entry in parsed.entries], parsed.dropped_entries) == (["1", "3"], 3)


@pytest.mark.parametrize("count", [4, 5])
def test_more_entries_than_patience_reaches_are_left_alone(count: int) -> None:
    assert (_read(rss([item(str(number)) for number in range(count)]), patience=4) is None) == (count > 4)


def test_space_before_the_declaration_does_no_harm() -> None:
    assert _read(b"\r\n " + rss([item("a")]))


def test_dates_are_passed_on_as_they_were_written() -> None:
    parsed = _read(rss(["<item><guid>1</guid><pubDate> 2003-12 </pubDate></item>"]))
    assert parsed
    assert parsed.entries[0].published == "2003-12"


@pytest.mark.parametrize("read", [read_with_feedparser, lambda document, most: read_well_formed(document, most, most)])
@pytest.mark.parametrize(
    ("dates", "updated"),
    [
        ("<lastBuildDate>tonight</lastBuildDate><pubDate>today</pubDate>", "tonight"),
        ("<pubDate>today</pubDate><lastBuildDate>tonight</lastBuildDate>", "tonight"),
        ("<pubDate> today </pubDate>", "today"),
        ("<lastBuildDate/>", None),
        ("", None),
    ],
)
def test_a_document_says_when_it_was_made(
    read: Callable[[Document, int], ParsedDocument | None], dates: str, updated: str | None
) -> None:
    body = f"<rss version='2.0'><channel>{dates}{item('a')}</channel></rss>".encode()
    parsed = read(Document("http://127.0.0.1/feed", body, None), 100)
    assert parsed
    assert parsed.updated == updated


def test_a_base_too_long_to_be_one_is_none() -> None:
    entries = "<entry xml:base='b/'><id>1</id><title>A</title><link href='x'/></entry>"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://a/{'b/' * 2_000}'>{entries}</feed>"
    parsed = _read(body)
    assert parsed
    assert (parsed.entries[0].link, parsed.entries[0].base_url) == ("b/x", "b/")
