"""A visit: what a window knows of one claimed host, which of its feeds are still to ask, and when it may be asked."""

from collections import deque
from datetime import datetime

from worker.basics.stopping import BEGIN_WITHIN
from worker.database.locks import HostRelease
from worker.errors import PollError
from worker.pipeline.pace import Pace
from worker.schedule.rhythm import doubts_silence
from worker.values.due_feeds import NO_VALIDATORS, ClaimedHost, Credentials, DueFeed, FetchRequest


class Visit:
    """The polls of one claimed host, at its pace; and those of other hosts' feeds that are redirected to it."""

    def __init__(self, host: ClaimedHost, claimed_at: datetime) -> None:
        self.host = host
        self.pace = Pace(host.gap, host.parallel, host.next_request_at, host.refusals)
        self.served_from = ""
        """Where its last answer came from; looked after for names with siblings only."""
        self.begin_until = claimed_at + BEGIN_WITHIN
        """No request begins later, so that the lease outlasts it."""
        self._waiting = deque(host.feeds)
        self._unfinished = 0
        self._is_guests_turn = False

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
        if not self._waiting:
            return None
        if now <= self.begin_until and self.pace.may_ask(now):
            self._unfinished += 1
            self._is_guests_turn = True
            self.pace.note_request(now)
            return self._waiting.popleft()
        if now > self.begin_until or self.pace.is_too_late(self.begin_until):
            self.begin_no_more()
        return None

    def begin_no_more(self) -> None:
        """Give back the feeds that have not begun: they stay due and are not counted."""
        self._waiting.clear()

    def take_guest(self) -> None:
        """Let the poll of another host's feed, which a redirect leads here, count among those of this host."""
        self._unfinished += 1

    def send_hop(self, now: datetime, *, is_guest: bool) -> bool:
        """Count a request that waited, if it may be sent now: guests take turns with the feeds that have not begun."""
        is_others_turn = is_guest and self.is_waiting and not self._is_guests_turn
        if is_others_turn or not self.pace.may_ask(now):
            return False
        self._is_guests_turn = self._is_guests_turn and not is_guest
        self.pace.note_request(now)
        return True

    def give_back(self) -> None:
        """Note that a begun feed, or another host's, is not asked for here after all."""
        self._unfinished -= 1

    def finish(
        self, feed_id: int, error: PollError | None, now: datetime, *, is_elsewhere: bool = False
    ) -> HostRelease | None:
        """Note that a begun feed is about to be stored; return the end of the lease after the last feed.

        What ``is_elsewhere``, on another server than its host's, says nothing of the host.
        """
        self._unfinished -= 1
        if not is_elsewhere and self.pace.note_outcome(feed_id, error, now):
            self._waiting.clear()
        return self.release(now) if self.is_over else None

    def release(self, now: datetime) -> HostRelease:
        """Return the end of the lease, with what is known of the host now."""
        host, pace = self.host, self.pace
        # A name that was never seen on the server whose pace it went at has learnt nothing of its own.
        is_its_own = pace.address in {"", host.address, self.served_from}
        changed = pace.refusals if is_its_own and pace.refusals is not host.refusals else None
        return HostRelease(host.host_id, host.token, pace.next_request_at or now, host.is_isolated, changed)


def make_request(feed: DueFeed, credentials: Credentials | None, now: datetime) -> FetchRequest:
    """Return what is asked of a feed: for all of it where it has been silent for suspiciously long."""
    is_doubtful = doubts_silence(feed.rhythm, feed.last_success_at, now)
    return FetchRequest(
        feed.feed_id,
        feed.url,
        NO_VALIDATORS if is_doubtful else feed.validators,
        credentials,
        settings=feed.request,
        body_hash=feed.body_hash,
    )
