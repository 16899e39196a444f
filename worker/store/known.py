"""What the store already knows of feeds' entries and of articles, read for the pure stages as values."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, or_, select, text

from worker.basics.codec import unpack
from worker.database.article_tables import ArticleNameRow, ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.many_rows import ManyKeys
from worker.database.statements import is_one_of_given, slices
from worker.database.types import UtcDateTime
from worker.database.value_columns import ARTICLE, GUID_RULE
from worker.values.articles import Article, KnownArticle, Statement
from worker.values.due_feeds import FeedOptions
from worker.values.entries import GuidRule, KnownBy, KnownSighting

_NO_EDITION = -1
# All statements are built once: building one costs several times what running it does.
_KNOWN = (
    "sightings.feed_id, sightings.guid_hash, id, article_id, fingerprint, content_hash, original_url, "
    "left_at IS NOT NULL, guid, known_by"
)
_SIGHTINGS = ManyKeys(SightingRow, ("feed_id", "guid_hash"), _KNOWN)
_PRESENT_SIGHTINGS = ManyKeys(SightingRow, ("feed_id",), _KNOWN, "left_at IS NULL")
_SHOWN_LENGTHS = ManyKeys(SightingRow, ("article_id",), "sightings.article_id, CASE WHEN said IS NULL THEN length END")
# What a document may have brought that was read and served last at these moments. Not by when it was read: that of an
# entry which stayed is the last document's that had it.
_SIGHTINGS_OF_DOCUMENT = text(
    f"SELECT {_KNOWN} FROM sightings WHERE feed_id = :feed_id "  # noqa: S608 -- our own names
    "AND first_seen_at <= :stored_by AND (left_at IS NULL OR left_at > :read_at)"
).bindparams(bindparam("read_at", type_=UtcDateTime()), bindparam("stored_by", type_=UtcDateTime()))
_SIGHTINGS_NAMED = text(
    f"SELECT {_KNOWN} FROM sightings WHERE feed_id = :feed_id AND article_id IN "  # noqa: S608 -- our own names
    "(SELECT article_id FROM article_names WHERE substr(name, 1, :length) = :beginning)"
)
# A poll stores what it has read within its lease.
_STORED_WITHIN = timedelta(minutes=2)
_NOT_SHOWN = select(SightingRow.guid_hash).where(
    SightingRow.feed_id == bindparam("feed_id"),
    SightingRow.guid_hash.in_(bindparam("keys", expanding=True)),
    SightingRow.said.is_not(None),
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


@cache
def _select_guid_facts(dialect: str) -> Select[*tuple[Any, ...]]:
    return (
        select(FeedRow.id, *(FeedRow.__table__.c[name] for name in GUID_RULE.names.values()))
        .add_columns(FeedRow.options, FeedRow.marks, ScheduleRow.edition)
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .where(is_one_of_given(dialect, FeedRow.id, "feed_ids"))
    )


def find_guid_rules(connection: Connection, feed_ids: Collection[int]) -> Mapping[int, tuple[GuidRule, int, Any]]:
    """Return, by feed, what its entries are recognised by, the feed's edition, and its marks as they are stored.

    A deleted feed has the default rule and an edition that no feed has.
    """
    rows = connection.execute(_select_guid_facts(connection.dialect.name), {"feed_ids": list(feed_ids)})
    found = {row["id"]: (_guid_rule(row), row["edition"], row["marks"]) for row in rows.mappings()}
    return dict.fromkeys(feed_ids, (GuidRule(), _NO_EDITION, None)) | found


def _guid_rule(row: RowMapping) -> GuidRule:
    options = unpack(FeedOptions, row["options"])
    if options and options.guid_policy:
        return GuidRule(options.guid_policy, "chosen by its operator", is_fixed=True)
    return GUID_RULE.read(row)


def find_present_sightings(
    connection: Connection, feed_ids: Iterable[int]
) -> Mapping[int, Mapping[bytes, KnownSighting]]:
    """Return, by feed and guid hash, the sightings whose entries are in the feeds' newest documents."""
    return _read_sightings(_PRESENT_SIGHTINGS.execute(connection, [(feed_id,) for feed_id in feed_ids]))


def find_sightings(
    connection: Connection, keys: Collection[tuple[int, bytes]]
) -> Mapping[int, Mapping[bytes, KnownSighting]]:
    """Return, by feed and guid hash, the sightings under these pairs of both."""
    return _read_sightings(_SIGHTINGS.execute(connection, keys))


