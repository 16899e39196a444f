"""Giving a feed another URL by hand: the former one goes on naming it."""

from datetime import datetime

from sqlalchemy import Connection, select

from worker.basics.urls import feed_url_key
from worker.database.feed_tables import FeedRow
from worker.database.locks import lock_feeds
from worker.errors import NamedError
from worker.manage.deletion import reconsider_articles
from worker.manage.feeds import NamedFeed, begin_anew, find_feed, forget_validators
from worker.store.feed_moves import move_feed
from worker.values.due_feeds import FeedState

_MOVED = "its operator gave it another URL"


def give_url(connection: Connection, now: datetime, feed: NamedFeed, url: str, *, merge: bool) -> NamedFeed:
    """Move a feed to a URL and have it polled there; return the feed that has the URL now.

    Where another feed has it the two become that one, but only with ``merge``: NamedError without. StaleDecisionError:
    try again.
    """
    key = feed_url_key(url)
    other = find_feed(connection, url, with_removed=True)
    # All that is written is locked first, in one order.
    lock_feeds(connection, {feed.feed_id, other.feed_id} if other else {feed.feed_id})
    if other and other.feed_id == feed.feed_id and _has_key(connection, feed.feed_id, key):
        raise NamedError(f"{feed.url} has that URL already.")
    if other and other.feed_id != feed.feed_id:
        _refuse_taken(connection, feed, other, url, merge=merge)
    moved = move_feed(connection, now, feed.feed_id, url)
    reconsider_articles(connection, moved.article_ids, now)
    found = find_feed(connection, str(moved.feed_id), with_removed=True)
    assert found, "it has just been moved"
    if feed.state is FeedState.PAUSED:
        forget_validators(connection, [found.feed_id])
    else:
        begin_anew(connection, now, found.feed_id, _MOVED)
    return found


def _has_key(connection: Connection, feed_id: int, key: str) -> bool:
    return connection.execute(select(FeedRow.url_key).where(FeedRow.id == feed_id)).scalar() == key


def _refuse_taken(connection: Connection, feed: NamedFeed, other: NamedFeed, url: str, *, merge: bool) -> None:
    if not _has_key(connection, other.feed_id, feed_url_key(url)):
        raise NamedError(f"{url} is a former URL of feed {other.feed_id}, which is at {other.url} now.")
    if not merge:
        cure = f"`feedmill set {feed.feed_id} --url {url} --merge` makes the two one, with the articles of both"
        raise NamedError(f"{url} is feed {other.feed_id} already: {cure}.")
