"""What a window holds of one claimed host: which feeds are still to ask, and when the host may be asked again."""

from collections import deque
from datetime import datetime, timedelta

from worker.basics.stopping import BEGIN_WITHIN
from worker.database.locks import HostRelease
from worker.values.due_feeds import ClaimedHost, DueFeed


class Visit:
    """The polls of one claimed host, one at a time (or ``parallel``) with the host's gap between two requests."""

    def __init__(self, host: ClaimedHost, claimed_at: datetime) -> None:
        self.host = host
        self._begin_until = claimed_at + BEGIN_WITHIN
        self._waiting = deque(host.feeds)
        self._unfinished = 0
        self._on_the_wire = 0
        self._not_before = host.next_request_at
        self._refusals = host.failures
        self._is_refused = False

    @property
    def is_waiting(self) -> bool:
        """True while feeds have not begun."""
        return bool(self._waiting)

    @property
    def is_over(self) -> bool:
        """True when no feed is waiting or in the making."""
        return not self._waiting and not self._unfinished

    def begin(self, now: datetime) -> DueFeed | None:
        """Return the feed to ask next, if the host may be asked now; null otherwise."""
        if now > self._begin_until:
            self.begin_no_more()
        must_wait = self._not_before is not None and self._not_before > now
        if must_wait or not self._waiting or self._on_the_wire >= self.host.parallel:
            return None
        self._unfinished += 1
        self._on_the_wire += 1
        self._wait_until(now + self.host.gap)
        return self._waiting.popleft()

    def begin_no_more(self) -> None:
        """Give back the feeds that have not begun: they stay due and are not counted."""
        self._waiting.clear()

    def answered(self, now: datetime) -> None:
        """Note that a request has ended: the gap runs from its end."""
        self._on_the_wire -= 1
        self._wait_until(now + self.host.gap)

    def finish(self, host_wait: timedelta | None, now: datetime, *, is_success: bool) -> HostRelease | None:
        """Note that a begun feed is about to be stored; return the end of the lease if it was the last.

        ``host_wait`` is how long the host asked to be left alone, null if it did not: that goes for all its feeds.
        """
        self._unfinished -= 1
        if host_wait is not None:
            # Of several requests at once it may refuse each: that is one refusal.
            self._refusals += not self._is_refused
            self._is_refused = True
            self._wait_until(now + host_wait)
            self._waiting.clear()
        elif is_success and not self._is_refused:
            # A failure of another kind says nothing of whether the host would have us back.
            self._refusals = 0
        return self.release(now) if self.is_over else None

    def release(self, now: datetime) -> HostRelease:
        """Return the end of the lease as things stand."""
        host = self.host
        return HostRelease(host.host_id, host.token, self._not_before or now, self._refusals, host.isolated)

    def _wait_until(self, moment: datetime) -> None:
        # Never earlier than was settled before: an answer to one request does not undo a refusal of another.
        self._not_before = max(moment, self._not_before or moment)
