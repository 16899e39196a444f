"""The sign to stop, which a worker process gives to all that poll for it, forked children and threads alike."""

import mmap
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache


@cache
def _shared_byte() -> mmap.mmap:
    # Anonymous shared memory: what the parent writes after a fork its children read.
    return mmap.mmap(-1, 1)


def prepare_to_stop() -> None:
    """Set the sign up, before any child is forked."""
    _shared_byte()[0] = 0


def ask_to_stop() -> None:
    """Give the sign."""
    _shared_byte()[0] = 1


def is_stopping() -> bool:
    """Say whether the sign was given."""
    return bool(_shared_byte()[0])


def is_interruption(error: Exception) -> bool:
    """Say whether an error only tells a task that its time is over: nothing is wrong with what it was doing."""
    from billiard.exceptions import SoftTimeLimitExceeded  # noqa: PLC0415 -- all that is asked of it, and seldom

    return isinstance(error, SoftTimeLimitExceeded)


# --- The ladder of time limits of one poll task, each leaving the one before it room to end in good order.

STOP_CLAIMING = timedelta(seconds=20)
BEGIN_WITHIN = timedelta(seconds=20)
"""So long after its claim a host's feeds may begin; the others are given back, for a lease must outlast each visit."""
TIDYING = timedelta(seconds=10)
"""So long after its deadline, when it gave up what was in flight, a task that has not ended is interrupted."""
STANDSTILL = TIDYING
"""So long a transaction may do nothing on PostgreSQL: who waits for it at a deadline still ends in order."""
STATEMENT = 3 * STANDSTILL
"""No statement of a task takes longer on PostgreSQL: time to wait for a frozen transaction, and far below the lease."""
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
        soft=deadline + TIDYING,
        hard=deadline + timedelta(seconds=25),
        lease=BEGIN_WITHIN + fetch_timeout + timedelta(seconds=40),
    )


def stops_after(limit: timedelta) -> Callable[[], bool]:
    """Return a sign to stop that is given once so much time has passed."""
    ends_at = time.monotonic() + limit.total_seconds()
    return lambda: time.monotonic() >= ends_at
