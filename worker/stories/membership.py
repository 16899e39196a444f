"""Writing which story each article is of, which stories have become one, and the events that tell followers so.

That articles were compared is written here and nowhere else: what was published and not stored is compared again.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.many_rows import insert_many_or_fail, replaced, update_many
from worker.database.outbox_tables import EventKind, write_events
from worker.database.statements import is_one_of
from worker.database.story_tables import BlockRow, SketchRow, StoryRow
from worker.stories.matching import unite_stories
from worker.stories.story_locks import lock_stories, lock_waiting
from worker.stories.story_values import Matched, Signed, Story, WaitingArticle

_SET_STORIES = update_many(ArticleRow, ["id"], replaced("story_id", "grouped_at"))
_ADD_BLOCKS = insert_many_or_fail(BlockRow, ("block", "story_id"), "ON CONFLICT DO NOTHING")


def store_stories(
    connection: Connection, waiting: Sequence[WaitingArticle], signed: Sequence[Signed], matched: Sequence[Matched]
) -> None:
    """Lock the stories of these articles and of their copies, and write what becomes of them.

    StaleStoriesError: try again.
    """
    concerned = {copy.article_id for article in matched for copy in article.copies}
    before, stories = lock_stories(connection, concerned | {article.article_id for article in waiting})
    # An article that was revised meanwhile goes on waiting: what its old words were like unites nothing.
    named_story = lock_waiting(connection, waiting)
    articles = {one.article_id: one for one in waiting if one.article_id in named_story and one.article_id in before}
    sizes = {story_id: story.size for story_id, story in stories.items()}
    taken_in = unite_stories([one for one in matched if one.article_id in articles], before, sizes)
    story_of = {article_id: taken_in.get(before[article_id], before[article_id]) for article_id in articles}
    now = read_clock(connection).now()
    if taken_in:
        _merge(connection, taken_in, story_of.keys(), now)
        _grow(connection, taken_in, stories)
    if story_of:
        _set_stories(connection, articles, story_of, now)
    # A new article that begins a story of its own makes no event.
    moved = [
        {"article_id": article_id, "feed_id": articles[article_id].feed_id, "details": {"story_id": story_id}}
        for article_id, story_id in story_of.items()
        if story_id != (named_story[article_id] or article_id)
    ]
    write_events(connection, now, EventKind.ARTICLE_GROUPED, moved)
    lines = {(block, one.article.article_id) for one in signed for block in one.blocks}
    of_stories = {(block, story_of[article_id]) for block, article_id in lines if article_id in story_of}
    _ADD_BLOCKS.execute_tuples(connection, sorted(of_stories))


def _merge(connection: Connection, taken_in: Mapping[int, int], grouped: Collection[int], now: datetime) -> None:
    """Let the articles and parts of the stories that are taken in become those of the stories that take them in."""
    losers = sorted(taken_in)
    named = select(ArticleRow.story_id).where(ArticleRow.story_id.in_(losers)).distinct()
    merged = sorted(story_id for story_id in connection.execute(named).scalars() if story_id is not None)
    for story_id in merged:
        moved = update(ArticleRow).where(ArticleRow.story_id == story_id)
        connection.execute(moved.values(story_id=taken_in[story_id]))
    parts = connection.execute(select(StoryRow.id, StoryRow.parent).where(StoryRow.parent.in_(losers))).all()
    # A story that never was anything but its one article, which is grouped now, leaves no trace.
    unknown = {story_id for story_id in losers if story_id in grouped} - set(merged)
    parents = {part.id: taken_in[part.parent] for part in parts}
    parents |= {story_id: taken_in[story_id] for story_id in losers if story_id not in unknown}
    if unknown:
        connection.execute(delete(StoryRow).where(StoryRow.id.in_(unknown)))
    if parents:
        connection.execute(
            update(StoryRow).where(StoryRow.id == bindparam("story")).values(parent=bindparam("winner"), size=0),
            [{"story": story_id, "winner": winner} for story_id, winner in sorted(parents.items())],
        )
    changes = [{"details": {"story_id": taken_in[story_id], "taken_in": story_id}} for story_id in merged]
    write_events(connection, now, EventKind.STORIES_MERGED, changes)


def _grow(connection: Connection, taken_in: Mapping[int, int], stories: Mapping[int, Story]) -> None:
    united = {winner: [stories[winner]] for winner in sorted(taken_in.values())}
    for loser, winner in taken_in.items():
        united[winner].append(stories[loser])
    rows = [
        {
            "story": winner,
            "articles": sum(story.size for story in parts),
            "first": min(story.first_seen_at for story in parts),
            "last": max(story.last_seen_at for story in parts),
        }
        for winner, parts in united.items()
    ]
    connection.execute(
        update(StoryRow)
        .where(StoryRow.id == bindparam("story"))
        .values(size=bindparam("articles"), first_seen_at=bindparam("first"), last_seen_at=bindparam("last")),
        rows,
    )


def _set_stories(
    connection: Connection, articles: Mapping[int, WaitingArticle], story_of: Mapping[int, int], now: datetime
) -> None:
    moved = ({"id": article_id, "story_id": story_id, "grouped_at": now} for article_id, story_id in story_of.items())
    _SET_STORIES.execute(connection, moved)
    if again := [article for article in articles.values() if article.story_id is not None]:
        compared = update(SketchRow).where(SketchRow.article_id == bindparam("article"))
        words = [{"article": article.article_id, "words": article.content_hash} for article in again]
        connection.execute(compared.values(content_hash=bindparam("words")), words)
        # Stories that were forgotten, and whose one article stays alone, get their size again.
        alone = is_one_of(connection, StoryRow.id, {story_of[article.article_id] for article in again})
        connection.execute(update(StoryRow).where(alone, StoryRow.size == 0).values(size=1))
