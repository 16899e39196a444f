"""Moving a feed to another URL, and merging it with the feed that lives there already."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from worker.basics.urls import feed_url_key, host_key
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.feed_tables import FeedAliasRow, FeedRow, PollRow, ScheduleRow
from worker.database.locks import add_hosts, count_editions, count_instruction, wake_hosts
from worker.database.outbox_tables import EventKind, tell
from worker.values.due_feeds import FROM_DOCUMENT, FeedState


@dataclass(frozen=True, slots=True)
class MovedFeed:
    """The feed that lives at a URL after a move."""

    feed_id: int
    article_ids: frozenset[int] = frozenset()
    """Articles of which two feeds that became one had said something: what they show is to be decided again."""


def move_feed(connection: Connection, now: datetime, feed_id: int, url: str) -> MovedFeed:
    """Give a feed another URL, its old one an alias; both feeds are locked where another one lives there already.

    Then the two become one: articles, sightings and ledger are its from then on.
    """
    old = connection.execute(select(FeedRow.url, FeedRow.url_key).where(FeedRow.id == feed_id)).one()
    key = feed_url_key(url)
    other: int | None = connection.execute(
        select(FeedRow.id).where(FeedRow.url_key == key, FeedRow.id != feed_id)
    ).scalar()
    details = {"from": old.url, "to": url, "merged_into": other}
    tell(connection, now, EventKind.FEED_MOVED, [{"feed_id": feed_id, "details": details}])
    article_ids: frozenset[int] = frozenset()
    if other is None:
        _change_url(connection, feed_id, url, key)
    else:
        article_ids = _merge(connection, now, feed_id, other)
    _remember(connection, now, (old.url_key, old.url), key, other or feed_id)
    return MovedFeed(other or feed_id, article_ids)


def _change_url(connection: Connection, feed_id: int, url: str, key: str) -> None:
    facts = {"url": url, "url_key": key, "moved_to": None, "moved_polls": 0, "moved_since": None}
    connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(facts))
    name = host_key(url)
    due: datetime | None = connection.execute(
        update(ScheduleRow)
        .where(ScheduleRow.feed_id == feed_id)
        .values(host_id=add_hosts(connection, [name])[name])
        .returning(ScheduleRow.next_poll_at)
    ).scalar_one()
    if due:
        wake_hosts(connection, due, [feed_id])


def _merge(connection: Connection, now: datetime, feed_id: int, other: int) -> frozenset[int]:
    count_instruction(connection, [other])
    count_editions(connection, [other])
    article_ids = _shared_articles(connection, feed_id, other)
    _merge_sightings(connection, feed_id, other)
    # In the order in which polls lock articles.
    connection.execute(
        select(ArticleRow.id).where(ArticleRow.feed_id == feed_id).order_by(ArticleRow.id).with_for_update()
    )
    for table in (ArticleRow, RevisionRow, PollRow, FeedAliasRow):
        connection.execute(update(table).where(table.feed_id == feed_id).values(feed_id=other))
    connection.execute(delete(FeedRow).where(FeedRow.id == feed_id))
    # It answers: only an operator's pause still holds.
    ended = FeedRow.state.in_([FeedState.GONE, FeedState.QUARANTINED, FeedState.REMOVED])
    is_idle = or_(ended, FeedRow.state_reason == FROM_DOCUMENT)
    revived = connection.execute(
        update(FeedRow).where(FeedRow.id == other, is_idle).values(state=FeedState.ACTIVE, state_reason=None)
    )
    if revived.rowcount:
        reason = "a feed that was polled moved here"
        connection.execute(
            update(ScheduleRow)
            .where(ScheduleRow.feed_id == other)
            .values(next_poll_at=now, next_poll_reason=reason, failures=0, attempts=0, failing_since=None)
        )
        wake_hosts(connection, now, [other])
    return article_ids


def _shared_articles(connection: Connection, feed_id: int, other: int) -> frozenset[int]:
    """Return the articles that both feeds carry, and those of guids that both have."""
    ours, twin = aliased(SightingRow), aliased(SightingRow)
    # Two looks: with both in one condition each sighting of one feed would be compared with each of the other.
    shared = (
        select(ours.article_id, twin.article_id.label("twin_id"))
        .join(twin, and_(twin.feed_id == other, is_shared))
        .where(ours.feed_id == feed_id)
        for is_shared in (twin.article_id == ours.article_id, twin.guid_hash == ours.guid_hash)
    )
    rows = connection.execute(union_all(*shared)).all()
    return frozenset(article_id for row in rows for article_id in row)


def _merge_sightings(connection: Connection, feed_id: int, other: int) -> None:
    """Hand sightings over; of a guid that both carried the newest statement stays, since the earlier of the two."""
    twin = aliased(SightingRow)
    is_twin = and_(twin.guid_hash == SightingRow.guid_hash, twin.feed_id.in_([feed_id, other]))
    first_seen_at = select(func.min(twin.first_seen_at)).where(is_twin).scalar_subquery()
    ours = SightingRow.feed_id.in_([feed_id, other])
    connection.execute(update(SightingRow).where(ours).values(first_seen_at=first_seen_at))
    newer = exists().where(
        twin.feed_id == feed_id, twin.guid_hash == SightingRow.guid_hash, _order(twin) > _order(SightingRow)
    )
    connection.execute(delete(SightingRow).where(SightingRow.feed_id == other, newer))
    is_known = exists().where(twin.feed_id == other, twin.guid_hash == SightingRow.guid_hash)
    connection.execute(update(SightingRow).where(SightingRow.feed_id == feed_id, ~is_known).values(feed_id=other))


def _order(sighting: Any) -> ColumnElement[Any]:
    """Return by what a statement of a feed is newer than another one, as ``dedupe`` ranks them."""
    return tuple_(func.coalesce(sighting.version, 0), sighting.said_at, sighting.read_at)


def _remember(connection: Connection, now: datetime, old: tuple[str, str], key: str, feed_id: int) -> None:
    """Let the old URL go on naming the feed, and the new one name only itself."""
    connection.execute(delete(FeedAliasRow).where(FeedAliasRow.url_key.in_([old[0], key])))
    connection.execute(insert(FeedAliasRow).values(url_key=old[0], url=old[1], feed_id=feed_id, since=now))
