"""Polling feeds into a real store, and looking at what came of it: the verbs of the integration tests."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update

from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.feeds import NewFeed, add_feeds
from worker.pipeline import poll_all_due
from worker.tools import Tools
from worker.values import PollRecord


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


def now_of(tools: Tools) -> datetime:
    with reading(tools.engine) as connection:
        return read_clock(connection).now()


def hosts(tools: Tools) -> Sequence[Row[Any]]:
    with reading(tools.engine) as connection:
        return connection.execute(select(HostRow).order_by(HostRow.name)).all()
