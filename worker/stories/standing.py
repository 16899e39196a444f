"""Where an article stands among stories, and who stands in one; membership changes only under the lock of its story."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from worker.database.among import is_among
from worker.database.article_tables import ArticleRow
from worker.database.story_tables import StoryRow

STORY: ColumnElement[int | None] = func.coalesce(StoryRow.parent, StoryRow.id, ArticleRow.story_id)
"""The story an article is of, joined as by ``with_stories``; null for one that nobody has published yet.

The row of a story with the article's own id decides: the story it began, or what took that one in. Without such a row
the article joined the story that its own row names.
"""


def with_stories(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return a query for articles with what ``STORY`` needs."""
    return query.select_from(ArticleRow).outerjoin(StoryRow, StoryRow.id == ArticleRow.id)


def find_parts(connection: Connection, story_ids: Collection[int]) -> Sequence[int]:
    """Return the ids of stories and of all that they took in."""
    among = or_(*(is_among(connection.dialect.name, column, story_ids) for column in (StoryRow.id, StoryRow.parent)))
    return connection.execute(select(StoryRow.id).where(among)).scalars().all()


def lock_members(
    connection: Connection, story_ids: Collection[int], parts: Sequence[int]
) -> Sequence[Row[tuple[Any, ...]]]:
    """Lock the articles of stories, which are locked; return id, story and first sight of each, the oldest first."""
    dialect = connection.dialect.name
    # Two indexes find all that may be of the stories; where they stand is read from what is found.
    near = or_(is_among(dialect, ArticleRow.story_id, story_ids), is_among(dialect, ArticleRow.id, parts))
    query = with_stories(select(ArticleRow.id, STORY.label("story_id"), ArticleRow.first_seen_at))
    query = query.where(near, is_among(dialect, STORY, story_ids)).order_by(ArticleRow.id)
    return connection.execute(query.with_for_update(of=ArticleRow)).all()
