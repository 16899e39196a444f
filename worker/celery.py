"""The Celery application: ``celery -A worker worker`` and ``celery -A worker beat``.

SQL is the queue, Celery the alarm clock: a lost, doubled or late message costs at most one interval, never an article.
``celery_settings`` has its configuration.

A program with a Celery application of its own may import this one to send tasks: importing it changes nothing of
Celery's that the two share. So it never becomes the current application, and listens to signals only in its own worker.
"""

import inspect
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import structlog
from celery import Celery, Task
from celery.app.amqp import AMQP
from celery.app.log import Logging
from celery.exceptions import CPendingDeprecationWarning
from celery.loaders.app import AppLoader
from celery.signals import (
    beat_init,
    celeryd_after_setup,
    celeryd_init,
    worker_init,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutting_down,
)
from kombu import Connection
from kombu.exceptions import OperationalError
from sqlalchemy.exc import DBAPIError

from worker.basics.event_lines import speaks_in_events, write_event
from worker.basics.garbage import lasting_imports
from worker.basics.stopping import ask_to_stop, prepare_to_stop
from worker.celery_settings import REDIS_TRANSPORT, celery_settings
from worker.database.clock import Clock
from worker.database.conflicts import explain_failure
from worker.database.engine import forget_engines, store_engine
from worker.database.schema import check_schema
from worker.errors import BrokerError, SettingsError, StoreError, UsageError
from worker.logs import set_up_logs, speak_in_json
from worker.seed_watch import watch_in_background
from worker.settings import settings, wants_json_logs
from worker.telemetry.sentry import report_faults
from worker.telemetry.service_manager import AT_WORK, READY, STOPPING, tell_service_manager, watchdog_interval
from worker.telemetry.spans import flush_spans

_TASK_MODULES = ("tasks.poll", "tasks.events", "tasks.maintenance", "tasks.hubs")
# Celery's commands that are processes of a deployment; all others answer a person.
_PROGRAMS = {"worker", "beat"}


class FeedmillTask(Task):  # type: ignore[type-arg]  # celery-types makes Task generic, Celery does not
    """A task that is not sent with wrong arguments, nor where no worker could ever receive it."""

    check_arguments: Callable[..., object] | None = None
    """Raises UsageError for arguments that the task could do nothing with."""

    def apply_async(self, args: Any = None, kwargs: Any = None, *rest: Any, **options: Any) -> Any:
        """Send the task; BrokerError when the broker is the memory of a process that runs no worker.

        UsageError, or as of any call TypeError, for wrong arguments.
        """
        if self.check_arguments:
            inspect.signature(self.run).bind(*(args or ()), **(kwargs or {}))
            self.check_arguments(*(args or ()), **(kwargs or {}))
        if self.app.conf.broker_url.startswith("memory://") and not self.app.conf.feedmill_embedded:
            raise BrokerError(
                f"{self.name} cannot be sent: FEEDMILL_BROKER_URL is memory://, which no other process can reach. "
                "Poll in this process with `feedmill poll`, or name a Redis broker."
            )
        return super().apply_async(args, kwargs, *rest, **options)

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        # Celery's own way would look for the task in the application that is current where it is read.
        return _find_task, (self.name,)


def _find_task(name: str) -> Any:
    app.loader.import_default_modules()
    return app.tasks[name]


class _SteadyCelery(Celery):
    """Celery with a clock that never steps: beat would wait a day for its next tick after a clock is set back a day."""

    _first_asked: Clock | None = None

    def now(self) -> datetime:
        """Return what the clock said when it was first asked, plus the time since."""
        self._first_asked = self._first_asked or Clock(super().now())
        return self._first_asked.now()


class _Connection(Connection):
    """A connection to the broker that tells its address as people write it."""

    def as_uri(self, *arguments: Any, **options: Any) -> str:
        """Return the address, without its password: that of Redis, whatever class speaks to it."""
        return str(super().as_uri(*arguments, **options)).replace(REDIS_TRANSPORT, "rediss" if self.ssl else "redis", 1)

    def ensure_connection(self, *arguments: Any, **options: Any) -> Any:
        """Connect however long it takes, and meanwhile call back each second: whoever waits for Redis is not stuck."""
        call_back = options.get("callback")

        def tell_watchdog() -> None:
            tell_service_manager(AT_WORK, status=f"{self.as_uri()} cannot be reached")
            if call_back:
                call_back()

        if watchdog_interval():
            options["callback"] = tell_watchdog
            tell_service_manager(AT_WORK)
        return super().ensure_connection(*arguments, **options)


class _Amqp(AMQP):
    Connection = _Connection


class _Logs(Logging):
    """The logs of Feedmill's own workers and beat; Celery's signal for this would reach those of other applications."""

    _are_set_up = False

    def setup_logging_subsystem(self, *_: Any, **__: Any) -> bool:
        """Set up the logs once a process, and say that nothing is left to do."""
        if not self._are_set_up:
            self._are_set_up = True
            set_up_logs(settings())
        return True


