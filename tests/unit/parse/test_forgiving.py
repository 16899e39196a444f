import pytest

from tests.costs import spend_at_most
from tests.pairs import BEYOND_FEEDPARSER, PAIRS, document_of, expected_of, told_of
from worker.errors import PermanentError
from worker.parse.forgiving import read_with_feedparser
from worker.values.due_feeds import Document


@pytest.mark.parametrize("name", [name for name in PAIRS if name not in BEYOND_FEEDPARSER])
def test_a_feed_says_what_was_written_down_by_hand(name: str) -> None:
    expected = expected_of(name)
    assert told_of(read_with_feedparser(document_of(name), 100), expected) == expected


def test_every_feed_has_its_expectation_and_every_expectation_its_feed() -> None:
    folder = next(iter(PAIRS.values())).parent
    assert {path.stem for path in folder.glob("*.json")} == {*PAIRS}


@pytest.mark.parametrize("body", [b"<rss", b"<feed></feed", b"<rdf:RDF>", b"<channel>", b"no feed"])
def test_what_nothing_can_be_salvaged_of_is_refused(body: bytes) -> None:
    with pytest.raises(PermanentError, match="broken beyond reading"):
        read_with_feedparser(Document("http://127.0.0.1/feed", body, None), 100)


@pytest.mark.parametrize("end", [b"</channel></rss>", b"", b"</channel><br"])
def test_a_feed_without_entries_is_a_feed(end: bytes) -> None:
    body = b"<rss version='2.0'><channel><title>New</title>" + end
    parsed = read_with_feedparser(Document("http://127.0.0.1/feed", body, None), 100)
    assert (parsed.title, parsed.entries) == ("New", ())


@pytest.mark.parametrize("older", ["2019 May 28", "Thứ Ba, 28/05/2019", "soon"])
def test_the_newest_are_known_by_the_moments_that_their_dates_name(older: str) -> None:
    items = [f"<item><pubDate>{date}</pubDate></item>" for date in (older, "2020. május 28.")]
    body = f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()
    (entry,) = read_with_feedparser(Document("http://127.0.0.1/feed", body, None), 1).entries
    assert entry.published == "2020. május 28."


@pytest.mark.parametrize("author", ["x" * 65_536, f"<![CDATA[{'x' * 65_536}]]>"])
def test_an_endless_author_costs_no_more_than_a_name(author: str) -> None:
    body = f"<rss version='2.0'><channel><item><author>{author}</author></item></channel></rss>".encode()
    document = Document("http://127.0.0.1/feed", body, None)
    (entry,) = spend_at_most(0.5, lambda: read_with_feedparser(document, 100)).entries
    assert entry.authors == ("x" * 400,)


def test_a_namespace_with_spaces_in_it_is_a_namespace() -> None:
    body = "<rss><channel><item><title>Rain</title><b xmlns='http://127.0.0.1/a\u2003b\u2003c'/></item></channel></rss>"
    (entry,) = read_with_feedparser(Document("http://127.0.0.1/feed", body.encode(), None), 100).entries
    assert entry.title == "Rain"


def test_a_channel_of_cdf_without_items_is_a_feed() -> None:
    body = b"<CHANNEL HREF='http://gazette.example/'><TITLE>New</TITLE></CHANNEL>"
    parsed = read_with_feedparser(Document("http://127.0.0.1/feed", body, None), 100)
    assert (parsed.format, parsed.entries) == ("cdf", ())
