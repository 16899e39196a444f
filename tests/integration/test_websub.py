"""A feed with a hub: what is asked of the hub, what it delivers, and what that does to the feed's polls."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.documents import item
from tests.polling import add, now_of, poll, poll_again, schedule, titles
from tests.servers.publisher import Publisher
from tests.websub import Pushing, named, pushing, rows, waiting
from worker.database.engine import writing
from worker.database.feed_tables import PollRow, ScheduleRow
from worker.database.websub_tables import DeliveryRow, SubscriptionRow
from worker.manage.feeds import pause_feed, resume_feed
from worker.pipeline.tools import Tools
from worker.websub.subscribing import keep_subscriptions
from worker.websub.subscriptions import claim_due

_DAY = timedelta(days=1)


@pytest.fixture
def feed(tools: Tools, publisher: Publisher) -> Iterator[Pushing]:
    with pushing(tools, publisher) as feed:
        yield feed


def test_a_hub_that_a_feed_names_is_asked_and_verifies(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    (form,) = feed.hub.asked
    assert (form["hub.mode"], form["hub.topic"], form["hub.lease_seconds"]) == ("subscribe", feed.url, "864000")
    stored = feed.subscription()
    assert (stored.state, stored.asking) == ("active", None)
    assert timedelta(days=9) < stored.lease_until - now_of(feed.tools) < timedelta(days=11)
    assert feed.ask() == []


def test_what_a_hub_delivers_is_stored_at_once_and_told_in_the_ledger(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    planned = schedule(feed.tools).next_poll_at
    (taken,) = feed.push([item("two")])
    assert [taken.record and taken.record.new] == [1]
    assert titles(feed.tools) == ["one", "two"]
    assert rows(feed.tools, PollRow)[-1].next_poll_reason == "pushed by its hub (WebSub): the next poll stays as it is"
    assert schedule(feed.tools).next_poll_at == planned


def test_a_delivery_that_comes_again_is_taken_and_read_no_more(feed: Pushing) -> None:
    feed.subscribe()
    assert len(feed.push([item("one")])) == 1
    assert feed.push([item("one")]) == []
    assert len(rows(feed.tools, DeliveryRow)) == 1


def test_a_hub_that_brought_what_a_poll_would_have_found_is_left_to_it_for_a_day(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    assert poll_again(feed.tools).next_poll.reason != "pushed by its hub (WebSub)"
    feed.push([item("two")])
    assert feed.trusted_until() == feed.subscription().lease_until
    feed.serve([item("one"), item("two")])
    record = poll_again(feed.tools)
    assert record.next_poll.reason == "pushed by its hub (WebSub)"
    assert timedelta(hours=20) < (record.next_poll.interval or _DAY * 2) <= _DAY


def test_a_hub_that_missed_an_entry_is_trusted_again_after_one_proof_more(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    feed.push([item("two")])
    feed.serve([item("one"), item("two"), item("three")])
    record = poll_again(feed.tools)
    assert record.note == "entries that its hub had not pushed: 1"
    assert record.next_poll.reason != "pushed by its hub (WebSub)"
    assert (feed.trusted_until(), feed.subscription().missed) == (None, 1)
    feed.push([item("four")])
    assert feed.trusted_until() is None
    feed.push([item("five")])
    assert feed.trusted_until() is not None


def test_what_waits_to_be_read_was_not_missed(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    feed.push([item("two")])
    feed.hub.distribute(feed.url, named([item("three")], feed.hub.url, feed.url))
    feed.serve([item("one"), item("two"), item("three")])
    poll_again(feed.tools)
    assert feed.subscription().missed == 0
    assert feed.trusted_until() is not None


def test_a_hub_that_denies_is_told_with_its_reason_and_the_feed_is_polled_now(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    feed.push([item("two")])
    assert feed.hub.deny(feed.url, "too many\nsubscribers").status_code == 200
    stored = feed.subscription()
    assert (stored.state, stored.reason, stored.lease_until) == (
        "denied",
        "its hub denied it: too many subscribers",
        None,
    )
    assert feed.trusted_until() is None
    assert schedule(feed.tools).requested_at is not None


def test_a_feed_that_is_paused_is_unsubscribed_and_one_that_is_resumed_subscribed_again(feed: Pushing) -> None:
    feed.subscribe()
    feed_id = schedule(feed.tools).feed_id
    with writing(feed.tools.engine) as connection:
        pause_feed(connection, feed_id)
    feed.ask()
    assert feed.hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert feed.hub.verify().ok
    feed.ask()
    assert feed.subscription().state == "ended"
    now = now_of(feed.tools)
    with writing(feed.tools.engine) as connection:
        resume_feed(connection, now, feed_id)
    feed.ask()
    assert feed.hub.asked[-1]["hub.mode"] == "subscribe"


def test_a_feed_that_names_another_hub_leaves_the_first_one(feed: Pushing, publisher: Publisher) -> None:
    feed.subscribe()
    publisher.serve("/feed", named([item("one")], publisher.url("/other"), feed.url))
    publisher.serve("/other", b"")
    poll_again(feed.tools)
    assert feed.ask() == []
    feed.pass_time(timedelta(days=1))
    assert {each.mode for each in feed.ask()} == {"subscribe", "unsubscribe"}
    assert feed.hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert feed.hub.verify().ok
    feed.ask()
    assert [each.hub_url for each in rows(feed.tools, SubscriptionRow)] == [publisher.url("/other")]


def test_without_a_public_url_nothing_is_asked_and_trust_ends(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    feed.push([item("two")])
    assert list(keep_subscriptions(feed.tools, None, lambda: False)) == []
    stored = feed.subscription()
    assert (stored.state, stored.reason, stored.lease_until) == ("named", "FEEDMILL_PUBLIC_URL is not set", None)
    assert feed.trusted_until() is None
    assert schedule(feed.tools).requested_at is not None
    assert feed.hub.distribute(feed.url, b"late") == [410]


def test_a_delivery_without_a_document_asks_for_a_poll_at_most_once_a_minute(feed: Pushing) -> None:
    feed.subscribe([item("one")])
    assert feed.hub.distribute(feed.url, b"") == [202]
    feed.take()
    assert schedule(feed.tools).requested_at is None
    assert waiting(feed.tools) == 1
    long_ago = now_of(feed.tools) - timedelta(hours=1)
    with writing(feed.tools.engine) as connection:
        connection.execute(update(ScheduleRow).values(last_attempt_at=long_ago))
        connection.execute(update(DeliveryRow).values(claimable_at=long_ago))
    feed.take()
    assert schedule(feed.tools).requested_at is not None
    assert waiting(feed.tools) == 0


def test_of_two_workers_only_one_asks_a_hub(feed: Pushing) -> None:
    feed.serve([])
    add(feed.tools, feed.url)
    poll(feed.tools)
    now = now_of(feed.tools)
    with writing(feed.tools.engine) as connection:
        assert claim_due(connection, now, feed.credentials.fingerprint)
    assert feed.ask() == []
