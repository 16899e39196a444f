"""Looking at the store: feeds, articles and polls, as rows in the order of ids or moments, and how many there are."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.feed_tables import IS_INACTIVE, FeedRow, FeedTagRow, HostRow, PollRow, ScheduleRow
from worker.database.types import Base, Lines
from worker.database.websub_tables import SubscriptionRow
from worker.look.counts import Counted, count_found
from worker.values.due_feeds import FeedState

# Rows fetched at a time.
_SLICE = 500

Listed = Mapping[Any, Any]
_Query = Select[*tuple[Any, ...]]


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

    @property
    def has_time(self) -> bool:
        """Whether only rows of a certain time are wanted."""
        return bool(self.since or self.until)

    @property
    def is_search(self) -> bool:
        """Whether rows have to be read one after the other: no index tells which are wanted."""
        return bool(self.text or self.tag or self.language)


def list_feeds(connection: Connection, now: datetime, wanted: Wanted) -> Iterator[Listed]:
    """List feeds, without removed ones unless that state is asked for; ``text`` looks into URL and title.

    ``left_alone_until`` is None unless the feed's host, and not the feed alone, is left alone.
    """
    query = _choose_feeds(_feeds(now), wanted)
    # In this order the index of feeds that are polled has them.
    by = FeedRow.id if wanted.is_polled is None else ScheduleRow.feed_id
    yield from _stream(connection, _in_order(query, by, FeedRow.added_at, replace(wanted, newest_first=False)))


def count_listed_feeds(connection: Connection, wanted: Wanted) -> Counted[int] | None:
    """Count the feeds that are wanted; None where that takes too long."""
    query = select(ScheduleRow.feed_id).join(FeedRow, FeedRow.id == ScheduleRow.feed_id)
    return count_found(connection, FeedRow, [_choose_feeds(query, wanted)], is_search=wanted.is_search)


def is_any_feed_polled(connection: Connection) -> bool:
    """Return whether there is any feed that is more than a file."""
    polled = select(ScheduleRow.feed_id).where(ScheduleRow.host_id.is_not(None)).limit(1)
    return connection.execute(polled).first() is not None


def _choose_feeds(query: _Query, wanted: Wanted) -> _Query:
    query = query.where(FeedRow.state == wanted.state if wanted.state else FeedRow.state != FeedState.REMOVED)
    if wanted.state and wanted.state != FeedState.ACTIVE:
        query = query.where(IS_INACTIVE)
    if wanted.quality:
        query = query.where(FeedRow.quality == wanted.quality)
    if wanted.is_polled is not None:
        query = query.where(ScheduleRow.host_id.is_not(None) if wanted.is_polled else ScheduleRow.host_id.is_(None))
    if wanted.is_failing:
        query = query.where(ScheduleRow.error_class.is_not(None), ScheduleRow.next_poll_at.is_not(None))
    if wanted.text:
        query = query.where(or_(_contains(FeedRow.url, wanted.text), _contains(FeedRow.title, wanted.text)))
    if wanted.feed_id:
        query = query.where(FeedRow.id == wanted.feed_id)
    if wanted.feed_tag:
        query = query.where(FeedRow.id.in_(_tagged(wanted.feed_tag)))
    return in_time(query, FeedRow.added_at, wanted)


def list_articles(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    """List articles by what is wanted of them."""
    parts = [_sort_articles(part, by, wanted) for part, by in _choose_articles(connection, select_articles(), wanted)]
    with ExitStack() as ends:
        streams = [ends.enter_context(closing(_stream(connection, part.limit(wanted.limit)))) for part in parts]
        yield from islice(merge(*streams, key=_moment_of_news, reverse=wanted.newest_first), wanted.limit)


def count_listed_articles(connection: Connection, wanted: Wanted) -> Counted[int] | None:
    """Count the articles that are wanted; None where that takes too long."""
    parts = [part for part, _ in _choose_articles(connection, select(ArticleRow.id), wanted)]
    return count_found(connection, ArticleRow, parts, is_search=wanted.is_search)


def _moment_of_news(article: Listed) -> tuple[datetime, int]:
    return article["published_at"] or article["first_seen_at"], article["id"]


def _choose_articles(connection: Connection, query: _Query, wanted: Wanted) -> list[tuple[_Query, Any]]:
    """Return the queries for the articles that are wanted, each with the moment by which it is sorted.

    Articles without a date are sorted, and bounded, by another column than the others, so they have a query, and an
    index, of their own. Those that were first seen at a certain time are found by that, and then sorted.
    """
    query = _filter_articles(connection, query, wanted)
    seen, published = ArticleRow.first_seen_at, ArticleRow.published_at
    is_by_publication = wanted.is_published_then if wanted.has_time else wanted.sort is Sort.PUBLISHED
    if is_by_publication:
        parts = [(query.where(published.is_not(None)), published), (query.where(published.is_(None)), seen)]
        return [(in_time(part, moment, wanted), moment) for part, moment in parts]
    moment: Any = func.coalesce(published, seen) if wanted.sort is Sort.PUBLISHED else seen
    return [(in_time(query, seen, wanted), moment)]


def _filter_articles(connection: Connection, query: _Query, wanted: Wanted) -> _Query:
    if wanted.feed_id:
        carried = select(SightingRow.article_id).where(SightingRow.feed_id == wanted.feed_id)
        query = query.where(ArticleRow.id.in_(carried))
    if wanted.feed_tag:
        carried = select(SightingRow.article_id).where(SightingRow.feed_id.in_(_tagged(wanted.feed_tag)))
        query = query.where(ArticleRow.id.in_(carried))
    if wanted.agency:
        query = query.where(ArticleRow.agency == wanted.agency)
    if wanted.language:
        written, asked = func.lower(ArticleRow.language), wanted.language.lower()
        query = query.where(or_(written == asked, written.startswith(f"{asked}-", autoescape=True)))
    if wanted.tag:
        query = query.where(_has_tag(connection, wanted.tag))
    if wanted.text:
        query = query.where(or_(_contains(ArticleRow.title, wanted.text), _contains(ArticleRow.text, wanted.text)))
    return query


def _has_tag(connection: Connection, tag: str) -> ColumnElement[bool]:
    unpack = func.jsonb_array_elements_text if connection.dialect.name == "postgresql" else func.json_each
    tags = unpack(ArticleRow.tags).table_valued("value")
    return select(tags.c.value).where(func.lower(tags.c.value) == func.lower(tag)).exists()


def _sort_articles(query: _Query, moment: Any, wanted: Wanted) -> _Query:
    if wanted.sort is None:
        return _in_order(query, ArticleRow.id, moment, wanted)
    if wanted.sort is not Sort.ID:
        return _directed(query, (moment, ArticleRow.id), wanted)
    # No index has the order of a sum: in the order of ids all articles would be read to find those of the time.
    return _directed(query, (ArticleRow.id + 0 if wanted.has_time else ArticleRow.id,), wanted)


def list_polls(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    """List the ledger by feed, time and outcome (``state``)."""
    query = select(PollRow, FeedRow.url).outerjoin(FeedRow, FeedRow.id == PollRow.feed_id)
    yield from _stream(connection, _in_order(_choose_polls(query, wanted), PollRow.id, PollRow.started_at, wanted))


def count_listed_polls(connection: Connection, wanted: Wanted) -> Counted[int] | None:
    """Count the polls that are wanted; None where that takes too long."""
    is_search = bool(wanted.state and not wanted.feed_id)
    return count_found(connection, PollRow, [_choose_polls(select(PollRow.id), wanted)], is_search=is_search)


def _choose_polls(query: _Query, wanted: Wanted) -> _Query:
    if wanted.feed_id:
        query = query.where(PollRow.feed_id == wanted.feed_id)
    if wanted.state:
        query = query.where(PollRow.outcome == wanted.state)
    return in_time(query, PollRow.started_at, wanted)


def find_feed_with_host(connection: Connection, now: datetime, feed_id: int) -> Listed:
    """Return a feed as it is listed, with what may make it late: its host, the feeds ahead of it, the last poll."""
    before = aliased(ScheduleRow)
    is_ahead = (before.host_id == ScheduleRow.host_id, before.next_poll_at < ScheduleRow.next_poll_at)
    ahead = select(func.count()).where(*is_ahead)
    last_poll = select(func.max(PollRow.started_at))
    query = _feeds(now).add_columns(
        HostRow.claimable_at,
        case((HostRow.lease_until > now, HostRow.lease_until)).label("leased_until"),
        func.coalesce(HostRow.gap, HostRow.wildcard_gap).label("gap"),
        func.coalesce(HostRow.parallel, HostRow.wildcard_parallel).label("parallel"),
        ahead.correlate(ScheduleRow).scalar_subquery().label("ahead"),
        last_poll.scalar_subquery().label("last_poll_at"),
    )
    return connection.execute(query.where(FeedRow.id == feed_id)).mappings().one()


def _tagged(tag: str) -> Select[int]:
    """Return the query for the feeds that have a tag."""
    return select(FeedTagRow.feed_id).where(FeedTagRow.tag == tag)


def _feeds(now: datetime) -> _Query:
    # The other columns are for the claim alone.
    of_feed = (
        "id url title site_url state state_reason added_at options request hints rhythm moved_to moved_polls "
        "moved_since guid_policy guid_reason gaps quality quality_reason quality_since"
    )
    of_schedule = (
        "next_poll_at next_poll_reason requested_at held_until interval failures attempts failing_since error_class "
        "error last_attempt_at last_success_at last_changed_at"
    )
    # No tag has a line break.
    tags = select(func.aggregate_strings(FeedTagRow.tag, "\n")).where(FeedTagRow.feed_id == FeedRow.id)
    return (
        select(
            *columns(FeedRow, of_feed),
            *columns(ScheduleRow, of_schedule),
            type_coerce(tags.scalar_subquery(), Lines()).label("tags"),
            SubscriptionRow.hub_url,
            SubscriptionRow.state.label("subscription"),
            SubscriptionRow.reason.label("subscription_reason"),
            SubscriptionRow.lease_until,
            SubscriptionRow.delivered_at.label("pushed_at"),
            SubscriptionRow.missed.label("pushes_missed"),
            HostRow.name.label("host"),
            case((HostRow.held_until > now, HostRow.held_until)).label("left_alone_until"),
        )
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .outerjoin(HostRow, HostRow.id == ScheduleRow.host_id)
        # Of a feed's hubs one is named at a time.
        .outerjoin(SubscriptionRow, and_(SubscriptionRow.feed_id == FeedRow.id, SubscriptionRow.is_named))
    )


def columns(table: type[Base], names: str) -> list[ColumnElement[Any]]:
    """Return the columns of a table that have these names, which blanks separate."""
    return [table.__table__.columns[name] for name in names.split()]


def select_articles() -> _Query:
    """Return the query for all articles, as they are listed."""
    shown = [column for column in ArticleRow.__table__.columns if column.name != "content_hash"]
    return select(*shown, FeedRow.url.label("feed_url")).join(FeedRow, FeedRow.id == ArticleRow.feed_id)


def in_time(query: _Query, moment: Any, wanted: Wanted) -> _Query:
    """Return the query for those of its rows that are of the time that is wanted."""
    if wanted.since:
        query = query.where(moment >= wanted.since)
    return query.where(moment < wanted.until) if wanted.until else query


def _in_order(query: _Query, by: Any, moment: Any, wanted: Wanted) -> _Query:
    # Of a certain time, in the order of moments: in that of ids, all rows would be read to find those of that time.
    order = (moment, by) if wanted.has_time and not wanted.feed_id else (by,)
    return _directed(query, order, wanted).limit(wanted.limit)


def _directed(query: _Query, order: tuple[Any, ...], wanted: Wanted) -> _Query:
    return query.order_by(*(each.desc() if wanted.newest_first else each for each in order))


def _contains(column: Any, text: str) -> Any:
    return column.icontains(text, autoescape=True)


def _stream(connection: Connection, query: _Query) -> Generator[Listed]:
    # A cursor of the server is to be closed, also where somebody reads only the first rows.
    with connection.execute(query, execution_options={"yield_per": _SLICE}) as result:
        yield from result.mappings()
