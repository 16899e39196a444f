"""Looking at the store: feeds, articles with what acts on them, and polls, as rows in the order of ids or moments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.feed_tables import IS_INACTIVE, FeedRow, FeedTagRow, HostRow, PollRow, ScheduleRow
from worker.database.types import Base, Lines
from worker.values.due_feeds import FeedState

# Rows fetched at a time.
_SLICE = 500
# The notices of one dispatch that are shown: nobody reads more.
_MOST_LINKED = 200

Listed = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted; a filter that is None lets all pass."""

    feed_id: int | None = None
    since: datetime | None = None
    text: str | None = None
    state: str | None = None
    feed_tag: str | None = None
    """Of the feed that is listed, or of one that carries the article."""
    limit: int | None = None
    newest_first: bool = False


def list_feeds(connection: Connection, now: datetime, wanted: Wanted) -> Iterator[Listed]:
    """List feeds, without removed ones unless that state is asked for; ``text`` looks into URL and title.

    ``left_alone_until`` is None unless the feed's host, and not the feed alone, is left alone.
    """
    query = _feeds(now)
    query = query.where(FeedRow.state == wanted.state if wanted.state else FeedRow.state != FeedState.REMOVED)
    if wanted.state and wanted.state != FeedState.ACTIVE:
        query = query.where(IS_INACTIVE)
    if wanted.text:
        query = query.where(or_(_contains(FeedRow.url, wanted.text), _contains(FeedRow.title, wanted.text)))
    if wanted.since:
        query = query.where(FeedRow.added_at >= wanted.since)
    if wanted.feed_id:
        query = query.where(FeedRow.id == wanted.feed_id)
    if wanted.feed_tag:
        query = query.where(FeedRow.id.in_(_tagged(wanted.feed_tag)))
    yield from _stream(connection, _in_order(query, FeedRow.id, FeedRow.added_at, replace(wanted, newest_first=False)))


