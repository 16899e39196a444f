from dataclasses import replace

import pytest

from tests.documents import item, rss
from worker.errors import ErrorClass, PermanentError
from worker.parse.parser import read_in_process, read_whole
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

SITEMAP = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://127.0.0.1/</loc></url></urlset>'
)
MEDIA = 'xmlns:m="http://search.yahoo.com/mrss/"'


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


def test_a_broken_feed_that_is_quickly_mended_is_read() -> None:
    parsed = _read(rss([item("a", "Rain &nbsp; wind"), item("b")])[:-1])
    assert isinstance(parsed, ParsedDocument)
    assert (parsed.parser, [entry.guid for entry in parsed.entries]) == ("mended", ["a", "b"])


@pytest.mark.parametrize(
    "body",
    [
        rss([item("a", "x" * 500_000)])[:-1],
        rss([item("a", "<b>x</b>" * 5_000)])[:-1],
        rss([item("a", "&" * 10_001)]),
        # Its entities make more of it than is read here.
        f'<!DOCTYPE rss [<!ENTITY e "{"x" * 1_000}">]>'.encode()
        + _one(f"<title>{'&e;' * 3_000}</title>").split(b"?>")[1],
    ],
    ids=["large", "many tags", "many ampersands", "entities"],
)
def test_a_broken_feed_that_may_take_longer_is_left_to_the_child(body: bytes) -> None:
    assert _read(body) is None


@pytest.mark.parametrize("body", [b"<html><p>AT&T</html>", b"AT&T", b'{"title": "<b>"}', b"<nitf><p>AT&T</nitf>"])
def test_what_is_broken_and_no_feed_is_left_to_the_child(body: bytes) -> None:
    assert _read(body) is None


def test_entries_of_a_broken_feed_that_come_again_are_left_unread() -> None:
    old = item("a", "AT&T")
    before = _read(rss([old])[:-1])
    assert isinstance(before, ParsedDocument)
    assert before.outline
    known = tuple(replace(each, guid_hash=b"a" * 16) for each in before.outline.entries)
    document = Document("http://127.0.0.1/feed", rss([item("b", "R&D"), old])[:-1], None)
    parsed = read_in_process(document, 10, replace(before.outline, entries=known))
    assert isinstance(parsed, ParsedDocument)
    assert (parsed.parser, [entry.guid for entry in parsed.entries]) == ("mended", ["b"])
    assert read_whole(document, parsed).size == 2


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
