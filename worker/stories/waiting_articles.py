"""Claiming articles that wait to be grouped: each worker takes others, and a claim ends with its transaction."""

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, and_, case, cast, func, select, text

from worker.database.article_tables import ArticleRow
from worker.database.feed_tables import FeedRow
from worker.database.statements import is_one_of_given
from worker.database.story_tables import SketchRow
from worker.stories.constants import MOST_CHARACTERS
from worker.stories.signature import outlet_of
from worker.stories.story_locks import STORY, with_stories
from worker.stories.story_values import WaitingArticle

# On PostgreSQL a claim is an advisory lock on so many ids in a row: the rows themselves stay free for others.
_SLOT = 64
_LOOKAHEAD = 64 * _SLOT
_LOCK = text("SELECT pg_try_advisory_xact_lock(706172, :slot)")
_WAITING = text("SELECT id FROM articles WHERE grouped_at IS NULL ORDER BY id LIMIT :most")


def claim_waiting(connection: Connection, limit: int) -> list[WaitingArticle]:
    """Claim about ``limit`` waiting articles, the oldest first, until the connection's transaction ends."""
    is_postgresql = connection.dialect.name == "postgresql"
    most = _LOOKAHEAD if is_postgresql else limit
    ids = connection.execute(_WAITING, {"most": most}).scalars().all()
    if is_postgresql:
        ids = _lock_slots(connection, ids, limit)
    return _read_waiting(connection, ids) if ids else []


def _lock_slots(connection: Connection, ids: Sequence[int], limit: int) -> list[int]:
    claimed: list[int] = []
    for slot, members in groupby(ids, key=lambda article_id: article_id // _SLOT):
        if len(claimed) >= limit:
            break
        if connection.execute(_LOCK, {"slot": slot}).scalar_one():
            claimed.extend(members)
    return claimed


def _read_waiting(connection: Connection, ids: Sequence[int]) -> list[WaitingArticle]:
    rows = connection.execute(_select_waiting(connection.dialect.name), {"articles": list(ids)})
    return [
        WaitingArticle(
            article_id=row["id"],
            feed_id=row["feed_id"],
            content_hash=row["content_hash"],
            title=row["title"],
            text=row["text"],
            outlet=outlet_of(row["url"], row["feed_url"]),
            moment=row["published_at"] or row["first_seen_at"],
            first_seen_at=row["first_seen_at"],
            story_id=row["story_id"],
            compared_by=row["compared_by"],
        )
        for row in rows.mappings()
    ]


@cache
def _select_waiting(dialect: str) -> Select[*tuple[Any, ...]]:
    were_compared = and_(
        SketchRow.article_id == ArticleRow.id,
        SketchRow.content_hash == ArticleRow.content_hash,
        # Else it was published, and never stored.
        ArticleRow.story_id.is_not(None),
    )
    columns = ArticleRow.id, ArticleRow.feed_id, ArticleRow.content_hash, ArticleRow.title, ArticleRow.url
    times = ArticleRow.published_at, ArticleRow.first_seen_at
    words = _words(dialect).label("text")
    query = select(*columns, *times, words, FeedRow.url.label("feed_url"), STORY.label("story_id"))
    return (
        with_stories(query.add_columns(SketchRow.rules_version.label("compared_by")))
        .join(FeedRow, FeedRow.id == ArticleRow.feed_id)
        .outerjoin(SketchRow, were_compared)
        # Another worker may have grouped some of them between our look and our lock.
        .where(is_one_of_given(dialect, ArticleRow.id, "articles"), ArticleRow.grouped_at.is_(None))
        .order_by(ArticleRow.id)
    )


def _words(dialect: str) -> ColumnElement[str]:
    """Return the part of an article's text that is compared; the characters of a long one only have to be counted."""
    words = ArticleRow.text
    length = func.octet_length(words) if dialect == "postgresql" else func.length(cast(words, LargeBinary))
    return case((length > MOST_CHARACTERS, func.substr(words, 1, MOST_CHARACTERS)), else_=words)
