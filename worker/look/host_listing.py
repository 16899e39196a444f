"""Listing hosts: whether each is free, polled or left alone, until when, and why; and what it refused."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.host_rows import read_wildcards
from worker.errors import ErrorClass
from worker.look.counts import Counted, count_found
from worker.look.listings import Wanted, in_direction

_SLICE = 500
_ALL = Wanted()
# How a host refuses us: 429, 503 (one of the 5xx), 403 (one of the 4xx), or a robot wall, which may answer with any.
_REFUSALS = (ErrorClass.HTTP_429, ErrorClass.HTTP_5XX, ErrorClass.HTTP_4XX, ErrorClass.BLOCKED)


def list_hosts(
    connection: Connection,
    now: datetime,
    wanted: Wanted = _ALL,
    *,
    host_ids: Collection[int] | None = None,
) -> Iterator[Mapping[str, Any]]:
    """List hosts in the order of their ids, streamed: their feeds, whether they may be asked now, and if not, why.

    ``text`` of what is wanted looks into their names; its other filters are of other rows.
    """
    query = _wanted(_hosts(now), wanted.text, host_ids).limit(wanted.limit)
    query = in_direction(query, (HostRow.id,), replace(wanted, newest_first=False))
    for row in connection.execute(query, execution_options={"yield_per": _SLICE}):
        yield _listed(row, now)


def list_wildcards(
    connection: Connection, names: Collection[str] | None = None, text: str | None = None
) -> Iterator[Mapping[str, Any]]:
    """List wildcards like hosts, all or those that are named: what was chosen for the hosts they stand for."""
    wanted = (text or "").lower()
    listed = dict.fromkeys(("id", "host", "feeds", "due", "state", "until", "why", "failures", "held_until"))
    for each in read_wildcards(connection):
        if (names is None or each.name in names) and wanted in each.name:
            chosen = {"host": each.name, "gap": each.gap, "parallel": each.parallel, "claimable_at": None}
            yield listed | chosen | {"state": "wildcard", "why": "for every name under it that has nothing of its own"}


def count_listed_hosts(
    connection: Connection, text: str | None, *, host_ids: Collection[int] | None = None, beside: int = 0
) -> Counted[int] | None:
    """Count the hosts that are listed, and what stands ``beside`` them; None where that takes too long."""
    query = _wanted(select(HostRow.id), text, host_ids)
    found = count_found(connection, HostRow, [query], is_search=bool(text))
    return found and replace(found, count=found.count + beside)


def _wanted(
    query: Select[*tuple[Any, ...]], text: str | None, host_ids: Collection[int] | None
) -> Select[*tuple[Any, ...]]:
    if host_ids is not None:
        query = query.where(HostRow.id.in_(host_ids))
    return query.where(HostRow.name.icontains(text, autoescape=True)) if text else query


def _hosts(now: datetime) -> Select[*tuple[Any, ...]]:
    of_host = ScheduleRow.host_id == HostRow.id
    count = select(func.count()).select_from(ScheduleRow).where(of_host).correlate(HostRow)
    # Of a refusal the feed keeps until when it waits.
    is_refused = and_(ScheduleRow.error_class.in_(_REFUSALS), ScheduleRow.held_until.is_not(None))
    refused = select(ScheduleRow.error).where(of_host, is_refused).correlate(HostRow)
    newest = refused.order_by(ScheduleRow.last_attempt_at.desc()).limit(1).scalar_subquery()
    has_refused = HostRow.failures > 0

    def of_held(told: ColumnElement[Any]) -> ScalarSelect[Any]:
        is_held = ScheduleRow.next_poll_at.is_not(None) & (ScheduleRow.held_until > now)
        return select(told).select_from(ScheduleRow).where(of_host, is_held).correlate(HostRow).scalar_subquery()

    shared = aliased(HostRow)
    return select(
        HostRow,
        shared.name.label("shared_name"),
        shared.claimable_at.label("shared_claimable_at"),
        count.where(ScheduleRow.next_poll_at.is_not(None)).scalar_subquery().label("feeds"),
        count.where(ScheduleRow.next_poll_at <= now).scalar_subquery().label("due"),
        # Looked for only where there is something to explain: a host may have very many feeds.
        case((has_refused, newest)).label("refusal"),
        case((has_refused, of_held(func.count()))).label("held_feeds"),
        case((has_refused, of_held(func.min(ScheduleRow.held_until)))).label("feeds_held_until"),
    ).outerjoin(shared, shared.id == HostRow.shares_with)


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
        "held_until": row.held_until,
        "gap": row.wildcard_gap if row.gap is None else row.gap,
        "parallel": row.parallel or row.wildcard_parallel,
        "claimable_at": row.shared_claimable_at or row.claimable_at,
    }


def _state(row: Row[Any], now: datetime) -> tuple[str, datetime | None, str | None]:
    """Return a host's state, until when it may not be asked, and why."""
    if row.shared_name:
        return "shared", None, f"its feeds are asked for as those of {row.shared_name}"
    alone = "one of its feeds may be killing workers: it is polled with nothing beside it" if row.isolated else None
    if row.lease_token and row.lease_until > now:
        return "polled", row.lease_until, alone
    if not row.failures:
        return "free", None, alone
    until, meaning = _weigh_refusals(row, now)
    times = "once" if row.failures == 1 else f"{row.failures} times in a row"
    why = "; ".join(filter(None, (row.refusal, f"it refused us {times}: {meaning}")))
    return "left alone" if until else "free", until, why if until else alone or why


def _weigh_refusals(row: Row[Any], now: datetime) -> tuple[datetime | None, str]:
    """Return until when no feed of a host that refused us is asked, None where one may be, and what comes next."""
    if row.held_until and row.held_until > now:
        return row.held_until, "then one feed is asked"
    if row.feeds and row.held_feeds == row.feeds:
        return row.feeds_held_until, "each of its feeds waits"
    return None, "one more feed is asked" if row.held_until else "that feed waits, and another is asked"
