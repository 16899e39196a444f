from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.pairs import JSON_FEEDS, told_of
from worker.basics.json_values import load_json
from worker.errors import ErrorClass, PermanentError
from worker.parse.json_feed import read_json_feed
from worker.values.due_feeds import Document
from worker.values.entries import Enclosure, Entry, ParsedDocument
from worker.values.podcasts import Podcast

VERSION = "https://jsonfeed.org/version/1.1"


def _parse(body: bytes, max_entries: int = 10) -> ParsedDocument:
    document = Document("http://127.0.0.1/feed.json", body, "application/feed+json")
    return read_json_feed(load_json(document), max_entries)


def _feed(*items: Any, **fields: Any) -> ParsedDocument:
    return _parse(orjson.dumps({"version": VERSION, "items": items} | fields))


def _entry(**fields: Any) -> Entry:
    (entry,) = _feed(fields).entries
    return entry


@pytest.mark.parametrize("path", JSON_FEEDS, ids=lambda path: path.stem)
def test_a_feed_says_what_was_written_down_by_hand(path: Path) -> None:
    expected = orjson.loads(path.with_suffix(".json").read_bytes())
    assert told_of(_parse(path.read_bytes()), expected) == expected


def test_a_feed_of_version_1_0_has_one_author_an_entry() -> None:
    parsed = _feed({"id": "1", "author": {"name": "Ann"}}, version="https://jsonfeed.org/version/1")
    assert parsed.entries[0].authors == ("Ann",)


@pytest.mark.parametrize(
    "written",
    [
        {"authors": {"name": "Ann"}},
        {"authors": ["Ann"]},
        {"authors": "Ann"},
        {"author": "Ann"},
        {"author": [{"name": "Ann"}]},
        {"authors": [{"url": "https://ann.example/"}], "author": {"name": "Ann"}},
        {"authors": [{"name": "Ann"}], "author": {"name": "Someone"}},
    ],
)
def test_an_author_is_found_in_whatever_shape_it_is_written(written: dict[str, Any]) -> None:
    assert _entry(id="1", **written).authors == ("Ann",)


@pytest.mark.parametrize("tags", ["rain, low pressure", ["rain", " low pressure "], "rain,,low pressure,"])
def test_tags_are_a_list_or_a_line_with_commas(tags: Any) -> None:
    assert _entry(id="1", tags=tags).tags == ("rain", "low pressure")


def test_a_tag_of_a_list_may_have_commas() -> None:
    assert _entry(id="1", tags=["Culture, media and sport"]).tags == ("Culture, media and sport",)


@pytest.mark.parametrize("feed_authors", [{"author": {"name": "Ann"}}, {"authors": [{"name": "Ann"}]}])
def test_the_author_of_the_feed_wrote_what_no_one_else_signed(feed_authors: dict[str, Any]) -> None:
    own, none = _feed({"id": "1", "authors": [{"name": "Ben"}]}, {"id": "2"}, **feed_authors).entries
    assert (own.authors, none.authors) == (("Ben",), ("Ann",))


@pytest.mark.parametrize(
    ("written", "guid"),
    [
        (b'"1"', "1"),
        (b"1", "1"),
        (b"0", "0"),
        (b"1234567890123456789", "1234567890123456789"),
        (b"1.0", "1"),
        (b"1.5", "1.5"),
        (b"1e400", None),
        (b"NaN", None),
        (b"true", None),
        (b"null", None),
        (b"[1]", None),
        (b'" "', None),
    ],
)
def test_numbers_are_ids_too(written: bytes, guid: str | None) -> None:
    parsed = _parse(b'{"version": "%s", "items": [{"id": %s}]}' % (VERSION.encode(), written))
    assert parsed.entries[0].guid == guid


def test_seconds_since_1970_are_dates_too() -> None:
    entry = _entry(date_published=1716888600, date_modified=1716888600000)
    assert (entry.published, entry.updated) == ("1716888600", "1716888600000")


def test_plain_text_is_the_content_of_an_entry_without_html() -> None:
    entry = _entry(content_text="1 < 2")
    assert (entry.content, entry.is_plain_text) == ("1 < 2", True)


def test_bad_items_cost_only_themselves() -> None:
    assert [entry.guid for entry in _feed(None, 1, "x", [], {"id": "good"}, [{}]).entries] == ["good"]


FIELDS = """id url external_url title content_html content_text summary image banner_image date_published date_modified
    authors author tags language attachments""".split()


@pytest.mark.parametrize(
    "wrong", [None, True, -1, 1.5, [], {}, [[]], [None, 1, {}], {"name": 1}, [{"url": 1, "name": 1}]]
)
def test_fields_of_the_wrong_type_are_left_out(wrong: Any) -> None:
    entry = _entry(**dict.fromkeys(FIELDS, wrong) | {"id": "1"})
    assert entry == Entry(guid="1")


@pytest.mark.parametrize("wrong", [None, True, 1, [], {}, "x"])
def test_a_feed_whose_fields_are_of_the_wrong_type_is_a_feed(wrong: Any) -> None:
    parsed = _feed(items=wrong, authors=wrong, author=wrong, home_page_url=[wrong], feed_url=[wrong], language=[wrong])
    assert (parsed.entries, parsed.site_url, parsed.self_url, parsed.language) == ((), None, None, None)


@pytest.mark.parametrize("size", [True, -1, 1.5, "1", 2**60])
def test_the_size_of_an_attachment_is_a_number_of_bytes_or_unknown(size: Any) -> None:
    entry = _entry(attachments=[{"url": "https://example.com/1.mp3", "size_in_bytes": size}])
    assert entry.enclosures == (Enclosure("https://example.com/1.mp3", None, None),)


