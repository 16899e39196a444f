"""What the store already knows, handed to the pure stages as values."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, select

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.values import Article, KnownArticle, Sighted

# SQLite takes at most 32,766 parameters in one statement.
_SLICE = 5_000
_T = TypeVar("_T")


def find_sightings(connection: Connection, feed_id: int, guid_hashes: Collection[bytes]) -> dict[bytes, Sighted]:
    """Return, by guid hash, the feed's sightings of these guids and all that its newest document still held."""
    present = SightingRow.left_at.is_(None)
    found = _sightings(connection, feed_id, present)
    for some in _slices(set(guid_hashes) - found.keys()):
        found |= _sightings(connection, feed_id, SightingRow.guid_hash.in_(some))
    return found


def find_known_articles(
    connection: Connection, articles: Sequence[Article], article_ids: Collection[int]
) -> list[KnownArticle]:
    """Return the stored articles that these ids and these articles' match keys name."""
    keys = {article.match_key for article in articles if article.match_key}
    known: dict[int, KnownArticle] = {}
    for some in _slices(article_ids):
        known |= {article.article_id: article for article in _articles(connection, ArticleRow.id.in_(some))}
    for names in _slices(keys):
        known |= {article.article_id: article for article in _articles(connection, ArticleRow.match_key.in_(names))}
    return list(known.values())


def _sightings(connection: Connection, feed_id: int, which: ColumnElement[bool]) -> dict[bytes, Sighted]:
    rows = connection.execute(
        select(
            SightingRow.id,
            SightingRow.article_id,
            SightingRow.guid_hash,
            SightingRow.fingerprint,
            SightingRow.content_hash,
            SightingRow.left_at,
        ).where(SightingRow.feed_id == feed_id, which)
    )
    return {
        row.guid_hash: Sighted(row.id, row.article_id, row.fingerprint, row.content_hash, left=row.left_at is not None)
        for row in rows
    }


def _articles(connection: Connection, which: ColumnElement[bool]) -> Iterator[KnownArticle]:
    shown = and_(RevisionRow.article_id == ArticleRow.id, RevisionRow.number == ArticleRow.revision)
    rows = connection.execute(
        select(
            ArticleRow.id,
            ArticleRow.match_key,
            ArticleRow.content_hash,
            func.length(ArticleRow.text).label("length"),
            RevisionRow.feed_id,
        )
        .join(RevisionRow, shown)
        .where(which)
    )
    for row in rows:
        yield KnownArticle(row.id, row.match_key, row.content_hash, row.length, row.feed_id)


def _slices(values: Collection[_T]) -> Iterator[list[_T]]:
    remaining = iter(values)
    while some := list(islice(remaining, _SLICE)):
        yield some