def find_sightings_of_document(
    connection: Connection, feed_id: int, read_at: datetime, served_at: datetime
) -> Mapping[bytes, KnownSighting]:
    """Return, by guid hash, the sightings that a feed's document may have brought, read and served last then."""
    moments = {"read_at": read_at, "stored_by": served_at + _STORED_WITHIN}
    rows = connection.execute(_SIGHTINGS_OF_DOCUMENT, {"feed_id": feed_id} | moments)
    return _read_sightings(rows).get(feed_id, {})


def find_sightings_named(connection: Connection, feed_id: int, beginning: str) -> Mapping[bytes, KnownSighting]:
    """Return, by guid hash, a feed's sightings of articles that have a file's name which begins so.

    It looks through all names: for what hardly ever happens.
    """
    rows = connection.execute(_SIGHTINGS_NAMED, {"feed_id": feed_id, "length": len(beginning), "beginning": beginning})
    return _read_sightings(rows).get(feed_id, {})


def was_any_sighted_before(connection: Connection, feed_id: int, keys: Collection[bytes], moment: datetime) -> bool:
    """Say whether a feed was seen before a moment to carry an entry under one of these keys."""
    of_feed = select(SightingRow.id).where(SightingRow.feed_id == feed_id, SightingRow.first_seen_at < moment)
    found = (connection.execute(of_feed.where(SightingRow.guid_hash.in_(some)).limit(1)) for some in slices(keys))
    return any(rows.first() for rows in found)


def find_sightings_not_shown(connection: Connection, feed_id: int, keys: Collection[bytes]) -> set[bytes]:
    """Return which of these guid hashes of a feed have a version that is not the one their article shows."""
    found = (connection.execute(_NOT_SHOWN, {"feed_id": feed_id, "keys": some}) for some in slices(keys))
    return {key for rows in found for key in rows.scalars()}


def find_lengths(connection: Connection, article_ids: Collection[int]) -> Mapping[int, int]:
    """Return the characters of text of those of these articles that show the words of their only sighting."""
    lengths: dict[int, int | None] = {}
    rows: Iterable[Sequence[Any]] = _SHOWN_LENGTHS.execute(connection, [(article_id,) for article_id in article_ids])
    for article_id, length in rows:
        lengths[article_id] = None if article_id in lengths else length
    return {article_id: length for article_id, length in lengths.items() if length is not None}


def _read_sightings(rows: Iterable[Sequence[Any]]) -> Mapping[int, Mapping[bytes, KnownSighting]]:
    found: dict[int, dict[bytes, KnownSighting]] = defaultdict(dict)
    for feed_id, guid_hash, sighting_id, article_id, fingerprint, content_hash, url, has_left, guid, known_by in rows:
        found[feed_id][guid_hash] = KnownSighting(
            sighting_id,
            article_id,
            fingerprint,
            content_hash,
            url,
            has_left=bool(has_left),
            guid=guid,
            known_by=KnownBy(known_by),
        )
    return found


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
            row["id"],
            ARTICLE.read(row),
            tuple(statements[row["id"]]),
            tuple(named[row["id"]]),
            row["first_seen_at"],
            row["acts_on"],
            row["killed_by"],
        )
        for row in rows.values()
    ]


def _lock_rows(
    connection: Connection, article_ids: Iterable[int], match_keys: Iterable[str]
) -> Mapping[int, RowMapping]:
    # Each slice is locked by id; only a document that names more than 5,000 articles has a second slice.
    pairs = zip_longest(slices(sorted(article_ids)), slices(sorted(match_keys)), fillvalue=())
    wanted = ({"ids": ids, "match_keys": keys} for ids, keys in pairs)
    return {row["id"]: row for each in wanted for row in connection.execute(_LOCK_ARTICLES, each).mappings()}


def _read_statements(connection: Connection, article_ids: Collection[int]) -> dict[int, list[Statement]]:
    found: dict[int, list[Statement]] = defaultdict(list)
    for some in slices(article_ids):
        for row in connection.execute(_STATEMENTS, {"ids": some}).mappings():
            found[row["article_id"]].append(
                Statement(
                    row["feed_id"],
                    row["guid_hash"],
                    row["content_hash"],
                    row["said_at"],
                    row["read_at"],
                    row["length"],
                    row["version"],
                    is_of_file=row["host_id"] is None,
                    is_present=row["left_at"] is None,
                    article=unpack(Article, row["said"]),
                    is_shown=row["said"] is None,
                )
            )
    return found
