"""Locking the stories that articles are of, all transactions in one order: the oldest first."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from worker.database.article_tables import ArticleRow
from worker.database.story_tables import StoryRow
from worker.values import Story


class StaleStoriesError(Exception):
    """A story was taken in by another one while we waited for its lock: look again, in a new transaction."""


def lock_stories(connection: Connection, article_ids: Collection[int]) -> tuple[dict[int, int], dict[int, Story]]:
    """Lock the stories of these articles; return the story of each article, and the stories by id.

    An article without a story of its own row yet, or that is gone, is left out. StaleStoriesError: try again.
    """
    root = func.coalesce(StoryRow.parent, StoryRow.id).label("story_id")
    members = (
        select(ArticleRow.id, root)
        .join(StoryRow, StoryRow.id == func.coalesce(ArticleRow.story_id, ArticleRow.id))
        .where(ArticleRow.id.in_(article_ids))
    )
    story_of = {row.id: row.story_id for row in connection.execute(members)}
    locked = connection.execute(
        select(StoryRow.id, StoryRow.parent, StoryRow.size, StoryRow.first_seen_at, StoryRow.last_seen_at)
        .where(StoryRow.id.in_(set(story_of.values())))
        .order_by(StoryRow.id)
        .with_for_update()
    ).all()
    if len(locked) < len(set(story_of.values())) or any(row.parent is not None for row in locked):
        raise StaleStoriesError
    return story_of, {row.id: Story(row.id, row.size, row.first_seen_at, row.last_seen_at) for row in locked}
