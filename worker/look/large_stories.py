"""The largest stories of a time: those with the most copies, or of the most outlets.

No index has the stories of a time by size, and one by size alone would lead past all that are older. So of the stories
that were last seen in that time the newest are looked at, however many there were; they are found by that moment.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, func, select

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.story_tables import StoryRow
from worker.look.listings import Listed, Wanted, columns, contains, in_time
from worker.look.stories import measure_spread, select_copies

MOST_LOOKED_AT = 20_000
"""Stories of the time that are looked at, the last seen first."""
MOST_COPIES = 500
"""Copies of a story by which its outlets are counted."""
# Of these, the largest ones, those of the most outlets are chosen.
_LARGEST = 200


class StoryOrder(StrEnum):
    """By what stories are sorted."""

    SIZE = "size"
    """By how many copies they have."""
    OUTLETS = "outlets"
    """By how many outlets have them, of the largest ones."""
    NEWEST = "newest"
    """By when their last copy was first seen."""


def list_large_stories(connection: Connection, wanted: Wanted, order: StoryOrder, most: int) -> list[dict[str, Any]]:
    """Return stories of the time that is wanted in an order, the first ones of it, with their outlets."""
    chosen = _choose(wanted, order).limit(max(most, _LARGEST) if order is StoryOrder.OUTLETS else most)
    of_story = (StoryRow.id, StoryRow.size, StoryRow.first_seen_at, StoryRow.last_seen_at)
    query = select(*of_story, *columns(ArticleRow, "title notice killed_by language"))
    query = query.join(ArticleRow, ArticleRow.id == StoryRow.first_article_id)
    query = query.where(StoryRow.id.in_(select(chosen.subquery().c.id))).order_by(*_sort(StoryRow, order))
    stories = [*_with_spread(connection, connection.execute(query).mappings().all())]
    if order is StoryOrder.OUTLETS:
        stories.sort(key=lambda story: (len(story["outlets"]), story["size"], story["id"]), reverse=True)
    return stories[:most]


def _choose(wanted: Wanted, order: StoryOrder) -> Select[*tuple[Any, ...]]:
    newest = select(StoryRow).where(StoryRow.size > 1).order_by(StoryRow.last_seen_at.desc()).limit(MOST_LOOKED_AT)
    looked_at = in_time(newest, StoryRow.last_seen_at, wanted).subquery().c
    query = select(looked_at.id).order_by(*_sort(looked_at, order))
    if wanted.text:
        titled = select(ArticleRow.id).where(ArticleRow.story_id == looked_at.id)
        query = query.where(titled.where(contains(ArticleRow.title, wanted.text)).exists())
    if wanted.feed_id:
        # Found once, for all stories: to look at the copies of each, SQLite would read all that the feed carried.
        carried = select(ArticleRow.story_id).join(SightingRow, SightingRow.article_id == ArticleRow.id)
        query = query.where(looked_at.id.in_(carried.where(SightingRow.feed_id == wanted.feed_id)))
    return query


def _sort(story: Any, order: StoryOrder) -> tuple[Any, ...]:
    first = story.last_seen_at if order is StoryOrder.NEWEST else story.size
    return first.desc(), story.id.desc()


def _with_spread(connection: Connection, stories: Sequence[Listed]) -> Iterator[dict[str, Any]]:
    """Yield stories with the spread of their first copies, in the same order."""
    place = func.row_number().over(partition_by=ArticleRow.story_id, order_by=ArticleRow.id).label("place")
    of_them = ArticleRow.story_id.in_([story["id"] for story in stories])
    places = select(ArticleRow.id, place).where(of_them).subquery()
    query = select_copies().join(places, places.c.id == ArticleRow.id).where(places.c.place <= MOST_COPIES)
    rows = connection.execute(query.order_by(ArticleRow.story_id)).mappings()
    spreads = {
        story_id: measure_spread([*copies]) for story_id, copies in groupby(rows, key=lambda row: row["story_id"])
    }
    for story in stories:
        # The articles of a story may be waiting to be grouped again.
        if story["id"] in spreads:
            yield dict(story) | spreads[story["id"]]
