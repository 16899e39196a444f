import json
from datetime import UTC, datetime, timedelta

from tests.feed_rules import json_faults
from worker.feeds_out.json_writing import write_json_feed
from worker.feeds_out.out_entry import Copy, Origin, OutEntry, OutFeed
from worker.values.entries import Enclosure
from worker.values.podcasts import Podcast

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = OutFeed("Rain", "urn:x", NOW, "https://n.example/o", "https://n.example/o?before=7")


def test_an_entry_is_written_with_all_that_is_known_of_it():
    entry = OutEntry(
        id="urn:y",
        title="Use <b> & \u202e\ud800\x00",
        updated_at=NOW,
        published_at=NOW,
        modified_at=NOW + timedelta(seconds=0.5),
        url="https://a.example/1",
        summary="It rains.",
        html="<p>x\r</p>",
        authors=("Ada",),
        agency="Reuters",
        tags=("R&D",),
        language="en",
        enclosures=(Enclosure("https://a.example/1.mp3", "audio/mpeg", 9), Enclosure("https://a.example/2")),
        image_url="https://a.example/1.jpg",
        podcast=Podcast(duration=timedelta(minutes=1)),
        origin=Origin("https://a.example/feed", "The A"),
        copies=(Copy("https://b.example/1", "Copy"),),
    )
    written = "".join(write_json_feed(FEED, [entry, OutEntry(id="urn:z", title="T", updated_at=NOW)])).encode()
    assert json.loads(written) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Rain",
        "feed_url": "https://n.example/o",
        "next_url": "https://n.example/o?before=7",
        "items": [
            {
                "id": "urn:y",
                "url": "https://a.example/1",
                "title": "Use <b> & \u202e",
                "content_html": "<p>x\r</p>",
                "summary": "It rains.",
                "image": "https://a.example/1.jpg",
                "date_published": "2026-11-24T12:00:00Z",
                "date_modified": "2026-11-24T12:00:00.500000Z",
                "authors": [{"name": "Ada"}],
                "tags": ["R&D"],
                "language": "en",
                "attachments": [
                    {
                        "url": "https://a.example/1.mp3",
                        "mime_type": "audio/mpeg",
                        "size_in_bytes": 9,
                        "duration_in_seconds": 60,
                    },
                    {"url": "https://a.example/2", "mime_type": "application/octet-stream"},
                ],
                "_feedmill": {
                    "agency": "Reuters",
                    "feed": {"url": "https://a.example/feed", "title": "The A"},
                    "copies": [{"url": "https://b.example/1", "title": "Copy"}],
                },
            },
            {"id": "urn:z", "title": "T", "content_html": ""},
        ],
    }
    assert json_faults(written) == []
    assert b'"duration_in_seconds":60}' in written


def test_a_feed_without_entries_is_one():
    written = "".join(write_json_feed(OutFeed("T", "urn:x", NOW), []))
    assert json.loads(written) == {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}
