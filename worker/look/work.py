"""Whether the work is being done: how long the host that waits longest has waited, and when a feed was last polled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import Connection, func, select

from worker.basics.units import show_duration
from worker.database.clock_steps import TICK
from worker.database.feed_tables import HostRow
from worker.database.schema import SCHEMA_VERSION
from worker.database.tally_table import TallyRow
from worker.database.task_turns import TurnRow
from worker.look.counts import Counted, count_late, find_due_mailboxes
from worker.look.health import find_last_poll
from worker.values.tallies import PRUNED

# Work by the names of the turns that tasks take for it.
_TURNS = {"tick": TICK, "scan": "ingest_seeds", "seek": "seek_feeds"}

LATE = timedelta(minutes=10)
VERY_LATE = timedelta(hours=1)
"""How late feeds are a warning, and critical, unless somebody says otherwise."""


class Verdict(IntEnum):
    """How the work goes: by these numbers supervisors that know Nagios's plugins tell it."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Work:
    """What tells whether workers keep up."""

    at: datetime
    waiting: timedelta
    """How long a worker might have polled the first due feed, and has not."""
    late: Counted[int]
    """Feeds that have been due for two minutes."""
    last_poll_at: datetime | None


def read_work(connection: Connection, now: datetime) -> Work:
    """Read how the work goes as of ``now``; what hosts asked for, and gaps between requests, count as no delay."""
    return Work(now, find_longest_wait(connection, now), count_late(connection, now), find_last_poll(connection))


def find_longest_wait(connection: Connection, now: datetime) -> timedelta:
    """Return how long a worker might have polled the first due feed, and has not."""
    earliest = connection.execute(select(func.min(HostRow.claimable_at))).scalar_one()
    return now - min(now, earliest or now, *find_due_mailboxes(connection, now))


def find_newest_work(connection: Connection) -> dict[str, datetime | None]:
    """Return when each kind of work was last begun, and pruning ended; None for what never was."""
    begun = {row.name: row.taken_at for row in connection.execute(select(TurnRow.name, TurnRow.taken_at))}
    pruned = select(func.max(TallyRow.counted_at)).where(TallyRow.name == PRUNED.name)
    return {
        "poll": find_last_poll(connection),
        **{work: begun.get(name) for work, name in _TURNS.items()},
        "prune": connection.execute(pruned).scalar_one(),
    }


def judge_work(work: Work, warn: timedelta, critical: timedelta) -> Verdict:
    """Judge the work: late feeds are a warning, and critical once they are very late or nothing is polled at all."""
    if work.waiting < warn:
        return Verdict.OK
    is_idle = work.last_poll_at is None or work.at - work.last_poll_at >= warn
    return Verdict.CRITICAL if is_idle or work.waiting >= critical else Verdict.WARNING


def describe_work(work: Work) -> str:
    """Say in one line what the verdict is made of."""
    polled = f"last poll {_ago(work.at - work.last_poll_at)}" if work.last_poll_at else "no poll yet"
    if not work.late.count:
        late = "no feed is late"
    else:
        feeds = "1 feed" if work.late.count == 1 else f"{work.late.count:,} feeds"
        late = f"{f'{work.late.how} {feeds}'.strip()} late, by {show_duration(work.waiting)} at the most"
    return f"{late}; {polled}; schema {SCHEMA_VERSION}"


def _ago(distance: timedelta) -> str:
    whole = timedelta(seconds=round(distance.total_seconds()))
    return f"{show_duration(whole).split(' ')[0]} ago" if distance >= timedelta(seconds=1) else "now"
