"""Polling feeds into a real store, and looking at what came of it: the verbs of the integration tests."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update

from tests.documents import rss
from tests.servers.publisher import Publisher
from worker.database.article_tables import ArticleRow, RevisionRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.errors import ErrorClass
from worker.manage.feeds import NewFeed, add_feeds
from worker.pipeline import poll_all_due
from worker.pipeline.tools import Tools
from worker.values.outcomes import PollRecord


def add(tools: Tools, *urls: str) -> None:
    with writing(tools.engine) as connection:
        add_feeds(connection, read_clock(connection).now(), [NewFeed(url) for url in urls])


def make_due(tools: Tools) -> None:
    with writing(tools.engine) as connection:
        past = read_clock(connection).now() - timedelta(seconds=1)
        connection.execute(update(ScheduleRow).where(ScheduleRow.host_id.is_not(None)).values(next_poll_at=past))
        connection.execute(update(HostRow).values(claimable_at=past, next_request_at=past))


def poll(tools: Tools) -> list[PollRecord]:
    return list(poll_all_due(tools, lambda: False))


def poll_again(tools: Tools) -> PollRecord:
    make_due(tools)
    (record,) = poll(tools)
    return record


def titles(tools: Tools) -> list[str]:
    with reading(tools.engine) as connection:
        return sorted(connection.execute(select(ArticleRow.title)).scalars())


def count(tools: Tools, table: type) -> int:
    with reading(tools.engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def schedule(tools: Tools) -> ScheduleRow:
    with reading(tools.engine) as connection:
        return connection.execute(select(ScheduleRow)).one()


def lose(
    tools: Tools,
    url: str,
    site_url: str,
    feed: Mapping[str, Any] | None = None,
    schedule: Mapping[str, Any] | None = None,
) -> str:
    """Add a feed that has been answering 404 for eight days; ``feed`` and ``schedule`` are what differs from that."""
    add(tools, url)
    with writing(tools.engine) as connection:
        now = read_clock(connection).now()
        failing = {"failing_since": now - timedelta(days=8), "failures": 12, "attempts": 12}
        failing |= {"error_class": ErrorClass.HTTP_4XX, "next_poll_at": now + timedelta(hours=20)}
        feed_id = connection.execute(select(FeedRow.id).where(FeedRow.url == url)).scalar_one()
        facts = {"site_url": site_url} | dict(feed or {})
        connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(facts))
        failing |= dict(schedule or {})
        connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == feed_id).values(failing))
        connection.execute(update(HostRow).values(claimable_at=now + timedelta(hours=20)))
    return url


def hold(tools: Tools, name: str) -> None:
    """Let a host be one that asked to be left alone for an hour."""
    held_until = now_of(tools) + timedelta(hours=1)
    with writing(tools.engine) as connection:
        held = {"next_request_at": held_until, "held_until": held_until, "claimable_at": held_until, "failures": 3}
        connection.execute(update(HostRow).where(HostRow.name == name).values(**held))


def now_of(tools: Tools) -> datetime:
    with reading(tools.engine) as connection:
        return read_clock(connection).now()


def hosts(tools: Tools) -> Sequence[Row[Any]]:
    with reading(tools.engine) as connection:
        return connection.execute(select(HostRow).order_by(HostRow.name)).all()


def follow(tools: Tools, publisher: Publisher, *documents: Iterable[str]) -> list[PollRecord]:
    """Poll a feed that serves documents of these items, one after the other."""
    records: list[PollRecord] = []
    for items in documents:
        url = publisher.serve("/feed", rss(items))
        if not records:
            add(tools, url)
        make_due(tools)
        records += poll(tools)
    return records


def counts(tools: Tools) -> tuple[int, int]:
    """Return how many articles there are, and how many versions of them."""
    return count(tools, ArticleRow), count(tools, RevisionRow)