def test_the_first_duration_that_an_attachment_has_is_the_episodes() -> None:
    recordings = [{"url": "https://example.com/cover.png"}, {"duration_in_seconds": 754.5}, {"duration_in_seconds": 9}]
    assert _entry(id="1", attachments=recordings).podcast == Podcast(duration=timedelta(seconds=754.5))


@pytest.mark.parametrize("duration", [None, 0, -1, True, "a while", [754], 10**9])
def test_an_attachment_that_lasts_no_time_that_can_be_is_no_episode(duration: Any) -> None:
    assert _entry(id="1", attachments=[{"duration_in_seconds": duration}]).podcast is None


@pytest.mark.parametrize("text", [rb"Rain \ud83d", b"Rain \n", b"Rain \x00"])
def test_half_an_emoji_or_a_bare_line_break_costs_no_article(text: bytes) -> None:
    parsed = _parse(b'{"version": "%s", "items": [{"title": "%s"}]}' % (VERSION.encode(), text))
    assert parsed.entries[0].title == "Rain"


def test_the_newest_are_kept_wherever_they_stand() -> None:
    days = ["2026-11-21", "2026-11-23", "2026-11-22"]
    parsed = _parse(orjson.dumps({"version": VERSION, "items": [{"date_published": day} for day in days]}), 2)
    assert [entry.published for entry in parsed.entries] == ["2026-11-23", "2026-11-22"]
    assert parsed.dropped_entries == 1


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"date_published": "2026-11-23T09:00:00+09:00"}, {"date_published": "2026-11-23T05:00:00Z"}),
        ({"date_modified": "2026-11-21"}, {"date_modified": "2026-11-22"}),
        ({"date_published": 1716888600}, {"date_published": 1716888601000}),
        ({"date_published": "soon"}, {"date_published": "soon", "date_modified": "2026-11-22"}),
    ],
)
def test_the_newest_are_known_by_the_moments_that_their_dates_name(older: Any, newer: Any) -> None:
    items = [older | {"id": "older"}, newer | {"id": "newer"}]
    for order in (items, items[::-1]):
        parsed = _parse(orjson.dumps({"version": VERSION, "items": order}), 1)
        assert [entry.guid for entry in parsed.entries] == ["newer"]


@pytest.mark.parametrize("version", [{}, {"version": "1.1"}, {"version": 1}, {"version": "jsonfeed.org/version/1"}])
@pytest.mark.parametrize("named", [{"feed_url": "https://gazette.example/feed.json"}, {}])
def test_a_feed_without_its_version_is_known_by_names_that_only_json_feeds_have(version: Any, named: Any) -> None:
    (entry,) = _parse(orjson.dumps(version | named | {"items": [{"id": "1", "content_text": "Rain."}]})).entries
    assert (entry.guid, entry.content) == ("1", "Rain.")


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b"[{}]",
        b'{"version": 1}',
        b'{"version": "1.1", "items": []}',
        b'{"items": [{"id": 1, "title": "a row of some table"}]}',
        b'{"items": {"content_html": "x"}}',
        b'{"feed_url": "https://gazette.example/feed.json"}',
        b'"x"',
    ],
)
def test_other_json_is_not_a_feed(body: bytes) -> None:
    with pytest.raises(PermanentError, match="no JSON Feed") as failure:
        _parse(body)
    assert failure.value.error_class is ErrorClass.NOT_A_FEED


@pytest.mark.parametrize("body", [b"{", b'{"version":', b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5_000, b"\xff"])
def test_broken_json_says_so(body: bytes) -> None:
    with pytest.raises(PermanentError, match="broken JSON") as failure:
        _parse(body)
    assert failure.value.error_class is ErrorClass.PARSE


def test_the_feeds_title_is_one_line_of_text() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": " Use <br> \n well &amp;amp; often ", "items": []}
    assert read_json_feed(feed, 10).title == "Use <br> well &amp;amp; often"
    assert read_json_feed(feed | {"title": "Rain&nbsp;&amp; wind"}, 10).title == "Rain & wind"


def test_titles_and_summaries_are_plain_text() -> None:
    item = {"id": "1", "title": "a <b> c", "summary": "x < y"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
    (entry,) = read_json_feed(feed, 10).entries
    assert (entry.title, entry.has_plain_title, entry.summary) == ("a <b> c", True, "x &lt; y")


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"id": "https://a.example/1"}, "https://a.example/1"),
        ({"id": "https://a.example/1", "external_url": "https://b.example/1"}, "https://b.example/1"),
        ({"id": "1"}, None),
    ],
)
def test_an_id_that_is_a_url_is_the_page_of_an_item_without_one(fields: dict[str, str], link: str | None) -> None:
    assert _entry(**fields).link == link


@pytest.mark.parametrize(
    ("fields", "image"),
    [
        ({"image": "/1.png", "banner_image": "/2.png"}, "/1.png"),
        ({"banner_image": "/2.png"}, "/2.png"),
        ({"attachments": [{"url": "/1.mp3"}, {"url": "/3.png", "mime_type": "image/png"}]}, "/3.png"),
        ({"attachments": [{"url": "/4.jpg"}]}, "/4.jpg"),
    ],
)
def test_the_picture_is_the_items_its_banner_or_among_its_files(fields: dict[str, Any], image: str) -> None:
    assert _entry(id="1", **fields).image_url == image


def test_hubs_are_those_of_websub() -> None:
    hubs = [
        {"type": "rssCloud", "url": "https://cloud.example/"},
        {"type": "WebSub", "url": "https://hub.example/"},
        "https://hub.example/",
        {"type": "PubSubHubbub", "url": "https://old.example/"},
        {"type": "WebSub", "url": 7},
    ]
    assert _feed(hubs=hubs).hub_urls == ("https://hub.example/", "https://old.example/")
