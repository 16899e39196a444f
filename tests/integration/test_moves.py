"""Feeds that move: believed late, merged where the new address is known, found again under every URL they had."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.documents import item, rss
from tests.polling import add, count, make_due, poll, poll_again, titles
from tests.servers.publisher import Answer, Publisher
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedAliasRow, FeedRow, HostRow, PollRow, ScheduleRow
from worker.database.outbox_tables import EventRow
from worker.manage.feeds import NewFeed, add_feeds, find_feed, pause_feed, remove_feed
from worker.pipeline.tools import Tools
from worker.values.due_feeds import FeedState
from worker.values.outcomes import PollRecord

WEEK = timedelta(days=7)


def _poll_for_a_week(tools: Tools) -> list[PollRecord]:
    """Poll what is due three times, the first time more than a week before the last."""
    poll(tools)
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(moved_since=read_clock(connection).now() - WEEK))
    make_due(tools)
    poll(tools)
    make_due(tools)
    return poll(tools)


def _urls(tools: Tools) -> list[str]:
    with reading(tools.engine) as connection:
        return sorted(connection.execute(select(FeedRow.url)).scalars())


@pytest.fixture
def moved(publisher: Publisher) -> str:
    """The old URL of a feed that has moved for good to ``/new``."""
    publisher.serve("/new", rss([item("one")]))
    return publisher.redirect("/old", publisher.url("/new"))


def test_a_permanent_redirect_is_believed_after_three_polls_in_a_week(
    tools: Tools, publisher: Publisher, moved: str
) -> None:
    add(tools, moved)
    (record,) = _poll_for_a_week(tools)
    assert (_urls(tools), record.note) == ([publisher.url("/new")], f"{moved} is believed to have moved here for good")


def test_three_polls_in_a_day_are_too_few_days(tools: Tools, moved: str) -> None:
    add(tools, moved)
    poll(tools)
    for _ in range(4):
        poll_again(tools)
    assert _urls(tools) == [moved]


def test_two_polls_in_a_month_are_too_few_polls(tools: Tools, moved: str) -> None:
    add(tools, moved)
    poll(tools)
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(moved_since=read_clock(connection).now() - 4 * WEEK))
    poll_again(tools)
    assert _urls(tools) == [moved]


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_passing_redirect_is_never_believed(tools: Tools, publisher: Publisher, moved: str, status: int) -> None:
    publisher.redirect("/old", publisher.url("/new"), status)
    add(tools, moved)
    _poll_for_a_week(tools)
    assert _urls(tools) == [moved]


def test_a_redirect_to_a_page_is_never_believed(tools: Tools, publisher: Publisher, moved: str) -> None:
    publisher.serve("/new", b"<!DOCTYPE html><html><body>Goodbye</body></html>", "text/html")
    add(tools, moved)
    _poll_for_a_week(tools)
    assert _urls(tools) == [moved]


def test_a_redirect_that_is_taken_back_is_forgotten(tools: Tools, publisher: Publisher, moved: str) -> None:
    add(tools, moved)
    poll(tools)
    publisher.serve("/old", rss([item("one")]))
    poll_again(tools)
    with reading(tools.engine) as connection:
        assert connection.execute(select(FeedRow.moved_to, FeedRow.moved_polls)).one() == (None, 0)


def test_not_modified_at_the_new_address_counts(tools: Tools, publisher: Publisher, moved: str) -> None:
    publisher.serve_validated("/new", rss([item("one")]), etag='"1"')
    add(tools, moved)
    (record,) = _poll_for_a_week(tools)
    assert (record.http_status, _urls(tools)) == (304, [publisher.url("/new")])


def test_a_moved_feed_is_asked_at_its_new_host_only(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as other:
        other.serve("/new", rss([item("one")]))
        add(tools, publisher.redirect("/old", other.url("/new")))
        _poll_for_a_week(tools)
        asked_before = len(publisher.requests)
        assert poll_again(tools).url == other.url("/new")
        assert len(publisher.requests) == asked_before
        with reading(tools.engine) as connection:
            host = select(HostRow.name).join(ScheduleRow, ScheduleRow.host_id == HostRow.id)
            assert connection.execute(host).scalar_one() == other.authority


def test_a_feed_is_found_and_added_no_second_time_under_its_old_url(
    tools: Tools, publisher: Publisher, moved: str
) -> None:
    add(tools, moved)
    _poll_for_a_week(tools)
    with writing(tools.engine) as connection:
        assert add_feeds(connection, read_clock(connection).now(), [NewFeed(moved)], revive=False) == 0
        found = find_feed(connection, moved)
    assert found
    assert (found.url, count(tools, FeedRow)) == (publisher.url("/new"), 1)


def test_a_move_is_told_in_the_outbox(tools: Tools, publisher: Publisher, moved: str) -> None:
    add(tools, moved)
    _poll_for_a_week(tools)
    with reading(tools.engine) as connection:
        details = connection.execute(select(EventRow.details).where(EventRow.kind == "feed moved")).scalar_one()
    assert details == {"from": moved, "to": publisher.url("/new"), "merged_into": None}


def test_a_feed_that_moves_to_a_known_one_is_merged_with_it(tools: Tools, publisher: Publisher, moved: str) -> None:
    publisher.serve("/old", rss([item("early"), item("one")]))
    add(tools, moved)
    poll(tools)
    publisher.redirect("/old", publisher.url("/new"))
    add(tools, publisher.url("/new"))
    make_due(tools)
    _poll_for_a_week(tools)
    assert (_urls(tools), titles(tools)) == ([publisher.url("/new")], ["early", "one"])
    with reading(tools.engine) as connection:
        feed_id = connection.execute(select(FeedRow.id)).scalar_one()
        for table in (ArticleRow, SightingRow, PollRow, FeedAliasRow):
            assert set(connection.execute(select(table.feed_id)).scalars()) == {feed_id}
    assert (count(tools, SightingRow), count(tools, PollRow)) == (2, 7)


@pytest.mark.parametrize("earlier", ["/old", "/new"])
def test_of_two_sightings_the_earlier_moment_is_kept(
    tools: Tools, publisher: Publisher, moved: str, earlier: str
) -> None:
    add(tools, publisher.url(earlier))
    poll(tools)
    with writing(tools.engine) as connection:
        early = read_clock(connection).now() - WEEK
        connection.execute(update(SightingRow).values(first_seen_at=early))
    add(tools, publisher.url("/new"), moved)
    make_due(tools)
    _poll_for_a_week(tools)
    with reading(tools.engine) as connection:
        assert connection.execute(select(SightingRow.first_seen_at)).scalar_one() == early


def test_a_feed_that_has_moved_begins_to_count_anew_and_its_new_host_is_woken(
    tools: Tools, publisher: Publisher
) -> None:
    with Publisher("127.0.0.2") as other:
        other.serve("/new", rss([item("one")]))
        add(tools, publisher.redirect("/old", other.url("/new")))
        _poll_for_a_week(tools)
        with reading(tools.engine) as connection:
            assert connection.execute(select(FeedRow.moved_to, FeedRow.moved_polls, FeedRow.moved_since)).one() == (
                None,
                0,
                None,
            )
            woken_at = select(HostRow.claimable_at).where(HostRow.name == other.authority)
            due_at = connection.execute(select(ScheduleRow.next_poll_at)).scalar_one()
            assert connection.execute(woken_at).scalar_one() == due_at


@pytest.mark.parametrize("end", ["remove", "pause"])
def test_what_a_feed_merges_into_is_polled_unless_its_operator_paused_it(
    tools: Tools, publisher: Publisher, moved: str, end: str
) -> None:
    add(tools, publisher.url("/new"), moved)
    with writing(tools.engine) as connection:
        target = find_feed(connection, publisher.url("/new"))
        assert target
        if end == "pause":
            pause_feed(connection, target.feed_id)
        else:
            remove_feed(connection, target.feed_id, articles=False)
    poll(tools)
    for _ in range(2):
        with writing(tools.engine) as connection:
            moved_since = read_clock(connection).now() - WEEK
            connection.execute(update(FeedRow).where(FeedRow.moved_to.is_not(None)).values(moved_since=moved_since))
            connection.execute(
                update(ScheduleRow).where(ScheduleRow.next_poll_at.is_not(None)).values(next_poll_at=moved_since)
            )
            connection.execute(update(HostRow).values(claimable_at=moved_since))
        poll(tools)
    with reading(tools.engine) as connection:
        state = connection.execute(select(FeedRow.state)).scalar_one()
    assert state == (FeedState.PAUSED if end == "pause" else FeedState.ACTIVE)


def test_a_chain_of_moves_leaves_every_old_url_naming_the_feed(tools: Tools, publisher: Publisher, moved: str) -> None:
    add(tools, moved)
    _poll_for_a_week(tools)
    publisher.redirect("/new", publisher.serve("/newest", rss([item("one")])))
    make_due(tools)
    _poll_for_a_week(tools)
    with reading(tools.engine) as connection:
        found = {find_feed(connection, publisher.url(path)) for path in ("/old", "/new", "/newest")}
    assert {named and named.url for named in found} == {publisher.url("/newest")}


def test_a_feed_that_moves_back_has_its_url_for_itself(tools: Tools, publisher: Publisher, moved: str) -> None:
    add(tools, moved)
    _poll_for_a_week(tools)
    publisher.serve("/old", rss([item("one")]))
    publisher.redirect("/new", publisher.url("/old"))
    make_due(tools)
    _poll_for_a_week(tools)
    with reading(tools.engine) as connection:
        assert list(connection.execute(select(FeedAliasRow.url)).scalars()) == [publisher.url("/new")]
    assert _urls(tools) == [moved]


def test_a_redirect_that_fails_in_between_does_not_end_the_count(
    tools: Tools, publisher: Publisher, moved: str
) -> None:
    add(tools, moved)
    poll(tools)
    publisher.on("/new", Answer(status=503))
    poll_again(tools)
    with reading(tools.engine) as connection:
        assert connection.execute(select(FeedRow.moved_polls)).scalar_one() == 1
