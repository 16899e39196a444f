"""The tick: beat's alarm clock, which wakes as many poll tasks as there is work for."""

from tasks.in_turn import in_turn
from tasks.poll import poll_due
from worker.basics.stopping import time_limits
from worker.celery import app, count_waiting_messages
from worker.database.clock_steps import TICK, mend_clock_step
from worker.database.engine import store_engine
from worker.database.turns import take_turn
from worker.pipeline import count_poll_tasks
from worker.settings import settings


@app.task(name="feeds.tick")
@in_turn()
def tick() -> None:
    """Send poll tasks for the hosts that can be claimed now; twice or never does no harm."""
    chosen = settings()
    # Before the turn is taken: that forgets how far ahead the clock was at the last one.
    mend_clock_step(store_engine(), time_limits(chosen.fetch_timeout).lease)
    if not take_turn(store_engine(), TICK, chosen.tick_interval):
        return
    wanted = count_poll_tasks(store_engine(), chosen.batch_size, chosen.tick_tasks)
    # Those that still wait for a free worker poll as well as new ones would.
    for _ in range(wanted - count_waiting_messages("feeds") if wanted else 0):
        poll_due.delay()
