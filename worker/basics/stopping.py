"""The sign to stop, which a worker process gives to all that poll for it, forked children and threads alike."""

import mmap
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
