"""Undoing: stories forgotten so that their articles are grouped again, and articles deleted from their stories."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, bindparam, delete, insert, or_, select, update

from worker.database.article_tables import ArticleRow
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.statements import is_one_of
from worker.database.story_tables import SketchRow, StoryRow
from worker.stories.story_locks import STORY, StaleStoriesError, lock_stories, with_stories
from worker.stories.story_values import Story
from worker.wire.store_links import forget_links

# Articles looked at in one transaction.
_SLICE = 500


def regroup(engine: Engine, since: datetime | None) -> Iterator[int]:
    """Let articles first seen since then, and the rest of their stories, wait again; yield how many at a time."""
    query = select(ArticleRow.id).order_by(ArticleRow.id).limit(_SLICE)
    if since:
        query = query.where(ArticleRow.first_seen_at >= since)
    last_id = 0
    while True:
        with reading(engine) as connection:
            article_ids = connection.execute(query.where(ArticleRow.id > last_id)).scalars().all()
        if not article_ids:
            return
        yield write(engine, partial(_forget_stories, article_ids=article_ids), also=(StaleStoriesError,))
        last_id = article_ids[-1]


def _forget_stories(connection: Connection, article_ids: Collection[int]) -> int:
    """Let these articles and all others of their stories wait to be grouped again; return how many.

    Each is alone then, and its row names the story it was of until it is grouped. StaleStoriesError: try again.
    """
    _, stories = lock_stories(connection, article_ids)
    if not stories:
        return 0
    parts = _find_parts(connection, stories)
    members = _lock_members(connection, stories, parts)
    ids = [member.id for member in members]
    connection.execute(update(ArticleRow).where(is_one_of(connection, ArticleRow.id, ids)).values(grouped_at=None))
    # Their anchors may stay: what they find has no sketch until it is published anew.
    connection.execute(delete(SketchRow).where(is_one_of(connection, SketchRow.article_id, ids)))
    connection.execute(delete(StoryRow).where(is_one_of(connection, StoryRow.id, parts)))
    if members:
        connection.execute(insert(StoryRow), [*map(_story_of_one_article, members)])
    return len(members)


def _story_of_one_article(member: Row[Any]) -> dict[str, object]:
    # Of no size until it is grouped: so long its lines do not count as boilerplate.
    seen = {"first_seen_at": member.first_seen_at, "last_seen_at": member.first_seen_at}
    return {"id": member.id, "first_article_id": member.id, "size": 0, **seen}


def delete_articles(connection: Connection, deleted: Sequence[int], stories: Mapping[int, Story]) -> None:
    """Delete articles, which are locked with their stories, and count those stories anew."""
    connection.execute(delete(ArticleRow).where(is_one_of(connection, ArticleRow.id, deleted)))
    forget_links(connection, deleted)
    connection.execute(delete(SketchRow).where(is_one_of(connection, SketchRow.article_id, deleted)))
    # Where a story was taken in, only the article that began it led there.
    began = is_one_of(connection, StoryRow.id, deleted)
    connection.execute(delete(StoryRow).where(began, StoryRow.parent.is_not(None)))
    _recount(connection, stories.keys())


def delete_stories(connection: Connection, deleted: Collection[int], stories: Collection[int]) -> None:
    """Delete articles, which are locked with their stories, and those stories, which have no other articles."""
    connection.execute(delete(ArticleRow).where(is_one_of(connection, ArticleRow.id, deleted)))
    forget_links(connection, deleted)
    connection.execute(delete(SketchRow).where(is_one_of(connection, SketchRow.article_id, deleted)))
    gone = or_(*(is_one_of(connection, column, stories) for column in (StoryRow.id, StoryRow.parent)))
    connection.execute(delete(StoryRow).where(gone))


def find_fellows(connection: Connection, article_ids: Collection[int]) -> set[int]:
    """Return articles and all others of their stories, as they are now: nothing is locked."""
    named = with_stories(select(STORY)).where(is_one_of(connection, ArticleRow.id, article_ids), STORY.is_not(None))
    stories = set(connection.execute(named).scalars())
    members = _select_members(connection, stories, _find_parts(connection, stories))
    return {*article_ids, *(member.id for member in connection.execute(members))}


def lock_members(connection: Connection, story_ids: Collection[int]) -> Sequence[Row[Any]]:
    """Lock the articles of stories, which are locked; return id, story and first sight of each, the oldest first."""
    return _lock_members(connection, story_ids, _find_parts(connection, story_ids))


def _recount(connection: Connection, story_ids: Collection[int]) -> None:
    """Count stories anew, which are locked, and delete those that have no article left."""
    left = defaultdict(list)
    for member in lock_members(connection, story_ids):
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
    empty = or_(*(is_one_of(connection, column, gone) for column in (StoryRow.id, StoryRow.parent)))
    connection.execute(delete(StoryRow).where(empty))


def _find_parts(connection: Connection, story_ids: Collection[int]) -> Sequence[int]:
    """Return the ids of stories and of all that they took in."""
    is_part = or_(*(is_one_of(connection, column, story_ids) for column in (StoryRow.id, StoryRow.parent)))
    return connection.execute(select(StoryRow.id).where(is_part)).scalars().all()


def _lock_members(connection: Connection, story_ids: Collection[int], parts: Sequence[int]) -> Sequence[Row[Any]]:
    """Lock the articles of stories, which are locked; return id, story and first sight of each, the oldest first."""
    members = _select_members(connection, story_ids, parts)
    return connection.execute(members.order_by(ArticleRow.id).with_for_update(of=ArticleRow)).all()


def _select_members(
    connection: Connection, story_ids: Collection[int], parts: Sequence[int]
) -> Select[*tuple[Any, ...]]:
    # Two indexes find all articles that may be of the stories; which of them are is read from what is found.
    near = or_(is_one_of(connection, ArticleRow.story_id, story_ids), is_one_of(connection, ArticleRow.id, parts))
    query = with_stories(select(ArticleRow.id, STORY.label("story_id"), ArticleRow.first_seen_at))
    return query.where(near, is_one_of(connection, STORY, story_ids))
