"""Documents that are kept: what of them, for how long, and what that costs a poll."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.documents import item, rss
from tests.polling import add, follow, now_of, poll, poll_again
from tests.retention import age
from tests.servers.publisher import Publisher
from worker.database.document_tables import DocumentRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import PollRow
from worker.manage.feeds import remove_feed
from worker.pipeline.tools import Tools
from worker.retention.pruning import prune_some
from worker.settings import Settings
from worker.store.documents import find_document
from worker.store.feed_moves import move_feed
from worker.values.due_feeds import Document

KEPT = Settings(retain_documents=timedelta(days=30))


def _documents(tools: Tools) -> Sequence[Any]:
    with reading(tools.engine) as connection:
        return connection.execute(select(DocumentRow).order_by(DocumentRow.read_at)).all()


def _prune(tools: Tools, chosen: Settings) -> int:
    """Return how many documents one run removes."""
    return prune_some(tools.engine, chosen, lambda: False).documents


def test_nothing_is_kept_unless_the_settings_say_so(tools: Tools, publisher: Publisher) -> None:
    follow(tools, publisher, [item("a")])
    assert _documents(tools) == []


def test_all_that_reading_it_again_needs_is_kept(keeping: Tools, publisher: Publisher) -> None:
    body = rss([item("a")]).replace(b"UTF-8", b"windows-1252")
    to = publisher.serve("/new", body, "text/xml; charset=windows-1252", ETag='"1"')
    add(keeping, publisher.redirect("/feed", "/new", 302))
    (record,) = poll(keeping)
    (row,) = _documents(keeping)
    with reading(keeping.engine) as connection:
        kept = find_document(connection, 1, row.content_hash)
        started_at = connection.execute(select(PollRow.started_at)).scalar_one()
    assert kept
    assert kept.document == Document(to, body, "text/xml; charset=windows-1252")
    assert kept.is_newest
    assert row.polled_at == row.first_polled_at == started_at == record.started_at


def test_a_document_is_kept_once_however_often_it_is_served(keeping: Tools, publisher: Publisher) -> None:
    add(keeping, publisher.serve("/feed", rss([item("a")])))
    first, second = [*poll(keeping), poll_again(keeping)]
    publisher.serve("/feed", rss([item("b")]))
    between = poll_again(keeping)
    publisher.serve("/feed", rss([item("a")]))
    last = poll_again(keeping)
    other, same = _documents(keeping)
    assert [each.polled_at for each in (other, same)] == [between.started_at, last.started_at]
    assert same.first_polled_at == first.started_at < second.started_at
    assert second.started_at < between.started_at


def test_what_takes_its_place_notes_when_a_document_was_served_last(keeping: Tools, publisher: Publisher) -> None:
    add(keeping, publisher.serve("/feed", rss([item("a")])))
    poll(keeping)
    unchanged = poll_again(keeping)
    publisher.serve("/feed", rss([item("b")]))
    poll_again(keeping)
    first, _ = _documents(keeping)
    assert first.read_at < first.served_at == unchanged.started_at


def test_a_document_goes_once_it_has_not_been_served_for_long(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("a")], [item("b")])
    age(keeping.engine, timedelta(days=31))
    poll_again(keeping)
    assert _prune(keeping, KEPT) == 1
    (left,) = _documents(keeping)
    assert now_of(keeping) - left.served_at < timedelta(days=1), "it is served still"
    age(keeping.engine, timedelta(days=31))
    assert _prune(keeping, KEPT) == 1


def test_those_that_were_kept_go_once_none_is_to_be_kept(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("a")], [item("b")])
    assert _prune(keeping, KEPT) == 0
    assert _prune(keeping, Settings()) == 2


def test_a_feed_takes_its_documents_along_and_they_go_with_it(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("a")], [item("b")])
    add(keeping, publisher.serve("/other", rss([item("b")])))
    poll(keeping)
    with writing(keeping.engine) as connection:
        move_feed(connection, now_of(keeping), 1, publisher.url("/other"))
    assert [each.feed_id for each in _documents(keeping)] == [2, 2]
    with writing(keeping.engine) as connection:
        remove_feed(connection, 2, articles=True)
    assert _documents(keeping) == []
