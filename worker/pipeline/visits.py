"""A visit: what a window knows of one claimed host, which of its feeds are still to ask, and when it may be asked."""

from collections import deque
from datetime import datetime

from worker.basics.stopping import BEGIN_WITHIN
from worker.database.locks import HostRelease
from worker.errors import PollError
from worker.schedule.failure import is_refusal
from worker.schedule.refusals import follow_answer, is_held
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
        self._refusals = host.refusals

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
        # After a refusal one feed at a time: its answer tells whether the host has had enough of us.
        at_once = 1 if self._refusals.count else self.host.parallel
        if must_wait or not self._waiting or self._on_the_wire >= at_once:
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

    def finish(self, feed_id: int, error: PollError | None, now: datetime) -> HostRelease | None:
        """Note that a begun feed is about to be stored; return the end of the lease after the last feed."""
        self._unfinished -= 1
        self._refusals = follow_answer(self._refusals, feed_id, error, now)
        if error and is_refusal(error) and is_held(self._refusals, now):
            self._waiting.clear()
        return self.release(now) if self.is_over else None

    def release(self, now: datetime) -> HostRelease:
        """Return the end of the lease, with what is known of the host now."""
        host, held_until = self.host, self._refusals.held_until
        next_request_at = max(filter(None, (self._not_before, held_until)), default=now)
        changed = None if self._refusals is host.refusals else self._refusals
        return HostRelease(host.host_id, host.token, next_request_at, host.is_isolated, changed)

    def _wait_until(self, moment: datetime) -> None:
        # Never earlier than before: requests may be answered out of the order in which they began.
        self._not_before = max(moment, self._not_before or moment)
