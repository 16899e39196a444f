"""The rows of mailboxes: each is a feed with a schedule, and a host of its own to be leased."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from worker.database.feed_tables import IS_MAILBOX, FeedRow, HostRow, ScheduleRow
from worker.database.statements import is_one_of, upsert
from worker.values.feed_quality import QualityState


def add_mailboxes(connection: Connection, now: datetime, urls: Collection[str]) -> None:
    """Add the mailboxes that are new, due at once; one that was removed stays so."""
    known = set(connection.execute(select(FeedRow.url).where(FeedRow.url_key.in_(urls))).scalars())
    for url in sorted(set(urls) - known):
        dialect = connection.dialect.name
        host = upsert(dialect, HostRow).values(name=url).on_conflict_do_nothing(index_elements=["name"])
        connection.execute(host)
        feed = {"url": url, "url_key": url, "added_at": now, "quality": QualityState.NEW}
        inserted = upsert(dialect, FeedRow).values(feed).on_conflict_do_nothing(index_elements=["url_key"])
        connection.execute(inserted)
        feed_id = connection.execute(select(FeedRow.id).where(FeedRow.url_key == url)).scalar_one()
        host_id = connection.execute(select(HostRow.id).where(HostRow.name == url)).scalar_one()
        due = {"feed_id": feed_id, "host_id": host_id, "next_poll_at": now, "next_poll_reason": "never polled"}
        schedule = upsert(dialect, ScheduleRow).values(due).on_conflict_do_nothing(index_elements=["feed_id"])
        connection.execute(schedule)


def find_mailboxes(connection: Connection, feed_ids: Collection[int]) -> list[int]:
    """Return those of these feeds that are mailboxes."""
    named = is_one_of(connection, ScheduleRow.feed_id, feed_ids)
    found = select(ScheduleRow.feed_id).join(HostRow, HostRow.id == ScheduleRow.host_id).where(named, IS_MAILBOX)
    return list(connection.execute(found.order_by(ScheduleRow.feed_id)).scalars())
