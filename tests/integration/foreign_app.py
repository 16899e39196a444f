"""A program with a Celery application of its own that sends Feedmill's tasks too: what each of them is left with.

Run in a process of its own by ``test_foreign_app.py``: prints what it saw as JSON.
"""

import json
import logging
import sys
from importlib import import_module

from celery import Celery, current_app, shared_task
from celery.contrib.testing.worker import start_worker
from kombu.transport import TRANSPORT_ALIASES


def main() -> None:
    """Make the application, import Feedmill's tasks before or after its own, and run a worker of its own."""
    before = TRANSPORT_ALIASES["redis"]
    if "feedmill first" in sys.argv:
        feedmill = import_module("tasks.poll").poll_feeds
    host = Celery("host", broker="memory://", backend="cache+memory://")
    if "feedmill first" not in sys.argv:
        feedmill = import_module("tasks.poll").poll_feeds

    @shared_task(name="host.double")
    def double(number: int) -> int:
        return 2 * number

    handlers = [*logging.getLogger().handlers]
    with start_worker(host, perform_ping_check=False, loglevel="ERROR"):
        doubled = double.delay(21).get(timeout=30)
    seen = {
        "doubled": doubled,
        "current": current_app.main,
        "app of the host's task": double.app.main,
        "app of feedmill's task": feedmill.app.main,
        "host knows feedmill's tasks": "ondemand.poll_feeds" in host.tasks,
        "transport is as it was": TRANSPORT_ALIASES["redis"] == before,
        "feedmill's log handlers": sum(
            type(each).__module__.startswith("worker") or "structlog" in type(each.formatter).__module__
            for each in logging.getLogger().handlers
            if each not in handlers
        ),
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
