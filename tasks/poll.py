"""The tasks that poll: beat's tick, polls of due feeds, and polls of feeds that somebody named."""

import structlog

from tasks.decorator import task
from tasks.maintenance import send_heartbeat
from worker.basics.stopping import is_stopping, time_limits
from worker.basics.text import show_wrong
from worker.celery import count_waiting_messages
from worker.database.clock_steps import TICK, mend_clock_step
from worker.database.engine import store_engine
from worker.database.task_turns import take_turn
from worker.errors import UsageError
from worker.logs import log_poll
from worker.manage.named_feeds import read_ids, read_names
from worker.pipeline import borrowed_tools, count_poll_tasks, poll_due_mailboxes, request_by_name
from worker.pipeline import poll_due as poll_due_feeds
from worker.pipeline import poll_requested as poll_requested_feeds
from worker.settings import settings
from worker.telemetry.spans import note_poll

# Looked up one by one, in the time of a task.
_MOST_NAMED = 10_000


@task("feeds.tick", at_most=1)
def tick() -> None:
    """Send as many poll tasks as the hosts that can be claimed now need; twice or never does no harm."""
    chosen = settings()
    # First: taking the turn overwrites the time of the last tick, which shows how far the clock was set back.
    mend_clock_step(store_engine(), time_limits(chosen.fetch_timeout).lease, chosen.host_gap)
    if not take_turn(store_engine(), TICK, chosen.tick_interval):
        return
    if chosen.heartbeat_url:
        send_heartbeat.delay()
    wanted = count_poll_tasks(store_engine(), chosen.batch_size, chosen.tick_tasks)
    # Poll tasks that still wait for a free worker count as sent.
    for _ in range(wanted - count_waiting_messages("feeds") if wanted else 0):
        poll_due.delay()


@task("feeds.poll_due", at_most=2)  # One claims hosts while the other waits for hosts that hang.
def poll_due() -> None:
    """Poll feeds that are due, as many as one task's time allows."""
    with borrowed_tools() as tools:
        for record in poll_due_feeds(tools, is_stopping):
            log_poll(record)
            note_poll(record)


@task("feeds.poll_mailboxes", at_most=2)  # One mailbox may be slow.
def poll_mailboxes() -> None:
    """Poll the mailboxes that are due, as many as one task's time allows; any number of workers may at once."""
    with borrowed_tools() as tools:
        for record in poll_due_mailboxes(tools, is_stopping):
            log_poll(record)
            note_poll(record)


def _check_names(feeds: object, force: object = False) -> None:  # noqa: FBT002 -- as Celery sends them
    read_names(feeds, most=_MOST_NAMED)
    _check_force(force)


def _check_ids(feed_ids: object, force: object = False) -> None:  # noqa: FBT002 -- likewise
    read_ids(feed_ids)
    _check_force(force)


def _check_force(force: object) -> None:
    if not isinstance(force, bool):
        raise UsageError(f"force is true or false; not {show_wrong(force)}.")


@task("ondemand.poll_feeds", check=_check_names)
def poll_feeds(feeds: list[int | str], force: bool = False) -> None:  # noqa: FBT001, FBT002 -- Celery sends them by position
    """Poll feeds now, due or not, named by id or URL; ``force`` also where one or its host asked to be left alone.

    A URL that is no feed's is not added: whoever may write to the broker must not decide what the store holds.
    """
    # Requested in the store first: the next ticks make the polls that this task has no time for.
    feed_ids, refusals = request_by_name(store_engine(), read_names(feeds, most=_MOST_NAMED), force=force)
    if refusals:
        others = len(refusals) - 1 or None
        structlog.get_logger("feedmill").warning("feed not polled", reason=refusals[0], others=others)
    poll_requested(feed_ids, force)


@task("ondemand.poll_requested", check=_check_ids)
def poll_requested(feed_ids: list[int], force: bool = False) -> None:  # noqa: FBT001, FBT002 -- likewise
    """Poll those of these feeds whose poll was requested in the store and has not been made since."""
    with borrowed_tools() as tools:
        for record in poll_requested_feeds(tools, feed_ids, is_stopping, force=force):
            log_poll(record)
            note_poll(record)
