"""Housekeeping of the store: telling its articles apart into stories, removing what is old."""

import structlog

from tasks.failures import store_failures_logged
from worker.celery import app
from worker.pipeline import group_waiting
from worker.retention import prune as prune_store
from worker.settings import settings
from worker.stopping import is_stopping
from worker.time_limits import STOP_CLAIMING, stops_after
from worker.tools import store_engine


@app.task(name="maintenance.prune")
def prune() -> None:
    """Remove what has outlived its retention, and prepare the days ahead."""
    with store_failures_logged():
        pruned = prune_store(store_engine(), settings())
        structlog.get_logger("feedmill").info("pruned", polls=pruned.polls, events=pruned.events)


@app.task(name="maintenance.group_articles")
def group_articles() -> None:
    """Group the articles that wait, as many as one task's time allows; any number of workers may at once."""
    with store_failures_logged():
        is_over = stops_after(STOP_CLAIMING)
        grouped = sum(group_waiting(store_engine(), lambda: is_stopping() or is_over()))
        if grouped:
            structlog.get_logger("feedmill").info("grouped", articles=grouped)
