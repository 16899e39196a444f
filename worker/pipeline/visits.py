"""A visit: what a window knows of one claimed host, which of its feeds are still to ask, and when it may be asked."""

from collections import deque
from datetime import datetime, timedelta

from worker.basics.stopping import BEGIN_WITHIN
from worker.database.locks import HostRelease
from worker.values.due_feeds import ClaimedHost, DueFeed


class Visit:
    """The polls of one claimed host, ``parallel`` at a time, with the host's gap between two requests."""

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
        """True while some feeds have not begun."""
        return bool(self._waiting)

    @property
    def is_over(self) -> bool:
        """True when no feed waits or is under way."""
        return not self._waiting and not self._unfinished

    def begin(self, now: datetime) -> DueFeed | None:
        """Return the feed to ask for next; None when the host may not be asked now, or no feed waits."""
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

    def note_answer(self, now: datetime) -> None:
        """Note that a request has ended: the gap runs from its end."""
        self._on_the_wire -= 1
        self._wait_until(now + self.host.gap)

    def finish(self, host_wait: timedelta | None, now: datetime, *, is_success: bool) -> HostRelease | None:
        """Note that a begun feed is about to be stored; return the end of the lease after the last feed.

        ``host_wait`` is how long the host asked to be left alone, with all its feeds; None when it did not.
        """
        self._unfinished -= 1
        if host_wait is not None:
            # A host that refuses several requests sent at once has refused us once.
            self._refusals += not self._is_refused
            self._is_refused = True
            self._wait_until(now + host_wait)
            self._waiting.clear()
        elif is_success and not self._is_refused:
            # Only a success says that the host would have us back: a failure of another kind does not.
            self._refusals = 0
        return self.release(now) if self.is_over else None

    def release(self, now: datetime) -> HostRelease:
        """Return the end of the lease, with what is known of the host now."""
        host = self.host
        return HostRelease(host.host_id, host.token, self._not_before or now, self._refusals, host.is_isolated)

    def _wait_until(self, moment: datetime) -> None:
        # Never earlier than before: an answer to one request does not undo the refusal of another.
        self._not_before = max(moment, self._not_before or moment)
