from datetime import UTC, datetime

import pytest

from tests.documents import rss
from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.normalise.links import base_of_body, read_link
from worker.parse.document import parse_document
from worker.values.articles import Article
from worker.values.due_feeds import Document
from worker.values.entries import Entry, KeyedEntry

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "http://127.0.0.1:8080/feeds/a.xml"
FEED = FeedContext(URL, URL, "http://gazette.example/", None, NOW)
ATOM = "http://www.w3.org/2005/Atom"


def _articles(body: bytes, document_url: str = URL) -> list[Article]:
    parsed = parse_document(Document(document_url, body, None), 100)
    feed = FeedContext(URL, document_url, parsed.site_url, None, NOW, format=parsed.format)
    return [normalise(KeyedEntry("1", b"1", b"1", entry), feed, NOW).article for entry in parsed.entries]


def _feed(entry: str, base: str = "") -> bytes:
    return f'<feed xmlns="{ATOM}"{base}><title>Harbour</title><entry><id>1</id>{entry}</entry></feed>'.encode()


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("posts/a.html", "http://127.0.0.1:8080/feeds/posts/a.html"),
        ("/posts/a.html", "http://127.0.0.1:8080/posts/a.html"),
        ("../a.html", "http://127.0.0.1:8080/a.html"),
        ("?p=1", "http://127.0.0.1:8080/feeds/a.xml?p=1"),
        ("//other.example/a", "http://other.example/a"),
        ("https://other.example/a", "https://other.example/a"),
        ("www.gazette.example/a", "http://www.gazette.example/a"),
        (" www.gazette.example ", "http://www.gazette.example/"),
        ("www.a.html", "http://127.0.0.1:8080/feeds/www.a.html"),
        # The feed's own host needs no other sign.
        ("127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("gazette.example/a", "http://127.0.0.1:8080/feeds/gazette.example/a"),
        ('<a href="/node/1" hreflang="en">View</a>', "http://127.0.0.1:8080/node/1"),
        ("<a href='https://other.example/a?b=1&amp;c=2'>View</a>", "https://other.example/a?b=1&c=2"),
        ("mailto:desk@gazette.example", None),
        ("", None),
        (None, None),
    ],
)
def test_a_link_means_where_its_document_came_from(written: str | None, link: str | None) -> None:
    assert read_link(written, FEED) == link


@pytest.mark.parametrize(
    ("declared", "link", "base"),
    [
        ("img/", "http://gazette.example/a", "http://127.0.0.1:8080/feeds/img/"),
        ("https://img.example/", None, "https://img.example/"),
        ("mailto:x", "http://gazette.example/a", "http://gazette.example/a"),
        (None, "http://gazette.example/a", "http://gazette.example/a"),
        (None, None, URL),
    ],
)
def test_a_body_means_what_it_says_else_its_own_page(declared: str | None, link: str | None, base: str) -> None:
    assert base_of_body(Entry(base_url=declared), link, FEED) == base


ITEM = (
    "<item><link>posts/a.html</link><guid isPermaLink='false'>1</guid><description>x &lt;img src='i.jpg'&gt;"
    "</description><enclosure url='a.mp3' type='audio/mpeg'/></item>"
)
RSS = rss([ITEM], site="http://gazette.example/")
RDF = (
    b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel>"
    b"<link>http://gazette.example/</link></channel><item rdf:about='1'><link>posts/a.html</link>"
    b"<description>x &lt;img src='i.jpg'&gt;</description></item></rdf:RDF>"
)
JSON = (
    b'{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "home_page_url": "http://gazette.example/",'
    b' "items": [{"id": "1", "url": "posts/a.html", "content_html": "x <img src=\'i.jpg\'>"}]}'
)


@pytest.mark.parametrize(
    "body",
    [
        RSS,
        RSS.removesuffix(b"</rss>"),
        RDF,
        RDF.removesuffix(b"</rdf:RDF>"),
        _feed("<link href='posts/a.html'/><content type='html'>x &lt;img src='i.jpg'&gt;</content>"),
        _feed("<link href='posts/a.html'/><content type='html'>x &lt;img src='i.jpg'&gt;</content>")[:-7],
        JSON,
    ],
    ids=["rss", "broken rss", "rdf", "broken rdf", "atom", "broken atom", "json"],
)
def test_a_relative_link_is_resolved_once_and_its_page_is_the_base_of_the_body(body: bytes) -> None:
    (article,) = _articles(body)
    assert (article.url, article.original_url) == ("http://127.0.0.1:8080/feeds/posts/a.html",) * 2
    assert article.image_url == "http://127.0.0.1:8080/feeds/posts/i.jpg"


