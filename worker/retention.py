"""Retention: ledger, outbox and what stories are told apart by keep so many days; a little at a time: nobody waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from worker.database.article_tables import ArticleRow, EventRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import PollRow
from worker.database.partitions import add_partitions, drop_partitions
from worker.database.story_tables import BlockRow, NearKeyRow, SketchRow
from worker.outbox import number_events, raise_floor
from worker.settings import Settings

# Rows deleted by one transaction.
_SLICE = 5_000
# Copies come within days; boilerplate is learnt anew after three stories.
_KEEP_ANCHORS, _KEEP_BLOCKS = timedelta(days=30), timedelta(days=90)
# Hashes are spread evenly: a slice of their range is a slice of the table, and needs no index of its own.
_HASH_SLICES = 256


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows (SQLite, and what PostgreSQL's default partition holds) and daily partitions were removed."""

    polls: int
    events: int
    partitions: int
    sketches: int
    """Articles that can no longer be found by their words."""


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
        sketches=_delete_words(engine, now),
    )


def _delete_words(engine: Engine, now: datetime) -> int:
    """Remove anchors, sketches and blocks that have outlived their use; return how many sketches."""
    # Ids rise with first sight, and a story has the id of its first article.
    anchors_before, blocks_before = (_first_id_since(engine, now - kept) for kept in (_KEEP_ANCHORS, _KEEP_BLOCKS))
    _delete_of_hashes(engine, NearKeyRow, NearKeyRow.key, NearKeyRow.article_id < anchors_before)
    _delete_of_hashes(engine, BlockRow, BlockRow.block, BlockRow.story_id < blocks_before)
    old = select(SketchRow.article_id).where(SketchRow.article_id < anchors_before).limit(_SLICE)
    deleted = 0
    while True:
        with writing(engine) as connection:
            some = connection.execute(delete(SketchRow).where(SketchRow.article_id.in_(old))).rowcount
        deleted += some
        if some < _SLICE:
            return deleted


def _first_id_since(engine: Engine, moment: datetime) -> int:
    since = select(ArticleRow.id).where(ArticleRow.first_seen_at >= moment).order_by(ArticleRow.first_seen_at).limit(1)
    with reading(engine) as connection:
        first: int | None = connection.execute(since).scalar_one_or_none()
        newest: int = connection.execute(select(func.coalesce(func.max(ArticleRow.id), 0))).scalar_one()
    return newest + 1 if first is None else first


def _delete_of_hashes(
    engine: Engine,
    table: type[NearKeyRow | BlockRow],
    hashed: InstrumentedAttribute[int],
    is_old: ColumnElement[bool],
) -> None:
    step = 2**64 // _HASH_SLICES
    for start in range(-(2**63), 2**63, step):
        with writing(engine) as connection:
            connection.execute(delete(table).where(hashed.between(start, start + step - 1), is_old))


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
