"""Which of an entry's texts is the article's body, and what becomes of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.values.articles import Article
from worker.values.entries import Entry, KeyedEntry, KnownBy

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = FeedContext("https://news.example/feed", "https://news.example/feed", "https://news.example/", "en", NOW)
PICTURE = '<img src="https://news.example/1.jpg" alt="Rain">'
PLAYER = '<iframe src="https://video.example/1"></iframe>'


def _article(**fields: Any) -> Article:
    return normalise(KeyedEntry("g1", b"guid", b"finger", Entry(**fields), KnownBy.GUID), FEED, NOW).article


@pytest.mark.parametrize(
    "content", [PLAYER, PICTURE, "<script>x()</script>", "&nbsp;", "<p>.</p>", "<svg><text>x</text></svg>"]
)
def test_content_without_words_does_not_hide_the_description(content: str) -> None:
    article = _article(content=content, summary="<p>Rain <b>fell</b>.</p>")
    assert article.text == "Rain fell."
    assert "<p>Rain <b>fell</b>.</p>" in article.html


def test_a_picture_stays_above_the_description() -> None:
    article = _article(content=f"<p>{PICTURE}</p>", summary="Rain fell.")
    assert article.html == f"<p>{PICTURE}</p>\nRain fell."
    assert article.image_url == "https://news.example/1.jpg"


def test_a_picture_that_the_description_shows_too_is_shown_once() -> None:
    assert _article(content=PICTURE, summary=f"{PICTURE} Rain fell.").html == f"{PICTURE} Rain fell."


def test_content_that_is_a_link_only_does_not_hide_the_description() -> None:
    assert _article(content='<a href="https://a.example/">Comments</a>', summary="Rain fell.").text == "Rain fell."


@pytest.mark.parametrize(
    ("content", "summary", "text"),
    [
        ("<p>Rain.</p>", "It rained and rained, all day long.", "Rain."),
        ('<a href="https://a.example/">Rain</a>', None, "Rain"),
        ('<a href="https://a.example/">Rain</a>', "<p>…</p>", "Rain"),
        (PICTURE, PICTURE, ""),
    ],
)
def test_content_with_words_and_whatever_stands_alone_is_the_body(content: str, summary: str | None, text: str) -> None:
    assert _article(content=content, summary=summary).text == text


def test_a_description_without_tags_keeps_its_paragraphs_and_lines() -> None:
    article = _article(summary="We talk tides.\n\nTopics:\n- Moon\n- Sun\n\nHost: Ada Holm &amp; Co.")
    assert article.text == "We talk tides.\n\nTopics:\n- Moon\n- Sun\n\nHost: Ada Holm & Co."
    assert article.html == ("<p>We talk tides.</p>\n<p>Topics:<br>- Moon<br>- Sun</p>\n<p>Host: Ada Holm &amp; Co.</p>")


def test_a_description_of_one_line_is_that_line() -> None:
    article = _article(summary="Rain &lt; wind")
    assert (article.html, article.text) == ("Rain &lt; wind", "Rain < wind")


def test_a_counting_pixel_makes_no_html_of_plain_text() -> None:
    article = _article(summary='One.\n\nTwo.<img src="https://count.example/p.gif" width="1" height="1">')
    assert article.text == "One.\n\nTwo."


def test_a_body_escaped_once_too_often_is_markup() -> None:
    assert _article(content="&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;").html == "<p>One.</p><p>Two.</p>"


def test_a_title_that_is_text_keeps_its_tags() -> None:
    assert _article(title="Use <br> well", has_plain_title=True).title == "Use <br> well"
    assert _article(title="Rain<br>in Lisbon").title == "Rain in Lisbon"
