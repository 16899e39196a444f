"""Celery's loop, which tells systemd's watchdog that it works: while it turns, and takes the messages that wait for it.

What a restart would not cure is no reason for one. While Redis is gone a worker that tries to reach it counts as at
work, and while the database is, one whose tasks fail.
"""

import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from celery.worker import consumer, state

from worker.telemetry.service_manager import AT_WORK, tell_service_manager, watchdog_interval

_LOG = structlog.get_logger("feedmill")
_IDLE = "takes no messages"
_LOOK_EVERY = timedelta(seconds=20)
"""How often a worker looks at itself where no watchdog asks it to."""


# The published types of Celery leave out most of what is used here.
_Consumer: Any = consumer.Consumer


class Consumer(_Consumer):  # type: ignore[misc]  # of no known type
    """A worker's loop that is watched."""

    _taken = 0
    _is_idle = False
    _is_stuck = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Only the step of remote control has one.
        for box in (step.box for step in self.steps if hasattr(step, "box")):
            self._answer_unless_stuck(box)

    def _answer_unless_stuck(self, box: Any) -> None:
        """Have a worker that is stuck answer no ping: its supervisor asks by pings whether to start it anew."""
        hear = box.on_message

        def hear_unless_stuck(*message: Any) -> None:
            if not self._is_stuck:
                hear(*message)

        box.on_message = hear_unless_stuck

    def register_with_event_loop(self, hub: Any) -> None:
        """Have the loop itself tell the watchdog: one that stands still tells nothing."""
        super().register_with_event_loop(hub)
        interval = watchdog_interval() or _LOOK_EVERY
        hub.timer.call_repeatedly(interval.total_seconds(), self.tell_watchdog)

    def on_connection_error_after_connected(self, error: Exception) -> None:
        """Tell the watchdog that this worker begins anew: a Redis that hangs holds up each step of it for seconds."""
        tell_service_manager(AT_WORK, status="connects again")
        super().on_connection_error_after_connected(error)

    def tell_watchdog(self) -> None:
        """Tell the watchdog that this worker is at work, unless messages wait and it takes none from look to look.

        One look is not enough: the message may have come just now, and be taken in the loop's next turn.
        """
        taken = state.all_total_count[0]
        is_idle = taken == self._taken and self.is_idle_wrongly()
        is_stuck = is_idle and self._is_idle
        self._taken, self._is_idle = taken, is_idle
        if is_stuck and not self._is_stuck:
            _LOG.error(_IDLE)
        self._is_stuck = is_stuck
        states = () if is_stuck else (AT_WORK,)
        tell_service_manager(*states, status=_IDLE if is_stuck else f"at work, {taken:,} tasks begun")

    def is_idle_wrongly(self) -> bool:
        """Return whether messages wait for this worker though it has nothing to do.

        After a connection was lost there have been workers that answered pings and took no messages any more
        (celery/celery#8030).
        """
        if state.reserved_requests or state.should_stop is not None:
            return False
        with suppress(*self.connection_errors, *self.channel_errors):
            channel = self.connection.default_channel
            return any(channel.queue_declare(queue.name).message_count for queue in self.task_consumer.queues)
        # The loop will notice by itself that the broker is gone.
        return False


class EmbeddedConsumer(Consumer):
    """The loop of a process that has a beat of its own: one of the two is stuck where nothing comes for seconds."""

    _told_at: float | None = None

    def perform_pending_operations(self) -> None:
        """Do what the loop does at each turn where there is no event loop, and tell the watchdog in time."""
        super().perform_pending_operations()
        now = time.monotonic()
        interval = watchdog_interval()
        if self._told_at is None:
            # Nothing can have come yet.
            self._told_at = now
        elif interval and now - self._told_at >= interval.total_seconds():
            self._told_at = now
            self.tell_watchdog()

    def is_idle_wrongly(self) -> bool:
        """Return True, as nothing was taken, unless this process is to end."""
        return state.should_stop is None
