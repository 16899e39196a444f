"""What all listings share: which rows are wanted, and queries for those of a time, in an order, as they come.

A listing goes on after a row of its own, of which it is told by what it is sorted (``Place``). So the next page has no
row twice and leaves none out, whatever was added meanwhile, and costs no more than the first one.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, tuple_

from worker.database.feed_tables import FeedTagRow
from worker.database.types import Base

# Rows fetched at a time.
_SLICE = 500

Listed = Mapping[Any, Any]
Query = Select[*tuple[Any, ...]]
Place = Sequence[datetime | int | float]
"""By what rows are sorted, of one of them: its moment and its id, or its id alone."""
MomentOf = Callable[[Listed], datetime]


class Sort(StrEnum):
    """By what articles are sorted."""

    PUBLISHED = "published"
    """When they were published; of an article without a date, when it was first seen."""
    SEEN = "seen"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted; a filter that is None lets all pass."""

    feed_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    """The end of the time that is wanted; what is of this moment is not."""
    text: str | None = None
    state: str | None = None
    feed_tag: str | None = None
    """Of the feed that is listed, or of one that carries the article."""
    tag: str | None = None
    """Of the article itself; its case does not count."""
    agency: str | None = None
    """By its one name."""
    language: str | None = None
    """With what is more special: ``en`` finds ``en-GB``."""
    quality: str | None = None
    """Of feeds: how good they are, as last judged."""
    is_polled: bool | None = None
    """Of feeds: whether they are polled; the others are files."""
    is_failing: bool = False
    """Of feeds: only those whose newest poll failed, and that are polled again."""
    is_published_then: bool = False
    """Of articles: whether the time that is wanted is that of publication; else it is that of first sight."""
    sort: Sort | None = None
    """Of articles; None for the order of ids, or of first sight where a time is wanted."""
    limit: int | None = None
    newest_first: bool = False
    after: Place | None = None
    """Only rows that come after this one in the order in which they are listed; see ``place_of``."""

    @property
    def has_time(self) -> bool:
        """Whether only rows of a certain time are wanted."""
        return bool(self.since or self.until)

    @property
    def goes_by_time(self) -> bool:
        """Whether rows are sorted by a moment unless somebody asks for another order.

        Those of a certain time are: in the order of ids, all rows would be read to find those of that time.
        """
        return self.has_time and not self.feed_id

    @property
    def is_search(self) -> bool:
        """Whether rows have to be read one after the other: no index tells which are wanted."""
        return bool(self.text or self.tag or self.language)


def columns(table: type[Base], names: str) -> list[ColumnElement[Any]]:
    """Return the columns of a table that have these names, which blanks separate."""
    return [table.__table__.columns[name] for name in names.split()]


def tagged_feeds(tag: str) -> Select[int]:
    """Return the query for the feeds that have a tag."""
    return select(FeedTagRow.feed_id).where(FeedTagRow.tag == tag)


def in_time(query: Query, moment: Any, wanted: Wanted) -> Query:
    """Return the query for those of its rows that are of the time that is wanted."""
    if wanted.since:
        query = query.where(moment >= wanted.since)
    return query.where(moment < wanted.until) if wanted.until else query


def in_order(query: Query, by: Any, moment: Any, wanted: Wanted) -> Query:
    """Return a query for as many rows as are wanted, in the order of ids, or of moments where a time is wanted."""
    return in_direction(query, (moment, by) if wanted.goes_by_time else (by,), wanted).limit(wanted.limit)


def in_direction(query: Query, order: tuple[Any, ...], wanted: Wanted) -> Query:
    """Return a query in this order, or the other way round where the newest rows come first, after the wanted place."""
    if wanted.after is not None:
        here, place = tuple_(*order), tuple(wanted.after)
        query = query.where(here < place if wanted.newest_first else here > place)
    return query.order_by(*(each.desc() if wanted.newest_first else each for each in order))


def place_of(row: Listed, moment_of: MomentOf | None) -> Place:
    """Return where a row stands in its listing, whose order is that of moments, or of ids where it has no moment."""
    return (moment_of(row), row["id"]) if moment_of else (row["id"],)


def kinds_of_place(moment_of: MomentOf | None) -> Sequence[type]:
    """Return what a place of a listing is made of."""
    return (datetime, int) if moment_of else (int,)


def contains(column: Any, text: str) -> Any:
    """Return the condition that a column has a text in it, whatever the case of its letters."""
    return column.icontains(text, autoescape=True)


def stream_rows(connection: Connection, query: Query) -> Generator[Listed]:
    """Yield the rows of a query as they come."""
    # A cursor of the server is to be closed, also where somebody reads only the first rows.
    with connection.execute(query, execution_options={"yield_per": _SLICE}) as result:
        yield from result.mappings()
