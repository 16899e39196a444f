"""Feeds that are asked for in another way than others: kept, polled so, and told without a secret."""

import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.documents import item, rss
from tests.polling import add, make_due, now_of, poll, poll_again, schedule
from tests.servers.messages import Request
from tests.servers.publisher import Answer, Publisher
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, PollRow, ScheduleRow
from worker.discovery.lost_feeds import seek_feeds
from worker.errors import ErrorClass, NamedError
from worker.fetch import NO_SECRETS, SecretsFile, SecretsFileError
from worker.look.health import read_health
from worker.manage.feed_requests import ChosenRequest, RequestChange, choose_request, find_request, forget_request
from worker.manage.feeds import find_feed
from worker.manage.new_urls import give_url
from worker.pipeline.tools import Tools
from worker.values.due_feeds import FeedState
from worker.values.outcomes import Outcome, PollRecord

BASIC = "Basic " + base64.b64encode(b"bob:hunter2").decode()
BOB = RequestChange(user="bob", password="hunter2")


@pytest.fixture
def file(tools: Tools) -> SecretsFile:
    """The secrets file that the tools read: beside an SQLite store, else where the test puts it."""
    found = tools.transfers._terms._secrets.file
    found.path = found.path or Path("secrets").resolve()
    return found


def set_request(tools: Tools, file: SecretsFile, change: RequestChange, name: str = "1") -> ChosenRequest:
    with writing(tools.engine) as connection:
        feed = find_feed(connection, name)
        assert feed
        return choose_request(connection, read_clock(connection).now(), feed, change, file)


def protect(publisher: Publisher, path: str, *titles: str) -> str:
    """Serve a feed to bob alone."""

    def respond(request: Request) -> Answer:
        is_bob = request.headers.get("authorization") == BASIC
        return Answer(rss([item(title) for title in titles])) if is_bob else Answer(status=401)

    return publisher.on(path, respond)


def test_a_password_that_is_kept_opens_every_poll(tools: Tools, publisher: Publisher, file: SecretsFile) -> None:
    add(tools, protect(publisher, "/feed", "one"))
    (refused,) = poll(tools)
    assert refused.error
    assert refused.error.sentence.endswith("it wants a password, which `feedmill set --user NAME` keeps")

    set_request(tools, file, BOB)

    assert [poll(tools)[0].outcome, poll_again(tools).outcome] == [Outcome.NEW, Outcome.UNCHANGED]


def test_a_failing_feed_is_polled_at_once_and_another_when_it_was_to_be(
    tools: Tools, publisher: Publisher, file: SecretsFile
) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    poll(tools)
    before = schedule(tools).next_poll_at

    set_request(tools, file, BOB)

    assert schedule(tools).next_poll_at == before
    protect(publisher, "/feed")
    set_request(tools, file, RequestChange(user="eve", password="x"))
    assert poll_again(tools).error
    set_request(tools, file, BOB)
    assert schedule(tools).next_poll_at <= now_of(tools)


def test_another_user_is_not_told_that_nothing_changed(tools: Tools, publisher: Publisher, file: SecretsFile) -> None:
    add(tools, publisher.serve_validated("/feed", rss([item("one")]), etag='"1"'))
    poll(tools)

    set_request(tools, file, BOB)
    poll_again(tools)

    assert "if-none-match" not in publisher.requests[-1].headers


def test_no_secret_is_in_the_store(tools: Tools, publisher: Publisher, file: SecretsFile) -> None:
    add(tools, protect(publisher, "/feed", "one"))
    set_request(tools, file, BOB)
    set_request(tools, file, RequestChange(headers={"X-Api-Key": "hunter3"}))
    poll(tools)
    with reading(tools.engine) as connection:
        stored = [repr(row) for table in (FeedRow, ScheduleRow, PollRow) for row in connection.execute(select(table))]
    assert "X-Api-Key" in stored[0]
    assert not any(secret in row for row in stored for secret in ("hunter2", "hunter3", BASIC))


def test_a_worker_without_the_secret_asks_nobody_and_says_what_it_lacks(
    tools: Tools, publisher: Publisher, file: SecretsFile
) -> None:
    add(tools, protect(publisher, "/feed", "one"))
    set_request(tools, file, BOB)
    assert file.path
    moved = file.path.rename(file.path.with_name("elsewhere"))

    (record,) = poll(tools)

    assert record.error
    assert record.error.error_class is ErrorClass.SETTINGS
    said = f"the password of user bob is not known here: there is no secrets file {file.path}: `feedmill set` makes it"
    assert (record.error.sentence, record.outcome) == (said, Outcome.TRANSIENT)
    assert publisher.requests == []
    # As soon as it is there it is used: no worker need be started again.
    moved.rename(file.path)
    assert poll_again(tools).outcome is Outcome.NEW


def test_settings_that_cannot_be_read_ask_nobody(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(request={"proxy": "none", "of a newer version": True}))

    (record,) = poll(tools)

    assert record.error
    assert record.error.error_class is ErrorClass.SETTINGS
    assert publisher.requests == []


def test_what_was_given_stays_with_its_origin_when_the_feed_moves(
    tools: Tools, publisher: Publisher, file: SecretsFile
) -> None:
    with Publisher("127.0.0.9") as elsewhere:
        elsewhere.serve("/new", rss([item("one")]))
        add(tools, publisher.redirect("/old", elsewhere.url("/new")))
        set_request(tools, file, BOB)

        record = _poll_for_a_week(tools)
        poll_again(tools)

        assert record.note
        assert record.note.endswith(
            f"what was given for {publisher.url('').rstrip('/')} is not sent here: `feedmill set` it again"
        )
        assert {request.headers.get("authorization") for request in publisher.requests} == {BASIC}
        assert {request.headers.get("authorization") for request in elsewhere.requests} == {None}


