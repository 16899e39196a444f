from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents import item, rss
from tests.reading import collect_all, document
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.parse import ParseLimits, Parser

ENTITIES = "".join(f'<!ENTITY e{number} "&e{number - 1};">' for number in range(1, 60_000))
SHARED = Path(__file__).parents[3].parent / "shared/feeds"


@pytest.mark.parametrize(
    "body",
    [
        f'<!DOCTYPE rss [<!ENTITY e0 "x">{ENTITIES}]>'.encode() + rss([item("a", "&e59999;")]),
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss([item("a", "&x;")]),
        rss([item("a", "&#xD800; &#55296; &#xdfff;")]),
        rss([item("a", "&#x110000; &#99999999999; &#0; &#x;")]),
        rss([item("a")]).replace(b"UTF-8", b"undefined"),
        rss([item("a")]).replace(b"UTF-8", b"utf-7"),
        rss([f"<item><guid>a</guid><author>{'x' * 65_536}</author></item>"]),
        rss([f"<item><guid>a</guid><author>{'x@' * 32_768}</author></item>"]),
        rss([item("a", "<b>" * 200_000)]),
        rss([item("a", f"<![CDATA[{'<b>' * 200_000}]]>")]),
        rss([f"<item><guid>a</guid><pubDate>{'1 ' * 50_000}</pubDate></item>"]),
        rss([f"<item><guid>a</guid><enclosure url='u' length='{'9' * 30}'/></item>"]),
        rss([f"<item><guid>a</guid><title>{'&' * 100_000}</title></item>"]),
        rss([item("a")]) + b"\x00" * 1_000_000,
        b"<rss>" + b"<" * 1_000_000,
        b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b"<entry xml:base='//['><link href='//['/></entry>" * 5,
        b"<?xml version='1.0'?><rss><channel>" + b"<![CDATA[" * 100_000,
        b"<rss" + b" xmlns:a='b'" * 1_000 + b">",
    ],
    ids=range(18),
)
def test_a_hostile_document_is_answered(parser: Parser, body: bytes) -> None:
    parser.submit(7, document(body))
    (answered,) = collect_all(parser)
    assert answered.key == 7
    # Read or refused; never retried soon, for it would cost as much again.
    assert not isinstance(answered.answer, TransientError)


def test_references_to_what_is_no_character_cost_only_themselves(parser: Parser) -> None:
    (entry,) = parser.parse(document(rss([item("a", "Rain &#xD800; and &#55296; snow")]))).entries
    assert entry.content == "Rain \ufffd and \ufffd snow"


def test_an_entity_that_names_a_file_is_not_read(parser: Parser, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden words")
    entity = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'.encode()
    parsed = parser.parse(document(entity + rss([item("a", "Rain &x; fell")]).partition(b"?>")[2]))
    assert "hidden" not in repr(parsed)


def test_a_body_that_is_the_path_of_a_feed_is_text_and_not_opened(parser: Parser, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(rss([item("a")]))
    for body in (str(path), path.as_uri()):
        with pytest.raises(PermanentError, match="plain text, not a feed"):
            parser.parse(document(body.encode()))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "the host served an HTML page, not a feed"),
        (b"Page not found", "the host served plain text, not a feed"),
        (b"From: a@b.example\nSubject: Rain\n\nIt rains.", "the host served an e-mail, not a feed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "the host served a picture, not a feed"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07", "the host served binary data, not a feed"),
        (b"<svg/>", "the host served an XML document of another kind, not a feed"),
        (b"{}", "the document is JSON, but no JSON Feed and no ninjs"),
    ],
)
def test_what_is_no_feed_is_named(parser: Parser, body: bytes, sentence: str) -> None:
    with pytest.raises(PermanentError) as failure:
        parser.parse(document(body))
    assert (failure.value.error_class, failure.value.sentence) == (ErrorClass.NOT_A_FEED, sentence)


