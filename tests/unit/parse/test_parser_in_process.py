import pytest

from tests.documents import item, rss
from worker.errors import ErrorClass, PermanentError
from worker.parse.parser import read_in_process
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
