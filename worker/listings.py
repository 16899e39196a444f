"""Looking at the store: feeds, articles and polls, as rows in the order of their ids, streamed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.feed_tables import FeedRow, PollRow, ScheduleRow
from worker.values import FeedState

# Rows fetched at a time.
_SLICE = 500

Listed = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted; a null filter lets all pass."""

    feed_id: int | None = None
    since: datetime | None = None
    text: str | None = None
    state: str | None = None
    limit: int | None = None
    newest_first: bool = False


def list_feeds(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    """List feeds, without removed ones unless that state is asked for; ``text`` looks into URL and title."""
    query: Select[*tuple[Any, ...]] = select(
        FeedRow.id,
        FeedRow.url,
        FeedRow.title,
        FeedRow.site_url,
        FeedRow.state,
        FeedRow.state_reason,
        FeedRow.added_at,
        FeedRow.guid_policy,
        FeedRow.guid_reason,
        ScheduleRow.next_poll_at,
        ScheduleRow.next_poll_reason,
        ScheduleRow.interval,
        ScheduleRow.failures,
        ScheduleRow.error_class,
        ScheduleRow.error,
        ScheduleRow.last_attempt_at,
        ScheduleRow.last_success_at,
        ScheduleRow.last_changed_at,
    ).join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
    query = query.where(FeedRow.state == wanted.state if wanted.state else FeedRow.state != FeedState.REMOVED)
    if wanted.text:
        query = query.where(or_(_contains(FeedRow.url, wanted.text), _contains(FeedRow.title, wanted.text)))
    if wanted.since:
        query = query.where(FeedRow.added_at >= wanted.since)
    if wanted.feed_id:
        query = query.where(FeedRow.id == wanted.feed_id)
    yield from _stream(connection, query.order_by(FeedRow.id).limit(wanted.limit))


def list_articles(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    """List articles by the feed that carries them, first sight, and words in title or text."""
    query = _articles()
    if wanted.feed_id:
        carried = select(SightingRow.article_id).where(SightingRow.feed_id == wanted.feed_id)
        query = query.where(ArticleRow.id.in_(carried))
    if wanted.since:
        query = query.where(ArticleRow.first_seen_at >= wanted.since)
    if wanted.text:
        query = query.where(or_(_contains(ArticleRow.title, wanted.text), _contains(ArticleRow.text, wanted.text)))
    yield from _stream(connection, _in_order(query, ArticleRow.id, wanted))


def list_polls(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    """List the ledger by feed, time and outcome (``state``)."""
    query: Select[*tuple[Any, ...]] = select(PollRow, FeedRow.url).outerjoin(FeedRow, FeedRow.id == PollRow.feed_id)
    if wanted.feed_id:
        query = query.where(PollRow.feed_id == wanted.feed_id)
    if wanted.since:
        query = query.where(PollRow.started_at >= wanted.since)
    if wanted.state:
        query = query.where(PollRow.outcome == wanted.state)
    yield from _stream(connection, _in_order(query, PollRow.id, wanted))


def find_article(connection: Connection, article_id: int) -> Listed | None:
    """Return one article with its sightings and revisions; null when there is none."""
    found = connection.execute(_articles().where(ArticleRow.id == article_id)).mappings().first()
    if found is None:
        return None
    sightings = connection.execute(
        select(
            SightingRow.feed_id,
            FeedRow.url.label("feed_url"),
            SightingRow.guid,
            SightingRow.original_url,
            SightingRow.first_seen_at,
            SightingRow.left_at,
        )
        .join(FeedRow, FeedRow.id == SightingRow.feed_id)
        .where(SightingRow.article_id == article_id)
        .order_by(SightingRow.id)
    ).mappings()
    revisions = connection.execute(
        select(
            RevisionRow.number,
            RevisionRow.seen_at,
            RevisionRow.polled_at,
            RevisionRow.updated_at,
            RevisionRow.feed_id,
            FeedRow.url.label("feed_url"),
            RevisionRow.title,
            # The shown version's words are the article's own.
            func.coalesce(RevisionRow.text, ArticleRow.text).label("text"),
        )
        .join(ArticleRow, ArticleRow.id == RevisionRow.article_id)
        .outerjoin(FeedRow, FeedRow.id == RevisionRow.feed_id)
        .where(RevisionRow.article_id == article_id)
        .order_by(RevisionRow.number)
    ).mappings()
    return {**found, "sightings": [dict(row) for row in sightings], "revisions": [dict(row) for row in revisions]}


def _articles() -> Select[*tuple[Any, ...]]:
    shown = [column for column in ArticleRow.__table__.columns if column.name != "content_hash"]
    return select(*shown, FeedRow.url.label("feed_url")).join(FeedRow, FeedRow.id == ArticleRow.feed_id)


def _in_order(query: Select[*tuple[Any, ...]], by: Any, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    return query.order_by(by.desc() if wanted.newest_first else by).limit(wanted.limit)


def _contains(column: Any, text: str) -> Any:
    return column.icontains(text, autoescape=True)


def _stream(connection: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[Listed]:
    yield from connection.execute(query, execution_options={"yield_per": _SLICE}).mappings()
