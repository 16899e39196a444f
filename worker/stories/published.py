"""Signatures in SQL: stored for other workers to see, and searched for candidates; the lines that stories share.

Anchors with their articles and lines with their stories are tables of pairs of numbers: many go into one statement.
"""

import struct
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import chain, repeat
from typing import Any

import orjson
from sqlalchemy import Connection, Select, bindparam, func, literal_column, or_, select, text

from worker.database.article_tables import ArticleRow
from worker.database.many_rows import insert_many_or_fail
from worker.database.statements import is_one_of_given, upsert
from worker.database.story_tables import BlockRow, NearKeyRow, SketchRow, StoryRow
from worker.database.types import Numbers
from worker.stories import constants as rules
from worker.stories.story_locks import STORY, with_stories
from worker.stories.story_values import Candidate, Sharing, Signature, Signed

# An anchor that more articles have than this is looked at no further than the oldest of them.
_MOST_OF_ANCHOR = 64
_SKETCH = tuple(SketchRow.__table__.columns.keys())
# Where nothing can be there yet PostgreSQL inserts for half of what it takes to look for conflicts.
_INSERT_ANCHORS = insert_many_or_fail(NearKeyRow, ("key", "article_id"))
_INSERT_SKETCHES = insert_many_or_fail(SketchRow, _SKETCH)
_ADD_ANCHORS = insert_many_or_fail(NearKeyRow, ("key", "article_id"), "ON CONFLICT DO NOTHING")
_REPLACE_SKETCHES = insert_many_or_fail(
    SketchRow,
    _SKETCH,
    f"ON CONFLICT (article_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _SKETCH)}",
)
# Most anchors have only the article that has just been published with them, so that nothing is found by them.
_ARTICLES_OF_ANCHORS = (
    "SELECT wanted.key, near.article_ids FROM unnest(CAST(%(keys)b AS bigint[])) AS wanted(key) CROSS JOIN LATERAL ("
    "SELECT array_agg(article_id) AS article_ids FROM (SELECT article_id FROM near_keys "
    "WHERE near_keys.key = wanted.key ORDER BY article_id LIMIT %(most)s) AS oldest) AS near "
    "WHERE EXISTS (SELECT FROM near_keys WHERE near_keys.key = wanted.key OFFSET 1)"
)
_ARTICLES_OF_ANCHORS_SQLITE = text(
    "SELECT wanted.value, (SELECT json_group_array(article_id) FROM (SELECT article_id FROM near_keys "
    "WHERE near_keys.key = wanted.value ORDER BY article_id LIMIT :most)) FROM json_each(:keys) AS wanted "
    "WHERE EXISTS (SELECT 1 FROM near_keys WHERE near_keys.key = wanted.value LIMIT 1 OFFSET 1)"
).bindparams(bindparam("keys", type_=Numbers()))


def find_boilerplate(connection: Connection, blocks: Collection[int]) -> set[int]:
    """Return the blocks that are boilerplate, because several stories have them.

    Stories that have become one count once, those that are forgotten not at all.
    """
    known = connection.execute(_select_boilerplate(connection.dialect.name), {"blocks": list(blocks)})
    return set(known.scalars())


# Statements are built once: building one costs several times what running it does.
@cache
def _select_boilerplate(dialect: str) -> Select[int]:
    root = func.coalesce(StoryRow.parent, StoryRow.id)
    return (
        select(BlockRow.block)
        .join(StoryRow, StoryRow.id == BlockRow.story_id)
        .where(is_one_of_given(dialect, BlockRow.block, "blocks"))
        .where(or_(StoryRow.size > 0, StoryRow.parent.is_not(None)))
        .group_by(BlockRow.block)
        .having(func.count(root.distinct()) >= rules.BOILERPLATE_STORIES)
    )


def publish_signatures(connection: Connection, signed: Sequence[Signed]) -> None:
    """Write the signatures of articles, and a story for each article that has none yet."""
    alone = [one.article.article_id for one in signed if one.article.story_id is None]
    begun = connection.execute(_insert_stories(connection.dialect.name), {"articles": list(alone)})
    # Only one transaction can begin an article's story: nothing of the article was published before.
    ids = {*begun.scalars()}
    new = [one for one in signed if one.article.article_id in ids]
    _INSERT_ANCHORS.execute_tuples(connection, _anchors(new))
    _INSERT_SKETCHES.execute_tuples(connection, [*map(_sketch, new)])
    again = [one for one in signed if one.article.article_id not in ids]
    _ADD_ANCHORS.execute_tuples(connection, _anchors(again))
    _REPLACE_SKETCHES.execute_tuples(connection, [*map(_sketch, again)])


