"""Deleting a feed with its articles."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, delete, exists, func, select, update
from sqlalchemy.orm import aliased

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow
from worker.database.outbox_tables import EventKind, write_events
from worker.database.statements import is_among
from worker.dedupe.place import decide
from worker.normalise.sanitise import POLICY_VERSION
from worker.store.known import ArticleNames, lock_articles
from worker.store.sightings import store_decision
from worker.stories.forget import delete_articles
from worker.stories.story_locks import StaleStoriesError, lock_stories_here
from worker.wire.linking import link_stored, lock_stored

# Rows written by one statement.
_SLICE = 500


def delete_feed(connection: Connection, now: datetime, feed_id: int) -> Sequence[int]:
    """Delete a feed that is locked, with every article that no other feed carries, and tell followers which these were.

    StaleStoriesError: try again. Return the articles that others carry too: what they show is to be decided.
    """
    other = aliased(SightingRow)
    is_carried_too = exists().where(other.article_id == SightingRow.article_id, other.feed_id != feed_id)
    carried_too = select(SightingRow.article_id).where(SightingRow.feed_id == feed_id, is_carried_too)
    shared = connection.execute(carried_too).scalars().all()
    connection.execute(delete(SightingRow).where(SightingRow.feed_id == feed_id))
    first_here = ArticleRow.feed_id == feed_id
    carried = SightingRow.article_id == ArticleRow.id
    gone = select(ArticleRow.id).where(first_here, ~exists().where(carried))
    found = connection.execute(gone).scalars().all()
    stories = lock_stories_here(connection, found)
    connection.execute(select(ArticleRow.id).where(first_here).order_by(ArticleRow.id).with_for_update())
    # Looked for again under the locks: another feed may have come to carry one of them meanwhile, or have gone too.
    deleted = connection.execute(gone).scalars().all()
    if not set(deleted) <= set(found):
        raise StaleStoriesError
    _tell_of_articles(connection, now, feed_id, deleted)
    delete_articles(connection, deleted, stories)
    # What other feeds carry too now counts as theirs.
    earliest = select(func.min(SightingRow.feed_id)).where(carried).scalar_subquery()
    connection.execute(update(ArticleRow).where(first_here).values(feed_id=earliest))
    connection.execute(delete(FeedRow).where(FeedRow.id == feed_id))
    return shared


def _tell_of_articles(connection: Connection, now: datetime, feed_id: int, gone: Sequence[int]) -> None:
    """Write an event for each article that is about to go; what it tells of cannot be looked up any more."""
    facts = select(ArticleRow.id, ArticleRow.title, ArticleRow.url, FeedRow.url.label("feed_url"))
    among = is_among(connection.dialect.name, ArticleRow.id, gone)
    found = connection.execute(
        facts.join(FeedRow, FeedRow.id == ArticleRow.feed_id).where(among).order_by(ArticleRow.id)
    ).all()
    changes = (
        {
            "article_id": article.id,
            "feed_id": feed_id,
            "details": {"title": article.title, "url": article.url, "feed_url": article.feed_url},
        }
        for article in found
    )
    while some := list(islice(changes, _SLICE)):
        write_events(connection, now, EventKind.ARTICLE_REMOVED, some)


# --- Deciding again what articles show, after sightings of them have gone or become another feed's.

# Articles decided at once.


def reconsider_articles(connection: Connection, article_ids: Collection[int], now: datetime) -> None:
    """Let articles show what follows from the sightings that they have now."""
    remaining = iter(sorted(article_ids))
    while some := frozenset(islice(remaining, _SLICE)):
        known = lock_articles(connection, ArticleNames(some))
        lock_stored(connection, known)
        decision = decide([], known)
        store_decision(connection, decision, POLICY_VERSION, now)
        link_stored(connection, decision, now)
