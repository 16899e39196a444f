"""What the store already knows of feeds' entries and of articles, read for the pure stages as values."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, or_, select

from worker.basics.codec import unpack
from worker.database.article_tables import ArticleNameRow, ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.statements import slices
from worker.database.value_columns import ARTICLE, GUID_RULE
from worker.values.articles import Article, KnownArticle, Statement
from worker.values.due_feeds import FeedOptions
from worker.values.entries import GuidRule, KnownBy, KnownSighting

_NO_EDITION = -1
# All statements are built once: building one costs several times what running it does.
_OF_FEED = SightingRow.feed_id == bindparam("feed_id")
_SIGHTINGS = select(
    SightingRow.id,
    SightingRow.article_id,
    SightingRow.guid_hash,
    SightingRow.fingerprint,
    SightingRow.content_hash,
    SightingRow.original_url,
    SightingRow.left_at,
    SightingRow.guid,
    SightingRow.known_by,
).where(_OF_FEED)
_PRESENT_SIGHTINGS = _SIGHTINGS.where(SightingRow.left_at.is_(None))
_SIGHTINGS_BY_HASH = _SIGHTINGS.where(SightingRow.guid_hash.in_(bindparam("guid_hashes", expanding=True)))
_NOT_SHOWN = select(SightingRow.guid_hash).where(_OF_FEED, SightingRow.said.is_not(None))
_GUID_FACTS = (
    select(FeedRow.guid_policy, FeedRow.guid_reason, FeedRow.guid_renamings, FeedRow.options, ScheduleRow.edition)
    .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
    .where(FeedRow.id == bindparam("feed_id"))
)
_ARTICLE_NAMES = select(ArticleNameRow.name, ArticleNameRow.article_id).where(
    ArticleNameRow.name.in_(bindparam("names", expanding=True))
)
_LOCK_ARTICLES = (
    select(ArticleRow.id, ArticleRow.first_seen_at, ArticleRow.acts_on, ArticleRow.killed_by)
    .add_columns(*(ArticleRow.__table__.c[name] for name in ARTICLE.names.values()))
    .where(
        or_(
            ArticleRow.id.in_(bindparam("ids", expanding=True)),
            ArticleRow.match_key.in_(bindparam("match_keys", expanding=True)),
        )
    )
    .order_by(ArticleRow.id)
    .with_for_update()
)
_STATEMENTS = (
    select(
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
    .join(ScheduleRow, ScheduleRow.feed_id == SightingRow.feed_id)
    .where(SightingRow.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(SightingRow.article_id, SightingRow.id)
)


@dataclass(frozen=True, slots=True)
class ArticleNames:
    """What articles may be named by: their ids, their match keys, and the names that files give them."""

    article_ids: frozenset[int] = frozenset()
    match_keys: frozenset[str] = frozenset()
    of_files: frozenset[str] = frozenset()


def find_guid_rule(connection: Connection, feed_id: int) -> tuple[GuidRule, int]:
    """Return what a feed's entries are recognised by, and the feed's edition.

    A deleted feed gets the default rule and an edition that no feed has.
    """
    row = connection.execute(_GUID_FACTS, {"feed_id": feed_id}).first()
    if row is None:
        return GuidRule(), _NO_EDITION
    options = unpack(FeedOptions, row.options)
    if options and options.guid_policy:
        return GuidRule(options.guid_policy, "chosen by its operator", is_fixed=True), row.edition
    return GUID_RULE.read(row), row.edition


def find_present_sightings(connection: Connection, feed_id: int) -> dict[bytes, KnownSighting]:
    """Return, by guid hash, the sightings whose entries are in the feed's newest document."""
    return _read_sightings(connection, _PRESENT_SIGHTINGS, {"feed_id": feed_id})


def find_sightings(connection: Connection, feed_id: int, guid_hashes: Collection[bytes]) -> dict[bytes, KnownSighting]:
    """Return, by guid hash, the feed's sightings under these keys."""
    found: dict[bytes, KnownSighting] = {}
    for some in slices(guid_hashes):
        found |= _read_sightings(connection, _SIGHTINGS_BY_HASH, {"feed_id": feed_id, "guid_hashes": some})
    return found


def find_sightings_not_shown(connection: Connection, feed_id: int) -> set[bytes]:
    """Return the guid hashes of the feed's sightings whose version is not the one their article shows."""
    return set(connection.execute(_NOT_SHOWN, {"feed_id": feed_id}).scalars())


def _read_sightings(
    connection: Connection, query: Select[*tuple[Any, ...]], values: dict[str, Any]
) -> dict[bytes, KnownSighting]:
    return {
        row.guid_hash: KnownSighting(
            row.id,
            row.article_id,
            row.fingerprint,
            row.content_hash,
            row.original_url,
            has_left=row.left_at is not None,
            guid=row.guid,
            known_by=KnownBy(row.known_by),
        )
        for row in connection.execute(query, values)
    }


def lock_articles(connection: Connection, names: ArticleNames) -> list[KnownArticle]:
    """Lock all articles that have one of the names, in the order of their ids; return them with their statements."""
    named: dict[int, list[str]] = defaultdict(list)
    for some in slices(names.of_files):
        for row in connection.execute(_ARTICLE_NAMES, {"names": some}):
            named[row.article_id].append(row.name)
    rows = _lock_rows(connection, names.article_ids | named.keys(), names.match_keys)
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


def _lock_rows(
    connection: Connection, article_ids: Iterable[int], match_keys: Iterable[str]
) -> Mapping[int, Row[*tuple[Any, ...]]]:
    # Each slice is locked by id; only a document that names more than 5,000 articles has a second slice.
    pairs = zip_longest(slices(sorted(article_ids)), slices(sorted(match_keys)), fillvalue=())
    wanted = ({"ids": ids, "match_keys": keys} for ids, keys in pairs)
    return {row.id: row for each in wanted for row in connection.execute(_LOCK_ARTICLES, each)}


def _read_statements(connection: Connection, article_ids: Collection[int]) -> dict[int, list[Statement]]:
    found: dict[int, list[Statement]] = defaultdict(list)
    for some in slices(article_ids):
        for row in connection.execute(_STATEMENTS, {"ids": some}):
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