def _anchors(signed: Sequence[Signed]) -> list[tuple[int, int]]:
    # Sorted, they go into one page of the index after the other.
    return sorted(chain.from_iterable(zip(one.signature.anchors, repeat(one.article.article_id)) for one in signed))


@cache
def _insert_stories(dialect: str) -> Any:
    columns = ("id", "first_article_id", "size", "first_seen_at", "last_seen_at")
    seen = ArticleRow.first_seen_at
    article: Select[*tuple[Any, ...]] = select(ArticleRow.id, ArticleRow.id, literal_column("1"), seen, seen)
    # On SQLite a claim keeps nobody out: another process may have grouped an article since, as a copy without a trace.
    is_new = is_one_of_given(dialect, ArticleRow.id, "articles"), ArticleRow.story_id.is_(None)
    begun = article.where(*is_new).order_by(ArticleRow.id)
    return upsert(dialect, StoryRow).from_select(columns, begun).on_conflict_do_nothing().returning(StoryRow.id)


def _sketch(signed: Signed) -> tuple[object, ...]:
    signature, article = signed.signature, signed.article
    places = signature.places.to_bytes((signature.places.bit_length() + 7) // 8, "little")
    # They count as compared once the article has a story; if it has one already, once it is stored again.
    words = article.content_hash if article.story_id is None else b""
    texts = signature.sketch, _pack(signature.facts), places
    return article.article_id, rules.RULES_VERSION, words, signature.outlet, signature.width, *texts


def find_sharing(connection: Connection, anchors: Iterable[int]) -> Sharing:
    """Return the published articles that share an anchor: of each anchor the oldest."""
    wanted = {"keys": sorted(set(anchors)), "most": _MOST_OF_ANCHOR}
    sharing: dict[int, list[int]]
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql(_ARTICLES_OF_ANCHORS, wanted)
        sharing = {anchor: article_ids for anchor, article_ids in found}  # noqa: C416 -- dict() of rows loses the types
    else:
        found = connection.execute(_ARTICLES_OF_ANCHORS_SQLITE, wanted)
        sharing = {anchor: orjson.loads(article_ids) for anchor, article_ids in found}
    return Sharing(sharing, _read_candidates(connection, {*chain.from_iterable(sharing.values())}))


def _read_candidates(connection: Connection, article_ids: Collection[int]) -> dict[int, Candidate]:
    rows = connection.execute(_select_candidates(connection.dialect.name), {"articles": list(article_ids)})
    return {row[0]: Candidate(*row) for row in rows}


@cache
def _select_candidates(dialect: str) -> Select[*tuple[Any, ...]]:
    is_grouped = ArticleRow.grouped_at.is_not(None)
    moment = func.coalesce(ArticleRow.published_at, ArticleRow.first_seen_at)
    query = with_stories(select(ArticleRow.id, STORY, is_grouped, moment))
    return query.where(is_one_of_given(dialect, ArticleRow.id, "articles"), STORY.is_not(None))


def find_signatures(connection: Connection, article_ids: Collection[int]) -> dict[int, Signature]:
    """Return the signatures of articles, without anchors; those made by other rules are left out."""
    rows = connection.execute(_select_sketches(connection.dialect.name), {"articles": list(article_ids)})
    return {
        row["article_id"]: Signature(
            anchors=(),
            sketch=row["shingles"],
            width=row["width"],
            facts=_unpack(row["facts"]),
            places=int.from_bytes(row["places"], "little"),
            title=row["title"],
            outlet=row["outlet"],
        )
        for row in rows.mappings()
    }


@cache
def _select_sketches(dialect: str) -> Select[*tuple[Any, ...]]:
    compared = SketchRow.shingles, SketchRow.width, SketchRow.facts, SketchRow.places, SketchRow.outlet
    query = select(SketchRow.article_id, *compared, ArticleRow.title)
    query = query.join(ArticleRow, ArticleRow.id == SketchRow.article_id)
    is_wanted = is_one_of_given(dialect, SketchRow.article_id, "articles")
    return query.where(is_wanted, SketchRow.rules_version == rules.RULES_VERSION)


def _pack(numbers: Sequence[int]) -> bytes:
    """Return 32-bit numbers as little-endian bytes."""
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _unpack(raw: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(raw) // 4}I", raw)
