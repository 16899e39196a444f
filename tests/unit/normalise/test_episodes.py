from datetime import UTC, datetime, timedelta

from worker.normalise.episodes import read_episode
from worker.normalise.feed_context import FeedContext
from worker.values.podcasts import Podcast, PodcastFile, PodcastPerson, Soundbite

FEED = FeedContext("https://a.example/feed", "https://a.example/feed", None, None, datetime(2026, 11, 24, tzinfo=UTC))


def test_addresses_are_absolute_and_on_the_web() -> None:
    written = Podcast(
        chapters=PodcastFile("/1.json"),
        transcripts=(PodcastFile("1.vtt"), PodcastFile("javascript:alert(1)"), PodcastFile("file:///etc/passwd")),
        alternatives=(PodcastFile("ipfs://QmdwGq"), PodcastFile("//b.example/1.opus")),
        people=(PodcastPerson("Ann Arbor", url="javascript:alert(1)", image_url="/ann.jpg"),),
    )
    assert read_episode(written, FEED) == Podcast(
        chapters=PodcastFile("https://a.example/1.json"),
        transcripts=(PodcastFile("https://a.example/1.vtt"),),
        alternatives=(PodcastFile("https://b.example/1.opus"),),
        people=(PodcastPerson("Ann Arbor", image_url="https://a.example/ann.jpg"),),
    )


def test_names_are_lines_of_text() -> None:
    written = Podcast(
        season_name=" The <b>wet</b>\nseason ",
        people=(PodcastPerson("Ann &amp; Ben", role="\n"), PodcastPerson(" ")),
        soundbites=(Soundbite(timedelta(0), timedelta(seconds=5), "<i>Thunder</i>"),),
        location="  Austin,\tTX",
    )
    assert read_episode(written, FEED) == Podcast(
        season_name="The wet season",
        people=(PodcastPerson("Ann & Ben"),),
        soundbites=(Soundbite(timedelta(0), timedelta(seconds=5), "Thunder"),),
        location="Austin, TX",
    )


def test_each_thing_is_there_once_and_nothing_without_end() -> None:
    files = (PodcastFile("/1.vtt", length=0), PodcastFile("https://a.example/1.vtt", "text/vtt"))
    people = tuple(PodcastPerson(f"P{number}") for number in range(100))
    episode = read_episode(Podcast(transcripts=files, people=(people[0], *people)), FEED)
    assert episode
    assert episode.transcripts == (PodcastFile("https://a.example/1.vtt"),)
    assert (len(episode.people), episode.people[:2]) == (63, people[:2])


def test_where_nothing_is_left_there_is_no_episode() -> None:
    assert read_episode(Podcast(chapters=PodcastFile("ftp://a.example/1")), FEED) is None
