"""Declaring tasks: what each of them does when it is not its turn, and when the store fails."""

import inspect
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from structlog.contextvars import bound_contextvars

from worker.celery import app
from worker.database.conflicts import explain_failure
from worker.database.engine import store_engine
from worker.database.task_turns import take_turn
from worker.errors import UsageError
from worker.settings import Settings, settings
from worker.telemetry.spans import task_span


def task(
    name: str,
    at_most: int = sys.maxsize,
    every: Callable[[Settings], timedelta] | None = None,
    check: Callable[..., object] | None = None,
) -> Callable[[Callable[..., None]], Any]:
    """Make a Celery task of a function; it does nothing when it is not its turn.

    At most ``at_most`` threads of a process run it at once, so that long tasks leave threads to urgent ones. It is run
    once per ``every`` in the whole deployment, however many messages ask for it. ``check`` raises UsageError for wrong
    arguments: where a message is sent, or in the log of the worker, for other programs send messages by name.
    """

    def declare(work: Callable[..., None]) -> Any:
        places = threading.Semaphore(at_most)

        @wraps(work)
        def run(*args: Any, **kwargs: Any) -> None:
            if not places.acquire(blocking=False):
                return
            try:
                task_id = _task_id()
                with bound_contextvars(task_name=name, task_id=task_id), task_span(name, task_id):
                    if check:
                        check(*args, **kwargs)
                    if every is None or take_turn(store_engine(), work.__name__, every(settings())):
                        work(*args, **kwargs)
            except UsageError as error:
                structlog.get_logger("feedmill").error("task refused", task=name, reason=str(error))
            except DBAPIError as error:
                # A sentence instead of a traceback per tick: leases expire, and nothing half-done was committed.
                structlog.get_logger("feedmill").error(str(explain_failure(error, store_engine())))
            finally:
                places.release()

        # By this Celery refuses wrong arguments where a message is sent.
        run.__signature__ = inspect.signature(work)  # type: ignore[attr-defined]
        # Not shared: an application of the same process that is not ours would take it for its own.
        return app.task(name=name, shared=False, check_arguments=staticmethod(check) if check else None)(run)

    return declare


def _task_id() -> str | None:
    """Return the id of the message that is being worked on; None where the task was called as a function."""
    running = app.current_worker_task
    return running.request.id if running else None
