"""Undoing: stories forgotten so that their articles are grouped again, and articles deleted from their stories."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from worker.database.article_tables import ArticleRow
from worker.database.statements import is_among
from worker.database.story_tables import SketchRow, StoryRow
from worker.stories.story_locks import find_parts, lock_members, lock_stories
from worker.stories.values import Story
from worker.wire.linking import forget_links


def find_article_ids(connection: Connection, first_id: int, since: datetime | None, limit: int) -> Sequence[int]:
    """Return ids of articles from ``first_id`` on, of those first seen since a moment."""
    query = select(ArticleRow.id).where(ArticleRow.id >= first_id).order_by(ArticleRow.id).limit(limit)
    if since:
        query = query.where(ArticleRow.first_seen_at >= since)
    return connection.execute(query).scalars().all()


def forget_stories(connection: Connection, article_ids: Collection[int]) -> int:
    """Let articles wait to be grouped again, and all others of their stories; return how many.

    Each then stands alone, and its row names the story it was of until it is grouped. StaleStoriesError: try again.
    """
    _, stories = lock_stories(connection, article_ids)
    if not stories:
        return 0
    dialect, parts = connection.dialect.name, find_parts(connection, stories)
    members = lock_members(connection, stories, parts)
    ids = [member.id for member in members]
    connection.execute(update(ArticleRow).where(is_among(dialect, ArticleRow.id, ids)).values(grouped_at=None))
    # Their anchors may stay: what they find has no sketch until it is published anew.
    connection.execute(delete(SketchRow).where(is_among(dialect, SketchRow.article_id, ids)))
    connection.execute(delete(StoryRow).where(is_among(dialect, StoryRow.id, parts)))
    if members:
        connection.execute(insert(StoryRow), [_alone(member.id, member.first_seen_at) for member in members])
    return len(members)


def delete_articles(connection: Connection, deleted: Sequence[int], stories: Mapping[int, Story]) -> None:
    """Delete articles, which are locked with their stories, and count those stories anew."""
    dialect = connection.dialect.name
    connection.execute(delete(ArticleRow).where(is_among(dialect, ArticleRow.id, deleted)))
    forget_links(connection, deleted)
    connection.execute(delete(SketchRow).where(is_among(dialect, SketchRow.article_id, deleted)))
    # Where a story was taken in, only the article that began it led there.
    began = is_among(dialect, StoryRow.id, deleted)
    connection.execute(delete(StoryRow).where(began, StoryRow.parent.is_not(None)))
    _recount(connection, stories.keys())


def _recount(connection: Connection, story_ids: Collection[int]) -> None:
    """Count stories anew, which are locked; one that has no article left goes."""
    left = defaultdict(list)
    for member in lock_members(connection, story_ids, find_parts(connection, story_ids)):
        left[member.story_id].append(member)
    rows = [
        {
            "story": story_id,
            "first": members[0].id,
            "articles": len(members),
            "from": min(member.first_seen_at for member in members),
            "until": max(member.first_seen_at for member in members),
        }
        for story_id, members in sorted(left.items())
    ]
    counted: dict[str, object] = {
        "first_article_id": bindparam("first"),
        "size": bindparam("articles"),
        "first_seen_at": bindparam("from"),
        "last_seen_at": bindparam("until"),
    }
    if rows:
        connection.execute(update(StoryRow).where(StoryRow.id == bindparam("story")).values(counted), rows)
    gone = story_ids - left.keys()
    empty = or_(*(is_among(connection.dialect.name, column, gone) for column in (StoryRow.id, StoryRow.parent)))
    connection.execute(delete(StoryRow).where(empty))


def _alone(article_id: int, first_seen_at: datetime) -> dict[str, object]:
    # Of no size until it is grouped: what its lines say of boilerplate counts for nothing so long.
    return {
        "id": article_id,
        "first_article_id": article_id,
        "size": 0,
        "first_seen_at": first_seen_at,
        "last_seen_at": first_seen_at,
    }
