"""Pages made to be slow: each costs no more than its length."""

import pytest

from tests.costs import spend_at_most
from worker.discovery.page import find_feed_links
from worker.values.due_feeds import Document

PAGE = "https://site.example/blog/post"
RSS = 'rel="alternate" type="application/rss+xml"'


TWO_MEGABYTES = 2_000_000
HOSTILE = {
    "depth": "<a>",
    "brackets": "<",
    "ends": "</",
    "comments": "<!--",
    "scripts": "<script><!--",
    "doctypes": "<!doctype ",
    "entities": "&amp;",
    "half entities": "&",
    "attributes": "<a " + "b ",
    "quotes": '<a href="',
    "links": f"<link {RSS} href=/feed>",
    "far feeds": "<a href=http://other.example/feed>",
    "long addresses": "<a href=/" + "feed/" * 799 + "x>",
    "long names": "<a href=/" + ".rss" * 999 + "x>",
    "metas": "<meta ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_page_of_two_megabytes_costs_no_more_than_its_length(piece: str) -> None:
    body = (piece * (TWO_MEGABYTES // len(piece))).encode()
    assert len(spend_at_most(2, lambda: _found(body))) <= 20


def test_attributes_without_number_are_no_burden() -> None:
    body = ("<a " + " ".join(f"a{number}=1" for number in range(TWO_MEGABYTES // 9)) + ">").encode()
    # Nine of them are the places where feeds usually are.
    assert len(spend_at_most(2, lambda: _found(body))) == 9


def _found(body: bytes) -> list[str]:
    return [link.url for link in find_feed_links(Document(PAGE, body, "text/html"))]
