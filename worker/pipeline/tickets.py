"""Tickets: polls that are asked for together, and what has become of each by the ledger.

A poll counts if it began after it was asked for. So no poll writes anything for a ticket, and one that was under way
does not count; a feed that was merged into another is asked about as that one.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, and_, exists, func, insert, select
from sqlalchemy.orm import aliased

from worker.basics.text import clean
from worker.claim.due import request_polls
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow, HostRow, PollRow, ScheduleRow
from worker.database.statements import slices
from worker.database.ticket_tables import TicketFeedRow, TicketRow
from worker.errors import NamedError
from worker.manage.feeds import NamedFeed
from worker.manage.named_feeds import find_polled, why_not_polled
from worker.values.due_feeds import FeedState
from worker.values.outcomes import Outcome
from worker.values.promised import Poll, PollAnswer

# Between two looks at the ledger.
_LOOK_EVERY = timedelta(milliseconds=500)
_LONGEST_NAME = 4_000
# Rows of one INSERT.
_SLICE = 500


@dataclass(frozen=True, slots=True)
class AskedPolls:
    """A ticket, and the feeds whose polls were asked for."""

    ticket_id: int
    asked_at: datetime
    feed_ids: tuple[int, ...]
    untold: str | None = None
    """Why workers were not told at once, in a sentence: the next tick makes the polls."""


def ask_for_polls(engine: Engine, names: Sequence[str]) -> AskedPolls:
    """Ask in SQL for polls of the feeds that have these ids and URLs; the ticket remembers who is refused, and why."""
    # Looked up before anything is written: while SQLite is written to, everybody else waits.
    with reading(engine) as connection:
        found = find_polled(connection, names)
    rows = [_name_row(name, found[name]) | {"place": place} for place, name in enumerate(names)]
    return write(engine, lambda connection: _ask(connection, rows))


def _ask(connection: Connection, rows: Sequence[dict[str, Any]]) -> AskedPolls:
    asked_at = read_clock(connection).now()
    feed_ids = tuple(dict.fromkeys(row["feed_id"] for row in rows if row["refusal"] is None))
    request_polls(connection, asked_at, feed_ids)
    ticket = insert(TicketRow).values(asked_at=asked_at).returning(TicketRow.id)
    ticket_id: int = connection.execute(ticket).scalar_one()
    for some in slices(rows, _SLICE):
        connection.execute(insert(TicketFeedRow), [{**row, "ticket_id": ticket_id} for row in some])
    return AskedPolls(ticket_id, asked_at, feed_ids)


def _name_row(name: str, found: NamedFeed | NamedError) -> dict[str, Any]:
    # A command line may hold what no store can.
    kept = clean(name, _LONGEST_NAME)
    if isinstance(found, NamedError):
        return {"name": kept, "feed_id": None, "refusal": clean(str(found), 2 * _LONGEST_NAME)}
    return {"name": kept, "feed_id": found.feed_id, "refusal": None}


def find_ticket(connection: Connection, ticket_id: int) -> datetime:
    """Return when a ticket was asked for; NamedError where there is none, or none any more."""
    at: datetime | None = connection.execute(
        select(TicketRow.asked_at).where(TicketRow.id == ticket_id)
    ).scalar_one_or_none()
    if at is None:
        raise NamedError(
            f"There is no ticket {ticket_id}: it is of another store, or was asked for longer ago than "
            "FEEDMILL_RETAIN_POLLS keeps polls."
        )
    return at


def read_answers(connection: Connection, ticket_id: int) -> list[PollAnswer]:
    """Return what has become of each feed of a ticket by now, in the order of its names; NamedError as above."""
    asked_at, now = find_ticket(connection, ticket_id), read_clock(connection).now()
    # By place: two polls of one moment are one answer.
    rows = {row["place"]: row for row in connection.execute(_answers(ticket_id, asked_at)).mappings()}
    is_idle = any(_is_waiting(row) for row in rows.values()) and not _has_any_begun(connection, asked_at)
    return [_answer(rows[place], now, is_idle=is_idle) for place in sorted(rows)]


def wait_for_answers(
    engine: Engine, ticket_id: int, timeout: timedelta | None, stop: Callable[[], bool]
) -> list[PollAnswer]:
    """Return a ticket's answers once none is to come any more, when ``timeout`` is over, or when ``stop`` says so."""
    ends_at = time.monotonic() + timeout.total_seconds() if timeout is not None else None
    while True:
        with reading(engine) as connection:
            answers = read_answers(connection, ticket_id)
        left = ends_at - time.monotonic() if ends_at is not None else _LOOK_EVERY.total_seconds()
        if left <= 0 or stop() or not any(answer.is_waiting for answer in answers):
            return answers
        time.sleep(min(left, _LOOK_EVERY.total_seconds()))


