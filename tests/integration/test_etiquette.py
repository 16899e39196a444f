"""How publishers judge a poller: one plain request for each poll, and nothing beside it."""

import re

from sqlalchemy import select

from tests.documents import item, rss
from tests.polling import add, poll, poll_again, titles
from tests.servers.publisher import Answer, Publisher
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow
from worker.pipeline.tools import Tools

# Everything in a feed that a reader might be tempted to fetch.
TEMPTING = """<?xml version="1.0"?>
<?xml-stylesheet type="text/xsl" href="{root}style.xsl"?>
<!DOCTYPE rss SYSTEM "{root}rss.dtd" [<!ENTITY % more SYSTEM "{root}more.ent"> %more; <!ENTITY x SYSTEM "{root}x">]>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
  xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>News</title><link>{root}</link><description>&x;</description>
<image><url>{root}image.png</url></image><atom:icon>{root}icon.png</atom:icon><atom:logo>{root}logo.png</atom:logo>
<atom:link rel="hub" href="{root}hub"/><atom:link rel="next" href="{root}feed?page=2"/>
<atom:link rel="self" href="{root}self"/><itunes:new-feed-url>{root}new</itunes:new-feed-url>
<xi:include href="{root}include.xml"/>
<item><guid isPermaLink="true">{root}one</guid><title>one</title><link>{root}one</link>
<comments>{root}comments</comments><description><![CDATA[<img src="{root}pixel.gif"><iframe src="{root}frame">
<script src="{root}script.js"></script><link rel="stylesheet" href="{root}style.css">]]></description>
<enclosure url="{root}one.mp3" type="audio/mpeg" length="1"/><media:thumbnail url="{root}thumb.png"/></item>
</channel></rss>"""


def test_a_poll_is_one_request_whatever_the_document_tempts_to(tools: Tools, publisher: Publisher) -> None:
    body = TEMPTING.format(root=publisher.url("/")).encode()
    add(tools, publisher.serve("/feed", body) + "?a=1&b=%7E#top")
    poll(tools)
    assert titles(tools) == ["one"]
    assert [(request.method, request.target) for request in publisher.requests] == [("GET", "/feed?a=1&b=%7E")]


def test_requests_say_who_asks_and_nothing_of_where_we_were(tools: Tools, publisher: Publisher) -> None:
    cookie = {"Set-Cookie": "seen=yes; Path=/", "Location": "/feed"}
    publisher.on("/feed", Answer(rss([item("one")]), headers=cookie))
    add(tools, publisher.on("/old", Answer(status=301, headers=cookie)))
    poll(tools)
    poll_again(tools)
    assert [request.path for request in publisher.requests] == ["/old", "/feed"] * 2
    # A cookie goes back along the chain of redirects that set it, and no further.
    assert [request.headers.pop("cookie", None) for request in publisher.requests] == [None, "seen=yes"] * 2
    for request in publisher.requests:
        assert request.headers.keys() == {"host", "user-agent", "accept", "accept-encoding"}
        assert "gzip" in request.headers["accept-encoding"]
        # A name, a version and a page about it (RFC 9110, section 10.1.5).
        assert re.fullmatch(r"Feedmill/\d[\w.+-]* \(\+https://[^)]+\)", request.headers["user-agent"])


def test_what_a_feed_asks_of_pollers_is_kept_with_it(tools: Tools, publisher: Publisher) -> None:
    wishes = "<ttl>120</ttl><skipHours><hour>1</hour><hour>2</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    add(tools, publisher.serve("/feed", rss([item("one")], head=wishes)))
    poll(tools)
    with reading(tools.engine) as connection:
        kept = connection.execute(select(FeedRow.hints)).scalar_one()
    assert kept == {"ttl": 7200, "skip_hours": [1, 2], "skip_days": [6]}
