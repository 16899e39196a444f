"""What the store already knows, handed to the pure stages as values.

Statements are built once: building one costs several times what running it does.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, and_, bindparam, exists, select

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.feed_tables import FeedRow
from worker.database.feed_values import read_guid_rule
from worker.values import Article, GuidRule, KnownArticle, Sighted

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
    connection: Connection, feed_id: int, articles: Sequence[Article], article_ids: Collection[int]
) -> list[KnownArticle]:
    """Return the stored articles that these ids and these articles' match keys name."""
    keys = {article.match_key for article in articles if article.match_key}
    known: dict[int, KnownArticle] = {}
    for some in _slices(article_ids):
        known |= _read_articles(connection, _articles_by_id(), {"feed_id": feed_id, "ids": some})
    for names in _slices(keys):
        known |= _read_articles(connection, _articles_by_match_key(), {"feed_id": feed_id, "match_keys": names})
    return list(known.values())


def find_guid_rule(connection: Connection, feed_id: int) -> GuidRule:
    """Return by what a feed's entries are known: its operator's choice goes before what the audit found."""
    return read_guid_rule(connection.execute(_guid_facts(), {"feed_id": feed_id}).one())


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
        SightingRow.original_url,
        SightingRow.left_at,
    ).where(SightingRow.feed_id == bindparam("feed_id"))


def _read_sightings(
    connection: Connection, query: Select[*tuple[Any, ...]], values: dict[str, Any]
) -> dict[bytes, Sighted]:
    return {
        row.guid_hash: Sighted(
            row.id, row.article_id, row.fingerprint, row.content_hash, row.original_url, left=row.left_at is not None
        )
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
    ours = and_(SightingRow.article_id == ArticleRow.id, SightingRow.feed_id == bindparam("feed_id"))
    return select(
        ArticleRow.id,
        ArticleRow.match_key,
        ArticleRow.content_hash,
        RevisionRow.feed_id,
        ArticleRow.title,
        ArticleRow.text,
        ArticleRow.published_at,
        exists().where(ours).label("is_ours"),
        ArticleRow.wire_key,
        ArticleRow.first_seen_at,
    ).join(RevisionRow, shown)


@cache
def _guid_facts() -> Select[*tuple[Any, ...]]:
    facts = (FeedRow.guid_policy, FeedRow.guid_reason, FeedRow.guid_renamings, FeedRow.options)
    return select(*facts).where(FeedRow.id == bindparam("feed_id"))


def _read_articles(
    connection: Connection, query: Select[*tuple[Any, ...]], values: dict[str, Any]
) -> dict[int, KnownArticle]:
    return {
        row.id: KnownArticle(
            row.id,
            row.match_key,
            row.content_hash,
            row.feed_id,
            row.title,
            row.text,
            row.published_at,
            is_ours=bool(row.is_ours),
            wire_key=row.wire_key,
            first_seen_at=row.first_seen_at,
        )
        for row in connection.execute(query, values)
    }


def _slices(values: Collection[_T]) -> Iterator[list[_T]]:
    remaining = iter(values)
    while some := list(islice(remaining, _SLICE)):
        yield some
