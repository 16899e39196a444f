"""Retention: removing polls, events, articles, and what these are grouped by, once they are old.

Rows are deleted a few thousand at a time, so that nobody waits for it.
"""

import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Delete, Engine, delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from worker.database.article_tables import ArticleRow
from worker.database.backfill_rows import BackfillRow
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_tables import HostRow, PollRow, ScheduleRow
from worker.database.outbox_tables import EventRow
from worker.database.partitions import add_partitions, drop_partitions
from worker.database.story_tables import BlockRow, NearKeyRow, SketchRow
from worker.database.tally_table import add_tally
from worker.database.ticket_tables import TicketRow
from worker.outbox import note_events_dropped, number_events
from worker.retention.article_pruning import prune_articles
from worker.settings import Settings
from worker.store.documents import remove_documents
from worker.values.tallies import PRUNED, Tally, write_labels

# Rows deleted by one transaction.
_SLICE = 5_000
# Documents take tens of kilobytes each.
_SLICE_OF_BODIES = 500
# Copies of an article come within days; boilerplate is learnt again from three stories.
_KEEP_ANCHORS, _KEEP_BLOCKS = timedelta(days=30), timedelta(days=90)
# A host that only redirects lead to: by then no wait that it asked for is left.
_KEEP_TARGETS = timedelta(days=8)
# Hashes are spread evenly, so that a slice of their range is a slice of the table and needs no index of its own. Each
# slice costs something even where nothing in it is old, so that one run looks at only a few.
_HASH_SLICES = 256

_Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Limits:
    """How much one run looks at that may turn out not to be old."""

    hash_slices: int = 16
    kept_articles: int = 100_000


_ALL = _Limits(_HASH_SLICES, sys.maxsize)
_A_RUN = _Limits()


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many daily partitions were removed, and how many rows: SQLite's, or those older than all partitions."""

    polls: int
    events: int
    partitions: int
    tickets: int
    """Requests for polls, of which nobody can learn any more what became of them."""
    backfills: int
    sketches: int
    """Articles that can no longer be found by their words."""
    hosts: int
    """Hosts that redirects had led to, and no longer do."""
    articles: int
    """Articles that no feed has carried for longer than they are kept."""
    documents: int


def prune(engine: Engine, chosen: Settings) -> Pruned:
    """Remove everything that has outlived its retention, however long it takes, and add partitions for days ahead."""
    return prune_some(engine, chosen, lambda: False, _ALL)


def prune_some(engine: Engine, chosen: Settings, stop: _Stop, limits: _Limits = _A_RUN) -> Pruned:
    """Remove what can be removed before ``stop`` returns True; the next run, within the hour, goes on from there."""
    # At random: in a fixed order, a deployment that is off at the same hours every day would never reach some slices.
    hash_slices = random.sample(range(_HASH_SLICES), limits.hash_slices)
    with reading(engine) as connection:
        now = read_clock(connection).now()
    add_partitions(engine, now)
    polls_before, events_before = now - chosen.retain_polls, now - chosen.retain_events
    # First: a reader cannot notice that it missed an event deleted without a position.
    number_events(engine)
    write(engine, lambda connection: note_events_dropped(connection, events_before))
    pruned = Pruned(
        partitions=drop_partitions(engine, "polls", polls_before) + drop_partitions(engine, "events", events_before),
        polls=_delete(engine, PollRow.id, PollRow.started_at, polls_before, stop),
        tickets=_delete(engine, TicketRow.id, TicketRow.asked_at, polls_before, stop),
        backfills=_delete(engine, BackfillRow.id, BackfillRow.begun_at, polls_before, stop),
        events=_delete(engine, EventRow.id, EventRow.created_at, events_before, stop),
        sketches=_delete_signatures(engine, now, stop, hash_slices),
        hosts=write(engine, lambda connection: _delete_former_targets(connection, now - _KEEP_TARGETS)),
        articles=prune_articles(
            engine, chosen.retain_articles, partial(_first_id_since, engine), stop, limits.kept_articles
        ),
        documents=_remove_documents(engine, now - kept if (kept := chosen.retain_documents) else None, stop),
    )
    _count(engine, pruned)
    return pruned


