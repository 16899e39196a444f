"""What waits to be done to what is stored: articles to be grouped, changes to be numbered and to be delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from worker.database.article_tables import ArticleRow
from worker.database.backfill_rows import BackfillRow
from worker.database.outbox_tables import EventBoundsRow, EventRow, WebhookRow
from worker.look.counts import count_up_to

_MOST = 100_000
_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits, and for how long the first of it has."""

    count: int
    age: timedelta


@dataclass(frozen=True, slots=True)
class WebhookBacklog:
    """How many webhooks there are of each state, and what the active one that is furthest behind has to get."""

    states: Mapping[str, int]
    failing: int
    """Active ones whose last delivery was not taken."""
    backlog: Backlog


def find_ungrouped(connection: Connection, now: datetime) -> Backlog:
    """Find the articles that wait to be grouped, by the index that holds only them."""
    waiting = select(ArticleRow.first_seen_at).where(ArticleRow.grouped_at.is_(None)).order_by(ArticleRow.id)
    first = connection.execute(waiting.limit(1)).scalar_one_or_none()
    return Backlog(count_up_to(connection, waiting, _MOST), _age(first, now))


def find_unfilled(connection: Connection, now: datetime) -> Backlog:
    """Find the back-fills that have not ended: feeds of which older documents are still to be read."""
    open_ones = select(BackfillRow.begun_at).where(BackfillRow.next_read_at.is_not(None))
    first = connection.execute(open_ones.order_by(BackfillRow.next_read_at).limit(1)).scalar_one_or_none()
    return Backlog(count_up_to(connection, open_ones, _MOST), _age(first, now))


def find_unnumbered(connection: Connection, now: datetime) -> tuple[Backlog, int]:
    """Find the changes that wait for their positions, and the newest position that was given."""
    waiting = select(EventRow.created_at).where(EventRow.position.is_(None)).order_by(EventRow.id)
    first = connection.execute(waiting.limit(1)).scalar_one_or_none()
    numbered_to: int = connection.execute(select(EventBoundsRow.numbered_to)).scalar_one()
    return Backlog(count_up_to(connection, waiting, _MOST), _age(first, now)), numbered_to


def find_undelivered(connection: Connection, now: datetime) -> WebhookBacklog:
    """Find what webhooks have not taken yet, of the active one that is furthest behind."""
    is_active = WebhookRow.state == "active"
    webhooks = func.count()
    failing = webhooks.filter(WebhookRow.failures > 0)
    counted = connection.execute(select(WebhookRow.state, webhooks, failing).group_by(WebhookRow.state)).all()
    states = {"active": 0, "dead": 0} | {state: count for state, count, _ in counted}
    failures = sum(count for state, _, count in counted if state == "active")
    numbered_to: int = connection.execute(select(EventBoundsRow.numbered_to)).scalar_one()
    behind = connection.execute(select(func.min(WebhookRow.position)).where(is_active)).scalar_one()
    if behind is None or behind >= numbered_to:
        return WebhookBacklog(states, failures, Backlog(0, _NONE))
    first = select(EventRow.created_at).where(EventRow.position > behind).order_by(EventRow.position).limit(1)
    age = _age(connection.execute(first).scalar_one_or_none(), now)
    return WebhookBacklog(states, failures, Backlog(min(numbered_to - behind, _MOST), age))


def _age(first: datetime | None, now: datetime) -> timedelta:
    return max(now - first, _NONE) if first else _NONE