def _answers(ticket_id: int, asked_at: datetime) -> Select[*tuple[Any, ...]]:
    begun = aliased(PollRow)
    first = select(func.min(begun.started_at)).where(
        begun.feed_id == TicketFeedRow.feed_id, begun.started_at >= asked_at
    )
    is_first = and_(PollRow.feed_id == TicketFeedRow.feed_id, PollRow.started_at == first.scalar_subquery())
    return (
        select(
            TicketFeedRow.place,
            TicketFeedRow.name,
            TicketFeedRow.refusal,
            TicketFeedRow.feed_id.label("asked_id"),
            FeedRow.url,
            FeedRow.state,
            FeedRow.state_reason,
            ScheduleRow.host_id,
            HostRow.lease_until,
            HostRow.next_request_at,
            HostRow.failures,
            PollRow,
        )
        .outerjoin(FeedRow, FeedRow.id == TicketFeedRow.feed_id)
        .outerjoin(ScheduleRow, ScheduleRow.feed_id == TicketFeedRow.feed_id)
        .outerjoin(HostRow, HostRow.id == ScheduleRow.host_id)
        .outerjoin(PollRow, is_first)
        .where(TicketFeedRow.ticket_id == ticket_id)
    )


def _has_any_begun(connection: Connection, asked_at: datetime) -> bool:
    begun: bool = connection.execute(select(exists().where(PollRow.started_at >= asked_at))).scalar_one()
    return begun


def _is_waiting(row: RowMapping) -> bool:
    return row["refusal"] is None and row["started_at"] is None and row["state"] == FeedState.ACTIVE


def _answer(row: RowMapping, now: datetime, *, is_idle: bool) -> PollAnswer:
    name, feed_id = row["name"], row["asked_id"]
    if row["started_at"]:
        return PollAnswer(name, feed_id, _poll(row), None)
    if _is_waiting(row):
        return PollAnswer(name, feed_id, None, _why_waiting(row, now, is_idle=is_idle), is_waiting=True)
    return PollAnswer(name, feed_id, None, row["refusal"] or _why_never(row))


def _why_never(row: RowMapping) -> str | None:
    name, feed_id = row["name"], row["asked_id"]
    if row["state"] in {None, FeedState.REMOVED}:
        return f"{name} was removed before it was polled."
    feed = NamedFeed(feed_id, row["host_id"], row["url"], FeedState(row["state"]), row["state_reason"])
    return why_not_polled(feed, name)


def _why_waiting(row: RowMapping, now: datetime, *, is_idle: bool) -> str:
    name, lease_until, next_request_at = row["name"], row["lease_until"], row["next_request_at"]
    if lease_until and lease_until > now:
        return f"{name} was not polled yet: a worker is polling its host."
    if row["failures"] and next_request_at and next_request_at > now:
        until = f"{next_request_at:%Y-%m-%d %H:%M} UTC"
        return f"{name} was not polled yet: its host asked to be left alone until {until}."
    if is_idle:
        return f"{name} was not polled yet: nothing has been polled since it was asked for; is a worker running?"
    return f"{name} was not polled yet: it waits for a worker."


def _poll(row: RowMapping) -> Poll:
    return Poll(
        feed_id=row["feed_id"],
        url=row["url"] or row["name"],
        started_at=row["started_at"],
        duration=row["duration"],
        outcome=Outcome(row["outcome"]),
        new=row["new"],
        updated=row["updated"],
        entries=row["entries"],
        http_status=row["http_status"],
        error_class=row["error_class"],
        error=row["error"],
        bytes_received=row["bytes"],
        note=row["note"],
        next_poll_at=row["next_poll_at"],
        next_poll_reason=row["next_poll_reason"],
    )
