"""Polling: every due feed, or the named ones."""

from tasks.in_turn import in_turn, store_failures_logged
from worker.basics.stopping import is_stopping
from worker.celery import app
from worker.database.engine import store_engine
from worker.logs import log_poll
from worker.pipeline import borrowed_tools, request_named
from worker.pipeline import poll_due as poll_due_feeds
from worker.pipeline import poll_requested as poll_requested_feeds


@app.task(name="feeds.poll_due")
@in_turn(at_most=2)  # One claims while the other waits for what hangs.
def poll_due() -> None:
    """Poll feeds that are due, as many as one task's time allows."""
    with borrowed_tools() as tools:
        for record in poll_due_feeds(tools, is_stopping):
            log_poll(record)


@app.task(name="ondemand.poll_feeds")
def poll_feeds(feed_ids: list[int], force: bool = False) -> None:  # noqa: FBT001, FBT002 -- a message's arguments have no keyword-only
    """Poll these feeds now, due or not; ``force`` also where their host asked to be left alone."""
    with store_failures_logged():
        # What this task's time does not allow is then left to the next ticks.
        request_named(store_engine(), feed_ids)
    poll_requested(feed_ids, force)


@app.task(name="ondemand.poll_requested")
def poll_requested(feed_ids: list[int], force: bool = False) -> None:  # noqa: FBT001, FBT002 -- likewise
    """Poll those of these feeds that were asked for in the store and have not been polled since."""
    with store_failures_logged(), borrowed_tools() as tools:
        for record in poll_requested_feeds(tools, feed_ids, is_stopping, force=force):
            log_poll(record)
