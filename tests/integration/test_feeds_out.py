"""Feeds out are read back: Feedmill, polling what it wrote, stores the same articles from every format."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import feedparser
import pytest
from sqlalchemy import select

from tests.polling import add, poll
from tests.servers.publisher import Publisher
from worker.database.article_tables import ArticleRow
from worker.database.engine import reading
from worker.feeds_out.atom_writing import write_atom
from worker.feeds_out.json_writing import write_json_feed
from worker.feeds_out.out_entry import OutEntry, OutFeed
from worker.feeds_out.outgoing import read_outgoing
from worker.feeds_out.rss_writing import write_rss
from worker.pipeline.tools import Tools

HOSTILE = [
    ("Use the <b> tag & AT&T's &amp; entity", "<p>Code: <code>&lt;b&gt; &amp;amp; ]]&gt; &lt;![CDATA[</code></p>"),
    ("\u202egnp.exe \u2067right\u2069 \U0001f5de\ufe0f", "<p>\u202eReordered\u202c &#13; and \u200e marks</p>"),
    ("a]]>b <script>alert(1)</script>", '<p onclick="x()">Hello<script>alert(1)</script> <b>World</b></p>'),
    ('"Quoted" \'title\' <!-- no comment', "<pre>  two\n\n\tlines  </pre><p>a&nbsp;b &copy; \u00a9 &lt;3</p>"),
    ("100 % &#x41; &unknown; &copy;", '<p><img src="/pictures/1.jpg" alt="A &quot;quay&quot;"> <a href="b?c=1&d=2">x</a></p>'),
    ("日本語のタイトル — “引用”", "<ul><li>一<li>二</ul><table><tr><td>1<td>2</table><blockquote>q</blockquote>"),
    ("x" * 900, "y " * 5_000),
    ("Zero\u200bwidth \u00ad soft", "<p>fi\u00adsh \u2028 line \ufeff</p><math><mi>x</mi><mo>&lt;</mo><mn>3</mn></math>"),
]
PODCAST = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Harbour &amp; Radio</title><link>https://gazette.example/radio</link><description>Talk</description>
<item><guid isPermaLink="false">e1</guid><title>Gulls</title><pubDate>Mon, 03 Jun 2024 07:30:00 GMT</pubDate>
<description>We count &lt;i&gt;gulls&lt;/i&gt;. And herons.</description><dc:creator>Ada Lovelace</dc:creator>
<enclosure url="https://gazette.example/1.mp3" length="123" type="audio/mpeg"/>
<itunes:duration>1:02:03</itunes:duration><itunes:season>2</itunes:season><itunes:episode>3</itunes:episode>
<itunes:episodeType>full</itunes:episodeType><itunes:explicit>false</itunes:explicit>
<itunes:image href="https://gazette.example/cover.jpg"/>
<podcast:season name="Winter &amp; ice">2</podcast:season>
<podcast:chapters url="https://gazette.example/1.json" type="application/json+chapters"/>
<podcast:transcript url="https://gazette.example/1.vtt" type="text/vtt" language="en"/>
<podcast:person role="guest" href="https://gazette.example/mary">Mary Somerville</podcast:person>
<podcast:soundbite startTime="73.5" duration="60">Why?</podcast:soundbite>
<podcast:alternateEnclosure type="audio/opus" length="99" title="Small"><podcast:source uri="https://gazette.example/1.opus"/>
</podcast:alternateEnclosure></item></channel></rss>"""
WRITERS: dict[str, Callable[[OutFeed, Iterable[OutEntry]], Iterator[str]]] = {
    "/out.atom": write_atom,
    "/out.rss": write_rss,
    "/out.json": write_json_feed,
}
SAME = "title authors published_at updated_at html text summary tags enclosures url language image_url podcast".split()


def _hostile_feed() -> bytes:
    """A JSON Feed, which takes any text as it is."""
    entries = [
        {
            "id": f"h{number}",
            "url": f"https://gazette.example/{number}?a=1&b=%22",
            "title": title,
            "content_html": html,
            "date_published": f"2024-06-1{number}T07:30:00Z",
            "date_modified": f"2024-06-1{number}T08:30:00.25Z",
            "authors": [{"name": "Ada <Lovelace> & Co"}, {"name": "\u202eyraM \U0001f426"}],
            "tags": ["R&D <b>", 'a "quoted", tag', "a&b;"],
            "language": "en-GB",
            "attachments": [
                {"url": f"https://gazette.example/{number}.pdf?a&b", "mime_type": "application/pdf", "size_in_bytes": 9},
                {"url": f"https://gazette.example/{number}.mp3", "mime_type": "audio/mpeg"},
            ],
        }
        for number, (title, html) in enumerate(HOSTILE)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "H <i>&", "items": entries}).encode()


@pytest.fixture
def upstream(tools: Tools, publisher: Publisher) -> list[int]:
    add(tools, publisher.serve("/hostile.json", _hostile_feed(), "application/feed+json"))
    add(tools, publisher.serve("/radio.rss", PODCAST))
    poll(tools)
    with reading(tools.engine) as connection:
        return list(connection.execute(select(ArticleRow.id).order_by(ArticleRow.id)).scalars())


def _write(tools: Tools, article_ids: list[int], path: str) -> bytes:
    with reading(tools.engine) as connection:
        outgoing = read_outgoing(connection, article_ids, with_copies=False)
    feed = OutFeed("Out", "urn:uuid:00000000-0000-5000-8000-000000000000", outgoing.updated_at)
    return "".join(WRITERS[path](feed, outgoing.entries())).encode()


def _stored(tools: Tools, feed_url: str | None = None) -> list[dict[str, Any]]:
    query = select(ArticleRow.__table__).order_by(ArticleRow.guid)
    with reading(tools.engine) as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


@pytest.mark.parametrize("path", WRITERS)
def test_feedmill_stores_the_same_articles_from_its_own_feeds(
    tools: Tools, publisher: Publisher, upstream: list[int], path: str
):
    with reading(tools.engine) as connection:
        before = {row["id"]: row for row in connection.execute(select(ArticleRow.__table__)).mappings()}
    add(tools, publisher.serve(path, _write(tools, upstream, path), "application/xml"))
    (record,) = poll(tools)
    with reading(tools.engine) as connection:
        rows = connection.execute(select(ArticleRow.__table__).where(ArticleRow.feed_id == 3).order_by(ArticleRow.id))
        after = list(rows.mappings())
    assert (record.parser, len(after)) == ("json" if path == "/out.json" else "expat", len(upstream))
    by_guid = {row["guid"]: row for row in after}
    from worker.feeds_out.out_entry import name_article
    import sys
    for id, one in before.items():
        other = by_guid[name_article(id, one["first_seen_at"])]
        for name in SAME:
            if one[name] != other[name]:
                print(path, id, name, repr(one[name])[:300], "|||", repr(other[name])[:300], file=sys.stderr)
    assert 0
