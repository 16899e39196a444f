"""What the store already knows, handed to the pure stages as values.

Statements are built once: building one costs several times what running it does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice, zip_longest
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, bindparam, or_, select

from worker.basics.codec import unpack
from worker.database.article_tables import ArticleNameRow, ArticleRow, SightingRow
from worker.database.codecs import ARTICLE, GUID_RULE
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.values.articles import Article, KnownArticle, Statement
from worker.values.due_feeds import FeedOptions
from worker.values.entries import GuidRule, KnownBy, Sighted

# SQLite takes at most 32,766 parameters in one statement.
_SLICE = 5_000
_NO_EDITION = -1
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Names:
    """By what articles may be meant: their ids, match keys, and the names that files give."""

    article_ids: frozenset[int] = frozenset()
    match_keys: frozenset[str] = frozenset()
    of_files: frozenset[str] = frozenset()


def find_present_sightings(connection: Connection, feed_id: int) -> dict[bytes, Sighted]:
    """Return, by guid hash, the feed's sightings that its newest document still held."""
    return _read_sightings(connection, _present_sightings(), {"feed_id": feed_id})


def find_sightings(connection: Connection, feed_id: int, guid_hashes: Collection[bytes]) -> dict[bytes, Sighted]:
    """Return, by guid hash, the feed's sightings under these keys."""
    found: dict[bytes, Sighted] = {}
    for some in _slices(guid_hashes):
        found |= _read_sightings(connection, _sightings_of(), {"feed_id": feed_id, "guid_hashes": some})
    return found


def find_outdone(connection: Connection, feed_id: int) -> set[bytes]:
    """Return the keys of the feed's sightings whose articles show what another sighting says."""
    return set(connection.execute(_outdone(), {"feed_id": feed_id}).scalars())


def find_guid_rule(connection: Connection, feed_id: int) -> tuple[GuidRule, int]:
    """Return by what a feed's entries are known, and the edition of what is known of them: none for a deleted feed.

    Its operator's choice goes before what the audit found.
    """
    row = connection.execute(_guid_facts(), {"feed_id": feed_id}).first()
    if row is None:
        return GuidRule(), _NO_EDITION
    options = unpack(FeedOptions, row.options)
    if options and options.guid_policy:
        return GuidRule(options.guid_policy, "chosen by its operator", is_fixed=True), row.edition
    return GUID_RULE.read(row), row.edition


def lock_articles(connection: Connection, names: Names) -> list[KnownArticle]:
    """Lock all articles that may be meant, in the order of their ids, and return what is known of them."""
    named: dict[int, list[str]] = defaultdict(list)
    for some in _slices(names.of_files):
        for row in connection.execute(_article_names(), {"names": some}):
            named[row.article_id].append(row.name)
    rows = _lock(connection, names.article_ids | named.keys(), names.match_keys)
    statements = _read_statements(connection, rows)
    return [
        KnownArticle(
            row.id,
            ARTICLE.read(row),
            tuple(statements[row.id]),
            tuple(named[row.id]),
            row.first_seen_at,
            row.acts_on,
            row.killed_by,
        )
        for row in rows.values()
    ]


def _lock(
    connection: Connection, article_ids: Iterable[int], match_keys: Iterable[str]
) -> Mapping[int, Row[*tuple[Any, ...]]]:
    # Each slice is locked in one order; only documents beyond all measure have two.
    ids, keys = list(_slices(sorted(article_ids))), list(_slices(sorted(match_keys)))
    wanted = ({"ids": some or [], "match_keys": names or []} for some, names in zip_longest(ids, keys))
    return {row.id: row for each in wanted for row in connection.execute(_articles(), each)}


