"""What all tasks have in common: whose turn it is, and what becomes of a store that fails."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps

import structlog
from sqlalchemy.exc import DBAPIError

from worker.database.conflicts import explain_failure
from worker.database.engine import store_engine
from worker.database.turns import take_turn
from worker.settings import Settings, settings

Every = Callable[[Settings], timedelta]


def in_turn(at_most: int = 1, every: Every | None = None) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Let a task that any number of messages ask for do nothing where it is not its turn.

    A process does it ``at_most`` so many times at once: what takes long must leave threads to what must not wait. Where
    each process does one thing at a time, as in a prefork pool, that never happens. ``every`` says how often the whole
    deployment does it.
    """

    def limited(work: Callable[[], None]) -> Callable[[], None]:
        turns = threading.Semaphore(at_most)

        @wraps(work)
        def work_in_turn() -> None:
            if turns.acquire(blocking=False):
                try:
                    with store_failures_logged():
                        _work_if_due(work, every)
                finally:
                    turns.release()

        return work_in_turn

    return limited


@contextmanager
def store_failures_logged() -> Iterator[None]:
    """Log the store's failure instead of a traceback per tick: leases expire, and nothing half-done was committed."""
    try:
        yield
    except DBAPIError as error:
        structlog.get_logger("feedmill").error(str(explain_failure(error, store_engine())))


def _work_if_due(work: Callable[[], None], every: Every | None) -> None:
    if every is None or take_turn(store_engine(), work.__name__, every(settings())):
        work()
