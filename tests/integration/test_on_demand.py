"""Polling what somebody names."""

from sqlalchemy import select

from tests.documents import item, rss
from tests.polling import add, count, poll, titles
from tests.servers.publisher import Publisher
from worker.database.engine import writing
from worker.database.feed_tables import FeedRow
from worker.feeds import pause_feed
from worker.pipeline import poll_by_name
from worker.tools import Tools


def test_naming_a_feed_polls_it_before_it_is_due(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    add(tools, url)
    poll(tools)
    publisher.serve("/feed", rss([item("two"), item("one")]))
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert polled.record
    assert polled.record.new == 1


def test_naming_an_unknown_url_adds_the_feed_there(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert polled.is_kept
    assert (count(tools, FeedRow), titles(tools)) == (1, ["one"])


def test_naming_an_unknown_url_without_a_feed_adds_nothing(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/page", b"<html></html>", "text/html")
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert not polled.is_kept
    assert count(tools, FeedRow) == 0


def test_a_paused_feed_says_how_to_resume_it(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([]))
    add(tools, url)
    with writing(tools.engine) as connection:
        pause_feed(connection, connection.execute(select(FeedRow.id)).scalar_one())
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert polled.refusal
    assert "feedmill resume" in polled.refusal
    assert publisher.requests == []
