"""How long hubs push: the leases that they give, when to ask again, and whether what they bring is all there is."""

from datetime import datetime, timedelta

WANTED_LEASE = timedelta(days=10)
"""What a hub is asked for: it may give another."""
_LONGEST_LEASE = timedelta(days=30)
_RENEW_AFTER, _JITTER = 0.75, 0.1
_SOONEST_RENEWAL = timedelta(minutes=5)
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=5), timedelta(days=1)
_MOST_DOUBLINGS = 16
# Each push that was missed makes one more proof necessary, up to this many.
_MOST_PROOFS = 20


def lease_of(seconds: str | None) -> timedelta | None:
    """Return the lease that a hub gives, of at most 30 days; a day where it does not say, None where that is no number.

    Only PubSubHubbub before 0.4 let hubs leave it out.
    """
    if seconds is None:
        return timedelta(days=1)
    if not (seconds.isascii() and seconds.isdigit()):
        return None
    # Of more digits than any lease has the first are enough.
    given = timedelta(seconds=int(seconds.lstrip("0")[:12] or 0))
    return min(given, _LONGEST_LEASE) or None


def renew_at(now: datetime, lease: timedelta, spread: float) -> datetime:
    """Return when to renew a lease that begins now: after about four fifths of it (``spread``, 0 to 1)."""
    return now + max(lease * (_RENEW_AFTER + _JITTER * spread), _SOONEST_RENEWAL)


def retry_at(now: datetime, failures: int, wish: timedelta | None, spread: float) -> datetime:
    """Return when to ask a hub again after failures in a row, never sooner than it wishes; the wait doubles, to a day.

    ``spread`` (0 to 1) is the jitter, up to half of the wait.
    """
    wait = min(_FIRST_RETRY * 2.0 ** min(max(failures - 1, 0), _MOST_DOUBLINGS), _LONGEST_RETRY)
    return now + max(wait * (1 + spread / 2), wish or timedelta(0))


def is_trusted(proofs: int, missed: int) -> bool:
    """Say whether a hub that has brought ``proofs`` pushes with news since the last miss is trusted to bring all."""
    return proofs > min(missed, _MOST_PROOFS)
