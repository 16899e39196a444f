"""Finding the articles that share an anchor with others, and what they are compared by."""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from sys import byteorder
from typing import Any

import orjson
from sqlalchemy import Connection, TextClause, func, or_, select, text

from worker.database.article_tables import ArticleRow
from worker.database.statements import is_among, upsert
from worker.database.story_tables import BlockRow, SketchRow, StoryRow
from worker.stories.story_locks import STORY, with_stories
from worker.stories.values import Candidate, Signature, Signed, WaitingArticle

# --- Publishing what articles are found and compared by, so that whoever is grouping a copy of one now sees it.

# --- The two tables of pairs of numbers, anchors with articles and blocks with stories: many rows in one statement.

# An anchor that more articles have than this is looked at no further than the oldest of them.
MOST_OF_ANCHOR = 64
_INSERTS: Mapping[str, TextClause] = {
    table: text(f"INSERT INTO {table} ({one}, {other}) VALUES (:one, :other) ON CONFLICT DO NOTHING")  # noqa: S608 -- names of ours
    for table, one, other in (("near_keys", "key", "article_id"), ("blocks", "block", "story_id"))
}
_INSERTS_MANY: Mapping[str, TextClause] = {
    table: text(
        f"INSERT INTO {table} ({one}, {other}) "  # noqa: S608 -- names of ours
        "SELECT * FROM unnest(CAST(:ones AS bigint[]), CAST(:others AS bigint[])) ON CONFLICT DO NOTHING"
    )
    for table, one, other in (("near_keys", "key", "article_id"), ("blocks", "block", "story_id"))
}
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


def insert_pairs(connection: Connection, table: str, pairs: Iterable[tuple[int, int]]) -> None:
    """Insert pairs of numbers that are not there yet, all transactions in one order."""
    rows = sorted(set(pairs))
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        ones, others = map(list, zip(*rows, strict=True))
        connection.execute(_INSERTS_MANY[table], {"ones": ones, "others": others})
    else:
        connection.execute(_INSERTS[table], [{"one": one, "other": other} for one, other in rows])


def find_articles_of_anchors(connection: Connection, anchors: Iterable[int]) -> dict[int, list[int]]:
    """Return, by anchor, the articles that have it, the oldest of them where there are many."""
    wanted = sorted(set(anchors))
    if connection.dialect.name == "postgresql":
        rows = connection.execute(_ARTICLES_OF_ANCHORS, {"keys": wanted, "most": MOST_OF_ANCHOR})
    else:
        rows = connection.execute(
            _ARTICLES_OF_ANCHORS_SQLITE, {"keys": orjson.dumps(wanted).decode(), "most": MOST_OF_ANCHOR}
        )
    found: dict[int, list[int]] = {}
    for anchor, article_id in rows:
        found.setdefault(anchor, []).append(article_id)
    return found


def publish(connection: Connection, signed: Sequence[Signed], rules_version: int) -> None:
    """Write the signatures of articles, and a story for each that has none yet."""
    anchors = ((anchor, one.article.article_id) for one in signed for anchor in one.signature.anchors)
    insert_pairs(connection, "near_keys", anchors)
    connection.execute(_upsert_sketch(connection.dialect.name), [_sketch(one, rules_version) for one in signed])
    alone = [one.article for one in signed if one.article.story_id is None]
    if alone:
        connection.execute(_insert_story(connection.dialect.name), [_story(article) for article in alone])


def pack(numbers: Sequence[int]) -> bytes:
    """Return 32-bit numbers as little-endian bytes."""
    packed = array("I", numbers)
    if byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack(raw: bytes) -> tuple[int, ...]:
    """Return the numbers that ``pack`` made bytes of."""
    numbers = array("I", raw)
    if byteorder == "big":
        numbers.byteswap()
    return tuple(numbers)


