"""How work ends in time: the stop signal that a worker process gives, and the time limits of a poll task.

The signal reaches forked children and threads alike. Each time limit leaves the one before it time to end in order.
"""

import mmap
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

STOP_CLAIMING = timedelta(seconds=20)
BEGIN_WITHIN = timedelta(seconds=20)
"""A host's polls begin so soon after its claim, or its feeds are given back: a lease must outlast each visit."""
_TIDYING = timedelta(seconds=10)
"""A task gives up what is in flight at its deadline; if it has not ended so long after that, it is interrupted."""
LONGEST_IDLE_TRANSACTION = _TIDYING
"""A transaction may idle so long on PostgreSQL: a task that waits for it at its deadline still ends in order."""
LONGEST_STATEMENT = 3 * LONGEST_IDLE_TRANSACTION
"""No statement of a task takes longer on PostgreSQL: time to wait for a frozen transaction, and far below the lease."""
LONGEST_ANSWER = timedelta(seconds=5)
"""No statement of the web process takes longer on PostgreSQL: whoever asks it is not waiting any more."""
VISIBILITY_TIMEOUT = timedelta(seconds=900)
"""After this Redis hands an unacknowledged message to another worker; far above the hard limit of any task."""


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """When a poll task stops claiming, gives up what is in flight, is interrupted and killed; how long it leases."""

    stop_claiming: timedelta
    deadline: timedelta
    soft: timedelta
    hard: timedelta
    lease: timedelta


def time_limits(fetch_timeout: timedelta) -> TimeLimits:
    """Return the ladder for fetches of at most ``fetch_timeout``: 20, 50, 60, 75 and 90 s for one of 30 s."""
    deadline = STOP_CLAIMING + fetch_timeout
    return TimeLimits(
        stop_claiming=STOP_CLAIMING,
        deadline=deadline,
        soft=deadline + _TIDYING,
        hard=deadline + timedelta(seconds=25),
        lease=BEGIN_WITHIN + fetch_timeout + timedelta(seconds=40),
    )


@cache
def _shared_byte() -> mmap.mmap:
    # Anonymous shared memory: a child reads what its parent writes after the fork.
    return mmap.mmap(-1, 1)


def prepare_to_stop() -> None:
    """Set up the stop signal, before any child is forked."""
    _shared_byte()[0] = 0


def ask_to_stop() -> None:
    """Give the stop signal."""
    _shared_byte()[0] = 1


def is_stopping() -> bool:
    """Return whether the stop signal was given."""
    return bool(_shared_byte()[0])


def stops_after(limit: timedelta) -> Callable[[], bool]:
    """Return a function like ``is_stopping`` that turns true once ``limit`` has passed."""
    left = counts_down(limit)
    return lambda: not left()


def counts_down(limit: timedelta) -> Callable[[], timedelta]:
    """Return a function that tells how much of ``limit`` is left: nothing once it has passed."""
    ends_at = time.monotonic() + limit.total_seconds()
    return lambda: max(timedelta(seconds=ends_at - time.monotonic()), timedelta(0))
