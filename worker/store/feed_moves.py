"""Moving a feed to another URL, and merging it into the feed that already has that URL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select, tuple_, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from worker.basics.urls import feed_url_key, host_key
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.backfill_rows import BackfillRow
from worker.database.conflicts import is_taken
from worker.database.feed_tables import FeedAliasRow, FeedRow, FeedTagRow, PollRow, ScheduleRow
from worker.database.file_tables import SeedFileRow
from worker.database.host_rows import add_hosts
from worker.database.locks import count_edition, count_instruction, wake_hosts
from worker.database.outbox_tables import EventKind, write_events
from worker.database.retention_tables import RetentionRow
from worker.database.ticket_tables import TicketFeedRow
from worker.store.decided_articles import StaleDecisionError
from worker.store.documents import hand_over_documents
from worker.store.tombstones import hand_over_tombstones
from worker.values.due_feeds import FROM_DOCUMENT, FeedState


@dataclass(frozen=True, slots=True)
class MovedFeed:
    """The feed that has a URL after a move."""

    feed_id: int
    article_ids: frozenset[int] = frozenset()
    """Articles that both of two merged feeds had carried: what they show is to be decided again."""


def move_feed(connection: Connection, now: datetime, feed_id: int, url: str) -> MovedFeed:
    """Give a locked feed another URL and keep its old one as an alias.

    A feed that already has that URL must be locked too: the moved feed is merged into it, with its articles, sightings
    and ledger. StaleDecisionError: try again.
    """
    old = connection.execute(select(FeedRow.url, FeedRow.url_key).where(FeedRow.id == feed_id)).one()
    key = feed_url_key(url)
    of_url = select(FeedRow.id).where(FeedRow.url_key == key, FeedRow.id != feed_id)
    other: int | None = connection.execute(of_url).scalar()
    details = {"from": old.url, "to": url, "merged_into": other}
    write_events(connection, now, EventKind.FEED_MOVED, [{"feed_id": feed_id, "details": details}])
    article_ids: frozenset[int] = frozenset()
    if other is None:
        _change_url(connection, feed_id, url, key)
    else:
        article_ids = _merge(connection, now, feed_id, other)
    # The old URL names the feed from now on, and the new URL names no other one.
    connection.execute(delete(FeedAliasRow).where(FeedAliasRow.url_key.in_([old.url_key, key])))
    alias = {"url_key": old.url_key, "url": old.url, "feed_id": other or feed_id, "since": now}
    connection.execute(insert(FeedAliasRow).values(alias))
    return MovedFeed(other or feed_id, article_ids)


def _change_url(connection: Connection, feed_id: int, url: str, key: str) -> None:
    facts = {"url": url, "url_key": key, "moved_to": None, "moved_polls": 0, "moved_since": None}
    try:
        connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(facts))
    except IntegrityError as error:
        if is_taken(error):
            # Another transaction has just given this URL to another feed: the next attempt merges the two.
            raise StaleDecisionError from error
        raise
    name = host_key(url)
    of_feed = update(ScheduleRow).where(ScheduleRow.feed_id == feed_id)
    moved = of_feed.values(host_id=add_hosts(connection, [name])[name]).returning(ScheduleRow.next_poll_at)
    due: datetime | None = connection.execute(moved).scalar_one()
    if due:
        wake_hosts(connection, due, [feed_id])


def _merge(connection: Connection, now: datetime, feed_id: int, other: int) -> frozenset[int]:
    """Merge a feed into the other one; return the articles that both had carried."""
    count_instruction(connection, [other])
    count_edition(connection, other)
    article_ids = _find_shared_articles(connection, feed_id, other)
    _merge_sightings(connection, feed_id, other)
    ours = select(ArticleRow.id).where(ArticleRow.feed_id == feed_id)
    connection.execute(ours.order_by(ArticleRow.id).with_for_update())
    for table in (ArticleRow, RevisionRow, PollRow, FeedAliasRow, SeedFileRow, TicketFeedRow, BackfillRow):
        connection.execute(update(table).where(table.feed_id == feed_id).values(feed_id=other))
    _merge_tags(connection, feed_id, other)
    hand_over_tombstones(connection, feed_id, other)
    _merge_retentions(connection, feed_id, other)
    hand_over_documents(connection, feed_id, other)
    connection.execute(delete(FeedRow).where(FeedRow.id == feed_id))
    _revive(connection, now, other)
    return article_ids


def _find_shared_articles(connection: Connection, feed_id: int, other: int) -> frozenset[int]:
    """Return the articles that both feeds carry, and those that they carry under the same guid."""
    ours, twin = aliased(SightingRow), aliased(SightingRow)
    # Two queries: with both conditions in one, each sighting of one feed would be compared with each of the other.
    shared = (
        select(ours.article_id, twin.article_id.label("twin_id"))
        .join(twin, (twin.feed_id == other) & is_shared)
        .where(ours.feed_id == feed_id)
        for is_shared in (twin.article_id == ours.article_id, twin.guid_hash == ours.guid_hash)
    )
    rows = connection.execute(union_all(*shared)).all()
    return frozenset(article_id for row in rows for article_id in row)


def _merge_sightings(connection: Connection, feed_id: int, other: int) -> None:
    """Hand sightings over; of two under one guid keep the newer statement, with the earlier first sight."""
    twin, both = aliased(SightingRow), [feed_id, other]
    is_twin = twin.guid_hash == SightingRow.guid_hash
    first_seen_at = select(func.min(twin.first_seen_at)).where(is_twin, twin.feed_id.in_(both)).scalar_subquery()
    connection.execute(update(SightingRow).where(SightingRow.feed_id.in_(both)).values(first_seen_at=first_seen_at))
    newer = exists().where(twin.feed_id == feed_id, is_twin, _recency(twin) > _recency(SightingRow))
    connection.execute(delete(SightingRow).where(SightingRow.feed_id == other, newer))
    is_known = exists().where(twin.feed_id == other, is_twin)
    connection.execute(update(SightingRow).where(SightingRow.feed_id == feed_id, ~is_known).values(feed_id=other))


def _merge_tags(connection: Connection, feed_id: int, other: int) -> None:
    """Hand over the tags that the other feed lacks."""
    # Who gives tags holds these rows, and no schedule: neither feed gets any from here on.
    both = select(FeedRow.id).where(FeedRow.id.in_([feed_id, other]))
    connection.execute(both.order_by(FeedRow.id).with_for_update())
    twin = aliased(FeedTagRow)
    is_known = exists().where(twin.feed_id == other, twin.tag == FeedTagRow.tag)
    lacked = update(FeedTagRow).where(FeedTagRow.feed_id == feed_id, ~is_known)
    connection.execute(lacked.values(feed_id=other))


def _merge_retentions(connection: Connection, feed_id: int, other: int) -> None:
    """Keep articles for as long as an operator chose for either feed; of two choices the longer one counts."""
    of_feeds = RetentionRow.feed_id.in_([feed_id, other])
    chosen = {row.feed_id: row.kept_for for row in connection.execute(select(RetentionRow).where(of_feeds))}
    if feed_id in chosen:
        kept_for = max(chosen.values()) if None not in chosen.values() else None
        connection.execute(delete(RetentionRow).where(RetentionRow.feed_id == other))
        mine = update(RetentionRow).where(RetentionRow.feed_id == feed_id)
        connection.execute(mine.values(feed_id=other, kept_for=kept_for))


def _recency(sighting: Any) -> ColumnElement[Any]:
    """Return what makes one statement of a feed newer than another, as ``dedupe.shown_version.recency`` orders them."""
    return tuple_(func.coalesce(sighting.version, 0), sighting.said_at, sighting.read_at)


def _revive(connection: Connection, now: datetime, feed_id: int) -> None:
    """Poll a feed again that was not polled any more, unless its operator paused it: its URL has just answered."""
    ended = FeedRow.state.in_([FeedState.GONE, FeedState.QUARANTINED, FeedState.REMOVED])
    is_idle = or_(ended, FeedRow.state_reason == FROM_DOCUMENT)
    active = update(FeedRow).where(FeedRow.id == feed_id, is_idle).values(state=FeedState.ACTIVE, state_reason=None)
    if connection.execute(active).rowcount:
        due = {"next_poll_at": now, "next_poll_reason": "a feed that was polled moved here"}
        cured = {"failures": 0, "attempts": 0, "failing_since": None, "held_until": None}
        connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == feed_id).values(due | cured))
        wake_hosts(connection, now, [feed_id])
