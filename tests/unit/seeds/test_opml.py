from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import SeedError
from worker.manage.feeds import NewFeed
from worker.seeds.opml import read_opml, write_opml

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TITLES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co")), min_size=1, max_size=50)


def _read(body: str) -> list[NewFeed]:
    return read_opml(body.encode())


def _list(outlines: str) -> str:
    return f'<opml version="2.0"><body>{outlines}</body></opml>'


@given(TITLES)
def test_what_is_written_reads_back(title: str) -> None:
    feed = NewFeed("https://a.example/feed?a=1&b=2", title, "https://a.example/")
    assert read_opml(b"".join(write_opml([feed], "Feeds", NOW))) == [feed]


def test_a_feed_may_stand_in_folders() -> None:
    (feed,) = _read(
        _list('<outline text="News"><outline text="World"><outline text="A" xmlUrl="http://a/"/></outline></outline>')
    )
    assert feed == NewFeed("http://a/", "A")


def test_names_of_attributes_may_be_in_any_case() -> None:
    (feed,) = _read(_list('<outline TITLE="A" XMLURL="http://a/" htmlurl="http://b/"/>'))
    assert feed == NewFeed("http://a/", "A", "http://b/")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a/", ""])
def test_only_http_and_https_are_feeds(url: str) -> None:
    assert _read(_list(f'<outline text="A" xmlUrl="{url}"/>')) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "declares entities"),
        ("<rss/>", "begins with <rss>"),
        ("<opml>\n<body>", "broken at line 2"),
        (_list("<outline>" * 60 + "</outline>" * 60), "nests deeper than 50"),
    ],
)
def test_what_is_wrong_with_a_document_is_said(body: str, told: str) -> None:
    with pytest.raises(SeedError, match=told):
        _read(body)
