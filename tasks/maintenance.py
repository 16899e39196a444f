"""Housekeeping of the store."""

import structlog

from tasks.failures import store_failures_logged
from worker.celery import app
from worker.retention import prune as prune_store
from worker.settings import settings
from worker.tools import store_engine


@app.task(name="maintenance.prune")
def prune() -> None:
    """Remove what has outlived its retention, and prepare the days ahead."""
    with store_failures_logged():
        pruned = prune_store(store_engine(), settings())
        structlog.get_logger("feedmill").info("pruned", polls=pruned.polls, events=pruned.events)