def _poll_for_a_week(tools: Tools) -> PollRecord:
    poll(tools)
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(moved_since=read_clock(connection).now() - timedelta(days=7)))
    make_due(tools)
    poll(tools)
    return poll_again(tools)


def test_a_feed_that_is_removed_leaves_no_secret(tools: Tools, publisher: Publisher, file: SecretsFile) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    add(tools, url)
    set_request(tools, file, BOB)
    with writing(tools.engine) as connection:
        forget_request(connection, 1, file)
        assert find_request(connection, 1).user is None
    assert file.find(url) == NO_SECRETS


def test_a_secret_that_cannot_be_kept_changes_nothing(tools: Tools, publisher: Publisher, file: SecretsFile) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    assert file.path
    file.path.mkdir()
    with pytest.raises(SecretsFileError, match="the secrets file .* cannot be used: is a directory"):
        set_request(tools, file, BOB)
    with reading(tools.engine) as connection:
        assert find_request(connection, 1).user is None


def test_insecure_feeds_are_counted(tools: Tools, publisher: Publisher, file: SecretsFile) -> None:
    add(tools, publisher.url("/1"), publisher.url("/2"), publisher.url("/3"))
    set_request(tools, file, RequestChange(is_insecure=True))
    set_request(tools, file, RequestChange(user_agent="Other/1"), "2")
    with reading(tools.engine) as connection:
        assert read_health(connection, now_of(tools)).insecure == 1


def test_a_lost_feed_is_looked_for_as_it_was_polled(tools: Tools, publisher: Publisher, file: SecretsFile) -> None:
    add(tools, publisher.url("/gone"))
    set_request(tools, file, RequestChange(user_agent="Other/1"))
    publisher.serve("/", b"<html><title>x</title></html>", "text/html")
    with writing(tools.engine) as connection:
        facts = {"state": FeedState.GONE, "site_url": publisher.url("/")}
        connection.execute(update(FeedRow).values(facts))
        connection.execute(update(ScheduleRow).values(failing_since=read_clock(connection).now(), next_poll_at=None))

    list(seek_feeds(tools, lambda: False))

    assert {request.headers["user-agent"] for request in publisher.requests} == {"Other/1"}


# Giving another URL by hand ------------------------------------------------------------------------------------------
Give = Callable[..., tuple[int, str]]


@pytest.fixture
def give(tools: Tools) -> Give:
    def give(name: str, url: str, *, merge: bool = False) -> tuple[int, str]:
        with writing(tools.engine) as connection:
            feed = find_feed(connection, name)
            assert feed
            moved = give_url(connection, read_clock(connection).now(), feed, url, merge=merge)
            return moved.feed_id, moved.url

    return give


def test_a_feed_that_is_moved_by_hand_is_polled_there_and_found_under_both_urls(
    tools: Tools, publisher: Publisher, give: Give
) -> None:
    old, new = publisher.url("/old"), publisher.serve("/new", rss([item("one")]))
    add(tools, old)
    poll(tools)

    assert give("1", new) == (1, new)

    assert [record.outcome for record in poll(tools)] == [Outcome.NEW]
    with reading(tools.engine) as connection:
        assert [feed.feed_id for feed in (find_feed(connection, url) for url in (old, new)) if feed] == [1, 1]


def test_a_url_that_another_feed_has_is_given_only_where_the_two_are_to_be_one(tools: Tools, give: Give) -> None:
    add(tools, "http://a.example/feed", "http://b.example/feed")
    with pytest.raises(NamedError, match="b.example/feed is feed 2 already: `feedmill set 1 --url .* --merge` makes"):
        give("1", "http://b.example/feed")
    assert give("1", "http://b.example/feed", merge=True) == (2, "http://b.example/feed")
    with reading(tools.engine) as connection:
        found = find_feed(connection, "http://a.example/feed")
    assert found
    assert found.feed_id == 2


def test_a_url_that_another_feed_had_is_not_taken_from_it(tools: Tools, give: Give) -> None:
    add(tools, "http://a.example/feed", "http://b.example/feed")
    give("2", "http://b.example/new")
    with pytest.raises(NamedError, match="is a former URL of feed 2, which is at http://b.example/new now"):
        give("1", "http://b.example/feed", merge=True)


def test_a_feed_moves_back_to_a_url_that_it_had(tools: Tools, give: Give) -> None:
    add(tools, "http://a.example/feed")
    give("1", "http://a.example/new")
    assert give("1", "http://a.example/feed") == (1, "http://a.example/feed")


def test_the_url_that_a_feed_has_is_no_other_one(tools: Tools, give: Give) -> None:
    add(tools, "http://a.example/feed")
    with pytest.raises(NamedError, match="has that URL already"):
        give("1", "http://A.example:80/feed")


def test_a_paused_feed_stays_paused_where_it_is_moved(tools: Tools, give: Give) -> None:
    add(tools, "http://a.example/feed")
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(state=FeedState.PAUSED))
    give("1", "http://a.example/new")
    with reading(tools.engine) as connection:
        assert connection.execute(select(FeedRow.state)).scalar_one() == FeedState.PAUSED
