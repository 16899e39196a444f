"""A pace: when a host may be asked next, how many requests it may have in flight, and how it has refused us.

Several visits may share one: names of one domain that are served from one address are one server.
"""

from datetime import datetime, timedelta

from worker.errors import PollError
from worker.schedule.failure import is_refusal
from worker.schedule.refusals import follow_answer, is_held
from worker.values.due_feeds import NO_REFUSALS, Refusals


class Pace:
    """``parallel`` requests at a time, with a gap between two; a class because each request changes it."""

    def __init__(
        self, gap: timedelta, parallel: int, not_before: datetime | None = None, refusals: Refusals = NO_REFUSALS
    ) -> None:
        self.gap = gap
        self.parallel = parallel
        self.refusals = refusals
        self.address = ""
        """Where all are served from that share it; empty while nobody may join."""
        self._not_before = not_before
        self._on_the_wire = 0
        # A hold that was there before is in ``not_before``, unless somebody insisted.
        self._is_held_since = False

    @property
    def next_request_at(self) -> datetime | None:
        """The earliest next request, for whoever asks the host afterwards; None for at once."""
        return max(filter(None, (self._not_before, self.refusals.held_until)), default=None)

    def may_ask(self, now: datetime) -> bool:
        """Say whether a request may be sent now."""
        if self._not_before is not None and self._not_before > now:
            return False
        refusals = self.refusals
        if not refusals.count:
            return self._on_the_wire < self.parallel
        # After a refusal one request at a time: its answer tells whether the host has had enough of us.
        return not (self._on_the_wire or (self._is_held_since and is_held(refusals, now)))

    def is_too_late(self, until: datetime) -> bool:
        """Say whether no request may be sent by a moment, whatever is answered until then."""
        is_held_longer = self._is_held_since and is_held(self.refusals, until)
        return is_held_longer or (self._not_before is not None and self._not_before > until)

    def note_request(self, now: datetime) -> None:
        """Note that a request is sent."""
        self._on_the_wire += 1
        self._wait_until(now + self.gap)

    def note_answer(self, now: datetime) -> None:
        """Note that a request has ended: the gap runs from its end."""
        self._on_the_wire -= 1
        self._wait_until(now + self.gap)

    def withdraw(self) -> None:
        """Note that a request is not sent after all."""
        self._on_the_wire -= 1

    def note_outcome(self, feed_id: int, error: PollError | None, now: datetime) -> bool:
        """Note what became of a poll; return whether the host has refused it and is left alone from now on."""
        self.refusals = follow_answer(self.refusals, feed_id, error, now)
        if error is None or not (is_refusal(error) and is_held(self.refusals, now)):
            return False
        self._is_held_since = True
        return True

    def begin_anew(self, address: str) -> "Pace":
        """Return the pace of another server, which is asked no earlier but has not refused us."""
        pace = Pace(self.gap, self.parallel, self._not_before)
        pace.address = address
        return pace

    def take_in(self, refusals: Refusals) -> None:
        """Keep how a host has refused us that turns out to be the same server."""
        self.refusals = max(self.refusals, refusals, key=lambda each: each.count)

    def _wait_until(self, moment: datetime) -> None:
        # Never earlier than before: requests may be answered out of the order in which they began.
        self._not_before = max(moment, self._not_before or moment)
