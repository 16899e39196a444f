"""What a feed has been like: when its articles were published, how its gaps were filled, and its former URLs.

All of it is the newest so many, read by an index: a feed of millions of articles costs no more than another.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Subquery, func, select, union

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.backfill_rows import BackfillRow
from worker.database.feed_tables import FeedAliasRow, FeedRow
from worker.look.listings import Listed, columns

# As many as a document has, unless FEEDMILL_MAX_ENTRIES is set higher.
_MOST_PRESENT = 2000
_MOST_BACKFILLS, _MOST_URLS = 10, 20
_SHOWN = "id title published_at first_seen_at notice killed_by"


def is_feed(connection: Connection, feed_id: int) -> bool:
    """Say whether there is such a feed, polled or not."""
    return connection.execute(select(FeedRow.id).where(FeedRow.id == feed_id)).first() is not None


def list_feed_articles(connection: Connection, feed_id: int, most: int) -> Sequence[Listed]:
    """Return the newest articles that a feed brought first, or has in its document now, the newest first."""
    ids = _newest_ids(feed_id, most)
    moment = func.coalesce(ArticleRow.published_at, ArticleRow.first_seen_at)
    query = select(*columns(ArticleRow, _SHOWN)).where(ArticleRow.id.in_(select(ids.c.id)))
    return connection.execute(query.order_by(moment.desc(), ArticleRow.id.desc()).limit(most)).mappings().all()


def list_publications(connection: Connection, feed_id: int, most: int) -> Sequence[Listed]:
    """Return when the newest articles of a feed were published and first seen, as it would list them."""
    ids = _newest_ids(feed_id, most)
    query = select(*columns(ArticleRow, "published_at first_seen_at")).where(ArticleRow.id.in_(select(ids.c.id)))
    return connection.execute(query.order_by(ArticleRow.id.desc()).limit(most)).mappings().all()


def _newest_ids(feed_id: int, most: int) -> Subquery:
    """Return the query for the newest articles of a feed.

    Another feed of its publisher may have brought them first: then only those count that are in its document now, for
    no index has all that a feed ever carried in their order.
    """
    brought = select(ArticleRow.id).where(ArticleRow.feed_id == feed_id).order_by(ArticleRow.id.desc()).limit(most)
    is_present = SightingRow.feed_id == feed_id, SightingRow.left_at.is_(None)
    # In no order: by that of their ids PostgreSQL might look through those of all feeds.
    present = select(SightingRow.article_id.label("id")).where(*is_present).limit(_MOST_PRESENT)
    return union(select(brought.subquery()), select(present.subquery())).subquery()


def list_feed_backfills(connection: Connection, feed_id: int) -> Sequence[Listed]:
    """Return the newest readings of a feed's older documents, the newest first."""
    query = select(*BackfillRow.__table__.columns).where(BackfillRow.feed_id == feed_id)
    newest = query.order_by(BackfillRow.begun_at.desc(), BackfillRow.id.desc()).limit(_MOST_BACKFILLS)
    return connection.execute(newest).mappings().all()


def list_former_urls(connection: Connection, feed_id: int) -> Sequence[Listed]:
    """Return the URLs that a feed had before, the newest first."""
    query = select(*columns(FeedAliasRow, "url since")).where(FeedAliasRow.feed_id == feed_id)
    return connection.execute(query.order_by(FeedAliasRow.since.desc()).limit(_MOST_URLS)).mappings().all()
