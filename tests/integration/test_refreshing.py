"""Fields besides the words: each is kept current without a revision, and followers are told which of them changed."""

from collections.abc import Callable

import pytest

from tests.polling import add, make_due, poll
from tests.servers.publisher import Publisher
from tests.storing import article, events, kinds, poll_once, revisions, sightings
from worker.pipeline.tools import Tools
from worker.values.outcomes import Outcome

SITE = "https://gazette.example"
FEED = f"{SITE}/feed"
NOTE = "articles of which other fields than the words changed: 1"
FIELDS = {
    "link": f"<link>{SITE}/harbour</link>",
    "author": "<dc:creator>Ada Lindqvist</dc:creator>",
    "tag": "<category>harbour</category>",
    "audio": '<enclosure url="https://media.example/a.mp3?token=1" type="audio/mpeg" length="7"/>',
    "picture": '<media:thumbnail url="https://media.example/a.jpg"/>',
    "date": "<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>",
    "episode": "<itunes:duration>30:44</itunes:duration>",
    "body": '<description><![CDATA[<p>Cranes turn. <a href="https://old.example/">More</a></p>]]></description>',
}
NOTHING_SAID = dict.fromkeys(
    ["season", "season_name", "episode", "episode_name", "episode_type", "is_explicit", "chapters", "location"]
) | {"transcripts": [], "alternatives": [], "people": [], "soundbites": []}
RENEWED = '<enclosure url="https://media.example/a.mp3?token=2" type="audio/mpeg" length="7"/>'


def _document(**changed: str) -> bytes:
    """A document of one entry, with these of its elements in place of what they are at first."""
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">'
        f"<channel><title>Gazette</title><link>{SITE}/</link><item><guid isPermaLink='false'>harbour</guid>"
        f"<title>Harbour</title>{''.join((FIELDS | changed).values())}</item></channel></rss>"
    ).encode()


def _enclosure(token: int) -> list[dict[str, object]]:
    return [{"url": f"https://media.example/a.mp3?token={token}", "media_type": "audio/mpeg", "length": 7}]


CORRECTIONS = {
    "link": (f"<link>{SITE}/port</link>", {"url": f"{SITE}/port", "original_url": f"{SITE}/port"}),
    "author": ("<dc:creator>Bo Holt</dc:creator>", {"authors": ["Bo Holt"]}),
    "tag": ("<category>port</category>", {"tags": ["port"]}),
    "audio": (RENEWED, {"enclosures": _enclosure(2)}),
    "picture": ('<media:thumbnail url="https://media.example/b.jpg"/>', {"image_url": "https://media.example/b.jpg"}),
    "date": ("<pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate>", {"published_at": "2026-11-03T10:00:00+00:00"}),
    "episode": (
        "<itunes:duration>30:45</itunes:duration><itunes:season>2</itunes:season>",
        {"podcast": NOTHING_SAID | {"duration": 1845.0, "season": 2}},
    ),
    "body": (
        FIELDS["body"].replace("old.example", "new.example"),
        {
            "html": '<p>Cranes turn. <a href="https://new.example/" rel="noopener noreferrer nofollow">More</a></p>',
        },
    ),
}


def _shown(tools: Tools, names: object) -> dict[str, object]:
    row = article(tools)._mapping
    return {name: row[name].isoformat() if name.endswith("_at") else row[name] for name in names}


@pytest.mark.parametrize("field", CORRECTIONS)
def test_a_corrected_field_is_shown_and_followers_are_told_its_name(tools: Tools, field: str) -> None:
    element, expected = CORRECTIONS[field]
    poll_once(tools, FEED, _document())
    record = poll_once(tools, FEED, _document(**{field: element}))
    assert _shown(tools, expected) == expected
    assert revisions(tools) == [(1, None)]
    assert events(tools)[1:] == [("article refreshed", 1, {"fields": [*expected]})]
    assert (record.outcome, record.new, record.updated, record.note) == (Outcome.UNCHANGED, 0, 0, NOTE)


