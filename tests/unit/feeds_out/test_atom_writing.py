from datetime import UTC, datetime

from tests.feed_rules import atom_faults
from worker.feeds_out.atom_writing import write_atom
from worker.feeds_out.out_entry import Copy, Origin, OutEntry, OutFeed
from worker.values.entries import Enclosure

URN = "urn:uuid:00000000-0000-5000-8000-00000000000"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = OutFeed("Rain & <i>", f"{URN}0", NOW, "https://n.example/out?q=a&b", "https://n.example/out?before=7")


def test_an_entry_is_written_with_all_that_is_known_of_it():
    entry = OutEntry(
        id=f"{URN}1",
        title="Use <b> & run",
        updated_at=NOW,
        published_at=datetime(2026, 11, 24, 11, tzinfo=UTC),
        url="https://a.example/1?a&b",
        summary="It rains & <pours>.",
        html="<p>It rains &amp; pours.</p>",
        authors=("Ada", "Mary"),
        agency="Reuters",
        tags=("R&D",),
        language="en-GB",
        enclosures=(Enclosure("https://a.example/1.mp3", "audio/mpeg", 9), Enclosure("https://a.example/2")),
        image_url="https://a.example/1.jpg",
        origin=Origin("https://a.example/feed", "The A", "https://a.example/"),
        copies=(Copy("https://b.example/1", "Copy"), Copy("https://b.example/2", "")),
    )
    written = "".join(write_atom(FEED, [entry]))
    assert written.partition("<entry")[1] + written.partition("<entry")[2] == (
        '<entry xml:lang="en-GB">\n'
        "<id>urn:uuid:00000000-0000-5000-8000-000000000001</id>\n"
        "<title>Use &lt;b&gt; &amp; run</title>\n"
        "<published>2026-11-24T11:00:00Z</published>\n"
        "<updated>2026-11-24T12:00:00Z</updated>\n"
        "<author><name>Ada</name>\n</author>\n"
        "<author><name>Mary</name>\n</author>\n"
        "<dc:publisher>Reuters</dc:publisher>\n"
        '<link rel="alternate" href="https://a.example/1?a&amp;b" type="text/html"/>\n'
        '<link rel="enclosure" href="https://a.example/1.mp3" type="audio/mpeg" length="9"/>\n'
        '<link rel="enclosure" href="https://a.example/2"/>\n'
        '<link rel="related" href="https://b.example/1" title="Copy"/>\n'
        '<link rel="related" href="https://b.example/2"/>\n'
        '<category term="R&amp;D"/>\n'
        "<summary>It rains &amp; &lt;pours&gt;.</summary>\n"
        '<content type="html">&lt;p&gt;It rains &amp;amp; pours.&lt;/p&gt;</content>\n'
        '<media:thumbnail url="https://a.example/1.jpg"/>\n'
        "<source>\n"
        "<id>https://a.example/feed</id>\n"
        "<title>The A</title>\n"
        "<updated>2026-11-24T12:00:00Z</updated>\n"
        '<link rel="self" href="https://a.example/feed"/>\n'
        '<link rel="alternate" href="https://a.example/" type="text/html"/>\n'
        "</source>\n"
        "</entry>\n"
        "</feed>\n"
    )
    assert atom_faults(written.encode()) == []


def test_what_a_feed_says_of_itself_stands_before_its_entries():
    head = "".join(write_atom(FEED, []))
    assert head.partition("\n<id>")[2] == (
        "urn:uuid:00000000-0000-5000-8000-000000000000</id>\n"
        "<title>Rain &amp; &lt;i&gt;</title>\n"
        "<updated>2026-11-24T12:00:00Z</updated>\n"
        '<link rel="self" href="https://n.example/out?q=a&amp;b" type="application/atom+xml"/>\n'
        '<link rel="next" href="https://n.example/out?before=7" type="application/atom+xml"/>\n'
        "<generator>Feedmill</generator>\n"
        "</feed>\n"
    )
    assert atom_faults(head.encode()) == []


def test_an_entry_without_an_author_has_its_agency_or_its_feed_for_one():
    bare = {"id": f"{URN}1", "title": "T", "updated_at": NOW, "stand_in": "Reuters"}
    origin = Origin("https://a.example/feed", "The A")
    alone, taken = (
        "".join(write_atom(FEED, [OutEntry(**bare)])),
        "".join(write_atom(FEED, [OutEntry(**bare, origin=origin)])),
    )
    assert '<content type="html"/>\n<author><name>Reuters</name>\n</author>\n</entry>' in alone
    assert "<source>\n<author><name>Reuters</name>\n</author>\n<id>" in taken
    assert atom_faults(alone.encode()) == atom_faults(taken.encode()) == []


def test_a_link_to_a_file_is_not_called_a_page():
    file = Enclosure("https://a.example/1.mp3", "audio/mpeg")
    entry = OutEntry(id=f"{URN}1", title="T", updated_at=NOW, url=file.url, enclosures=(file,))
    assert '<link rel="alternate" href="https://a.example/1.mp3"/>' in "".join(write_atom(FEED, [entry]))
