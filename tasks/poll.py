"""The tasks that poll: beat's tick, polls of due feeds, and polls of feeds that somebody named."""

from tasks.decorator import task
from worker.basics.stopping import is_stopping, time_limits
from worker.celery import count_waiting_messages
from worker.database.clock_steps import TICK, mend_clock_step
from worker.database.engine import store_engine
from worker.database.task_turns import take_turn
from worker.logs import log_poll
from worker.pipeline import borrowed_tools, count_poll_tasks, request_named
from worker.pipeline import poll_due as poll_due_feeds
from worker.pipeline import poll_requested as poll_requested_feeds
from worker.settings import settings


@task("feeds.tick", at_most=1)
def tick() -> None:
    """Send as many poll tasks as the hosts that can be claimed now need; twice or never does no harm."""
    chosen = settings()
    # First: taking the turn overwrites the time of the last tick, which shows how far the clock was set back.
    mend_clock_step(store_engine(), time_limits(chosen.fetch_timeout).lease)
    if not take_turn(store_engine(), TICK, chosen.tick_interval):
        return
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


@task("ondemand.poll_feeds")
def poll_feeds(feed_ids: list[int], force: bool = False) -> None:  # noqa: FBT001, FBT002 -- Celery sends them by position
    """Poll these feeds now, due or not; ``force`` also where a feed or its host asked to be left alone."""
    # Requested in the store first: the next ticks make the polls that this task has no time for.
    request_named(store_engine(), feed_ids, force=force)
    poll_requested(feed_ids, force)


@task("ondemand.poll_requested")
def poll_requested(feed_ids: list[int], force: bool = False) -> None:  # noqa: FBT001, FBT002 -- likewise
    """Poll those of these feeds whose poll was requested in the store and has not been made since."""
    with borrowed_tools() as tools:
        for record in poll_requested_feeds(tools, feed_ids, is_stopping, force=force):
            log_poll(record)