@pytest.mark.parametrize("field", ["audio", "date", "author", "picture"])
def test_what_was_missing_and_is_given_later_is_shown(tools: Tools, field: str) -> None:
    poll_once(tools, FEED, _document(**{field: ""}))
    assert poll_once(tools, FEED, _document()).note == NOTE
    expected = {
        "audio": {"enclosures": _enclosure(1)},
        "date": {"published_at": "2026-11-02T10:00:00+00:00"},
        "author": {"authors": ["Ada Lindqvist"]},
        "picture": {"image_url": "https://media.example/a.jpg"},
    }[field]
    assert _shown(tools, expected) == expected
    assert kinds(tools) == ["article created", "article refreshed"]


def test_a_date_in_the_future_that_is_mended_is_shown(tools: Tools) -> None:
    poll_once(tools, FEED, _document(date="<pubDate>Mon, 02 Nov 2099 10:00:00 GMT</pubDate>"))
    poll_once(tools, FEED, _document())
    assert _shown(tools, ["published_at"]) == {"published_at": "2026-11-02T10:00:00+00:00"}


def test_fields_that_change_together_are_one_event_with_all_their_names(tools: Tools) -> None:
    poll_once(tools, FEED, _document())
    poll_once(tools, FEED, _document(**{name: element for name, (element, _) in CORRECTIONS.items()}))
    ((kind, _, details),) = events(tools)[1:]
    names = ["html", "url", "original_url", "authors", "published_at", "tags", "enclosures", "image_url", "podcast"]
    assert (kind, details) == ("article refreshed", {"fields": names})


def test_where_nothing_changed_nothing_is_written(tools: Tools) -> None:
    poll_once(tools, FEED, _document())
    before = (article(tools), sightings(tools), events(tools))
    # Another title of the feed: other bytes, the same entry.
    record = poll_once(tools, FEED, _document().replace(b"Gazette<", b"The Gazette<"))
    assert (article(tools), sightings(tools), events(tools)) == before
    assert (record.outcome, record.entries, record.note) == (Outcome.UNCHANGED, 1, None)


def test_an_edit_that_readers_do_not_see_is_no_event(tools: Tools) -> None:
    poll_once(tools, FEED, _document())
    before = (article(tools), events(tools))
    record = poll_once(tools, FEED, _document(author=f"{FIELDS['author']}<comments>{SITE}/talk</comments>"))
    assert (article(tools), events(tools), record.note) == (*before, None)


def test_words_that_change_along_with_fields_are_one_revision(tools: Tools) -> None:
    poll_once(tools, FEED, _document())
    record = poll_once(tools, FEED, _document(audio=RENEWED, body="<description>Cranes stand still.</description>"))
    assert (article(tools).text, article(tools).enclosures) == ("Cranes stand still.", _enclosure(2))
    assert kinds(tools) == ["article created", "article revised"]
    assert (record.updated, record.note) == (1, None)


def test_signed_addresses_that_are_renewed_at_every_poll_stay_current(tools: Tools, publisher: Publisher) -> None:
    def serve(token: int) -> str:
        return publisher.serve("/feed", _document(audio=RENEWED.replace("token=2", f"token={token}")))

    add(tools, serve(1))
    for token in (1, 2, 3):
        serve(token)
        make_due(tools)
        poll(tools)
    assert article(tools).enclosures == _enclosure(3)
    assert kinds(tools) == ["article created", "article refreshed", "article refreshed"]


@pytest.mark.parametrize("edit", [str.upper, str.title], ids=["capitals", "a title's capitals"])
def test_words_that_differ_in_capitals_alone_are_no_revision_and_are_shown(
    tools: Tools, edit: Callable[[str], str]
) -> None:
    poll_once(tools, FEED, _document(body="<description>cranes turn</description>"))
    poll_once(tools, FEED, _document(body=f"<description>{edit('cranes turn')}</description>"))
    assert article(tools).text == edit("cranes turn")
    assert kinds(tools) == ["article created", "article refreshed"]


def test_fields_of_a_feed_that_is_not_shown_change_nothing_and_are_shown_once_it_is(tools: Tools) -> None:
    fuller = "<description>Cranes turn all day in the harbour, and by night too.</description>"
    poll_once(tools, f"{SITE}/full", _document(body=fuller))
    poll_once(tools, FEED, _document())
    before = (article(tools), events(tools))
    poll_once(tools, FEED, _document(author="<dc:creator>Bo Holt</dc:creator>"))
    assert (article(tools), events(tools)) == before
    poll_once(tools, f"{SITE}/full", _document(body="<description>Cranes.</description>"))
    assert article(tools).authors == ["Bo Holt"]