def _read_statements(connection: Connection, article_ids: Collection[int]) -> dict[int, list[Statement]]:
    found: dict[int, list[Statement]] = defaultdict(list)
    for some in _slices(article_ids):
        for row in connection.execute(_statements(), {"ids": some}):
            found[row.article_id].append(
                Statement(
                    row.feed_id,
                    row.guid_hash,
                    row.content_hash,
                    row.said_at,
                    row.read_at,
                    row.length,
                    row.version,
                    is_of_file=row.host_id is None,
                    is_present=row.left_at is None,
                    article=unpack(Article, row.said),
                    is_shown=row.said is None,
                )
            )
    return found


@cache
def _present_sightings() -> Select[*tuple[Any, ...]]:
    return _sightings().where(SightingRow.left_at.is_(None))


@cache
def _sightings_of() -> Select[*tuple[Any, ...]]:
    return _sightings().where(SightingRow.guid_hash.in_(bindparam("guid_hashes", expanding=True)))


@cache
def _outdone() -> Select[*tuple[Any, ...]]:
    of_feed = SightingRow.feed_id == bindparam("feed_id")
    return select(SightingRow.guid_hash).where(of_feed, SightingRow.said.is_not(None))


def _sightings() -> Select[*tuple[Any, ...]]:
    return select(
        SightingRow.id,
        SightingRow.article_id,
        SightingRow.guid_hash,
        SightingRow.fingerprint,
        SightingRow.content_hash,
        SightingRow.original_url,
        SightingRow.left_at,
        SightingRow.guid,
        SightingRow.known_by,
    ).where(SightingRow.feed_id == bindparam("feed_id"))


def _read_sightings(
    connection: Connection, query: Select[*tuple[Any, ...]], values: dict[str, Any]
) -> dict[bytes, Sighted]:
    return {
        row.guid_hash: Sighted(
            row.id,
            row.article_id,
            row.fingerprint,
            row.content_hash,
            row.original_url,
            left=row.left_at is not None,
            guid=row.guid,
            known_by=KnownBy(row.known_by),
        )
        for row in connection.execute(query, values)
    }


@cache
def _article_names() -> Select[*tuple[Any, ...]]:
    of_names = ArticleNameRow.name.in_(bindparam("names", expanding=True))
    return select(ArticleNameRow.name, ArticleNameRow.article_id).where(of_names)


@cache
def _articles() -> Select[*tuple[Any, ...]]:
    of_ids = ArticleRow.id.in_(bindparam("ids", expanding=True))
    of_keys = ArticleRow.match_key.in_(bindparam("match_keys", expanding=True))
    facts = (ArticleRow.id, ArticleRow.first_seen_at, ArticleRow.acts_on, ArticleRow.killed_by)
    columns = (ArticleRow.__table__.c[name] for name in ARTICLE.names.values())
    return select(*facts, *columns).where(or_(of_ids, of_keys)).order_by(ArticleRow.id).with_for_update()


@cache
def _statements() -> Select[*tuple[Any, ...]]:
    facts = (
        SightingRow.article_id,
        SightingRow.feed_id,
        SightingRow.guid_hash,
        SightingRow.content_hash,
        SightingRow.version,
        SightingRow.said_at,
        SightingRow.read_at,
        SightingRow.length,
        SightingRow.left_at,
        SightingRow.said,
        ScheduleRow.host_id,
    )
    return (
        select(*facts)
        .join(ScheduleRow, ScheduleRow.feed_id == SightingRow.feed_id)
        .where(SightingRow.article_id.in_(bindparam("ids", expanding=True)))
        .order_by(SightingRow.article_id, SightingRow.id)
    )


@cache
def _guid_facts() -> Select[*tuple[Any, ...]]:
    facts = (FeedRow.guid_policy, FeedRow.guid_reason, FeedRow.guid_renamings, FeedRow.options, ScheduleRow.edition)
    of_feed = FeedRow.id == bindparam("feed_id")
    return select(*facts).join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id).where(of_feed)


def _slices(values: Iterable[_T]) -> Iterator[list[_T]]:
    remaining = iter(values)
    while some := list(islice(remaining, _SLICE)):
        yield some
