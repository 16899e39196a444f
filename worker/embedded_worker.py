"""The embedded deployment, ``feedmill run``: beat and worker in one process, no server, the same tasks and claims."""

import os
import signal
import warnings
from collections.abc import Callable
from typing import Any, cast

from celery.apps import worker as celery_worker
from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from celery.signals import worker_ready, worker_shutting_down

from worker.celery import app, refuse_other_tasks

THREADS = 19
"""One for each that the tasks may take at once (``at_most``): what takes long leaves room for what must not wait."""
# What celery-types does not know.
_HANDLERS: Any = celery_worker


def run_embedded(when_stopping: Callable[[], None]) -> None:
    """Poll on schedule until the process is told to stop (Ctrl-C or SIGTERM); ``when_stopping`` is called then.

    UsageError where Python finds other tasks than ours.
    """
    refuse_other_tasks()
    app.conf.feedmill_embedded = True
    # Celery warns root of pickle, which we never accept.
    warnings.simplefilter("ignore", SecurityWarning)
    # -B would fork beat away from a broker that lives in this process's memory.
    beat: Any = EmbeddedService(cast("Any", app), thread=True, scheduler_cls="celery.beat:Scheduler")
    silent: Any = {"quiet": True, "without_gossip": True, "without_mingle": True, "without_heartbeat": True}
    worker = _quiet_worker()(pool="threads", concurrency=THREADS, **silent)
    worker_shutting_down.connect(lambda **_: when_stopping(), weak=False)
    # The first tick comes now, not when beat's first interval is over.
    worker_ready.connect(_send_first_tick)
    beat.start()
    try:
        worker.start()
    finally:
        beat.stop()


def _quiet_worker() -> Any:
    """Return Celery's worker, which tells nobody in its own words how it is stopped."""

    class Quiet(app.Worker):  # type: ignore[misc,name-defined]  # a property, and a class
        def install_platform_tweaks(self, worker: Any) -> None:
            super().install_platform_tweaks(worker)
            _HANDLERS.install_worker_term_handler(worker, verbose=False)
            _HANDLERS.install_worker_int_handler(worker, callback=_end_at_once_next_time, verbose=False)

    return Quiet


def _end_at_once_next_time(_worker: object) -> None:
    # Celery would wait 55 s then, where it waits five the first time. What a killed process held others take over.
    signal.signal(signal.SIGINT, lambda *_: os._exit(128 + signal.SIGINT))


def _send_first_tick(**_: object) -> None:
    app.send_task("feeds.tick")
