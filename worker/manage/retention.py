"""Retention: ledger, outbox and what stories are told apart by keep so many days; a little at a time: nobody waits."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_tables import PollRow
from worker.database.outbox_tables import EventRow
from worker.database.partitions import add_partitions, drop_partitions
from worker.database.story_tables import BlockRow, NearKeyRow, SketchRow
from worker.outbox import number_events, raise_floor
from worker.settings import Settings

# Rows deleted by one transaction.
_SLICE = 5_000
# Copies come within days; boilerplate is learnt anew after three stories.
_KEEP_ANCHORS, _KEEP_BLOCKS = timedelta(days=30), timedelta(days=90)
# Hashes are spread evenly: a slice of their range is a slice of the table, and needs no index of its own. Looking at
# one costs something though nothing in it is old, so of the runs of a day each looks at some of them.
_HASH_SLICES, _HASH_SLICES_A_RUN = 256, 16


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows (SQLite, and what PostgreSQL holds of before its first day) and daily partitions were removed."""

    polls: int
    events: int
    partitions: int
    sketches: int
    """Articles that can no longer be found by their words."""


def prune(engine: Engine, chosen: Settings) -> Pruned:
    """Remove all that has outlived its retention, however long it takes, and prepare partitions for the days ahead."""
    return _prune(engine, chosen, lambda: False, range(_HASH_SLICES))


def prune_some(engine: Engine, chosen: Settings, stop: Callable[[], bool]) -> Pruned:
    """Remove what can be removed until ``stop`` says so: the next run, within the hour, goes on from there."""
    # Chance, for a deployment may be off at the same hours every day.
    return _prune(engine, chosen, stop, random.sample(range(_HASH_SLICES), _HASH_SLICES_A_RUN))


def _prune(engine: Engine, chosen: Settings, stop: Callable[[], bool], hash_slices: Iterable[int]) -> Pruned:
    with reading(engine) as connection:
        now = read_clock(connection).now()
    add_partitions(engine, now)
    polls_before, events_before = now - chosen.retain_polls, now - chosen.retain_events
    # What was never numbered would be missed without anybody being told.
    number_events(engine)
    write(engine, lambda connection: raise_floor(connection, events_before))
    return Pruned(
        partitions=drop_partitions(engine, "polls", polls_before) + drop_partitions(engine, "events", events_before),
        polls=_delete(engine, PollRow.id, PollRow.started_at, polls_before, stop),
        events=_delete(engine, EventRow.id, EventRow.created_at, events_before, stop),
        sketches=_delete_words(engine, now, stop, hash_slices),
    )


def _delete_words(engine: Engine, now: datetime, stop: Callable[[], bool], hash_slices: Iterable[int]) -> int:
    """Remove anchors, sketches and blocks that have outlived their use; return how many sketches."""
    # Ids rise with first sight, and a story has the id of its first article.
    anchors_before, blocks_before = (_first_id_since(engine, now - kept) for kept in (_KEEP_ANCHORS, _KEEP_BLOCKS))
    sketches = _delete(engine, SketchRow.article_id, SketchRow.article_id, anchors_before, stop)
    old_anchors = (NearKeyRow.key, NearKeyRow.article_id < anchors_before)
    old_blocks = (BlockRow.block, BlockRow.story_id < blocks_before)
    for number in hash_slices:
        if stop():
            break
        for hashed, is_old in (old_anchors, old_blocks):
            _delete_of_hashes(engine, hashed, is_old, number)
    return sketches


def _first_id_since(engine: Engine, moment: datetime) -> int:
    since = select(ArticleRow.id).where(ArticleRow.first_seen_at >= moment).order_by(ArticleRow.first_seen_at).limit(1)
    with reading(engine) as connection:
        first: int | None = connection.execute(since).scalar_one_or_none()
        newest: int = connection.execute(select(func.coalesce(func.max(ArticleRow.id), 0))).scalar_one()
    return newest + 1 if first is None else first


def _delete_of_hashes(
    engine: Engine, hashed: InstrumentedAttribute[int], is_old: ColumnElement[bool], number: int
) -> None:
    step = 2**64 // _HASH_SLICES
    start = number * step - 2**63
    statement = delete(hashed.class_).where(hashed.between(start, start + step - 1), is_old)
    write(engine, lambda connection: connection.execute(statement))


def _delete(
    engine: Engine,
    row_id: InstrumentedAttribute[int],
    order: InstrumentedAttribute[Any],
    before: Any,
    stop: Callable[[], bool],
) -> int:
    """Delete the rows that come before a moment or an id in some order, the first of them first; return how many."""
    old = select(row_id).where(order < before).order_by(order).limit(_SLICE)
    statement = delete(row_id.class_).where(row_id.in_(old))
    deleted = 0
    while not stop():
        some = write(engine, lambda connection: connection.execute(statement).rowcount)
        deleted += some
        if some < _SLICE:
            break
    return deleted
