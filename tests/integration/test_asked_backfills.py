"""Older documents of a feed are read when somebody asks for them."""

from datetime import datetime, timedelta

import pytest

from tests.older_documents import document_at, named, read, rows
from tests.polling import add, now_of, poll, titles
from tests.retention import age, prune_older_than
from tests.servers.publisher import Publisher
from worker.backfill.asking import ask_for_older
from worker.database.engine import writing
from worker.errors import NamedError
from worker.manage.feeds import find_feed, pause_feed
from worker.pipeline.tools import Tools


def ask(tools: Tools, url: str, since: datetime | None = None) -> None:
    with writing(tools.engine) as connection:
        feed = find_feed(connection, url)
        assert feed
        ask_for_older(connection, now_of(tools), feed, since)


def test_what_somebody_asks_for_is_read_back_to_the_oldest_document(tools: Tools, publisher: Publisher) -> None:
    at = now_of(tools)
    url = publisher.serve("/feed", document_at(named(11, 15), at, "/page/2", "next"))
    publisher.serve("/page/2", document_at(named(6, 10), at - timedelta(days=400), "/page/3", "next"))
    publisher.serve("/page/3", document_at(named(1, 5), at - timedelta(days=800)))
    add(tools, url)
    ask(tools, url)
    # A feed that was never polled has no older documents yet.
    assert read(tools) == []
    poll(tools)
    assert [step.new for step in read(tools)] == [0, 5, 5]
    assert titles(tools) == sorted(named(1, 15))
    (row,) = rows(tools)
    assert (row.outcome, row.reason) == ("filled", "it came to the oldest document")


def test_what_is_asked_for_again_takes_the_place_of_what_was_asked_for(tools: Tools, publisher: Publisher) -> None:
    at = now_of(tools)
    url = publisher.serve("/feed", document_at(named(11, 15), at, "/page/2", "next"))
    publisher.serve("/page/2", document_at(named(6, 10), at - timedelta(days=400), "/page/3", "next"))
    add(tools, url)
    poll(tools)
    ask(tools, url)
    ask(tools, url, since=at - timedelta(days=1))
    assert [step.new for step in read(tools)] == [0, 0]
    first, second = rows(tools)
    assert (first.outcome, first.reason) == ("given up", "it was asked for again")
    assert second.outcome == "filled"
    assert second.reason.startswith("it came to entries from before ")


def test_older_documents_of_feeds_that_are_not_polled_are_not_asked_for(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", document_at(named(1, 5), now_of(tools), "/page/2", "next"))
    add(tools, url)
    poll(tools)
    ask(tools, url)
    with writing(tools.engine) as connection:
        pause_feed(connection, 1)
    assert read(tools) == []
    with pytest.raises(NamedError, match="is paused: once `feedmill resume` polls it"):
        ask(tools, url)


def test_what_retention_pruned_is_not_brought_back(tools: Tools, publisher: Publisher) -> None:
    at = now_of(tools)
    url = publisher.serve("/feed", document_at(named(11, 15), at, "/page/2", "next"))
    publisher.serve("/page/2", document_at(named(6, 10), at - timedelta(days=400)))
    add(tools, url)
    poll(tools)
    ask(tools, url)
    assert [step.new for step in read(tools)] == [0, 5]
    age(tools.engine, timedelta(days=40))
    assert prune_older_than(tools.engine) == 5
    ask(tools, url)
    assert [step.new for step in read(tools)] == [0, 0]
    assert titles(tools) == sorted(named(11, 15))
