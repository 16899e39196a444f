"""Judging feeds by turns: each run takes up where the last one ended, and writes what has changed.

Silence and death come with time and not with a poll, so a poll judges nothing. A run reads some thousand feeds, and
writes none whose state and reason are what they were.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, func, select

from worker.basics.codec import unpack
from worker.basics.faults import read_each
from worker.basics.log_lines import get_logger
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_tables import FeedAliasRow, FeedRow, ScheduleRow
from worker.database.locks import lock_feeds
from worker.database.many_rows import replaced, update_many
from worker.database.outbox_tables import EventKind, write_events
from worker.database.statements import is_one_of
from worker.database.task_turns import find_place, remember_place
from worker.database.value_columns import MOVE
from worker.quality.rules import judge_quality
from worker.values.due_feeds import FeedState
from worker.values.feed_quality import FeedFacts, Marks, Quality, QualityState
from worker.values.schedules import Rhythm

JUDGING = "judge_feeds"
"""The turn by which feeds are judged: the task's name."""
JUDGE_EVERY = timedelta(minutes=10)
"""Of a store of ten thousand feeds each is judged as often, of one with a million within a day."""
# Feeds read at a time, and by one run.
_SLICE, _MOST = 500, 10_000
_UPDATE = update_many(FeedRow, ["id"], replaced("quality", "quality_reason", "quality_since"))
_LOG = get_logger(__name__)
# What is paused or removed keeps the state that it had.
_JUDGED = (FeedState.ACTIVE, FeedState.GONE, FeedState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class Judged:
    """How many feeds a run has judged, and how many of them are in another state since."""

    feeds: int
    changed: int


@dataclass(frozen=True, slots=True)
class _Finding:
    feed_id: int
    before: str | None
    reason_before: str | None
    quality: Quality

    @property
    def is_news(self) -> bool:
        return (self.before, self.reason_before) != (self.quality.state, self.quality.reason)


def judge_some(engine: Engine, stop: Callable[[], bool], most: int = _MOST) -> Judged:
    """Judge up to ``most`` feeds, from where the last run ended; after the last feed the next run begins anew."""
    with reading(engine) as connection:
        reached, now = find_place(connection, JUDGING), read_clock(connection).now()
    feeds = changed = 0
    is_over = False
    while not is_over and feeds < most and not stop():
        with reading(engine) as connection:
            some = min(_SLICE, most - feeds)
            rows = connection.execute(_facts().where(ScheduleRow.feed_id > reached).limit(some)).mappings().all()
        if news := [each for each in _judge_each(rows, now) if each.is_news]:
            changed += write(engine, partial(_store, news=news, now=now))
        is_over, feeds = len(rows) < some, feeds + len(rows)
        reached = rows[-1]["id"] if rows else reached
    write(engine, lambda connection: remember_place(connection, JUDGING, 0 if is_over else reached, now))
    return Judged(feeds, changed)


def _judge_each(rows: Sequence[RowMapping], now: datetime) -> Sequence[_Finding]:
    def judge(row: RowMapping) -> _Finding:
        return _Finding(row["id"], row["quality"], row["quality_reason"], judge_quality(_read(row), now))

    # What anybody may have written to one feed keeps no other from being judged.
    found, faults = read_each(rows, judge, lambda row: str(row["id"]))
    for fault in faults:
        _LOG.error("feed not judged", feed_id=fault.entry, exception=fault.trace)
    return found


def _facts() -> Select[*tuple[Any, ...]]:
    moved_at = select(func.max(FeedAliasRow.since)).where(FeedAliasRow.feed_id == FeedRow.id).scalar_subquery()
    return (
        select(
            FeedRow.id,
            FeedRow.state,
            FeedRow.state_reason,
            FeedRow.quality,
            FeedRow.quality_reason,
            FeedRow.marks,
            FeedRow.rhythm,
            FeedRow.moved_to,
            FeedRow.moved_polls,
            FeedRow.moved_since,
            moved_at.label("moved_at"),
            ScheduleRow.last_success_at,
            ScheduleRow.failing_since,
            ScheduleRow.failures,
            ScheduleRow.error,
        )
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .where(ScheduleRow.host_id.is_not(None), FeedRow.state.in_(_JUDGED))
        .order_by(ScheduleRow.feed_id)
    )


def _read(row: Mapping[Any, Any]) -> FeedFacts:
    before = row["quality"]
    return FeedFacts(
        state=FeedState(row["state"]),
        state_reason=row["state_reason"],
        # A newer version may know others.
        before=QualityState(before) if before in set(QualityState) else QualityState.NEW,
        marks=unpack(Marks, row["marks"]),
        rhythm=unpack(Rhythm, row["rhythm"]),
        move=MOVE.read(row) if row["moved_to"] else None,
        moved_at=row["moved_at"],
        last_success_at=row["last_success_at"],
        failing_since=row["failing_since"],
        failures=row["failures"],
        error=row["error"],
    )


def _store(connection: Connection, news: Sequence[_Finding], now: datetime) -> int:
    """Write states and reasons, and an event a state; return how many states have changed.

    A feed that was deleted meanwhile, or judged by another run, is left alone.
    """
    feed_ids = [each.feed_id for each in news]
    lock_feeds(connection, feed_ids)
    stored = select(FeedRow.id, FeedRow.quality, FeedRow.quality_since).where(
        is_one_of(connection, FeedRow.id, feed_ids)
    )
    stands = {row.id: row for row in connection.execute(stored)}
    news = [each for each in news if each.feed_id in stands and stands[each.feed_id].quality == each.before]
    changed = [each for each in news if each.before != each.quality.state]
    since = {each.feed_id: now for each in changed}
    rows = [
        {
            "id": each.feed_id,
            "quality": each.quality.state,
            "quality_reason": each.quality.reason,
            "quality_since": since.get(each.feed_id, stands[each.feed_id].quality_since),
        }
        for each in news
    ]
    _UPDATE.execute(connection, rows)
    details = [{"from": each.before, "to": each.quality.state, "reason": each.quality.reason} for each in changed]
    told = [{"feed_id": each.feed_id, "details": said} for each, said in zip(changed, details, strict=True)]
    write_events(connection, now, EventKind.FEED_QUALITY_CHANGED, told)
    return len(changed)
