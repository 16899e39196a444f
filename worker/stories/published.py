"""Signatures in SQL: stored for other workers to see, and searched for candidates; the lines that stories share.

Anchors with their articles and lines with their stories are tables of pairs of numbers: many go into one statement.
"""

import struct
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, TextClause, func, or_, select, text

from worker.database.article_tables import ArticleRow
from worker.database.statements import is_one_of, upsert
from worker.database.story_tables import BlockRow, SketchRow, StoryRow
from worker.stories import constants as rules
from worker.stories.story_locks import STORY, with_stories
from worker.stories.story_values import Candidate, Signature, Signed

# An anchor that more articles have than this is looked at no further than the oldest of them.
_MOST_OF_ANCHOR = 64
_COLUMNS = {"near_keys": ("key", "article_id"), "blocks": ("block", "story_id")}
_ARTICLES_OF_ANCHORS = text(
    "SELECT wanted.key, near.article_id FROM unnest(CAST(:keys AS bigint[])) AS wanted(key) CROSS JOIN LATERAL ("
    "SELECT article_id FROM near_keys WHERE near_keys.key = wanted.key ORDER BY article_id LIMIT :most) AS near"
)
# SQLite has no LATERAL: the last of the articles that count bounds the search.
_ARTICLES_OF_ANCHORS_SQLITE = text(
    "SELECT wanted.value, near.article_id FROM json_each(:keys) AS wanted CROSS JOIN near_keys AS near "
    "ON near.key = wanted.value AND near.article_id <= coalesce((SELECT article_id FROM near_keys "
    "WHERE key = wanted.value ORDER BY article_id LIMIT 1 OFFSET :most - 1), 9223372036854775807)"
)


def find_boilerplate(connection: Connection, blocks: Collection[int]) -> set[int]:
    """Return the blocks that are boilerplate, because several stories have them.

    Stories that have become one count once, those that are forgotten not at all.
    """
    if not blocks:
        return set()
    root = func.coalesce(StoryRow.parent, StoryRow.id)
    seen = (
        select(BlockRow.block)
        .join(StoryRow, StoryRow.id == BlockRow.story_id)
        .where(is_one_of(connection, BlockRow.block, blocks))
        .where(or_(StoryRow.size > 0, StoryRow.parent.is_not(None)))
        .group_by(BlockRow.block)
        .having(func.count(root.distinct()) >= rules.BOILERPLATE_STORIES)
    )
    return set(connection.execute(seen).scalars())


def publish_signatures(connection: Connection, signed: Sequence[Signed]) -> None:
    """Write the signatures of articles, and a story for each article that has none yet."""
    dialect = connection.dialect.name
    anchors = ((anchor, one.article.article_id) for one in signed for anchor in one.signature.anchors)
    insert_pairs(connection, "near_keys", anchors)
    connection.execute(_upsert_sketch(dialect), [_sketch(one) for one in signed])
    alone = [one.article for one in signed if one.article.story_id is None]
    if alone:
        begun = [story_of_one_article(article.article_id, article.first_seen_at, size=1) for article in alone]
        connection.execute(_insert_story(dialect), begun)


def story_of_one_article(article_id: int, first_seen_at: datetime, size: int) -> dict[str, object]:
    """Return the row of a story that has only the article it began with."""
    return {
        "id": article_id,
        "first_article_id": article_id,
        "size": size,
        "first_seen_at": first_seen_at,
        "last_seen_at": first_seen_at,
    }


def insert_pairs(connection: Connection, table: str, pairs: Iterable[tuple[int, int]]) -> None:
    """Insert the pairs of numbers that are not there yet, in an order that is the same in all transactions."""
    rows = sorted(set(pairs))
    if not rows:
        return
    dialect = connection.dialect.name
    if dialect == "postgresql":
        ones, others = map(list, zip(*rows, strict=True))
        connection.execute(_insert_pairs(dialect, table), {"ones": ones, "others": others})
    else:
        connection.execute(_insert_pairs(dialect, table), [{"ones": one, "others": other} for one, other in rows])


