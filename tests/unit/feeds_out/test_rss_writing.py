from datetime import UTC, datetime, timedelta

from tests.feed_rules import rss_faults
from worker.feeds_out.out_entry import NEVER, Copy, Origin, OutEntry, OutFeed
from worker.feeds_out.rss_writing import write_rss
from worker.values.entries import Enclosure
from worker.values.podcasts import EpisodeType, Podcast, PodcastFile, PodcastPerson, Soundbite

URN = "urn:uuid:00000000-0000-5000-8000-00000000000"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = OutFeed("Rain & <i>", f"{URN}0", NOW)
BARE = {"id": f"{URN}1", "title": "T", "updated_at": NOW}


def _item(**said: object) -> str:
    written = "".join(write_rss(FEED, [OutEntry(**(BARE | said))]))
    assert rss_faults(written.encode()) == []
    return written.partition("<item>\n")[2].partition("</item>")[0]


def test_an_entry_is_written_with_all_that_is_known_of_it():
    said = {
        "title": "Use <b> & run",
        "published_at": datetime(2026, 11, 24, 11, tzinfo=UTC),
        "modified_at": NOW,
        "url": "https://a.example/1?a&b",
        "summary": "It rains & <pours>.",
        "html": "<p>]]> &amp; pours.</p>",
        "authors": ("Ada", "Mary & <i>"),
        "agency": "Reuters",
        "tags": ("R&D",),
        "language": "en-GB",
        "enclosures": (Enclosure("https://a.example/1.mp3", "audio/mpeg", 9),),
        "image_url": "https://a.example/1.jpg",
        "origin": Origin("https://a.example/feed?a&b", "The A"),
        "copies": (Copy("https://b.example/1", "Copy"),),
    }
    assert _item(**said) == (
        '<guid isPermaLink="false">urn:uuid:00000000-0000-5000-8000-000000000001</guid>\n'
        "<title>Use &amp;lt;b&gt; &amp;amp; run</title>\n"
        "<link>https://a.example/1?a&amp;b</link>\n"
        "<pubDate>Tue, 24 Nov 2026 11:00:00 GMT</pubDate>\n"
        "<atom:updated>2026-11-24T12:00:00Z</atom:updated>\n"
        "<dc:creator>Ada</dc:creator>\n"
        "<dc:creator>Mary &amp;amp; &amp;lt;i&gt;</dc:creator>\n"
        "<dc:publisher>Reuters</dc:publisher>\n"
        "<category>R&amp;D</category>\n"
        "<dc:language>en-GB</dc:language>\n"
        "<description>It rains &amp;amp; &amp;lt;pours&amp;gt;.</description>\n"
        "<content:encoded><![CDATA[<p>]]]]><![CDATA[> &amp; pours.</p>]]></content:encoded>\n"
        '<enclosure url="https://a.example/1.mp3" length="9" type="audio/mpeg"/>\n'
        '<atom:link rel="related" href="https://b.example/1" title="Copy"/>\n'
        '<media:thumbnail url="https://a.example/1.jpg"/>\n'
        '<source url="https://a.example/feed?a&amp;b">The A</source>\n'
    )


def test_of_several_files_the_one_that_is_played_goes_where_every_reader_looks():
    files = (
        Enclosure("https://a.example/1.pdf", "application/pdf", 3),
        Enclosure("https://a.example/1.mp3", "audio/mpeg"),
    )
    written = _item(enclosures=files)
    assert '<enclosure url="https://a.example/1.mp3" length="0" type="audio/mpeg"/>\n' in written
    assert written.count("<enclosure") == 1
    assert written.index('rel="enclosure" href="https://a.example/1.pdf" type="application/pdf" length="3"') < (
        written.index('rel="enclosure" href="https://a.example/1.mp3" type="audio/mpeg"/>')
    )


def test_a_file_of_no_known_type_has_the_one_that_means_that():
    written = _item(enclosures=(Enclosure("https://a.example/1"),))
    assert '<enclosure url="https://a.example/1" length="0" type="application/octet-stream"/>\n' in written
    assert '<atom:link rel="enclosure" href="https://a.example/1"/>\n' in written


def test_without_a_summary_the_whole_text_is_the_description():
    assert "<description><![CDATA[<p>x</p>]]></description>\n" in _item(html="<p>x</p>")


def test_a_feed_without_entries_tells_no_moment():
    written = "".join(write_rss(OutFeed("T", f"{URN}0", NEVER, "https://n.example/o"), []))
    assert "lastBuildDate" not in written
    assert '<atom:link rel="self" href="https://n.example/o" type="application/rss+xml"/>' in written
    assert rss_faults(written.encode()) == []


def test_an_episode_is_written_as_podcast_applications_read_it():
    podcast = Podcast(
        duration=timedelta(hours=1, seconds=2.5),
        season=2,
        episode_name="3.5",
        episode_type=EpisodeType.BONUS,
        is_explicit=True,
        chapters=PodcastFile("https://a.example/c.json", "application/json+chapters"),
        alternatives=(PodcastFile("https://a.example/1.opus", "audio/opus", "en", "Small", 5),),
        people=(PodcastPerson("Ada", "guest", url="https://a.example/ada"),),
        soundbites=(Soundbite(timedelta(seconds=73), timedelta(minutes=1), "Why & <how>?"),),
    )
    assert _item(podcast=podcast, image_url="https://a.example/1.jpg").partition("<itunes")[2] == (
        ':image href="https://a.example/1.jpg"/>\n'
        "<itunes:duration>3602.5</itunes:duration>\n"
        "<itunes:season>2</itunes:season>\n"
        '<podcast:episode display="3.5"/>\n'
        "<itunes:episodeType>bonus</itunes:episodeType>\n"
        "<itunes:explicit>true</itunes:explicit>\n"
        '<podcast:chapters url="https://a.example/c.json" type="application/json+chapters"/>\n'
        '<podcast:alternateEnclosure type="audio/opus" length="5" lang="en" title="Small">'
        '<podcast:source uri="https://a.example/1.opus"/>\n</podcast:alternateEnclosure>\n'
        '<podcast:person role="guest" href="https://a.example/ada">Ada</podcast:person>\n'
        '<podcast:soundbite startTime="73" duration="60">Why &amp;amp; &amp;lt;how&gt;?</podcast:soundbite>\n'
    )
