"""Coverage as the store has it: whether nothing came or nobody looked, and what was missed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from tests.documents import item, rss
from tests.polling import add, follow, poll_again
from tests.servers.publisher import Publisher
from worker.coverage.feed_days import Days
from worker.coverage.missed_entries import list_missed
from worker.coverage.stored_days import choose_feeds, read_coverage
from worker.database.article_tables import ArticleRow
from worker.database.backfill_rows import BackfillRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, PollRow
from worker.database.views import COVERAGE
from worker.pipeline.tools import Tools
from worker.plots.coverage_matrix import Looked

DAY = timedelta(days=1)
VIEW = COVERAGE.table
OLD, NEW = [item("b"), item("a")], [item("d"), item("c")]


def _read(connection: Connection, *names: str) -> Sequence[Any]:
    return connection.execute(select(*(VIEW.c[name] for name in names)).order_by(VIEW.c.day)).all()


def _add_feed(connection: Connection, added_at: datetime) -> None:
    feed = {"url": "https://h.example/", "url_key": "https://h.example/", "added_at": added_at}
    connection.execute(insert(FeedRow).values(feed))


def _add_poll(connection: Connection, at: datetime, outcome: str = "unchanged", note: str | None = None) -> None:
    poll = {"feed_id": 1, "started_at": at, "duration": timedelta(0), "outcome": outcome, "bytes": 0, "new": 0}
    connection.execute(insert(PollRow).values(**poll, updated=0, note=note))


def _add_article(connection: Connection, seen: datetime, published: datetime | None) -> None:
    words = {"title": "", "summary": "", "html": "", "text": "", "authors": [], "tags": [], "enclosures": []}
    kept = {"content_hash": b"", "policy_version": 1, "guid": f"{seen}"}
    connection.execute(
        insert(ArticleRow).values(feed_id=1, first_seen_at=seen, published_at=published, **words, **kept)
    )


def _noon_of(moment: datetime) -> datetime:
    return moment.replace(hour=12, minute=0, second=0, microsecond=0)


def test_a_day_tells_that_nothing_came_from_that_nobody_looked_or_knows(connection: Connection, now: datetime) -> None:
    noon = _noon_of(now) - DAY
    _add_feed(connection, noon - 4 * DAY)
    _add_poll(connection, noon - 2 * DAY)
    _add_poll(connection, noon - 2 * DAY + timedelta(hours=1), "transient")
    _add_poll(connection, noon, "permanent")
    days = [noon.date() - place * DAY for place in (4, 3, 2, 1, 0, -1)]
    assert _read(connection, "day", "polls", "failed_polls", "new_articles") == [
        (days[0], None, None, 0),
        (days[1], None, None, 0),
        (days[2], 2, 1, 0),
        (days[3], 0, 0, 0),
        (days[4], 1, 1, 0),
        (days[5], 0, 0, 0),
    ]


def test_articles_are_counted_on_the_days_of_utc_on_which_they_were_seen_and_on_which_they_appeared(
    connection: Connection, now: datetime
) -> None:
    midnight = _noon_of(now).replace(hour=0)
    _add_feed(connection, midnight - DAY)
    _add_article(connection, midnight, midnight - timedelta(microseconds=1))
    _add_article(connection, midnight - timedelta(microseconds=1), None)
    assert _read(connection, "new_articles", "published_articles") == [(1, 1), (1, 0)]


def test_the_quality_of_a_day_is_told_as_long_as_it_is_known(connection: Connection, now: datetime) -> None:
    noon = _noon_of(now)
    _add_feed(connection, noon - 2 * DAY)
    assert _read(connection, "quality") == [("new",)] * 3
    connection.execute(update(FeedRow).values(quality="gapped", quality_since=noon - DAY))
    assert _read(connection, "quality") == [(None,), ("gapped",), ("gapped",)]


def test_a_gap_that_a_poll_found_is_counted_and_listed_until_older_documents_fill_it(
    tools: Tools, publisher: Publisher
) -> None:
    follow(tools, publisher, OLD, NEW)
    ends = ({"outcome": "given up", "reason": "404"}, {"outcome": "filled", "reason": None, "articles": 2})
    with writing(tools.engine) as connection:
        assert _look_at_gap(connection) == ((1, 0), (None, 0, None))
        for end, told in zip(ends, [((1, 0), (False, 0, "404")), ((1, 1), (True, 2, None))], strict=True):
            connection.execute(update(BackfillRow).values(next_read_at=None, **end))
            assert _look_at_gap(connection) == told
        connection.execute(delete(BackfillRow))
        assert _look_at_gap(connection) == ((1, 0), (False, 0, "no older documents are known"))


def _look_at_gap(connection: Connection) -> tuple[Any, Any]:
    now = read_clock(connection).now()
    (gap,) = list_missed(connection, [1], now - DAY, now + DAY)
    assert gap.missed == 1
    assert gap.since
    assert gap.since < gap.until
    return _read(connection, "gaps", "filled_gaps")[-1], (gap.is_filled, gap.articles, gap.reason)


def test_feeds_that_are_polled_have_their_days_and_files_have_none(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/a", rss(OLD)))
    assert poll_again(tools).new == 2
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
        days = Days(now.date() - DAY, now.date())
        (feed,) = read_coverage(connection, choose_feeds(connection, now, None, 10), days)
    assert [(day.looked, day.new_articles) for day in feed.days] == [(Looked.UNKNOWN, 0), (Looked.WELL, 2)]
