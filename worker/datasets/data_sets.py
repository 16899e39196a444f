"""What each data set has: its fields, the query for its rows, and by which moment they are sorted and put into days."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, select

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow, PollRow
from worker.database.outbox_tables import EventRow
from worker.database.story_tables import StoryRow
from worker.database.views import ARTICLES
from worker.datasets.row_kinds import Field, Kind, read_fields
from worker.look.stories import add_spread, select_stories
from worker.outbox import select_changes

# Rows that the driver holds at a time.
_SLICE = 500

Row: TypeAlias = Sequence[Any]
Rows: TypeAlias = Sequence[Row]
"""Some rows of a data set, each with its values in the order of the fields."""
Feeds: TypeAlias = Select[int]
"""The query for the ids of feeds."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows of a data set are wanted; None lets all pass."""

    since: datetime | None = None
    until: datetime | None = None
    """The end of the time that is wanted; what is of this moment is not."""
    feeds: Feeds | None = None
    feeds_named: str = ""
    """How those feeds were asked for."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set: what one row of it is, its fields, and where its rows come from."""

    name: str
    meaning: str
    fields: tuple[Field, ...]
    query: Select[*tuple[Any, ...]]
    moment: str
    """The field by which rows are sorted, and which tells the day that each is of."""
    order: tuple[ColumnElement[Any], ColumnElement[int]]
    """The column of that moment, and that of the number which sorts rows of one moment."""
    of_feeds: Callable[[Feeds], ColumnElement[bool]]
    complete: Callable[[Connection, Iterable[Rows]], Iterator[Rows]] = lambda _connection, slices: iter(slices)
    """Adds what no query tells."""

    @property
    def moment_place(self) -> int:
        """The place of that field in a row."""
        return [field.name for field in self.fields].index(self.moment)


def read_slices(connection: Connection, data_set: DataSet, part: Part) -> Iterator[Rows]:
    """Yield the rows that are wanted, some at a time, in the order of their moments."""
    moment, _ = data_set.order
    query = data_set.query
    if part.since:
        query = query.where(moment >= part.since)
    if part.until:
        query = query.where(moment < part.until)
    if part.feeds is not None:
        query = query.where(data_set.of_feeds(part.feeds))
    with connection.execute(query.order_by(*data_set.order), execution_options={"yield_per": _SLICE}) as result:
        yield from data_set.complete(connection, result.partitions())


def _make_articles() -> DataSet:
    view = ARTICLES.table
    return DataSet(
        "articles",
        "One row per article that the store has",
        tuple(read_fields(view.columns, ARTICLES.comments())),
        select(view),
        "first_seen_at",
        (view.c.first_seen_at, view.c.id),
        lambda feeds: view.c.id.in_(select(SightingRow.article_id).where(SightingRow.feed_id.in_(feeds))),
    )


def _make_polls() -> DataSet:
    table = PollRow.__table__
    query = select(*table.columns, FeedRow.url.label("url")).outerjoin(FeedRow, FeedRow.id == PollRow.feed_id)
    return DataSet(
        "polls",
        "One row per poll that the ledger has",
        tuple(read_fields(query.selected_columns, {"url": "URL of the feed; null where it has been deleted"})),
        query,
        "started_at",
        (table.c.started_at, table.c.id),
        table.c.feed_id.in_,
    )


def _make_events() -> DataSet:
    table = EventRow.__table__
    query = select_changes().where(EventRow.position.is_not(None))
    meanings = {
        "cursor": "Place in the order in which changes may be followed",
        "story_id": "The story that the article belongs to now",
        "title": "Title of the article, else of the feed, as it is now",
        "url": "URL of the article, as it is now",
        "feed_url": "URL of the feed, as it is now",
    }
    return DataSet(
        "events",
        "One row per change that the outbox has, once it has its place in the order of all",
        tuple(read_fields(query.selected_columns, meanings)),
        query,
        "at",
        (table.c.created_at, table.c.id),
        table.c.feed_id.in_,
    )


def _make_stories() -> DataSet:
    query = select_stories().where(StoryRow.size > 1)
    meanings = {
        "size": "How many articles tell it",
        "title": "Title of the first article",
        "notice": "What the first article is to what was sent before, as in articles",
        "killed_by": "The article that kills the first one; null while that stands",
    }
    spread = (
        Field("outlets", Kind.TEXTS, "The sites that the articles stand on, each once"),
        Field("first_at", Kind.MOMENT, "When the first article was published; first seen where that is unknown"),
        Field("last_at", Kind.MOMENT, "When the last one was"),
        Field("spread", Kind.SECONDS, "From the first to the last"),
    )
    return DataSet(
        "stories",
        "One row per story that more than one article tells",
        (*read_fields(query.selected_columns, meanings), *spread),
        query,
        "last_seen_at",
        (StoryRow.__table__.c.last_seen_at, StoryRow.__table__.c.id),
        lambda feeds: StoryRow.id.in_(
            select(ArticleRow.story_id)
            .join(SightingRow, SightingRow.article_id == ArticleRow.id)
            .where(SightingRow.feed_id.in_(feeds))
        ),
        _complete_stories,
    )


def _complete_stories(connection: Connection, slices: Iterable[Rows]) -> Iterator[Rows]:
    names = select_stories().selected_columns.keys()
    for rows in slices:
        stories = [dict(zip(names, row, strict=True)) for row in rows]
        # In the order of the fields, as all rows are.
        yield [[*story.values()] for story in add_spread(connection, stories)]


DATA_SETS = {made.name: made for made in (_make_articles(), _make_polls(), _make_stories(), _make_events())}
"""All data sets, by their names."""
