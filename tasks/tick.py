"""The tick: beat's alarm clock, which wakes as many poll tasks as there is work for."""

from tasks.failures import store_failures_logged
from tasks.poll import poll_due
from worker.celery import app
from worker.database.engine import store_engine
from worker.pipeline import count_poll_tasks
from worker.settings import settings


@app.task(name="feeds.tick")
def tick() -> None:
    """Send poll tasks for the hosts that can be claimed now; twice or never does no harm."""
    chosen = settings()
    with store_failures_logged():
        for _ in range(count_poll_tasks(store_engine(), chosen.batch_size, chosen.tick_tasks)):
            # One that waited till the next tick is not needed any more: that one counted again.
            poll_due.apply_async(expires=chosen.tick_interval.total_seconds())
