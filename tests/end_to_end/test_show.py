"""``feedmill show``: an article with its versions, and what changed from each to the next."""

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.documents import entry, rss
from tests.servers.publisher import Publisher

pytestmark = pytest.mark.usefixtures("made_store")
Feedmill = Callable[..., subprocess.CompletedProcess[str]]
URL = "http://127.0.0.1/bridge"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture
def _revised(made_store: None, feedmill: Feedmill, publisher: Publisher) -> None:
    for title, text in (
        ("Bridge opens", "The bridge opens on <b>Monday</b> after two winters of repairs."),
        ("Bridge opens late", "The bridge opens on Tuesday after two winters of repairs."),
    ):
        feedmill("poll", "--force", publisher.serve("/feed", rss([entry("g", URL, title, text, "4 07:30")])))


@pytest.mark.usefixtures("_revised")
def test_it_says_what_changed_word_by_word(feedmill: Feedmill) -> None:
    shown = feedmill("show", "1", COLUMNS="120").stdout.splitlines()
    revisions = shown[next(number for number, line in enumerate(shown) if line.startswith("Revision 1")) :]
    assert "Revision 2, shown: seen" in revisions[2]
    assert [line.strip() for line in revisions[3:]] == [
        "Bridge opens {+late+}",
        "The bridge opens on [-Monday-] {+Tuesday+} after two winters of repairs.",
    ]


@pytest.mark.usefixtures("_revised")
def test_it_names_the_poll_that_brought_each_version(feedmill: Feedmill) -> None:
    revisions = json.loads(feedmill("show", "1", "--json").stdout)["revisions"]
    polls = [json.loads(line) for line in feedmill("polls", "--json").stdout.splitlines()]
    assert [revision["polled_at"] for revision in revisions] == [poll["started_at"] for poll in polls]
    assert [revision["title"] for revision in revisions] == ["Bridge opens", "Bridge opens late"]


def test_it_says_in_which_language_an_article_is_and_who_says_so(feedmill: Feedmill, publisher: Publisher) -> None:
    text = "Die Bäcker machen die Energiekosten verantwortlich und erwarten, dass Brot noch teurer wird."
    feedmill("poll", publisher.serve("/feed", rss([entry("g", URL, "Brotpreise steigen erneut", text, "4 07:30")])))
    (shown,) = (line for line in feedmill("show", "1").stdout.splitlines() if line.startswith("Language"))
    assert shown.split() == ["Language", "de,", "detected", "in", "its", "text"]
    for command in (("show", "1"), ("articles",)):
        article = json.loads(feedmill(*command, "--json").stdout)
        assert (article["language"], article["language_source"]) == ("de", "detected")


def test_it_has_the_summary_and_the_files_that_go_with_an_article(feedmill: Feedmill, publisher: Publisher) -> None:
    files = (
        '<enclosure url="http://127.0.0.1/talk.mp3" type="audio/mpeg" length="12300000"/>'
        '<enclosure url="http://127.0.0.1/notes"/>'
    )
    published = entry("g", URL, "Bridge opens", "The bridge opens on Monday.", "4 07:30")
    feedmill("poll", publisher.serve("/feed", rss([published.replace("</item>", f"{files}</item>")])))
    shown = [line.split(maxsplit=1) for line in feedmill("show", "1").stdout.splitlines()]
    assert ["Summary", "The bridge opens on Monday."] in shown
    first = shown.index(["Enclosures", "http://127.0.0.1/talk.mp3 (audio/mpeg, 12.3 MB)"])
    assert " ".join(shown[first + 1]) == "http://127.0.0.1/notes"


def test_it_says_what_a_podcast_says_of_an_episode(feedmill: Feedmill, publisher: Publisher) -> None:
    episode = (
        '<item xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
        ' xmlns:podcast="https://podcastindex.org/namespace/1.0"><guid isPermaLink="false">7</guid><title>Rain</title>'
        "<itunes:duration>30:44</itunes:duration><itunes:episode>7</itunes:episode>"
        '<podcast:transcript url="https://audio.example/7.vtt" type="text/vtt"/></item>'
    )
    feedmill("poll", "--force", publisher.serve("/feed", rss([episode])))
    shown = feedmill("show", "1").stdout.splitlines()
    first = shown.index("Episode     episode 7, 30m 44s")
    assert shown[first + 1].strip() == "transcript https://audio.example/7.vtt (text/vtt)"
    (listed,) = map(json.loads, feedmill("articles", "--json").stdout.splitlines())
    assert (listed["podcast"]["duration"], listed["podcast"]["episode"]) == (1844, 7)


def test_what_has_no_text_has_one_blank_line_in_its_place(feedmill: Feedmill, publisher: Publisher) -> None:
    feedmill("poll", publisher.serve("/feed", rss([entry("g", URL, "Rain", "", "4 07:30")])))
    shown = feedmill("show", "1").stdout.splitlines()
    assert [number for number, line in enumerate(shown) if not line.strip()] == [len(shown) - 2]
