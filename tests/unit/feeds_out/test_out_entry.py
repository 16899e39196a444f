from datetime import UTC, datetime, timedelta
from typing import Any

from worker.feeds_out.out_entry import Copy, Origin, last_stored_at, make_entry, name_article, name_feed
from worker.values.entries import Enclosure

SEEN = datetime(2026, 11, 24, 12, 0, 0, 123_456, tzinfo=UTC)
PUBLISHED, HOUR = SEEN - timedelta(hours=5), timedelta(hours=1)
ROW: dict[str, Any] = {
    "id": 7,
    "title": "Rain",
    "url": "https://a.example/1",
    "authors": ["Ada"],
    "published_at": PUBLISHED,
    "updated_at": None,
    "first_seen_at": SEEN,
    "summary": "It rains.",
    "html": "<p>It rains. And more.</p>",
    "language": "en",
    "tags": ["Weather"],
    "enclosures": [{"url": "https://a.example/1.mp3", "media_type": "audio/mpeg", "length": 9}],
    "image_url": "https://a.example/1.jpg",
    "podcast": None,
    "agency": None,
    "killed_by": None,
    "killed_at": None,
    "revision": 1,
    "revised_at": SEEN,
    "story_id": None,
    "feed_url": "https://ada:secret@a.example/feed",
    "feed_title": "The A",
    "site_url": "https://a.example/",
}


def test_an_article_has_one_id_for_ever():
    """Written by hand: were it ever made otherwise, every reader would get every article again."""
    assert name_article(7, SEEN) == "urn:uuid:e8696f72-6661-58a5-9f2d-403d4f8a2a72"
    assert name_article(7, SEEN + timedelta(microseconds=1)) != name_article(7, SEEN) != name_article(8, SEEN)
    assert name_feed("rain") == "urn:uuid:b9f44581-162c-53e4-afb2-c4e921f29486"


def test_an_article_goes_out_with_all_that_is_known_of_it():
    entry = make_entry(ROW)
    assert (entry.id, entry.title, entry.summary) == (name_article(7, SEEN), "Rain", "It rains.")
    assert (entry.published_at, entry.modified_at, entry.updated_at) == (PUBLISHED, None, PUBLISHED)
    assert entry.enclosures == (Enclosure("https://a.example/1.mp3", "audio/mpeg", 9),)
    assert entry.origin == Origin("https://a.example/feed", "The A", "https://a.example/")


def test_a_new_version_moves_the_change_and_not_the_id():
    entry = make_entry(ROW | {"revision": 2, "revised_at": SEEN + HOUR})
    assert (entry.id, entry.updated_at, entry.modified_at) == (name_article(7, SEEN), SEEN + HOUR, SEEN + HOUR)


def test_the_publishers_word_for_a_change_counts_if_it_is_later():
    assert make_entry(ROW | {"updated_at": PUBLISHED + HOUR}).updated_at == PUBLISHED + HOUR
    assert make_entry(ROW | {"updated_at": PUBLISHED - HOUR}).modified_at is None


def test_an_article_without_a_date_was_last_changed_when_it_was_first_seen():
    entry = make_entry(ROW | {"published_at": None})
    assert (entry.published_at, entry.modified_at, entry.updated_at) == (None, None, SEEN)


def test_of_what_is_killed_only_that_goes_out():
    entry = make_entry(ROW | {"killed_by": 9, "killed_at": SEEN + HOUR, "agency": "Reuters"})
    assert (entry.id, entry.updated_at) == (name_article(7, SEEN), SEEN + HOUR)
    assert entry.title == "Withdrawn by its publisher"
    assert entry.html == "<p>This article was withdrawn by its publisher.</p>"
    assert (entry.summary, entry.authors, entry.tags, entry.enclosures, entry.image_url) == ("", (), (), (), None)
    assert (entry.origin, entry.stand_in) == (None, "Reuters")
    assert last_stored_at(ROW | {"killed_by": 9, "killed_at": SEEN + HOUR}) == SEEN + HOUR


def test_no_url_goes_out_that_is_not_absolute_or_is_no_web_pages():
    odd = {"url": "/1", "image_url": "data:image/png,x", "enclosures": [{"url": "file:///etc/passwd"}, {}, "x", None]}
    entry = make_entry(ROW | odd | {"feed_url": "file:///srv/seeds/rain.txt"}, [{"url": "javascript:1", "title": "x"}])
    assert (entry.url, entry.image_url, entry.enclosures, entry.origin, entry.copies) == (None, None, (), None, ())
    assert entry.stand_in == "unknown"


def test_copies_are_named_by_their_pages():
    entry = make_entry(ROW, [{"url": "https://b.example/1", "title": "Rain!"}])
    assert entry.copies == (Copy("https://b.example/1", "Rain!"),)


def test_what_is_nothing_but_links_has_no_summary_beside_it():
    links = {"html": '<p><a href="https://a.example/2">Two</a></p>', "summary": "Two"}
    assert make_entry(ROW | links).summary == ""
