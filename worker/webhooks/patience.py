"""After a failed delivery: when to try again, and when to give up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from worker.basics.measures import show_duration
from worker.errors import PollError

_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(hours=6)
# Well within what FEEDMILL_RETAIN_EVENTS keeps by default: there is time to notice, and to resume without a gap.
_PATIENCE = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from a failed delivery; a reason means that nothing is delivered any more."""

    next_attempt_at: datetime
    dead_because: str | None = None


def after_failed_delivery(
    now: datetime, failures: int, failing_since: datetime, error: PollError, spread: float
) -> Verdict:
    """Return what follows from the latest of ``failures`` in a row: a wait that doubles, up to half as much again.

    ``spread`` is that half's share, 0 to 1. The receiver's own wish (Retry-After) is never undercut.
    """
    wait = min(_FIRST * 2.0 ** min(failures - 1, 16), _LONGEST) * (1 + spread / 2)
    next_attempt_at = now + max(wait, error.retry_after or timedelta(0))
    if error.http_status == HTTPStatus.GONE:
        # The specification's way for a receiver to end it.
        return Verdict(next_attempt_at, "the receiver wants no more (410)")
    if now - failing_since >= _PATIENCE:
        return Verdict(next_attempt_at, f"nothing was taken for {show_duration(_PATIENCE)}: {error.sentence}")
    return Verdict(next_attempt_at)
