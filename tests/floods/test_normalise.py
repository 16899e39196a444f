"""Markup made to be slow, and entries that no publisher would think of."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.costs import spend_at_most
from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.normalise.plain_text import text_of
from worker.normalise.sanitise import sanitise
from worker.values.entries import Enclosure, Entry, KeyedEntry, KnownBy
from worker.values.podcasts import Podcast, PodcastFile, PodcastPerson

BASE = "https://news.example/2026/rain"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = FeedContext("https://news.example/feed", "https://news.example/feed", "https://www.news.example/", "en-us", NOW)
TEXT = st.text(st.characters(exclude_categories=()), max_size=60) | st.sampled_from(
    ["<p>x", "javascript:alert(1)", "\x00\x1b", "2026-11-24", "en_GB", "https://a.example/x?utm_id=1", "a" * 5000]
)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 40_000, id="nested"),
        pytest.param('<div a="</div>">' * 20_000, id="nested behind closing tags that are none"),
        pytest.param("<div><!--</div>-->" * 20_000, id="nested in a comment's shadow"),
        pytest.param("<svg>" + "<wbr>" * 40_000, id="nested where void elements nest"),
        pytest.param("<ul><li>" * 30_000, id="nested lists"),
        pytest.param(
            "<p>" + "".join(f"<b a{n}>" for n in range(300)) + "</p>" + "<p>x" * 15_000, id="left open and opened again"
        ),
        pytest.param("<p " + " ".join(f"a{n:x}" for n in range(150_000)) + ">x</p>", id="attributes"),
        pytest.param("&#" * 400_000, id="references"),
        pytest.param("&x" * 400_000, id="ampersands"),
        pytest.param("< " * 400_000, id="angle brackets"),
        pytest.param("<img " * 150_000, id="tags that never end"),
        pytest.param("&#" + "9" * 500_000 + ";" + "&#x" + "0" * 400_000 + "1b;", id="digits"),
        pytest.param("<pre>" + ("a" + " " * 300_000) * 3 + "b \n</pre>", id="spaces"),
        pytest.param('<img data-src="' * 60_000, id="attributes that never end"),
        pytest.param('<iframe src="https://a.example/">' * 30_000, id="frames that never end"),
        pytest.param("<iframe " + ' src="' * 150_000 + ">", id="addresses that never end"),
        pytest.param("<param" + " name = value" * 70_000 + ">", id="parameters"),
        pytest.param('<img src="/1.jpg"> <noscript>' * 30_000, id="pages without scripts that never end"),
        pytest.param('<noscript><img src="/1.jpg"></noscript>' * 20_000, id="pages without scripts"),
        pytest.param(f'<img srcset="{"/1.jpg 1x," * 90_000}">', id="candidates"),
        pytest.param("<picture><source srcset=/1.jpg>" * 30_000, id="pictures that never end"),
        pytest.param("<iframe/>" * 100_000, id="frames that close themselves"),
        pytest.param("<script>" * 100_000, id="scripts that are never closed"),
        pytest.param("<script><style>" * 50_000, id="scripts and styles that are never closed"),
        pytest.param("&lt;div&gt;" * 40_000 + "&lt;/div&gt;", id="nested once it is unescaped"),
        pytest.param("<pre>" * 490 + "<br>" * 9_000, id="line breaks in nested preformatted text"),
        pytest.param("<math><mtext><p>x</p></mtext></math>" * 1_500, id="formulas with other markup"),
        pytest.param("a b\n" * 250_000, id="lines"),
        pytest.param(("\n" + " " * 100_000) * 9 + "x", id="blank lines"),
        pytest.param("<table><tr><td><p>" * 4_000, id="nested tables"),
    ],
)
def test_markup_made_to_be_slow_is_not(html: str) -> None:
    # A parser without the guard takes from five to a hundred seconds.
    spend_at_most(1, lambda: text_of(sanitise(html, BASE)))


@pytest.mark.parametrize(
    "opened", ["<div>", "<b>", "<font size=1>", "<a href=x>", "<div><b><a href=x><font><table><p>"]
)
@pytest.mark.parametrize("length", [10_000, 45_000, 200_000])
def test_tags_that_are_never_closed_cost_less_than_half_a_second(opened: str, length: int) -> None:
    html = (opened * length)[:length]
    spend_at_most(0.5, lambda: text_of(sanitise(html, BASE)))


@given(
    st.builds(
        Entry,
        guid=st.none() | TEXT,
        link=st.none() | TEXT,
        title=st.none() | TEXT,
        summary=st.none() | TEXT,
        content=st.none() | TEXT,
        is_plain_text=st.booleans(),
        authors=st.lists(TEXT, max_size=3).map(tuple),
        published=st.none() | TEXT,
        updated=st.none() | TEXT,
        language=st.none() | TEXT,
        tags=st.lists(TEXT, max_size=3).map(tuple),
        enclosures=st.lists(st.builds(Enclosure, TEXT, st.none() | TEXT, st.none() | st.integers()), max_size=2).map(
            tuple
        ),
        image_url=st.none() | TEXT,
        podcast=st.none()
        | st.builds(
            Podcast,
            season_name=st.none() | TEXT,
            transcripts=st.lists(st.builds(PodcastFile, TEXT, st.none() | TEXT), max_size=2).map(tuple),
            people=st.lists(st.builds(PodcastPerson, TEXT, url=st.none() | TEXT), max_size=2).map(tuple),
        ),
        base_url=st.none() | TEXT,
        dateline_place=st.none() | TEXT,
        agency=st.none() | TEXT,
        slug=st.none() | TEXT,
        version=st.none() | TEXT,
        item_id=st.none() | TEXT,
    )
)
def test_every_entry_becomes_an_article_that_can_be_stored(entry: Entry) -> None:
    article = normalise(KeyedEntry("g1", b"guid", b"finger", entry, KnownBy.LINK), FEED, NOW).article
    assert article.title
    assert (len(article.title) <= 1000, len(article.summary) <= 300) == (True, True)
    words = (
        article.title,
        article.html,
        article.text,
        article.summary,
        article.url or "",
        article.dateline_place or "",
    )
    keys = article.match_key or "", article.wire_key or ""
    episode = article.podcast or Podcast()
    names = (episode.season_name or "", *(person.name for person in episode.people))
    for text in (*words, *names, *article.authors, *article.tags, article.agency or "", *keys):
        text.encode()
        assert not set(text) & {"\x00", "\x1b", "\x7f", "\x85"}
    files = (*article.enclosures, *episode.transcripts, *episode.people)
    urls = (article.url, article.original_url, article.image_url, *(file.url for file in files))
    assert all(url is None or url.startswith(("http://", "https://")) for url in urls)
