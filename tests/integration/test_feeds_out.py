"""Feeds out are read back: Feedmill, polling what it wrote, stores the same articles from every format."""

import json
from typing import Any

import feedparser
import pytest
from sqlalchemy import RowMapping, select

from tests.feed_rules import atom_faults, json_faults, rss_faults
from tests.polling import add, poll
from tests.servers.publisher import Publisher
from worker.database.article_tables import ArticleRow
from worker.database.engine import reading
from worker.feeds_out.asked_feed import FORMATS, AskedFeed
from worker.feeds_out.out_entry import name_article
from worker.pipeline.tools import Tools

# Titles as they are, which JSON Feed can say, and HTML.
HOSTILE = [
    ("Use the <b> tag & AT&T's", "<p>Code: <code>&lt;b&gt; ]]&gt; &lt;![CDATA[</code></p>"),
    ("\u202egnp.exe \u2067right\u2069 \U0001f5de\ufe0f", "<p>\u202eReordered\u202c &#13; and \u200e marks</p>"),
    ("a]]>b <!-- &c", '<p onclick="x()">Hello<script>alert(1)</script> <b>World</b></p>'),
    ("\"Quoted\" 'title'", "<pre>  two\n\n\tlines  </pre><p>a&nbsp;b &copy; © &lt;3</p>"),
    ("100 %", '<p><img src="/1.jpg" alt="A &quot;quay&quot;"> <a href="b?c=1&d=2">only a link</a></p>'),
    ("日本語のタイトル — “引用”", "<ul><li>一<li>二</ul><table><tr><td>1<td>2</table><blockquote>q</blockquote>"),
    ("x" * 900, "y " * 5_000),
    (
        "Zero\u200bwidth \u00ad soft",
        "<p>fi\u00adsh \u2028 line \ufeff</p><math><mi>x</mi><mo>&lt;</mo><mn>3</mn></math>",
    ),
    ("Say &amp; <i>this</i>", "<p>Words of its own.</p>"),
]
# RSS has no way to say that a title is text: what is wholly marked up in one is taken for markup.
NO_TITLE_OF_RSS = "Say &amp; <i>this</i>"
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
<podcast:season name="Winter &amp; ice">2</podcast:season><podcast:location>Hull</podcast:location>
<podcast:chapters url="https://gazette.example/1.json" type="application/json+chapters"/>
<podcast:transcript url="https://gazette.example/1.vtt" type="text/vtt" language="en"/>
<podcast:person role="guest" href="https://gazette.example/mary">Mary Somerville</podcast:person>
<podcast:soundbite startTime="73.5" duration="60">Why?</podcast:soundbite>
<podcast:alternateEnclosure type="audio/opus" length="99" title="Small"><podcast:source
 uri="https://gazette.example/1.opus"/></podcast:alternateEnclosure></item></channel></rss>"""
SAME = "title authors published_at updated_at html text summary tags enclosures url language image_url".split()
FAULTS = {"atom": atom_faults, "rss": rss_faults, "json": json_faults}


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
                {"url": f"https://gazette.example/{number}.pdf?a&b", "mime_type": "application/pdf"},
                {"url": f"https://gazette.example/{number}.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9},
            ],
        }
        for number, (title, html) in enumerate(HOSTILE)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "H <i>&", "items": entries}).encode()


@pytest.fixture
def upstream(tools: Tools, publisher: Publisher) -> dict[str, RowMapping]:
    """What is stored of hostile feeds, by the ids that the articles have in every feed out."""
    add(tools, publisher.serve("/hostile.json", _hostile_feed(), "application/feed+json"))
    add(tools, publisher.serve("/radio.rss", PODCAST))
    poll(tools)
    return {name_article(row["id"], row["first_seen_at"]): row for row in _stored(tools)}


def _stored(tools: Tools, feed_id: int | None = None) -> list[RowMapping]:
    query = select(ArticleRow.__table__)
    with reading(tools.engine) as connection:
        rows = connection.execute(query.where(ArticleRow.feed_id == feed_id) if feed_id else query).mappings()
        return list(rows)


def _write(tools: Tools, asked: AskedFeed) -> bytes:
    with reading(tools.engine) as connection:
        return b"".join(asked.write(asked.read(connection)))


@pytest.mark.parametrize("named", FORMATS)
def test_feedmill_stores_the_same_articles_from_its_own_feeds(
    tools: Tools, publisher: Publisher, upstream: dict[str, RowMapping], named: str
):
    add(tools, publisher.serve("/out", _write(tools, AskedFeed(format=named)), FORMATS[named].media_type))
    poll(tools)
    downstream = {row["guid"]: row for row in _stored(tools, feed_id=3)}
    assert downstream.keys() == upstream.keys()
    others = [(key, row) for key, row in upstream.items() if named != "rss" or row["title"] != NO_TITLE_OF_RSS]
    for key, row in others:
        assert _said(downstream[key], named) == _said(row, named)


def _said(row: RowMapping, named: str) -> dict[str, Any]:
    """What is the same everywhere; JSON Feed says of an episode how long it is, and nothing else."""
    podcast = row["podcast"] or {}
    return {name: row[name] for name in SAME} | {"podcast": podcast.get("duration") if named == "json" else podcast}


@pytest.mark.parametrize("named", ["atom", "rss"])
def test_feedparser_finds_nothing_wrong_with_what_is_written(tools: Tools, upstream: dict[str, RowMapping], named: str):
    read = feedparser.parse(_write(tools, AskedFeed(format=named)))
    assert (read.bozo, {entry.id for entry in read.entries}) == (False, {*upstream})


@pytest.mark.parametrize("named", FORMATS)
def test_what_is_written_is_valid(tools: Tools, upstream: dict[str, RowMapping], named: str):
    here = AskedFeed(format=named, self_url="https://news.example/out/all?q=a&limit=9", is_collapsed=True)
    assert FAULTS[named](_write(tools, here)) == FAULTS[named](_write(tools, AskedFeed(format=named))) == []


@pytest.mark.parametrize("named", FORMATS)
def test_a_feed_without_articles_is_valid_too(tools: Tools, named: str):
    assert FAULTS[named](_write(tools, AskedFeed(format=named))) == []
