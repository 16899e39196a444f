"""Locking stories, then articles, the oldest first: every transaction that stores, forgets or counts stories does so.

So none of them sees half of what another one does: which story an article is of changes only under that story's lock.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from worker.database.article_tables import ArticleRow
from worker.database.statements import is_one_of_given
from worker.database.story_tables import SketchRow, StoryRow
from worker.stories.story_values import Story, WaitingArticle

STORY: ColumnElement[int | None] = func.coalesce(StoryRow.parent, StoryRow.id, ArticleRow.story_id)
"""The story an article is of, in a query made by ``with_stories``; null for an article that was never published.

The row of a story with the article's own id decides: the story it began, or what took that one in. Without such a row
the article joined the story that its own row names.
"""
_LOOKS = 6


class StaleStoriesError(Exception):
    """Articles came into other stories while we waited for the locks: look again, in a new transaction."""


def with_stories(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return a query for articles with what ``STORY`` needs."""
    return query.select_from(ArticleRow).outerjoin(StoryRow, StoryRow.id == ArticleRow.id)


def lock_stories(connection: Connection, article_ids: Collection[int]) -> tuple[dict[int, int], dict[int, Story]]:
    """Lock the stories of these articles; return the story of each article, and the stories by id.

    An article that has no story yet, or is gone, is left out. StaleStoriesError: try again.
    """
    story_of = _find_stories(connection, article_ids)
    wanted = {"stories": list(set(story_of.values()))}
    locked = connection.execute(_lock_stories(connection.dialect.name), wanted).all()
    # A story that was forgotten still has the article that began it.
    stories = {row.id: Story(row.size or 1, row.first_seen_at, row.last_seen_at) for row in locked}
    # On SQLite nobody else has written since the first look.
    is_alone = connection.dialect.name == "sqlite"
    if stories.keys() != set(story_of.values()) or not (is_alone or _find_stories(connection, article_ids) == story_of):
        raise StaleStoriesError
    return story_of, stories


@cache
def _lock_stories(dialect: str) -> Select[*tuple[Any, ...]]:
    query = select(StoryRow.id, StoryRow.size, StoryRow.first_seen_at, StoryRow.last_seen_at)
    return query.where(is_one_of_given(dialect, StoryRow.id, "stories")).order_by(StoryRow.id).with_for_update()


def lock_stories_retrying(connection: Connection, article_ids: Collection[int]) -> dict[int, Story]:
    """Lock the stories of these articles in a transaction that cannot begin anew: look again at what was stale."""
    for _ in range(_LOOKS - 1):
        with suppress(StaleStoriesError):
            return lock_stories(connection, article_ids)[1]
    return lock_stories(connection, article_ids)[1]


def lock_waiting(connection: Connection, articles: Sequence[WaitingArticle]) -> dict[int, int | None]:
    """Lock the published articles that still wait with the words that were read.

    Return, by article, the story that its row names; None for an article that was never grouped.
    """
    hashes = {article.article_id: article.content_hash for article in articles}
    rows = connection.execute(_lock_waiting(connection.dialect.name), {"articles": list(hashes)})
    return {row.id: row.story_id for row in rows if row.content_hash == hashes[row.id]}


@cache
def _lock_waiting(dialect: str) -> Select[*tuple[Any, ...]]:
    return (
        select(ArticleRow.id, ArticleRow.content_hash, ArticleRow.story_id)
        .join(SketchRow, SketchRow.article_id == ArticleRow.id)
        .where(is_one_of_given(dialect, ArticleRow.id, "articles"), ArticleRow.grouped_at.is_(None))
        .order_by(ArticleRow.id)
        .with_for_update(of=ArticleRow)
    )


def _find_stories(connection: Connection, article_ids: Collection[int]) -> dict[int, int]:
    rows = connection.execute(_select_stories(connection.dialect.name), {"articles": list(article_ids)})
    return {article_id: story_id for article_id, story_id in rows}  # noqa: C416 -- dict() of rows loses the types


@cache
def _select_stories(dialect: str) -> Select[*tuple[Any, ...]]:
    named = with_stories(select(ArticleRow.id, STORY))
    return named.where(is_one_of_given(dialect, ArticleRow.id, "articles"), STORY.is_not(None))
