"""Listing hosts: whether each is free, polled or left alone, until when, and why."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, select

from worker.database.feed_tables import HostRow, ScheduleRow
from worker.errors import ErrorClass
from worker.look.counts import Counted, count_found

_SLICE = 500
# How a host refuses us with all its feeds: 429, 503 (one of the 5xx), or a robot wall, which may answer with either.
_REFUSALS = (ErrorClass.HTTP_429, ErrorClass.HTTP_5XX, ErrorClass.BLOCKED)


def list_hosts(
    connection: Connection,
    now: datetime,
    *,
    text: str | None = None,
    limit: int | None = None,
    host_ids: Collection[int] | None = None,
) -> Iterator[Mapping[str, Any]]:
    """List hosts in the order of their ids, streamed: their feeds, whether they may be asked now, and if not, why."""
    query = _named(_hosts(now), text).order_by(HostRow.id).limit(limit)
    if host_ids is not None:
        query = query.where(HostRow.id.in_(host_ids))
    for row in connection.execute(query, execution_options={"yield_per": _SLICE}):
        yield _listed(row, now)


def count_listed_hosts(connection: Connection, text: str | None) -> Counted[int] | None:
    """Count the hosts that are listed; None where that takes too long."""
    return count_found(connection, HostRow, [_named(select(HostRow.id), text)], is_search=bool(text))


def _named(query: Select[*tuple[Any, ...]], text: str | None) -> Select[*tuple[Any, ...]]:
    return query.where(HostRow.name.icontains(text, autoescape=True)) if text else query


def _hosts(now: datetime) -> Select[*tuple[Any, ...]]:
    of_host = ScheduleRow.host_id == HostRow.id
    count = select(func.count()).select_from(ScheduleRow).where(of_host).correlate(HostRow)
    refused = select(ScheduleRow.error).where(of_host, ScheduleRow.error_class.in_(_REFUSALS)).correlate(HostRow)
    newest = refused.order_by(ScheduleRow.last_attempt_at.desc()).limit(1).scalar_subquery()
    is_left_alone = and_(HostRow.failures > 0, HostRow.next_request_at > now)
    return select(
        HostRow,
        count.where(ScheduleRow.next_poll_at.is_not(None)).scalar_subquery().label("feeds"),
        count.where(ScheduleRow.next_poll_at <= now).scalar_subquery().label("due"),
        # Looked for only where there is something to explain: a host may have very many feeds.
        case((is_left_alone, newest)).label("refusal"),
    )


def _listed(row: Row[Any], now: datetime) -> Mapping[str, Any]:
    state, until, why = _state(row, now)
    return {
        "id": row.id,
        "host": row.name,
        "feeds": row.feeds,
        "due": row.due,
        "state": state,
        "until": until,
        "why": why,
        "failures": row.failures,
        "gap": row.gap,
        "parallel": row.parallel,
        "claimable_at": row.claimable_at,
    }


def _state(row: Row[Any], now: datetime) -> tuple[str, datetime | None, str | None]:
    """Return a host's state, until when it may not be asked, and why."""
    alone = "one of its feeds may be killing workers: it is polled with nothing beside it" if row.isolated else None
    if row.lease_token and row.lease_until > now:
        return "polled", row.lease_until, alone
    if row.failures and row.next_request_at and row.next_request_at > now:
        times = "once" if row.failures == 1 else f"{row.failures} times in a row"
        return "left alone", row.next_request_at, "; ".join(filter(None, (row.refusal, f"it refused us {times}")))
    return "free", None, alone