def list_articles(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    """List articles by the feed that carries them, or a tag of it, first sight, and words in title or text."""
    query = _articles()
    if wanted.feed_id:
        carried = select(SightingRow.article_id).where(SightingRow.feed_id == wanted.feed_id)
        query = query.where(ArticleRow.id.in_(carried))
    if wanted.feed_tag:
        carried = select(SightingRow.article_id).where(SightingRow.feed_id.in_(_tagged(wanted.feed_tag)))
        query = query.where(ArticleRow.id.in_(carried))
    if wanted.since:
        query = query.where(ArticleRow.first_seen_at >= wanted.since)
    if wanted.text:
        query = query.where(or_(_contains(ArticleRow.title, wanted.text), _contains(ArticleRow.text, wanted.text)))
    yield from _stream(connection, _in_order(query, ArticleRow.id, ArticleRow.first_seen_at, wanted))


def list_polls(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    """List the ledger by feed, time and outcome (``state``)."""
    query: Select[*tuple[Any, ...]] = select(PollRow, FeedRow.url).outerjoin(FeedRow, FeedRow.id == PollRow.feed_id)
    if wanted.feed_id:
        query = query.where(PollRow.feed_id == wanted.feed_id)
    if wanted.since:
        query = query.where(PollRow.started_at >= wanted.since)
    if wanted.state:
        query = query.where(PollRow.outcome == wanted.state)
    yield from _stream(connection, _in_order(query, PollRow.id, PollRow.started_at, wanted))


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


def find_article(connection: Connection, article_id: int) -> Listed | None:
    """Return one article with its sightings and revisions; None when there is none."""
    found = connection.execute(_articles().where(ArticleRow.id == article_id)).mappings().first()
    if found is None:
        return None
    feed_url = FeedRow.url.label("feed_url")
    # The shown version's words are the article's own.
    words = func.coalesce(RevisionRow.text, ArticleRow.text).label("text")
    sightings = connection.execute(
        select(SightingRow.feed_id, feed_url, *columns(SightingRow, "guid original_url first_seen_at left_at"))
        .join(FeedRow, FeedRow.id == SightingRow.feed_id)
        .where(SightingRow.article_id == article_id)
        .order_by(SightingRow.id)
    ).mappings()
    revisions = connection.execute(
        select(*columns(RevisionRow, "number seen_at polled_at updated_at feed_id"), feed_url, RevisionRow.title, words)
        .join(ArticleRow, ArticleRow.id == RevisionRow.article_id)
        .outerjoin(FeedRow, FeedRow.id == RevisionRow.feed_id)
        .where(RevisionRow.article_id == article_id)
        .order_by(RevisionRow.number)
    ).mappings()
    return {**found, "sightings": [dict(row) for row in sightings], "revisions": [dict(row) for row in revisions]}


def find_linked(connection: Connection, article: Listed) -> dict[str, Any]:
    """Return the articles linked with one: the one it acts on, those that act on it, those it kills, and its killer.

    A link of an article to itself is left out.
    """
    article_id, target, kill_id = article["id"], article["acts_on"], article["killed_by"]
    is_linked = or_(ArticleRow.acts_on == article_id, ArticleRow.killed_by == article_id, ArticleRow.id == kill_id)
    query = select(*_linked_columns()).where(is_linked, ArticleRow.id != article_id)
    rows = connection.execute(query.order_by(ArticleRow.id).limit(_MOST_LINKED)).mappings()
    others = [dict(row) for row in rows]
    return {
        "acted_on": _find_acted_on(connection, target) if target != article_id else None,
        "acted_on_by": [other for other in others if other["acts_on"] == article_id],
        "kills": [other for other in others if other["killed_by"] == article_id],
        "kill": next((other for other in others if other["id"] == kill_id), None),
    }


def _find_acted_on(connection: Connection, article_id: int | None) -> dict[str, Any] | None:
    """Return an article with its words, which a notice changes."""
    if article_id is None:
        return None
    target = select(*_linked_columns(), ArticleRow.text).where(ArticleRow.id == article_id)
    found = connection.execute(target).mappings().first()
    return dict(found) if found else None


def _linked_columns() -> list[ColumnElement[Any]]:
    return columns(ArticleRow, "id title notice notice_number note acts_on killed_by published_at first_seen_at")


def _tagged(tag: str) -> Select[int]:
    """Return the query for the feeds that have a tag."""
    return select(FeedTagRow.feed_id).where(FeedTagRow.tag == tag)


def _feeds(now: datetime) -> Select[*tuple[Any, ...]]:
    # The other columns are for the claim alone.
    of_feed = (
        "id url title site_url state state_reason added_at options hints rhythm moved_to moved_polls moved_since "
        "guid_policy guid_reason gaps"
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
            HostRow.name.label("host"),
            case((HostRow.held_until > now, HostRow.held_until)).label("left_alone_until"),
        )
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .outerjoin(HostRow, HostRow.id == ScheduleRow.host_id)
    )


def columns(table: type[Base], names: str) -> list[ColumnElement[Any]]:
    """Return the columns of a table that have these names, which blanks separate."""
    return [table.__table__.columns[name] for name in names.split()]


def _articles() -> Select[*tuple[Any, ...]]:
    shown = [column for column in ArticleRow.__table__.columns if column.name != "content_hash"]
    return select(*shown, FeedRow.url.label("feed_url")).join(FeedRow, FeedRow.id == ArticleRow.feed_id)


def _in_order(query: Select[*tuple[Any, ...]], by: Any, moment: Any, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    # Since a moment, in the order of moments: in that of ids, all rows would be read to find the few new enough.
    order = (moment, by) if wanted.since and not wanted.feed_id else (by,)
    return query.order_by(*(each.desc() if wanted.newest_first else each for each in order)).limit(wanted.limit)


def _contains(column: Any, text: str) -> Any:
    return column.icontains(text, autoescape=True)


def _stream(connection: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[Listed]:
    yield from connection.execute(query, execution_options={"yield_per": _SLICE}).mappings()
