import time

import pytest

from tests.documents import item, rss
from worker.errors import ErrorClass, PermanentError
from worker.parse.parser import read_in_process
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

SITEMAP = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://127.0.0.1/</loc></url></urlset>'
)
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
MEDIA = 'xmlns:m="http://search.yahoo.com/mrss/"'
ENTITIES = "".join(f'<!ENTITY e{number} "&e{number - 1};">' for number in range(1, 40_000))
ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(100_000))
NAMESPACES = " ".join(f'xmlns:n{number}="u{number}"' for number in range(50_000))


def _read(body: bytes | str, most: int = 2_000) -> object:
    body = body if isinstance(body, bytes) else body.encode()
    return read_in_process(Document("http://127.0.0.1/feed", body, None), most)


def _one(inside: str, declared: str = "") -> bytes:
    return rss([f"<item {declared}><guid>1</guid>{inside}</item>"])


def test_a_small_sound_feed_is_read() -> None:
    parsed = _read(rss([item("a")]))
    assert isinstance(parsed, ParsedDocument)
    assert (parsed.parser, len(parsed.entries)) == ("expat", 1)


def test_a_refusal_is_an_answer_too() -> None:
    refused = _read(SITEMAP)
    assert isinstance(refused, PermanentError)
    assert refused.error_class is ErrorClass.NOT_A_FEED


@pytest.mark.parametrize(
    "body",
    [
        rss([item("a", "x" * 2_000_000)]),
        rss([item("a")], head="<x/>" * 100_001),
        rss([item("a"), item("b"), item("c")]),
        rss([item("a")])[:-1],
        b"no feed",
        b"",
        _one("<m:group>" * 5_000 + "</m:group>" * 5_000, MEDIA).replace(b"guid", b"x"),
    ],
    ids=["large", "many tags", "many entries", "broken", "text", "nothing", "nonsense"],
)
def test_anything_else_is_left_to_the_child_or_read_for_what_it_is(body: bytes) -> None:
    assert not isinstance(_read(body, most=2), PermanentError)


@pytest.mark.parametrize(
    "body",
    [
        f'<!DOCTYPE rss [<!ENTITY e0 "x">{ENTITIES}]>'.encode() + _one("<title>&e39999;</title>").partition(b"?>")[2],
        _one("", ATTRIBUTES),
        _one("", NAMESPACES),
        _one("<title>" * 49_000 + "</title>" * 49_000),
        _one("<m:group>" * 49_000 + "</m:group>" * 49_000, MEDIA),
        _one("<author>" * 49_000 + "</author>" * 49_000),
        f'<feed {ATOM}><entry><content type="xhtml">{"<p>" * 49_000}{"</p>" * 49_000}</content></entry></feed>',
        rss(["<item/>"] * 99_000),
        rss([f"<item><guid>{number}</guid><author>{'a.' * 400}</author></item>" for number in range(1_999)]),
        rss([f"<item><guid>{number}</guid><author>{'a@' * 400}</author></item>" for number in range(1_999)]),
        _one("<category>a</category>" * 49_000),
        _one("<description>a</description>" * 49_000),
        _one('<link rel="enclosure" href="u"/>' * 49_000),
        _one('<m:content type="audio/x" url="u"/>' * 40_000, MEDIA),
        _one(f"<title>{'&amp;amp;' * 200_000}</title>"),
        _one(f"<title>{'<![CDATA[</b>]]>' * 45_000}</title>"),
        _one(f"<pubDate>{'1 ' * 900_000}</pubDate>"),
        _one(f"<description>{'&#146;' * 300_000}</description>"),
        _one(f"<description>{'Ã©' * 450_000}</description>"),
        _one(f"<description>{'😀' * 450_000}</description>"),
        f'<feed {ATOM} xml:base="http://a/{"b/" * 20_000}">'
        + "".join(f'<entry xml:base="../{number}/"><link href="x"/></entry>' for number in range(1_999))
        + "</feed>",
        b" " * 1_900_000 + rss([item("a")]),
        b"<rss " + b"x" * 1_900_000,
        b"<rss>" + b"<" * 99_000,
        rss([item("a")], head="<!--a-->" * 99_000),
    ],
    ids=range(25),
)
def test_a_hostile_document_costs_less_than_a_second(body: bytes | str) -> None:
    began = time.process_time()
    _read(body)
    assert time.process_time() - began < 1