def refuse_other_tasks() -> None:
    """Raise UsageError where Python finds another ``tasks`` than ours: many a program has a module of that name."""
    found = find_spec("tasks")
    path = Path(found.origin) if found and found.origin else None
    if path is None or path.resolve() != Path(__file__).resolve().parents[1] / "tasks" / "__init__.py":
        raise UsageError(
            f"{path or 'Nothing'} is found in place of Feedmill's own package tasks: run this in another folder, or "
            "take that one out of PYTHONPATH."
        )


class _Loader(AppLoader):
    """Celery's loader, which in a worker and in beat says in one sentence that the tasks it would load are not ours."""

    def init_worker(self) -> None:
        """Load the tasks."""
        try:
            refuse_other_tasks()
        except UsageError as error:
            raise SystemExit(f"feedmill: {error}") from error
        with lasting_imports():
            super().init_worker()


app = _SteadyCelery(
    "feedmill",
    loader=_Loader,
    task_cls=FeedmillTask,
    include=_TASK_MODULES,
    amqp=_Amqp,
    log=_Logs,
    set_as_current=False,
)


def _configure() -> dict[str, Any]:
    """Return Celery's configuration; our own worker and beat, which ask for it first of all, begin to speak here."""
    context = click.get_current_context(silent=True)
    is_program = bool(context and context.info_name in _PROGRAMS and getattr(context.obj, "app", None) is app)
    if context and is_program and wants_json_logs():
        # Without Celery's banner, which is a page of text.
        context.obj.quiet = True
        speak_in_json()
    try:
        chosen = settings()
    except SettingsError as error:
        # Celery would end its command with a traceback; other programs want the error.
        raise (SystemExit(f"feedmill: {error}") if is_program else error) from None
    if is_program and speaks_in_events():
        # Before Celery does, which warns of things first.
        set_up_logs(chosen)
    return celery_settings(chosen)


app.add_defaults(_configure)


def send_poll_requested(feed_ids: Sequence[int]) -> None:
    """Have workers make the polls that were requested in the store; BrokerError when the broker cannot be reached."""
    try:
        app.send_task("ondemand.poll_requested", args=[list(feed_ids)])
    except OperationalError as error:
        raise BrokerError(
            f"The broker {app.connection().as_uri()} cannot be reached: check FEEDMILL_BROKER_URL and that Redis runs. "
            "The polls are asked for in the store; the next tick makes them."
        ) from error


def count_waiting_messages(queue: str) -> int:
    """Return how many messages of a queue no worker has taken yet."""
    with app.connection_or_acquire() as connection:
        waiting: int = connection.default_channel.queue_declare(queue).message_count
    return waiting


@celeryd_init.connect
def _listen_in_own_worker(instance: Any, **_: object) -> None:
    if instance.app is app:
        worker_init.connect(_prepare_worker)
        celeryd_after_setup.connect(_announce)
        worker_process_init.connect(_leave_connections_to_the_parent)
        worker_process_shutdown.connect(_send_last_spans)
        worker_shutting_down.connect(_stop_polling)
        worker_ready.connect(_watch_seeds)


@beat_init.connect
def _prepare_beat(sender: Any, **_: object) -> None:
    if sender.app is app:
        _refuse_memory()
        if not app.conf.feedmill_embedded:
            _report_faults()
            tell_service_manager(READY)
            # As a worker's own line, without which the log of a beat that does well stays empty.
            structlog.get_logger("feedmill").info("beat ready")


def _report_faults() -> None:
    try:
        report_faults(settings())
    except SettingsError as error:
        raise SystemExit(f"feedmill: {error}") from error


def _refuse_memory() -> None:
    """End a process to which no message could ever come: one that was started without its settings, mostly."""
    if settings().is_broker_in_memory and not app.conf.feedmill_embedded:
        raise SystemExit(
            "feedmill: FEEDMILL_BROKER_URL is memory://, which no other process can reach. "
            "Name a Redis broker, or poll in one process with `feedmill run`."
        )


def _prepare_worker(**_: object) -> None:
    _refuse_memory()
    prepare_to_stop()
    _report_faults()
    try:
        check_schema(store_engine())
    except StoreError as error:
        raise SystemExit(f"feedmill: {error}") from error
    except DBAPIError as error:
        # The order in which servers start does not matter: the next tick tries again.
        structlog.get_logger("feedmill").warning(str(explain_failure(error, store_engine())))


def _announce(**_: object) -> None:
    # Before Redis is there: the order in which servers start does not matter.
    tell_service_manager(READY)
    # Celery warns of worker_cancel_long_running_tasks_on_connection_loss at each loss of the connection.
    warnings.simplefilter("ignore", CPendingDeprecationWarning)


def _watch_seeds(**_: object) -> None:
    end = watch_in_background(settings().seeds_dir, _ask_for_scan)
    worker_shutting_down.connect(lambda **_: end(), weak=False)


def _ask_for_scan() -> None:
    # Without the broker the next scan that beat asks for finds the files.
    with suppress(OperationalError):
        app.send_task("maintenance.ingest_changes")


def _send_last_spans(**_: object) -> None:
    flush_spans()


def _leave_connections_to_the_parent(**_: object) -> None:
    forget_engines(is_forked=True)


def _stop_polling(**_: object) -> None:
    ask_to_stop()
    tell_service_manager(STOPPING)
    if speaks_in_events():
        # What Celery says of it is plain text.
        write_event("told to stop", "info")