@pytest.mark.parametrize("body", [RSS, RSS.removesuffix(b"</rss>")], ids=["rss", "broken rss"])
def test_a_file_beside_the_body_means_where_the_document_came_from_too(body: bytes) -> None:
    (article,) = _articles(body)
    assert [file.url for file in article.enclosures] == ["http://127.0.0.1:8080/feeds/a.mp3"]


@pytest.mark.parametrize("ending", [b"", b"</rss>"], ids=["sound", "broken"])
@pytest.mark.parametrize("is_permalink", ["true", "false"])
def test_a_relative_link_that_is_the_guid_too_is_a_link(ending: bytes, is_permalink: str) -> None:
    item = f"<item><link>/posts/b.html</link><guid isPermaLink='{is_permalink}'>/posts/b.html</guid></item>"
    (article,) = _articles(rss([item], site="http://gazette.example/").removesuffix(ending))
    assert article.url == "http://127.0.0.1:8080/posts/b.html"


@pytest.mark.parametrize("length", [None, -7], ids=["sound", "broken"])
@pytest.mark.parametrize(
    ("base", "inside"),
    [("http://gazette.example/n/", "http://gazette.example/n/"), ("n/", "http://127.0.0.1:8080/feeds/n/")],
)
def test_an_xml_base_counts_once_for_links_files_and_body(length: int | None, base: str, inside: str) -> None:
    entry = (
        "<link href='posts/a.html'/><link rel='enclosure' href='a.mp3' type='audio/mpeg'/>"
        "<content type='html'>x &lt;img src='i.jpg'&gt;</content>"
    )
    (article,) = _articles(_feed(entry, f" xml:base='{base}'")[:length])
    found = article.url, article.enclosures[0].url, article.image_url
    assert found == (f"{inside}posts/a.html", f"{inside}a.mp3", f"{inside}i.jpg")


def test_a_broken_feeds_files_follow_its_xml_base() -> None:
    items = "<item><link>a</link><description>x</description><enclosure url='a.mp3' type='audio/mpeg'/></item>"
    (article,) = _articles(f"<rss version='2.0' xml:base='http://gazette.example/n/'><channel>{items}".encode())
    assert [file.url for file in article.enclosures] == ["http://gazette.example/n/a.mp3"]


def test_in_a_saved_document_a_link_means_the_site() -> None:
    (article,) = _articles(RSS, "file:///seeds/a.xml")
    assert article.url == "http://gazette.example/posts/a.html"


@pytest.mark.parametrize("ending", [b"", b"</rss>"], ids=["sound", "broken"])
def test_a_host_that_lacks_its_scheme_is_no_path(ending: bytes) -> None:
    item = "<item><link>www.gazette.example/a</link><guid isPermaLink='false'>1</guid></item>"
    (article,) = _articles(rss([item]).removesuffix(ending))
    assert (article.url, article.original_url) == ("http://www.gazette.example/a",) * 2


@pytest.mark.parametrize("ending", [b"", b"</rss>"], ids=["sound", "broken"])
def test_in_rss_a_link_means_the_page_of_the_site_that_serves_the_feed(ending: bytes) -> None:
    (article,) = _articles(rss([ITEM], site="http://127.0.0.1/blog/").removesuffix(ending))
    found = article.url, article.image_url, article.enclosures[0].url
    assert found == tuple(f"http://127.0.0.1/blog/{page}" for page in ("posts/a.html", "posts/i.jpg", "a.mp3"))


def test_a_link_that_says_where_it_leads_is_kept_beside_the_page_it_leads_to() -> None:
    alert = "https://www.google.com/url?sa=t&amp;url=https://news.example/rain/&amp;usg=A"
    content = "<content type='html'>&lt;img src='i.jpg'&gt;</content>"
    (article,) = _articles(_feed(f"<link href='{alert}'/>{content}"))
    assert (article.url, article.original_url, article.image_url) == (
        "https://news.example/rain/",
        alert.replace("&amp;", "&"),
        "https://news.example/rain/i.jpg",
    )


@pytest.mark.parametrize(
    "body",
    [
        rss(["<item><guid>1</guid></item>"], site="/blog"),
        rss(["<item><guid>1</guid></item>"], site="/blog").removesuffix(b"</rss>"),
        f'<feed xmlns="{ATOM}"><link href="/blog"/><entry><id>1</id></entry></feed>'.encode(),
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "H", "home_page_url": "/blog", "items": []}',
    ],
    ids=["rss", "broken rss", "atom", "json"],
)
def test_the_address_of_the_site_is_absolute(body: bytes) -> None:
    assert parse_document(Document(URL, body, None), 10).site_url == "http://127.0.0.1:8080/blog"
