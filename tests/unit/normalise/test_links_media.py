from datetime import UTC, datetime
from typing import Any

import pytest

from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.normalise.links import find_image, read_enclosures
from worker.normalise.sanitise import sanitise
from worker.values.articles import Article
from worker.values.entries import Enclosure, Entry, KeyedEntry

PAGE = "https://news.example/rain"
FEED = FeedContext(
    "https://news.example/feed", "https://news.example/feed", None, None, datetime(2026, 11, 24, tzinfo=UTC)
)


def _image(named: str | None = None, content: str = "") -> str | None:
    return find_image(Entry(image_url=named), FEED, sanitise(content, PAGE))


def test_enclosures_have_web_addresses_and_sizes_that_can_be() -> None:
    published = (
        Enclosure("/1.mp3", "audio/mpeg", 5),
        Enclosure("https://news.example/1.mp3", "audio/mpeg", 5),
        Enclosure("https://cdn.example/2.mp3", " audio/mpeg\x00", -1),
        Enclosure("https://cdn.example/3.mp3", None, 2**53),
        Enclosure("https://cdn.example/4.mp3", "", 0),
        Enclosure("file:///etc/passwd"),
    )
    assert read_enclosures(published, FEED) == (
        Enclosure("https://news.example/1.mp3", "audio/mpeg", 5),
        Enclosure("https://cdn.example/2.mp3", "audio/mpeg", None),
        Enclosure("https://cdn.example/3.mp3", None, None),
        Enclosure("https://cdn.example/4.mp3", None, None),
    )


def test_the_image_is_the_one_the_entry_names() -> None:
    image = _image("/lead.png?a=1&amp;b=2", '<img src="/1.png">')
    assert image == "https://news.example/lead.png?a=1&b=2"


def test_else_the_first_of_the_content_that_can_be_seen() -> None:
    content = '<img src="/count.gif" width="1"><img src="mailto:a@b.example"><img alt="a > b" src="/1.png?a=1&amp;b=2">'
    assert _image(content=content) == "https://news.example/1.png?a=1&b=2"


def test_an_emoji_is_not_the_image() -> None:
    emoji = "https://s.w.org/images/core/emoji/15.0.3/72x72/1f355.png"
    assert _image(content=f'<img src="{emoji}"><img src="/1.png">') == "https://news.example/1.png"


def test_else_what_a_player_shows_before_it_plays() -> None:
    assert _image(content='<video src="/1.mp4" poster="/1.jpg"></video>') == "https://news.example/1.jpg"


def test_without_images_there_is_none() -> None:
    assert _image("data:image/png;base64,x", "<p>Rain</p>") is None


def _article(**fields: Any) -> Article:
    return normalise(KeyedEntry("g", b"guid", b"finger", Entry(**fields)), FEED, FEED.said_at).article


FILES = (Enclosure("/1.mp3?utm_source=feed"), Enclosure("/2.mp3"))


def test_an_entry_without_a_page_leads_to_its_first_file() -> None:
    article = _article(enclosures=FILES)
    assert (article.url, article.title) == ("https://news.example/1.mp3", "https://news.example/1.mp3")
    # What it is known by, here and across feeds, is no file: its address may be signed anew every day.
    assert (article.original_url, article.match_key) == (None, None)


@pytest.mark.parametrize(("title", "url"), [("Rain", None), (None, "https://news.example/1.png")])
def test_a_picture_is_where_only_an_entry_without_words_leads(title: str | None, url: str | None) -> None:
    assert _article(title=title, enclosures=(Enclosure("/1.png", "image/png"),)).url == url


def test_an_entry_with_a_page_leads_there() -> None:
    assert _article(link=PAGE, enclosures=FILES).url == PAGE


def test_a_newsrooms_item_does_not_lead_to_its_recordings() -> None:
    assert _article(item_id="urn:x:1", enclosures=FILES).url is None
