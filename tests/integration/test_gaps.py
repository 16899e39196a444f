"""Entries that came and went between two polls: noted, counted, and a reason to poll sooner."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from tests.documents import PARAGRAPHS, item, rss
from tests.polling import add, follow, poll, poll_again
from tests.servers.publisher import Answer, Publisher
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, PollRow
from worker.look.feed_listing import list_feeds
from worker.look.listings import Wanted
from worker.manage.feeds import forget_validators
from worker.pipeline.tools import Tools

NOTE = "a gap: all 2 entries are new and none of the 2 before is left"
OLD, NEW = [item("b"), item("a")], [item("d"), item("c")]


def _gaps(tools: Tools) -> int:
    with reading(tools.engine) as connection:
        return connection.execute(select(FeedRow.gaps)).scalar_one()


def _notes(tools: Tools) -> Sequence[str | None]:
    with reading(tools.engine) as connection:
        return connection.execute(select(PollRow.note).order_by(PollRow.id)).scalars().all()


def test_a_gap_is_noted_with_its_poll_counted_with_its_feed_and_a_reason_to_poll_soon(
    tools: Tools, publisher: Publisher
) -> None:
    records = follow(tools, publisher, OLD, NEW, NEW, [item("f"), item("e")])
    assert _notes(tools) == [None, NOTE, None, NOTE]
    assert "; entries were missed, so no later" in records[-1].next_poll.reason
    assert records[-1].next_poll.interval == timedelta(hours=1)
    with reading(tools.engine) as connection:
        (feed,) = list_feeds(connection, read_clock(connection).now(), Wanted())
    assert feed["gaps"] == 2


def test_a_document_that_still_has_a_former_entry_has_no_gap_before_it(tools: Tools, publisher: Publisher) -> None:
    follow(tools, publisher, OLD, [item("d"), item("c"), item("b")], [*NEW, item("b")], [*OLD])
    assert _gaps(tools) == 0


def test_entries_that_come_back_are_not_new(tools: Tools, publisher: Publisher) -> None:
    follow(tools, publisher, OLD, NEW, OLD)
    assert _gaps(tools) == 1


def test_other_guids_of_the_same_entries_are_no_gap(tools: Tools, publisher: Publisher) -> None:
    first, second, third = ([item(f"n{n}", PARAGRAPHS[n], guid=f"{day}-{n}") for n in range(4)] for day in range(3))
    follow(tools, publisher, first, second, third)
    assert _gaps(tools) == 0


def test_a_feed_that_shows_its_newest_entry_only_and_one_that_was_empty_have_no_gaps(
    tools: Tools, publisher: Publisher
) -> None:
    follow(tools, publisher, [item("a")], [item("b")], [], OLD)
    assert _gaps(tools) == 0


def test_what_a_host_kept_back_and_a_poll_without_conditions_finds_is_no_gap(
    tools: Tools, publisher: Publisher
) -> None:
    add(tools, publisher.on("/feed", Answer(rss(OLD), headers={"ETag": '"a"'})))
    poll(tools)
    with writing(tools.engine) as connection:
        forget_validators(connection, [1])
    publisher.on("/feed", Answer(rss(NEW), headers={"ETag": '"a"'}))
    assert poll_again(tools).new == 2
    assert _gaps(tools) == 0
