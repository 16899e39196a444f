"""Deleting a feed with its articles, and deciding what other feeds' articles show without its sightings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, update
from sqlalchemy.orm import aliased

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow
from worker.database.outbox_tables import EventKind, write_events
from worker.database.statements import is_one_of, slices
from worker.dedupe.identity import decide_articles
from worker.normalise.sanitise import POLICY_VERSION
from worker.store.decided_articles import store_decision
from worker.store.known import ArticleNames, lock_articles
from worker.stories.forget import delete_articles
from worker.stories.story_locks import StaleStoriesError, lock_stories_retrying
from worker.stories.story_values import Story
from worker.wire.store_links import link_stored, lock_known_keys

# Events written, and articles decided, at once.
_SLICE = 500
_IS_CARRIED = SightingRow.article_id == ArticleRow.id


def delete_feed(connection: Connection, now: datetime, feed_id: int) -> Sequence[int]:
    """Delete a locked feed with every article that no other feed carries, and write an event for each article.

    StaleStoriesError: try again. Return the articles that other feeds carry too; the caller passes them to
    ``reconsider_articles``.
    """
    shared = _find_shared_articles(connection, feed_id)
    connection.execute(delete(SightingRow).where(SightingRow.feed_id == feed_id))
    deleted, stories = _lock_articles_to_delete(connection, feed_id)
    write_removed_events(connection, now, deleted)
    delete_articles(connection, deleted, stories)
    # An article that is left belongs to one of the other feeds that carry it, under the guid that it has there.
    owner = select(SightingRow.feed_id).where(_IS_CARRIED).order_by(SightingRow.feed_id, SightingRow.id).limit(1)
    guid = owner.with_only_columns(SightingRow.guid)
    values = {"feed_id": owner.scalar_subquery(), "guid": guid.scalar_subquery()}
    connection.execute(update(ArticleRow).where(ArticleRow.feed_id == feed_id).values(values))
    connection.execute(delete(FeedRow).where(FeedRow.id == feed_id))
    return shared


def _find_shared_articles(connection: Connection, feed_id: int) -> Sequence[int]:
    """Return the articles that a feed carries and another one too."""
    other = aliased(SightingRow)
    is_carried_too = exists().where(other.article_id == SightingRow.article_id, other.feed_id != feed_id)
    carried_too = select(SightingRow.article_id).where(SightingRow.feed_id == feed_id, is_carried_too)
    return connection.execute(carried_too).scalars().all()


def _lock_articles_to_delete(connection: Connection, feed_id: int) -> tuple[Sequence[int], Mapping[int, Story]]:
    """Lock a feed's articles that no feed carries any more, with their stories; StaleStoriesError: try again."""
    of_feed = select(ArticleRow.id).where(ArticleRow.feed_id == feed_id)
    gone = of_feed.where(~exists().where(_IS_CARRIED))
    found = connection.execute(gone).scalars().all()
    stories = lock_stories_retrying(connection, found)
    connection.execute(of_feed.order_by(ArticleRow.id).with_for_update())
    # Looked for again under the locks: another feed may have begun to carry one of them meanwhile, or be deleted too.
    deleted = connection.execute(gone).scalars().all()
    if not set(deleted) <= set(found):
        raise StaleStoriesError
    return deleted, stories


def write_removed_events(
    connection: Connection, now: datetime, article_ids: Sequence[int], reason: str | None = None
) -> None:
    """Write an event for each article that is about to go, with what readers cannot look up afterwards."""
    facts = select(ArticleRow.id, ArticleRow.feed_id, ArticleRow.title, ArticleRow.url, FeedRow.url.label("feed_url"))
    removed = is_one_of(connection, ArticleRow.id, article_ids)
    query = facts.join(FeedRow, FeedRow.id == ArticleRow.feed_id).where(removed).order_by(ArticleRow.id)
    rows, shown = connection.execute(query).mappings().all(), ("title", "url", "feed_url")
    why = {"reason": reason} if reason else {}
    changes = (
        {"article_id": row["id"], "feed_id": row["feed_id"], "details": {name: row[name] for name in shown} | why}
        for row in rows
    )
    for some in slices(changes, _SLICE):
        write_events(connection, now, EventKind.ARTICLE_REMOVED, some)


def reconsider_articles(connection: Connection, article_ids: Collection[int], now: datetime) -> None:
    """Decide again what articles show, from the sightings they have left."""
    for some in slices(sorted(article_ids), _SLICE):
        known = lock_articles(connection, ArticleNames(frozenset(some)))
        lock_known_keys(connection, known)
        decision = decide_articles([], known)
        store_decision(connection, decision, POLICY_VERSION, now)
        link_stored(connection, decision, now)