def _sketch(signed: Signed, rules_version: int) -> dict[str, Any]:
    signature = signed.signature
    return {
        "article_id": signed.article.article_id,
        "rules_version": rules_version,
        # Compared they are only when what came of it is stored.
        "content_hash": b"",
        "outlet": signature.outlet,
        "width": signature.width,
        "shingles": pack(signature.sketch),
        "facts": pack(signature.facts),
        "places": signature.places.to_bytes((signature.places.bit_length() + 7) // 8, "little"),
    }


def _story(article: WaitingArticle) -> dict[str, Any]:
    return {
        "id": article.article_id,
        "first_article_id": article.article_id,
        "size": 1,
        "first_seen_at": article.first_seen_at,
        "last_seen_at": article.first_seen_at,
    }


# Statements are built once: building one costs several times what running it does.
@cache
def _upsert_sketch(dialect: str) -> Any:
    statement = upsert(dialect, SketchRow)
    changed = {name: statement.excluded[name] for name in SketchRow.__table__.columns.keys() if name != "article_id"}  # noqa: SIM118 -- a collection of columns
    return statement.on_conflict_do_update(index_elements=["article_id"], set_=changed)


@cache
def _insert_story(dialect: str) -> Any:
    return upsert(dialect, StoryRow).on_conflict_do_nothing(index_elements=["id"])


def find_candidates(connection: Connection, anchors: Iterable[int]) -> dict[int, list[Candidate]]:
    """Return, by anchor, the articles that share it, the oldest first."""
    sharing = find_articles_of_anchors(connection, anchors)
    known = _read_candidates(connection, {article_id for ids in sharing.values() for article_id in ids})
    return {anchor: [known[article_id] for article_id in ids if article_id in known] for anchor, ids in sharing.items()}


def find_signatures(connection: Connection, article_ids: Collection[int], rules_version: int) -> dict[int, Signature]:
    """Return the signatures of articles, without anchors; those of other rules' versions are left out."""
    if not article_ids:
        return {}
    rows = connection.execute(
        select(SketchRow, ArticleRow.title)
        .join(ArticleRow, ArticleRow.id == SketchRow.article_id)
        .where(SketchRow.article_id.in_(article_ids), SketchRow.rules_version == rules_version)
    )
    return {
        row.article_id: Signature(
            anchors=(),
            sketch=unpack(row.shingles),
            width=row.width,
            facts=unpack(row.facts),
            places=int.from_bytes(row.places, "little"),
            title=row.title,
            outlet=row.outlet,
        )
        for row in rows
    }


def _read_candidates(connection: Connection, article_ids: Collection[int]) -> dict[int, Candidate]:
    if not article_ids:
        return {}
    rows = connection.execute(
        with_stories(
            select(
                ArticleRow.id,
                STORY.label("story_id"),
                ArticleRow.grouped_at.is_not(None).label("is_grouped"),
                func.coalesce(ArticleRow.published_at, ArticleRow.first_seen_at).label("moment"),
            )
        ).where(ArticleRow.id.in_(article_ids), STORY.is_not(None))
    )
    return {row.id: Candidate(row.id, row.story_id, row.is_grouped, row.moment) for row in rows}


# --- Which lines of text are boilerplate: those that several stories have.


def find_boilerplate(connection: Connection, blocks: Collection[int], stories: int) -> set[int]:
    """Return the blocks that at least so many stories have.

    Stories that have become one count once, those that are forgotten not at all.
    """
    if not blocks:
        return set()
    root = func.coalesce(StoryRow.parent, StoryRow.id)
    seen = (
        select(BlockRow.block)
        .join(StoryRow, StoryRow.id == BlockRow.story_id)
        .where(is_among(connection.dialect.name, BlockRow.block, blocks))
        .where(or_(StoryRow.size > 0, StoryRow.parent.is_not(None)))
        .group_by(BlockRow.block)
        .having(func.count(root.distinct()) >= stories)
    )
    return set(connection.execute(seen).scalars())
