"""Locking stories before anything about them is written, then articles; all transactions do, the oldest first.

Whoever stores, forgets or counts stories locks them here first, so none of them sees half of what another one does.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from worker.database.article_tables import ArticleRow
from worker.database.statements import is_among
from worker.database.story_tables import SketchRow, StoryRow
from worker.stories.values import Story, WaitingArticle

# --- Where an article stands among stories, and who stands in one; membership changes only under the lock of its
# story.

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


_LOOKS = 6


class StaleStoriesError(Exception):
    """Articles came to stand in other stories while we waited for the locks: look again, in a new transaction."""


def lock_stories(connection: Connection, article_ids: Collection[int]) -> tuple[dict[int, int], dict[int, Story]]:
    """Lock the stories of these articles; return the story of each article, and the stories by id.

    An article without a story yet, or that is gone, is left out. StaleStoriesError: try again.
    """
    story_of = _find_stories(connection, article_ids)
    locked = connection.execute(
        select(StoryRow.id, StoryRow.size, StoryRow.first_seen_at, StoryRow.last_seen_at)
        .where(is_among(connection.dialect.name, StoryRow.id, set(story_of.values())))
        .order_by(StoryRow.id)
        .with_for_update()
    ).all()
    # A story that was forgotten has at least the article that began it.
    stories = {row.id: Story(row.id, row.size or 1, row.first_seen_at, row.last_seen_at) for row in locked}
    if stories.keys() != set(story_of.values()) or _find_stories(connection, article_ids) != story_of:
        raise StaleStoriesError
    return story_of, stories


def lock_stories_here(connection: Connection, article_ids: Collection[int]) -> dict[int, Story]:
    """Lock the stories of these articles in a transaction that cannot begin anew: what is stale is looked at again."""
    for _ in range(_LOOKS - 1):
        with suppress(StaleStoriesError):
            return lock_stories(connection, article_ids)[1]
    return lock_stories(connection, article_ids)[1]


def lock_waiting(connection: Connection, articles: Sequence[WaitingArticle]) -> dict[int, int | None]:
    """Lock those of the articles that still wait with the words that were read, and can be found by others.

    Return the story that each one's row names, null for one that was never grouped.
    """
    hashes = {article.article_id: article.content_hash for article in articles}
    rows = connection.execute(
        select(ArticleRow.id, ArticleRow.content_hash, ArticleRow.story_id)
        .join(SketchRow, SketchRow.article_id == ArticleRow.id)
        .where(ArticleRow.id.in_(hashes), ArticleRow.grouped_at.is_(None))
        .order_by(ArticleRow.id)
        .with_for_update(of=ArticleRow)
    )
    return {row.id: row.story_id for row in rows if row.content_hash == hashes[row.id]}


def _find_stories(connection: Connection, article_ids: Collection[int]) -> dict[int, int]:
    named = with_stories(select(ArticleRow.id, STORY.label("story_id")))
    rows = connection.execute(
        named.where(is_among(connection.dialect.name, ArticleRow.id, article_ids), STORY.is_not(None))
    )
    return {row.id: row.story_id for row in rows}
