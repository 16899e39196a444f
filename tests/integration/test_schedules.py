"""What a poll writes of its feed's schedule, and what was written while it ran."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.documents import item, rss
from tests.polling import add, hosts, make_due, now_of, poll, poll_again, schedule
from tests.servers.publisher import Answer, Publisher
from worker.claim.due import request_polls
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.outbox_tables import EventRow
from worker.pipeline.tools import Tools
from worker.values.due_feeds import FeedState


def _moments(tools: Tools) -> tuple[datetime | None, datetime | None, datetime | None]:
    stored = schedule(tools)
    return stored.last_attempt_at, stored.last_success_at, stored.last_changed_at


def _request(tools: Tools) -> None:
    with writing(tools.engine) as connection:
        request_polls(connection, read_clock(connection).now(), [1])


def _feed(tools: Tools) -> FeedRow:
    with reading(tools.engine) as connection:
        return connection.execute(select(FeedRow)).one()


def test_it_is_known_when_a_feed_was_polled_answered_and_brought_something_new(
    tools: Tools, publisher: Publisher
) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    (new,) = poll(tools)
    assert _moments(tools) == (new.started_at,) * 3
    unchanged = poll_again(tools)
    assert _moments(tools) == (unchanged.started_at, unchanged.started_at, new.started_at)
    publisher.serve("/feed", rss([item("one")], title="Another title"))
    nothing_new = poll_again(tools)
    assert _moments(tools) == (nothing_new.started_at, nothing_new.started_at, new.started_at)
    publisher.on("/feed", Answer(status=500))
    failed = poll_again(tools)
    assert _moments(tools) == (failed.started_at, nothing_new.started_at, new.started_at)


def test_a_poll_answers_a_request_that_was_made_before_it(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    _request(tools)
    (record,) = poll(tools)
    stored = schedule(tools)
    assert (stored.requested_at, stored.next_poll_at) == (None, record.next_poll.at)


@pytest.mark.parametrize("status", [200, 304, 500])
def test_a_request_that_was_made_during_a_poll_is_still_to_be_answered(
    tools: Tools, publisher: Publisher, status: int
) -> None:
    waiting: list[bool] = []

    def respond(_request_during: object) -> Answer:
        waiting.append(schedule(tools).requested_at is not None)
        if len(waiting) == 1:
            _request(tools)
        return Answer(rss([item("one")]), status=status)

    add(tools, publisher.on("/feed", respond))
    assert len(poll(tools)) == 2
    assert (waiting, schedule(tools).requested_at) == ([False, True], None)


def test_a_host_is_claimable_when_the_first_of_its_feeds_is_due(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/rare", rss([], head="<ttl>1380</ttl>")), publisher.serve("/usual", rss([])))
    first, second = sorted(record.next_poll.at for record in poll(tools))
    assert second - first > timedelta(hours=6)
    assert hosts(tools)[0].claimable_at == first


def test_a_host_without_a_feed_to_poll_is_claimable_never(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.on("/feed", Answer(status=410)))
    poll(tools)
    assert hosts(tools)[0].claimable_at is None


@pytest.mark.parametrize(
    "answer",
    [Answer(rss([item("one")])), Answer(status=304), Answer(status=410), Answer(status=500)],
    ids=["new", "not modified", "gone", "failed"],
)
def test_a_worker_that_lost_its_lease_decides_nothing_of_its_feed(
    tools: Tools, publisher: Publisher, answer: Answer
) -> None:
    def respond(_request_during: object) -> Answer:
        with writing(tools.engine) as connection:
            connection.execute(update(HostRow).values(lease_token="its successor's"))
        return answer

    add(tools, publisher.on("/feed", respond))
    before, feed = schedule(tools)._asdict(), _feed(tools)
    poll(tools)
    # What is known of its entries is no decision.
    after = schedule(tools)._asdict() | {"edition": before["edition"]}
    assert (after, _feed(tools)) == (before, feed)
    assert hosts(tools)[0].lease_token == "its successor's"
    with reading(tools.engine) as connection:
        ended = select(EventRow.kind).where(EventRow.kind.startswith("feed"))
        assert connection.execute(ended).scalars().all() == []


def test_a_feed_that_is_gone_says_so_once_with_the_reason(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.on("/feed", Answer(status=410)))
    poll(tools)
    with reading(tools.engine) as connection:
        told = connection.execute(select(EventRow.kind, EventRow.feed_id, EventRow.details)).all()
    feed = _feed(tools)
    assert feed.state == FeedState.GONE
    assert told == [("feed gone", feed.id, {"reason": feed.state_reason})]
    assert feed.state_reason == schedule(tools).next_poll_reason


def test_what_a_document_does_not_say_of_its_feed_stays_and_what_it_asks_for_does_not(
    tools: Tools, publisher: Publisher
) -> None:
    site = "http://127.0.0.1/news"
    add(tools, publisher.serve("/feed", rss([item("one")], title="A feed", site=site, head="<ttl>1380</ttl>")))
    poll(tools)
    publisher.serve("/feed", rss([item("one"), item("two")], title="", site=""))
    record = poll_again(tools)
    feed = _feed(tools)
    assert (feed.title, feed.site_url) == ("A feed", site)
    assert "ttl" not in record.next_poll.reason
    assert "ttl" not in poll_again(tools).next_poll.reason


def test_a_poll_of_one_feed_writes_nothing_of_another(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])), publisher.on("/other", Answer(status=410)))
    with writing(tools.engine) as connection:
        other = connection.execute(select(FeedRow.id).where(FeedRow.url == publisher.url("/other"))).scalar_one()
        later = now_of(tools) + timedelta(days=1)
        connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == other).values(next_poll_at=later))
    poll(tools)
    with reading(tools.engine) as connection:
        untouched = connection.execute(select(ScheduleRow).where(ScheduleRow.feed_id == other)).one()
        title = connection.execute(select(FeedRow.title).where(FeedRow.id == other)).scalar_one()
    assert (untouched.next_poll_at, untouched.last_attempt_at, untouched.etag, title) == (later, None, None, None)
    make_due(tools)
    poll(tools)
    with reading(tools.engine) as connection:
        states = connection.execute(select(FeedRow.url, FeedRow.state)).all()
    assert {row.url: row.state for row in states} == {
        publisher.url("/feed"): FeedState.ACTIVE,
        publisher.url("/other"): FeedState.GONE,
    }
