"""The feeds that ``feed:`` names: one by its id or URL, or all with certain words in their titles."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, or_, select, union_all

from worker.basics.units import read_id
from worker.basics.urls import feed_url_key
from worker.database.feed_tables import FeedAliasRow, FeedRow
from worker.errors import NamedError

_MOST = 1_000


def find_feeds(connection: Connection, name: str) -> Sequence[int]:
    """Return the ids of the feeds that are meant; NamedError where there are none, or too many."""
    query = select(FeedRow.id)
    if (feed_id := read_id(name)) is not None:
        query = query.where(FeedRow.id == feed_id)
    elif "://" in name:
        query = query.where(_has_url(name))
    else:
        query = query.where(or_(*(column.icontains(name, autoescape=True) for column in (FeedRow.title, FeedRow.url))))
    found = connection.execute(query.limit(_MOST + 1)).scalars().all()
    if not found:
        raise NamedError(f"No feed is called {name}, nor has that in its title or URL: `feedmill feeds` lists them.")
    if len(found) > _MOST:
        raise NamedError(f"More than {_MOST:,} feeds have {name} in title or URL: name fewer.")
    return found


def _has_url(url: str) -> ColumnElement[bool]:
    try:
        key = url if url.startswith("file://") else feed_url_key(url)
    except ValueError as error:
        raise NamedError(f"{url} names no feed: {error}") from error
    has, had = select(FeedRow.id).where(FeedRow.url_key == key), select(FeedAliasRow.feed_id)
    return FeedRow.id.in_(union_all(has, had.where(FeedAliasRow.url_key == key)))
