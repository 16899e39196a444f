"""Housekeeping: grouping what was stored, removing what is old, looking for feeds that have been dead for long."""

import structlog

from tasks.in_turn import in_turn
from worker.basics.stopping import STOP_CLAIMING, is_stopping, stops_after
from worker.celery import PRUNE_EVERY, SEEK_EVERY, app
from worker.database.engine import store_engine
from worker.discovery.lost import seek_feeds as seek_lost_feeds
from worker.manage.retention import prune_some
from worker.pipeline.tools import borrowed_tools
from worker.settings import settings
from worker.stories.grouping import group_waiting


@app.task(name="maintenance.prune")
@in_turn(every=lambda _: PRUNE_EVERY)
def prune() -> None:
    """Remove what has outlived its retention, as much as one task's time allows, and prepare the days ahead."""
    is_over = stops_after(STOP_CLAIMING)
    pruned = prune_some(store_engine(), settings(), lambda: is_stopping() or is_over())
    structlog.get_logger("feedmill").info("pruned", polls=pruned.polls, events=pruned.events)


@app.task(name="maintenance.seek_feeds")
@in_turn(every=lambda _: SEEK_EVERY)
def seek_feeds() -> None:
    """Look for feeds that have been dead for long on their sites' pages; twice at once does no harm."""
    log = structlog.get_logger("feedmill")
    with borrowed_tools() as tools:
        for sought in seek_lost_feeds(tools, is_stopping):
            log.info(
                "feed sought", url=sought.url, found_url=sought.found_url, reason=sought.reason, feed_id=sought.feed_id
            )


@app.task(name="maintenance.group_articles")
@in_turn()
def group_articles() -> None:
    """Group the articles that wait, as many as one task's time allows; any number of workers may at once."""
    is_over = stops_after(STOP_CLAIMING)
    grouped = sum(group_waiting(store_engine(), lambda: is_stopping() or is_over()))
    if grouped:
        structlog.get_logger("feedmill").info("grouped", articles=grouped)
