"""Waiting for what must happen, with a deadline instead of a guess."""

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")
# Only what never happens takes so long, however busy the machine is.
PATIENCE = 60.0


def wait_for(condition: Callable[[], _T], what: str, seconds: float = PATIENCE) -> _T:
    """Return the condition's first true value; AssertionError after ``seconds`` without one."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")
