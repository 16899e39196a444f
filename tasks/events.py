"""Passing changes on to those who follow them."""

from tasks.failures import store_failures_logged
from worker.celery import app
from worker.outbox import number_events as number_committed_events
from worker.tools import store_engine


@app.task(name="maintenance.number_events")
def number_events() -> None:
    """Give the events that have been committed their positions; twice or late does no harm."""
    with store_failures_logged():
        number_committed_events(store_engine())
