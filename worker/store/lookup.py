"""What the store already knows, handed to the pure stages as values.

Statements are built once: building one costs several times what running it does.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, and_, bindparam, func, select

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.values import Article, KnownArticle, Sighted

# SQLite takes at most 32,766 parameters in one statement.
_SLICE = 5_000
_T = TypeVar("_T")


def find_sightings(connection: Connection, feed_id: int, guid_hashes: Collection[bytes]) -> dict[bytes, Sighted]:
    """Return, by guid hash, the feed's sightings of these guids and all that its newest document still held."""
    found = _read_sightings(connection, _present_sightings(), {"feed_id": feed_id})
    for some in _slices(set(guid_hashes) - found.keys()):
        found |= _read_sightings(connection, _sightings_of(), {"feed_id": feed_id, "guid_hashes": some})
    return found


def find_known_articles(
    connection: Connection, articles: Sequence[Article], article_ids: Collection[int]
) -> list[KnownArticle]:
    """Return the stored articles that these ids and these articles' match keys name."""
    keys = {article.match_key for article in articles if article.match_key}
    known: dict[int, KnownArticle] = {}
    for some in _slices(article_ids):
        known |= _read_articles(connection, _articles_by_id(), {"ids": some})
    for names in _slices(keys):
        known |= _read_articles(connection, _articles_by_match_key(), {"match_keys": names})
    return list(known.values())


@cache
def _present_sightings() -> Select[*tuple[Any, ...]]:
    return _sightings().where(SightingRow.left_at.is_(None))


@cache
def _sightings_of() -> Select[*tuple[Any, ...]]:
    return _sightings().where(SightingRow.guid_hash.in_(bindparam("guid_hashes", expanding=True)))


def _sightings() -> Select[*tuple[Any, ...]]:
    return select(
        SightingRow.id,
        SightingRow.article_id,
        SightingRow.guid_hash,
        SightingRow.fingerprint,
        SightingRow.content_hash,
        SightingRow.left_at,
    ).where(SightingRow.feed_id == bindparam("feed_id"))


def _read_sightings(
    connection: Connection, query: Select[*tuple[Any, ...]], values: dict[str, Any]
) -> dict[bytes, Sighted]:
    return {
        row.guid_hash: Sighted(row.id, row.article_id, row.fingerprint, row.content_hash, left=row.left_at is not None)
        for row in connection.execute(query, values)
    }


@cache
def _articles_by_id() -> Select[*tuple[Any, ...]]:
    return _articles().where(ArticleRow.id.in_(bindparam("ids", expanding=True)))


@cache
def _articles_by_match_key() -> Select[*tuple[Any, ...]]:
    return _articles().where(ArticleRow.match_key.in_(bindparam("match_keys", expanding=True)))


def _articles() -> Select[*tuple[Any, ...]]:
    shown = and_(RevisionRow.article_id == ArticleRow.id, RevisionRow.number == ArticleRow.revision)
    length = func.length(ArticleRow.text).label("length")
    columns = (ArticleRow.id, ArticleRow.match_key, ArticleRow.content_hash, length, RevisionRow.feed_id)
    return select(*columns).join(RevisionRow, shown)


def _read_articles(
    connection: Connection, query: Select[*tuple[Any, ...]], values: dict[str, Any]
) -> dict[int, KnownArticle]:
    return {
        row.id: KnownArticle(row.id, row.match_key, row.content_hash, row.length, row.feed_id)
        for row in connection.execute(query, values)
    }


def _slices(values: Collection[_T]) -> Iterator[list[_T]]:
    remaining = iter(values)
    while some := list(islice(remaining, _SLICE)):
        yield some