# Statements are built once: building one costs several times what running it does.
@cache
def _insert_pairs(dialect: str, table: str) -> TextClause:
    of_arrays = "SELECT * FROM unnest(CAST(:ones AS bigint[]), CAST(:others AS bigint[]))"
    rows = of_arrays if dialect == "postgresql" else "VALUES (:ones, :others)"
    return text(f"INSERT INTO {table} ({', '.join(_COLUMNS[table])}) {rows} ON CONFLICT DO NOTHING")


@cache
def _upsert_sketch(dialect: str) -> Any:
    statement = upsert(dialect, SketchRow)
    changed = {name: statement.excluded[name] for name in SketchRow.__table__.columns.keys() if name != "article_id"}  # noqa: SIM118 -- a collection of columns
    return statement.on_conflict_do_update(index_elements=["article_id"], set_=changed)


@cache
def _insert_story(dialect: str) -> Any:
    return upsert(dialect, StoryRow).on_conflict_do_nothing(index_elements=["id"])


def _sketch(signed: Signed) -> dict[str, Any]:
    signature = signed.signature
    return {
        "article_id": signed.article.article_id,
        "rules_version": rules.RULES_VERSION,
        # They count as compared only when what came of it is stored.
        "content_hash": b"",
        "outlet": signature.outlet,
        "width": signature.width,
        "shingles": signature.sketch,
        "facts": _pack(signature.facts),
        "places": signature.places.to_bytes((signature.places.bit_length() + 7) // 8, "little"),
    }


def find_candidates(connection: Connection, anchors: Iterable[int]) -> dict[int, list[Candidate]]:
    """Return, by anchor, the published articles that have it: the oldest first, and only those where there are many."""
    sharing: dict[int, list[int]] = {}
    keys: Any = sorted(set(anchors))
    query = _ARTICLES_OF_ANCHORS
    if connection.dialect.name == "sqlite":
        query, keys = _ARTICLES_OF_ANCHORS_SQLITE, orjson.dumps(keys).decode()
    for anchor, article_id in connection.execute(query, {"keys": keys, "most": _MOST_OF_ANCHOR}):
        sharing.setdefault(anchor, []).append(article_id)
    known = _read_candidates(connection, {article_id for ids in sharing.values() for article_id in ids})
    return {anchor: [known[article_id] for article_id in ids if article_id in known] for anchor, ids in sharing.items()}


def _read_candidates(connection: Connection, article_ids: Collection[int]) -> dict[int, Candidate]:
    if not article_ids:
        return {}
    is_grouped = ArticleRow.grouped_at.is_not(None)
    moment = func.coalesce(ArticleRow.published_at, ArticleRow.first_seen_at)
    query = with_stories(select(ArticleRow.id, STORY, is_grouped, moment))
    rows = connection.execute(query.where(ArticleRow.id.in_(article_ids), STORY.is_not(None)))
    return {row[0]: Candidate(*row) for row in rows}


def find_signatures(connection: Connection, article_ids: Collection[int]) -> dict[int, Signature]:
    """Return the signatures of articles, without anchors; those made by other rules are left out."""
    if not article_ids:
        return {}
    rows = connection.execute(
        select(SketchRow, ArticleRow.title)
        .join(ArticleRow, ArticleRow.id == SketchRow.article_id)
        .where(SketchRow.article_id.in_(article_ids), SketchRow.rules_version == rules.RULES_VERSION)
    )
    return {
        row.article_id: Signature(
            anchors=(),
            sketch=row.shingles,
            width=row.width,
            facts=_unpack(row.facts),
            places=int.from_bytes(row.places, "little"),
            title=row.title,
            outlet=row.outlet,
        )
        for row in rows
    }


def _pack(numbers: Sequence[int]) -> bytes:
    """Return 32-bit numbers as little-endian bytes."""
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _unpack(raw: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(raw) // 4}I", raw)
