from datetime import UTC, datetime

from worker.normalise.feed_context import FeedContext
from worker.normalise.links import find_image, read_enclosures
from worker.normalise.sanitise import sanitise
from worker.values.entries import Enclosure, Entry

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
