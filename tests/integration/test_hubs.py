"""What a hub may say and leave out, and what becomes of its feed and of the subscription then."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.documents import item
from tests.polling import add, now_of, poll, poll_again, schedule, titles
from tests.servers.publisher import Answer, Publisher
from tests.storing import sightings, texts
from tests.websub import Pushing, named, pushing, rows
from worker.database.engine import writing
from worker.database.feed_tables import PollRow, ScheduleRow
from worker.database.websub_tables import DeliveryRow, SubscriptionRow
from worker.pipeline.tools import Tools

# What is decided has nothing to do with the database; tests/integration/test_websub.py goes through both.
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def feed(tools: Tools, publisher: Publisher) -> Iterator[Pushing]:
    with pushing(tools, publisher) as feed:
        yield feed


def test_no_secret_is_in_the_store(feed: Pushing) -> None:
    feed.subscribe()
    (form,), stored = feed.hub.asked, repr(rows(feed.tools, SubscriptionRow))
    assert form["hub.secret"] not in stored
    assert form["hub.callback"].rpartition("/")[2] not in stored


def test_a_hub_that_verifies_before_it_answers_is_subscribed_to(feed: Pushing) -> None:
    feed.hub.is_prompt = True
    feed.serve([])
    add(feed.tools, feed.url)
    poll(feed.tools)
    feed.ask()
    assert feed.subscription().state == "active"


def test_what_a_delivery_lacks_has_not_left_the_feed_and_is_no_gap(feed: Pushing) -> None:
    feed.subscribe([item("one"), item("two")])
    feed.push([item("three")])
    assert [each.left_at for each in sightings(feed.tools)] == [None, None, None]
    assert rows(feed.tools, PollRow)[-1].note is None


def test_a_poll_after_a_delivery_asks_with_the_validators_of_the_poll_before(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    feed.push([item("two")])
    assert poll_again(feed.tools).http_status == 304
    assert [each.left_at for each in sightings(feed.tools)] == [None, None]


def test_an_older_document_that_comes_late_brings_back_no_older_words(feed: Pushing) -> None:
    made = "<lastBuildDate>Mon, 23 Nov 2026 08:00:00 +0000</lastBuildDate>"
    feed.subscribe()
    body = named([item("one", "Old words.")], feed.hub.url, feed.url).replace(b"<item>", made.encode() + b"<item>", 1)
    feed.push([item("one", "New words.")])
    feed.hub.distribute(feed.url, body)
    feed.take()
    assert texts(feed.tools) == ["New words."]


def test_a_lease_is_renewed_before_it_ends_and_trust_goes_with_it(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    feed.push([item("two")])
    feed.pass_time(timedelta(days=9))
    feed.ask()
    assert feed.subscription().state == "active"
    feed.hub.verify()
    assert [form["hub.mode"] for form in feed.hub.asked] == ["subscribe", "subscribe"]
    assert feed.trusted_until() == feed.subscription().lease_until
    assert feed.subscription().lease_until > now_of(feed.tools) + timedelta(days=9)


def test_a_hub_that_fails_is_asked_later_and_the_feed_is_polled_meanwhile(feed: Pushing) -> None:
    feed.publisher.hang("/elsewhere")
    feed.serve([])
    add(feed.tools, feed.url)
    poll(feed.tools)
    feed.publisher.serve("/hub", b"")
    feed.publisher.redirect("/hub", "/elsewhere", 302)
    (asked,) = feed.ask()
    assert asked.error
    stored = feed.subscription()
    assert (stored.state, stored.failures) == ("failing", 1)
    assert stored.reason == "127.0.0.1 answered 302 (Found)"
    assert timedelta(minutes=4) < stored.next_attempt_at - now_of(feed.tools) < timedelta(minutes=8)


def test_a_hub_that_never_verifies_is_told_as_one_that_does_not_reach_us(feed: Pushing) -> None:
    feed.serve([])
    add(feed.tools, feed.url)
    poll(feed.tools)
    feed.ask()
    assert feed.subscription().state == "asked"
    feed.pass_time(timedelta(hours=2))
    feed.ask()
    stored = feed.subscription()
    assert (stored.state, stored.failures) == ("failing", 1)
    assert stored.reason == (
        "asked to subscribe, its hub took it and did not verify it: FEEDMILL_PUBLIC_URL must reach us"
    )


def test_a_self_link_to_another_host_is_the_topic_and_leaves_the_feeds_url_alone(
    feed: Pushing, publisher: Publisher
) -> None:
    add(feed.tools, publisher.serve("/feed", named([], feed.hub.url, "https://news.example/feed")))
    (record,) = poll(feed.tools)
    feed.ask()
    assert feed.hub.asked[0]["hub.topic"] == "https://news.example/feed"
    assert (record.url, poll_again(feed.tools).url) == (feed.url, feed.url)


def test_links_in_the_header_win_over_those_of_the_document(feed: Pushing, publisher: Publisher) -> None:
    links = f'<{feed.hub.url}>; rel="hub", <https://news.example/all>; rel=self'
    add(feed.tools, publisher.serve("/feed", named([], "https://other.example/hub", feed.url), Link=links))
    poll(feed.tools)
    assert (feed.subscription().hub_url, feed.subscription().topic) == (feed.hub.url, "https://news.example/all")


def test_a_hub_at_a_private_address_is_not_asked(feed: Pushing, publisher: Publisher) -> None:
    add(feed.tools, publisher.serve("/feed", named([], "http://10.0.0.1/hub", feed.url)))
    poll(feed.tools)
    (asked,) = feed.ask()
    assert "10.0.0.1" in str(asked.error)
    assert feed.subscription().state == "failing"


def test_a_document_of_another_feed_is_not_stored(feed: Pushing) -> None:
    feed.subscribe()
    other = named([item("forged")], feed.hub.url, "https://bank.example/feed")
    assert feed.hub.distribute(feed.url, other) == [202]
    (taken,) = feed.take()
    assert taken.reason == "it calls itself by the URL of another feed"
    assert titles(feed.tools) == []


def test_a_feed_learns_its_rhythm_from_what_is_pushed(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    poll_again(feed.tools)
    feed.push([item("two")])
    feed.serve([item("one"), item("two")])
    assert "less than" not in poll_again(feed.tools).next_poll.reason
    assert titles(feed.tools) == ["one", "two"]


def test_a_feed_that_calls_itself_otherwise_in_each_document_asks_its_hub_no_more_often(
    feed: Pushing, publisher: Publisher
) -> None:
    feed.subscribe()
    for number in range(3):
        publisher.serve("/feed", named([], feed.hub.url, f"{feed.url}?session={number}"))
        poll_again(feed.tools)
        assert feed.ask() == []
    assert len(rows(feed.tools, SubscriptionRow)) == 2
    assert feed.hub.distribute(feed.url, named([item("one")], feed.hub.url, feed.url)) == [202]
    feed.take()
    assert titles(feed.tools) == ["one"]


def test_a_feed_that_is_gone_is_unsubscribed(feed: Pushing, publisher: Publisher) -> None:
    feed.subscribe()
    publisher.on("/feed", Answer(status=410))
    assert poll_again(feed.tools).next_poll.ends_as == "gone"
    assert [each.mode for each in feed.ask()] == ["unsubscribe"]


def test_a_hub_that_cannot_be_told_to_stop_is_left_to_the_end_of_its_lease(feed: Pushing, publisher: Publisher) -> None:
    feed.subscribe()
    publisher.on("/feed", Answer(status=410))
    poll_again(feed.tools)
    publisher.on("/hub", Answer(status=500))
    for _ in range(6):
        feed.ask()
        if feed.subscription().next_attempt_at:
            feed.pass_time(timedelta(hours=2))
    assert (feed.subscription().state, feed.subscription().next_attempt_at) == ("ended", None)
    assert len(publisher.requests_of("/hub")) == 4


def test_a_delivery_that_may_have_ended_its_workers_is_read_no_more(feed: Pushing) -> None:
    feed.subscribe()
    feed.hub.distribute(feed.url, named([item("one")], feed.hub.url, feed.url))
    with writing(feed.tools.engine) as connection:
        connection.execute(update(DeliveryRow).values(attempts=3))
    (taken,) = feed.take()
    assert taken.reason == "reading it was given up several times"
    assert titles(feed.tools) == []


def test_each_push_puts_the_poll_of_a_busy_feed_off_but_never_the_daily_one(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    poll_again(feed.tools)
    feed.push([item("two")])
    feed.serve([item("one"), item("two")])
    poll_again(feed.tools)
    soon, polled_at = now_of(feed.tools) + timedelta(minutes=10), schedule(feed.tools).last_success_at
    with writing(feed.tools.engine) as connection:
        connection.execute(update(ScheduleRow).values(next_poll_at=soon))
    feed.push([item("three")])
    assert schedule(feed.tools).next_poll_at > soon + timedelta(minutes=40)
    assert schedule(feed.tools).next_poll_at <= polled_at + timedelta(days=1)


def test_a_hub_that_has_moved_is_asked_where_it_is_now(feed: Pushing, publisher: Publisher) -> None:
    add(feed.tools, publisher.serve("/feed", named([], publisher.url("/former", "localhost"), feed.url)))
    publisher.redirect("/former", feed.hub.url, 308)
    poll(feed.tools)
    (asked,) = feed.ask()
    assert asked.error is None
    assert feed.hub.verify().ok
    assert feed.subscription().state == "active"
