"""Undoing: stories forgotten so that their articles are grouped again, or counted anew after articles went."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, delete, func, or_, select, update

from worker.database.article_tables import ArticleRow
from worker.database.story_tables import SketchRow, StoryRow


def find_article_ids(connection: Connection, first_id: int, since: datetime | None, limit: int) -> Sequence[int]:
    """Return ids of articles from ``first_id`` on, of those first seen since a moment."""
    query = select(ArticleRow.id).where(ArticleRow.id >= first_id).order_by(ArticleRow.id).limit(limit)
    if since:
        query = query.where(ArticleRow.first_seen_at >= since)
    return connection.execute(query).scalars().all()


def find_stories(connection: Connection, article_ids: Collection[int] | Select[int]) -> set[int]:
    """Return the stories of articles, named by their ids or by a query for them."""
    own = func.coalesce(ArticleRow.story_id, ArticleRow.id)
    rows = connection.execute(
        select(func.coalesce(StoryRow.parent, StoryRow.id))
        .join(ArticleRow, StoryRow.id == own)
        .where(ArticleRow.id.in_(article_ids))
    )
    return set(rows.scalars())


def forget_stories(connection: Connection, article_ids: Collection[int]) -> int:
    """Let articles wait to be grouped again, and all others of their stories; return how many."""
    stories = find_stories(connection, article_ids)
    concerned = or_(ArticleRow.id.in_(article_ids), ArticleRow.story_id.in_(stories))
    ids = (
        connection.execute(select(ArticleRow.id).where(concerned).order_by(ArticleRow.id).with_for_update())
        .scalars()
        .all()
    )
    connection.execute(update(ArticleRow).where(ArticleRow.id.in_(ids)).values(story_id=None, grouped_at=None))
    # Their keys may stay: what they find has no sketch until it is published anew.
    connection.execute(delete(SketchRow).where(SketchRow.article_id.in_(ids)))
    connection.execute(delete(StoryRow).where(or_(StoryRow.id.in_(stories), StoryRow.parent.in_(stories))))
    return len(ids)


def recount_stories(connection: Connection, story_ids: Collection[int]) -> None:
    """Count stories anew after some of their articles were deleted; one that has none left goes."""
    own = func.coalesce(StoryRow.parent, StoryRow.id)
    member = func.coalesce(ArticleRow.story_id, ArticleRow.id)
    left = connection.execute(
        select(
            own.label("id"),
            func.count().label("size"),
            func.min(ArticleRow.id).label("first_article_id"),
            func.min(ArticleRow.first_seen_at).label("first_seen_at"),
            func.max(ArticleRow.first_seen_at).label("last_seen_at"),
        )
        .join(StoryRow, StoryRow.id == member)
        .where(own.in_(story_ids))
        .group_by(own)
    ).mappings()
    counted = {row["id"]: dict(row) for row in left}
    for story_id in story_ids:
        if story_id in counted:
            connection.execute(update(StoryRow).where(StoryRow.id == story_id).values(counted[story_id]))
    gone = set(story_ids) - counted.keys()
    connection.execute(delete(StoryRow).where(or_(StoryRow.id.in_(gone), StoryRow.parent.in_(gone))))