def _count(engine: Engine, pruned: Pruned) -> None:
    """Add what was removed to the store's tallies, zeros too: they show when the last run ended."""
    tally = Tally()
    for removed, count in asdict(pruned).items():
        tally.count(PRUNED, count, write_labels(removed=removed))
    add_tally(engine, tally)


def _delete_former_targets(connection: Connection, asked_before: datetime) -> int:
    """Delete hosts without feeds, of which an operator chose nothing, that were asked long ago; return how many."""
    member = aliased(HostRow)
    is_needed = or_(
        exists().where(ScheduleRow.host_id == HostRow.id),
        exists().where(member.shares_with == HostRow.id),
        HostRow.gap.is_not(None),
        HostRow.parallel.is_not(None),
    )
    idle = select(HostRow.id).where(HostRow.claimable_at.is_(None), HostRow.lease_token.is_(None))
    idle = idle.where(HostRow.next_request_at < asked_before, ~is_needed).order_by(HostRow.id).limit(_SLICE)
    return connection.execute(delete(HostRow).where(HostRow.id.in_(idle.with_for_update(skip_locked=True)))).rowcount


def _remove_documents(engine: Engine, served_before: datetime | None, stop: _Stop) -> int:
    """Remove documents last served before a moment, the longest ago first, or all for None; return how many."""
    removed = 0
    while not stop():
        looked_at, some = write(engine, partial(remove_documents, served_before=served_before, most=_SLICE_OF_BODIES))
        removed += some
        if looked_at < _SLICE_OF_BODIES:
            break
    return removed


def _delete_signatures(engine: Engine, now: datetime, stop: _Stop, hash_slices: Iterable[int]) -> int:
    """Remove anchors, sketches and blocks that have outlived their use; return how many sketches."""
    # Ids rise with the time of first sight, and a story has the id of its first article.
    anchors_before, blocks_before = (_first_id_since(engine, now - kept) for kept in (_KEEP_ANCHORS, _KEEP_BLOCKS))
    sketches = _delete(engine, SketchRow.article_id, SketchRow.article_id, anchors_before, stop)
    old_anchors = delete(NearKeyRow).where(NearKeyRow.article_id < anchors_before)
    old_blocks = delete(BlockRow).where(BlockRow.story_id < blocks_before)
    for number in hash_slices:
        if stop():
            break
        _delete_hash_slice(engine, old_anchors, NearKeyRow.key, number)
        _delete_hash_slice(engine, old_blocks, BlockRow.block, number)
    return sketches


def _first_id_since(engine: Engine, moment: datetime) -> int:
    since = select(ArticleRow.id).where(ArticleRow.first_seen_at >= moment).order_by(ArticleRow.first_seen_at).limit(1)
    with reading(engine) as connection:
        first: int | None = connection.execute(since).scalar_one_or_none()
        newest: int = connection.execute(select(func.coalesce(func.max(ArticleRow.id), 0))).scalar_one()
    return newest + 1 if first is None else first


def _delete_hash_slice(engine: Engine, old: Delete, hashed: InstrumentedAttribute[int], number: int) -> None:
    width = 2**64 // _HASH_SLICES
    start = number * width - 2**63
    statement = old.where(hashed.between(start, start + width - 1))
    write(engine, lambda connection: connection.execute(statement))


def _delete(
    engine: Engine, row_id: InstrumentedAttribute[int], order: InstrumentedAttribute[Any], before: Any, stop: _Stop
) -> int:
    """Delete the rows whose ``order`` is below ``before``, the lowest first; return how many."""
    old = select(row_id).where(order < before).order_by(order).limit(_SLICE)
    statement = delete(row_id.class_).where(row_id.in_(old))
    deleted = 0
    while not stop():
        some = write(engine, lambda connection: connection.execute(statement).rowcount)
        deleted += some
        if some < _SLICE:
            break
    return deleted
