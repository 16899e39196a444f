"""What a poll finds, and what of it is stored."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.documents import item, rss
from tests.polling import add, count, poll, poll_again, schedule, titles
from tests.servers.publisher import Answer, Publisher
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.database.feed_tables import PollRow, ScheduleRow
from worker.database.outbox_tables import EventRow
from worker.pipeline.tools import Tools
from worker.values.outcomes import Outcome


def test_a_poll_stores_articles_sightings_revisions_events_and_its_own_row(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one"), item("two")])))
    (record,) = poll(tools)
    assert (record.outcome, record.new, record.entries) == (Outcome.NEW, 2, 2)
    assert [count(tools, table) for table in (ArticleRow, SightingRow, RevisionRow, EventRow, PollRow)] == [
        2,
        2,
        2,
        2,
        1,
    ]


def test_a_document_served_twice_is_parsed_once(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    poll(tools)
    record = poll_again(tools)
    assert (record.outcome, record.http_status, record.parser) == (Outcome.UNCHANGED, 200, None)


def test_validators_are_sent_back_byte_for_byte(tools: Tools, publisher: Publisher) -> None:
    modified = "Mon, 23 Nov 2026 07:30:00 GMT"
    publisher.on("/feed", Answer(rss([item("one")]), headers={"ETag": 'W/"odd etag"', "Last-Modified": modified}))
    add(tools, publisher.url("/feed"))
    poll(tools)
    publisher.on("/feed", Answer(status=304))
    record = poll_again(tools)
    sent = publisher.requests[-1].headers
    assert (record.outcome, record.http_status) == (Outcome.UNCHANGED, 304)
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('W/"odd etag"', modified)


@pytest.mark.parametrize("status", [200, 304])
def test_retry_after_holds_on_an_answer_that_is_no_error(tools: Tools, publisher: Publisher, status: int) -> None:
    publisher.serve("/feed", rss([item("one")]), ETag='"1"')
    add(tools, publisher.url("/feed"))
    poll(tools)
    publisher.on("/feed", Answer(rss([item("one")]), status=status, headers={"Retry-After": "172800"}))
    record = poll_again(tools)
    assert (record.http_status, record.next_poll.reason) == (status, "the publisher's Retry-After of 2d")


def test_what_a_document_asks_for_holds_while_it_does_not_change(tools: Tools, publisher: Publisher) -> None:
    publisher.serve("/feed", rss([item("one")], head="<ttl>1440</ttl>"))
    add(tools, publisher.url("/feed"))
    assert [poll(tools)[0].next_poll.reason, poll_again(tools).next_poll.reason] == ["the publisher's ttl of 1d"] * 2


def test_only_the_new_entry_of_a_changed_document_is_stored(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    poll(tools)
    publisher.serve("/feed", rss([item("two"), item("one")]))
    assert poll_again(tools).new == 1
    assert titles(tools) == ["one", "two"]


def test_an_edited_entry_is_a_revision(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one", "First words.")])))
    poll(tools)
    publisher.serve("/feed", rss([item("one", "Other words.")]))
    record = poll_again(tools)
    assert (record.new, record.updated) == (0, 1)
    with reading(tools.engine) as connection:
        assert connection.execute(select(ArticleRow.text, ArticleRow.revision)).one() == ("Other words.", 2)
        kept = connection.execute(select(RevisionRow.number, RevisionRow.text).order_by(RevisionRow.number)).all()
    assert kept == [(1, "First words."), (2, None)]


def test_a_feed_that_breaks_and_is_mended_revises_nothing(tools: Tools, publisher: Publisher) -> None:
    items = [
        item("one", "&lt;p&gt;Rain &amp;amp; snow&lt;/p&gt;"),
        item("two", "It’s “so”.", guid="http://127.0.0.1/?a=1&amp;b=2"),
    ]
    add(tools, publisher.serve("/feed", rss(items)))
    records = poll(tools)
    for title in ("Wind & weather", "Wind &amp; weather"):
        publisher.serve("/feed", rss(items, title=title))
        records.append(poll_again(tools))
    assert [record.parser for record in records] == ["expat", "mended", "expat"]
    assert [(record.new, record.updated) for record in records] == [(2, 0), (0, 0), (0, 0)]


def test_an_edit_taken_back_shows_the_first_revision_again(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one", "First words.")])))
    poll(tools)
    for words in ("Other words.", "First words."):
        publisher.serve("/feed", rss([item("one", words)]))
        poll_again(tools)
    with reading(tools.engine) as connection:
        assert connection.execute(select(ArticleRow.text, ArticleRow.revision)).one() == ("First words.", 1)
        kept = connection.execute(select(RevisionRow.number, RevisionRow.text).order_by(RevisionRow.number)).all()
    assert kept == [(1, None), (2, "Other words.")]


def test_an_entry_that_leaves_and_returns_is_not_new(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    poll(tools)
    publisher.serve("/feed", rss([item("two")]))
    poll_again(tools)
    with reading(tools.engine) as connection:
        left = select(SightingRow.guid).where(SightingRow.left_at.is_not(None))
        assert connection.execute(left).scalars().all() == ["one"]
    publisher.serve("/feed", rss([item("two"), item("one")]))
    assert poll_again(tools).new == 0
    with reading(tools.engine) as connection:
        assert connection.execute(left).scalars().all() == []


def test_two_feeds_of_one_site_share_an_article(tools: Tools, publisher: Publisher) -> None:
    page = publisher.url("/page-1")
    first = publisher.serve("/a", rss([item("one", guid="a1", link=page)]))
    second = publisher.serve("/b", rss([item("one", guid="b1", link=page)]))
    add(tools, first)
    poll(tools)
    add(tools, second)
    poll(tools)
    assert (titles(tools), count(tools, SightingRow)) == (["one"], 2)


def test_a_link_blog_never_rewrites_the_publishers_article(tools: Tools, publisher: Publisher) -> None:
    page = "https://news.example/page-1"
    with Publisher("127.0.0.2") as blog:
        add(tools, publisher.serve("/a", rss([item("one", guid="a1", link=page)], site="https://news.example/")))
        add(tools, blog.serve("/b", rss([item("look at this", guid="b1", link=page)], site="https://blog.example/")))
        poll(tools)
    assert titles(tools) == ["look at this", "one"]


def test_a_failure_is_stored_with_its_class_and_backs_off(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/feed", Answer(status=500))
    add(tools, publisher.url("/feed"))
    (record,) = poll(tools)
    stored = schedule(tools)
    assert (record.outcome, stored.failures, stored.error_class) == (Outcome.TRANSIENT, 1, "http 5xx")
    assert timedelta(minutes=4) < stored.next_poll_at - stored.last_attempt_at < timedelta(minutes=8)


def test_success_clears_the_failures(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/feed", Answer(status=500))
    add(tools, publisher.url("/feed"))
    poll(tools)
    publisher.serve("/feed", rss([item("one")]))
    poll_again(tools)
    stored = schedule(tools)
    assert (stored.failures, stored.error_class, stored.error) == (0, None, None)


def test_a_failure_keeps_the_validators_of_the_last_good_document(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/feed", Answer(rss([item("one")]), headers={"ETag": '"good"'}))
    add(tools, publisher.url("/feed"))
    poll(tools)
    publisher.on("/feed", Answer(b"oops", status=500, headers={"ETag": '"bad"'}))
    poll_again(tools)
    assert schedule(tools).etag == '"good"'


def test_a_web_page_is_not_a_feed(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", b"<!DOCTYPE html><html><body>Hello</body></html>", "text/html"))
    (record,) = poll(tools)
    assert (record.outcome, str(record.error)) == (
        Outcome.PERMANENT,
        "not a feed: the host served an HTML page, not a feed",
    )


def test_every_schedule_lies_in_the_future_after_a_poll(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/a", rss([item("one")])), publisher.serve("/b", b"nonsense"), publisher.url("/none"))
    poll(tools)
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
        assert all(at > now for at in connection.execute(select(ScheduleRow.next_poll_at)).scalars())


def test_an_empty_store_has_nothing_to_poll(tools: Tools) -> None:
    assert poll(tools) == []
