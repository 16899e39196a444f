"""Writing which story each article is of, which stories have become one, and the events that tell of it.

The stories are locked, and the articles that are grouped. That they were compared is written here and nowhere else:
what was published and not stored is compared again.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from worker.database.article_tables import ArticleRow
from worker.database.outbox_tables import EventKind, write_events
from worker.database.story_tables import SketchRow, StoryRow
from worker.stories.found import insert_pairs
from worker.stories.values import Grouped, WaitingArticle


def store_stories(connection: Connection, grouped: Grouped, now: datetime) -> int:
    """Write it all; return how many articles were grouped."""
    story_of = {
        article.article_id: grouped.taken_in.get(story_id, story_id)
        for article in grouped.articles
        if (story_id := grouped.story_of.get(article.article_id)) is not None
    }
    _merge(connection, grouped, story_of.keys(), now)
    if story_of:
        _set_stories(connection, story_of, now)
        _note_compared(connection, [one for one in grouped.articles if one.article_id in story_of])
        _count_in(connection, story_of)
        _tell_of_grouped(connection, grouped, story_of, now)
    told = [(block, story_of[article]) for article, block in grouped.blocks if article in story_of]
    insert_pairs(connection, "blocks", told)
    return len(story_of)


def _tell_of_grouped(connection: Connection, grouped: Grouped, story_of: Mapping[int, int], now: datetime) -> None:
    """Tell of articles whose story is another one now; that a new article begins a story of its own is no news."""
    feeds = {article.article_id: article.feed_id for article in grouped.articles}
    moved = [
        {"article_id": article_id, "feed_id": feeds[article_id], "details": {"story_id": story_id}}
        for article_id, story_id in story_of.items()
        if story_id != (grouped.named[article_id] or article_id)
    ]
    write_events(connection, now, EventKind.ARTICLE_GROUPED, moved)


def _note_compared(connection: Connection, articles: Sequence[WaitingArticle]) -> None:
    connection.execute(
        update(SketchRow).where(SketchRow.article_id == bindparam("article")).values(content_hash=bindparam("words")),
        [{"article": article.article_id, "words": article.content_hash} for article in articles],
    )


def _count_in(connection: Connection, story_of: Mapping[int, int]) -> None:
    """Give those that were forgotten and stay alone their size again."""
    forgotten = update(StoryRow).where(StoryRow.id.in_(set(story_of.values())), StoryRow.size == 0)
    connection.execute(forgotten.values(size=1))


def _set_stories(connection: Connection, story_of: Mapping[int, int], now: datetime) -> None:
    connection.execute(
        update(ArticleRow)
        .where(ArticleRow.id == bindparam("article"))
        .values(story_id=bindparam("story"), grouped_at=now),
        [{"article": article_id, "story": story_id} for article_id, story_id in story_of.items()],
    )


def _merge(connection: Connection, grouped: Grouped, written: Collection[int], now: datetime) -> None:
    """Let stories take others in, whose articles and parts become theirs."""
    if not grouped.taken_in:
        return
    losers = sorted(grouped.taken_in)
    told = connection.execute(select(ArticleRow.story_id).where(ArticleRow.story_id.in_(losers)).distinct()).scalars()
    merged = sorted(story_id for story_id in told if story_id is not None)
    for story_id in merged:
        winner = grouped.taken_in[story_id]
        connection.execute(update(ArticleRow).where(ArticleRow.story_id == story_id).values(story_id=winner))
    parts = connection.execute(select(StoryRow.id, StoryRow.parent).where(StoryRow.parent.in_(losers))).all()
    # A story that never was anything but its one article, which is grouped now, leaves no trace.
    unknown = {story_id for story_id in losers if story_id in written} - set(merged)
    parents = {part.id: grouped.taken_in[part.parent] for part in parts}
    parents |= {story_id: grouped.taken_in[story_id] for story_id in losers if story_id not in unknown}
    if unknown:
        connection.execute(delete(StoryRow).where(StoryRow.id.in_(unknown)))
    _set_parents(connection, parents)
    _grow(connection, grouped)
    taken_in = [{"details": {"story_id": grouped.taken_in[story_id], "taken_in": story_id}} for story_id in merged]
    write_events(connection, now, EventKind.STORIES_MERGED, taken_in)


def _set_parents(connection: Connection, parents: Mapping[int, int]) -> None:
    if parents:
        connection.execute(
            update(StoryRow).where(StoryRow.id == bindparam("story")).values(parent=bindparam("winner"), size=0),
            [{"story": story_id, "winner": winner} for story_id, winner in sorted(parents.items())],
        )


def _grow(connection: Connection, grouped: Grouped) -> None:
    together = defaultdict(list)
    for loser, winner in grouped.taken_in.items():
        together[winner].append(grouped.stories[loser])
    rows = []
    for winner, taken_in in sorted(together.items()):
        stories = [grouped.stories[winner], *taken_in]
        rows.append(
            {
                "story": winner,
                "articles": sum(story.size for story in stories),
                "first": min(story.first_seen_at for story in stories),
                "last": max(story.last_seen_at for story in stories),
            }
        )
    connection.execute(
        update(StoryRow)
        .where(StoryRow.id == bindparam("story"))
        .values(size=bindparam("articles"), first_seen_at=bindparam("first"), last_seen_at=bindparam("last")),
        rows,
    )
