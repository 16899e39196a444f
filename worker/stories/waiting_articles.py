"""Claiming articles that wait to be grouped: each worker takes others, and a claim ends with its transaction."""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Connection, and_, func, select, text

from worker.database.article_tables import ArticleRow
from worker.database.feed_tables import FeedRow
from worker.database.story_tables import SketchRow
from worker.stories.constants import MOST_CHARACTERS
from worker.stories.signature import outlet_of
from worker.stories.story_locks import STORY, with_stories
from worker.stories.story_values import WaitingArticle

# On PostgreSQL a claim is an advisory lock on so many ids in a row: the rows themselves stay free for others.
_SLOT = 64
_LOOKAHEAD = 64 * _SLOT
_LOCK = text("SELECT pg_try_advisory_xact_lock(706172, :slot)")


def claim_waiting(connection: Connection, limit: int) -> list[WaitingArticle]:
    """Claim about ``limit`` waiting articles, the oldest first, until the connection's transaction ends."""
    waiting = select(ArticleRow.id).where(ArticleRow.grouped_at.is_(None)).order_by(ArticleRow.id)
    is_postgresql = connection.dialect.name == "postgresql"
    ids = connection.execute(waiting.limit(_LOOKAHEAD if is_postgresql else limit)).scalars().all()
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
    were_compared = and_(SketchRow.article_id == ArticleRow.id, SketchRow.content_hash == ArticleRow.content_hash)
    # Another worker may have grouped some of them between our look and our lock.
    rows = connection.execute(
        with_stories(
            select(
                ArticleRow.id,
                ArticleRow.feed_id,
                ArticleRow.content_hash,
                ArticleRow.title,
                func.substr(ArticleRow.text, 1, MOST_CHARACTERS).label("text"),
                ArticleRow.url,
                FeedRow.url.label("feed_url"),
                ArticleRow.published_at,
                ArticleRow.first_seen_at,
                STORY.label("story_id"),
                SketchRow.rules_version.label("compared_by"),
            )
        )
        .join(FeedRow, FeedRow.id == ArticleRow.feed_id)
        .outerjoin(SketchRow, were_compared)
        .where(ArticleRow.id.in_(ids), ArticleRow.grouped_at.is_(None))
        .order_by(ArticleRow.id)
    )
    return [
        WaitingArticle(
            article_id=row.id,
            feed_id=row.feed_id,
            content_hash=row.content_hash,
            title=row.title,
            text=row.text,
            outlet=outlet_of(row.url, row.feed_url),
            moment=row.published_at or row.first_seen_at,
            first_seen_at=row.first_seen_at,
            story_id=row.story_id,
            compared_by=row.compared_by,
        )
        for row in rows
    ]