def test_an_empty_document_may_be_whole_next_time(parser: Parser) -> None:
    with pytest.raises(TransientError) as failure:
        parser.parse(document(b" \n"))
    assert failure.value.error_class is ErrorClass.INCOMPLETE


def test_the_newest_entries_are_kept_wherever_they_stand(parser: Parser) -> None:
    days = [5, 20, 1, 18, 2, 17, 3, 16, 4, 15, 19, 14, 6, 13, 7, 12, 8, 11, 9, 10]
    items = [f"<item><guid>{day}</guid><pubDate>{day:02} Nov 2026 00:00:00 GMT</pubDate></item>" for day in days]
    parsed = parser.parse(document(rss(items)))
    assert [entry.guid for entry in parsed.entries] == [str(day) for day in days if day > 10]
    assert parsed.dropped_entries == 10


def test_of_a_long_sitemap_the_newest_pages_are_kept_in_its_order(parser: Parser) -> None:
    days = [5, 20, 1, 18, 2, 17, 3, 16, 4, 15, 19, 14, 6, 13, 7, 12, 8, 11, 9, 10]
    news = "http://www.google.com/schemas/sitemap-news/0.9"
    pages = [
        f"<url><loc>http://127.0.0.1/{day}</loc><n:news><n:publication_date>2026-11-{day:02}</n:publication_date>"
        f"<n:title>{day}</n:title></n:news></url>"
        for day in days
    ]
    head = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="{news}">'
    parsed = parser.parse(document(f"{head}{''.join(pages)}</urlset>".encode()))
    assert [entry.title for entry in parsed.entries] == [str(day) for day in days if day > 10]
    assert parsed.dropped_entries == 10


PAGE = "<url><loc>http://127.0.0.1/a</loc></url>"
SITEMAP = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{PAGE * 201}</urlset>'


WRITTEN_OTHERWISE = SITEMAP.replace("<url>", "<sm:url\n>").replace("</url>", "</sm:url>").replace("urlset", "sm:urlset")


@pytest.mark.parametrize(
    "body",
    [rss([item("a")] * 201), SITEMAP.encode(), WRITTEN_OTHERWISE.replace("xmlns=", "xmlns:sm=").encode()],
    ids=["items", "pages", "pages with a prefix"],
)
def test_far_more_entries_than_are_kept_are_refused(parser: Parser, body: bytes) -> None:
    with pytest.raises(PollError, match="more than 200 entries") as failure:
        parser.parse(document(body))
    assert failure.value.error_class is ErrorClass.TOO_BIG


def test_a_broken_sitemap_is_not_searched_for_a_feed(parser: Parser) -> None:
    many = " ".join(f"xmlns:n{number}='u{number}'" for number in range(300))
    body = SITEMAP.replace(PAGE * 150, "").replace("<urlset", f"<urlset {many}")
    with pytest.raises(PollError, match="a sitemap that is broken") as failure:
        parser.parse(document(body.encode()))
    assert failure.value.error_class is ErrorClass.PARSE


def test_a_broken_sitemap_is_read_as_a_sound_one(parser: Parser) -> None:
    body = SITEMAP.replace(PAGE * 150, "").replace("/a</loc>", "/a?b&c</loc>")
    with pytest.raises(PollError, match="a sitemap without news") as failure:
        parser.parse(document(body.encode()))
    assert failure.value.error_class is ErrorClass.NOT_A_FEED


if SHARED.is_dir():

    @pytest.fixture(scope="module")
    def patient_parser() -> Iterator[Parser]:
        with Parser(ParseLimits()) as parser:
            yield parser

    @pytest.mark.parametrize("name", sorted(path.name for path in SHARED.iterdir()))
    def test_real_feeds_have_entries(patient_parser: Parser, name: str) -> None:
        patient_parser.submit(0, document((SHARED / name).read_bytes()))
        (answered,) = collect_all(patient_parser)
        assert not isinstance(answered.answer, PollError)
        assert answered.answer.entries
