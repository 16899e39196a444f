"""Retention: the ledger and the outbox keep so many days; a little at a time, so that nobody waits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from worker.database.article_tables import EventRow
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import PollRow
from worker.database.partitions import add_partitions, drop_partitions
from worker.outbox import number_events, raise_floor
from worker.settings import Settings

# Rows deleted by one transaction.
_SLICE = 5_000


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows (SQLite, and what PostgreSQL's default partition holds) and daily partitions were removed."""

    polls: int
    events: int
    partitions: int


def prune(engine: Engine, chosen: Settings) -> Pruned:
    """Remove polls and events that have outlived their retention, and prepare partitions for the days ahead."""
    with writing(engine) as connection:
        now = read_clock(connection).now()
        add_partitions(connection, now)
    polls_before, events_before = now - chosen.retain_polls, now - chosen.retain_events
    # What was never numbered would be missed without anybody being told.
    number_events(engine)
    with writing(engine) as connection:
        raise_floor(connection, events_before)
    with writing(engine) as connection:
        partitions = drop_partitions(connection, "polls", polls_before)
        partitions += drop_partitions(connection, "events", events_before)
    return Pruned(
        polls=_delete(engine, PollRow, PollRow.started_at, polls_before),
        events=_delete(engine, EventRow, EventRow.created_at, events_before),
        partitions=partitions,
    )


def _delete(
    engine: Engine, table: type[PollRow | EventRow], moment: InstrumentedAttribute[datetime], before: datetime
) -> int:
    old = select(table.id).where(moment < before).order_by(moment).limit(_SLICE)
    deleted = 0
    while True:
        with writing(engine) as connection:
            some = connection.execute(delete(table).where(table.id.in_(old))).rowcount
        deleted += some
        if some < _SLICE:
            return deleted
