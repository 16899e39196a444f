"""Letting feeds of a large store fall due at a fixed rate, and reading from the ledger how late each was polled."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, func, insert, literal, select, text, update

from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, PollRow, ScheduleRow
from worker.database.statements import slices
from worker.database.types import UtcDateTime

_EVERY = timedelta(minutes=15)
# The plan is written by then: so many feeds a second at the least.
_START = timedelta(seconds=2)
_PLANNED_A_SECOND = 5_000
_FAR = timedelta(days=2)
_PLANNED_BEFORE = timedelta(seconds=1)
_SLICE = 10_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How many feeds a store has, how many fall due a second, for how long, and how many processes poll them."""

    feeds: int
    rate: float
    time: timedelta
    processes: int

    @property
    def polled(self) -> int:
        """The feeds that fall due again and again; all others wait."""
        return min(self.feeds, round(self.rate * min(self.time, _EVERY).total_seconds()))


@dataclass(frozen=True, slots=True)
class PlannedPoll:
    """A poll that was made: its outcome, and how many seconds after its feed was due it began."""

    outcome: str
    late: float


def put_off(store: Engine) -> None:
    """Let no feed be due for days."""
    with writing(store) as connection:
        far = read_clock(connection).now() + _FAR
        connection.execute(update(ScheduleRow).where(ScheduleRow.next_poll_at < far).values(next_poll_at=far))
        free = {"lease_token": None, "lease_until": None, "expired_token": None, "next_request_at": None}
        connection.execute(update(HostRow).where(HostRow.claimable_at < far).values(free | {"claimable_at": far}))
    if store.dialect.name == "postgresql":
        with store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE) hosts, schedules"))  # codespell:ignore analyze


def plan_polls(store: Engine, plan: Plan) -> datetime:
    """Let feeds from all over a store in which none is due fall due one after the other; return when the first does."""
    with writing(store) as connection:
        begins_at = read_clock(connection).now() + _START + timedelta(seconds=plan.polled / _PLANNED_A_SECOND)
        _write_plan(connection, plan, begins_at)
    return begins_at


def _write_plan(connection: Connection, plan: Plan, begins_at: datetime) -> None:
    """Say when each of the feeds is due, and write it into the ledger too, as the decision of a poll before."""
    columns: tuple[Column[Any], ...] = (Column("number", Integer(), primary_key=True), Column("at", UtcDateTime()))
    planned = Table("planned", MetaData(), *columns, prefixes=["TEMPORARY"])
    planned.create(connection)
    # From all over the store, with as many as there are that hang or fail; a copy's host has the number of its feed.
    numbers = random.Random(1).sample(range(1, plan.feeds + 1), plan.polled)
    rows = (
        {"number": number, "at": begins_at + timedelta(seconds=place / plan.rate)}
        for place, number in enumerate(numbers)
    )
    for some in slices(rows, _SLICE):
        connection.execute(planned.insert(), some)
    due = select(planned.c.number)
    at = select(planned.c.at).where(planned.c.number == ScheduleRow.feed_id).scalar_subquery()
    connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id.in_(due)).values(next_poll_at=at))
    at = select(planned.c.at).where(planned.c.number == HostRow.id).scalar_subquery()
    connection.execute(update(HostRow).where(HostRow.id.in_(due)).values(claimable_at=at))
    facts = {"duration": timedelta(0), "outcome": "unchanged", "bytes": 0, "new": 0, "updated": 0}
    decided = select(
        planned.c.number,
        planned.c.at,
        literal(begins_at - _PLANNED_BEFORE, UtcDateTime()),
        *(literal(value, PollRow.__table__.c[name].type) for name, value in facts.items()),
    )
    connection.execute(insert(PollRow).from_select(["feed_id", "next_poll_at", "started_at", *facts], decided))
    planned.drop(connection)


def read_polls(store: Engine, begins_at: datetime, ends_at: datetime) -> list[PlannedPoll]:
    """Return the polls that were made, each with how late it was by the decision of the one before it."""
    ledger = (
        select(PollRow.feed_id, PollRow.started_at, PollRow.next_poll_at, PollRow.outcome)
        .where(PollRow.started_at.between(begins_at - _PLANNED_BEFORE, ends_at))
        .order_by(PollRow.feed_id, PollRow.started_at)
    )
    polls = []
    with reading(store) as connection:
        for before, poll in pairwise(connection.execute(ledger)):
            if before.feed_id == poll.feed_id and before.next_poll_at:
                polls.append(PlannedPoll(poll.outcome, (poll.started_at - before.next_poll_at).total_seconds()))
    return polls


def count_waiting(store: Engine, now: datetime) -> int:
    """Return how many feeds are due and wait."""
    with reading(store) as connection:
        waiting = select(func.count()).where(ScheduleRow.next_poll_at <= now)
        count: int = connection.execute(waiting).scalar_one()
    return count
