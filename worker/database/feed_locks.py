"""The lock of a feed is its schedule: whoever writes anything of a feed takes it first, of several by their ids."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from worker.database.among import is_among
from worker.database.feed_tables import ScheduleRow

# SQLite takes at most 32,766 parameters in one statement.
_SLICE = 5_000


@dataclass(frozen=True, slots=True)
class LockedFeed:
    """What the schedule of a locked feed says, by which a decision made earlier is told from a stale one."""

    edition: int
    instructions: int
    last_success_at: datetime | None


def lock_feeds(connection: Connection, feed_ids: Collection[int]) -> dict[int, LockedFeed]:
    """Lock feeds until the transaction ends; return them by id, without those that have been deleted."""
    ids = sorted(feed_ids)
    slices = (ids[start : start + _SLICE] for start in range(0, len(ids), _SLICE))
    rows = (row for some in slices for row in connection.execute(_lock(), {"feed_ids": some}))
    return {row.feed_id: LockedFeed(row.edition, row.instructions, row.last_success_at) for row in rows}


def count_instruction(connection: Connection, feed_ids: Collection[int]) -> None:
    """Lock feeds, and note that somebody has said what to do with them: polls under way leave that as it is."""
    lock_feeds(connection, feed_ids)
    mine = is_among(connection.dialect.name, ScheduleRow.feed_id, feed_ids)
    connection.execute(update(ScheduleRow).where(mine).values(instructions=ScheduleRow.instructions + 1))


def count_editions(connection: Connection, feed_ids: Collection[int]) -> None:
    """Note that what is known of locked feeds' entries has changed: whoever decided by what was known decides again."""
    if feed_ids:
        mine = is_among(connection.dialect.name, ScheduleRow.feed_id, feed_ids)
        connection.execute(update(ScheduleRow).where(mine).values(edition=ScheduleRow.edition + 1))


@cache
def _lock() -> Select[*tuple[Any, ...]]:
    facts = (ScheduleRow.feed_id, ScheduleRow.edition, ScheduleRow.instructions, ScheduleRow.last_success_at)
    mine = ScheduleRow.feed_id.in_(bindparam("feed_ids", expanding=True))
    return select(*facts).where(mine).order_by(ScheduleRow.feed_id).with_for_update()
