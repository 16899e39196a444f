"""Telling Sentry of faults, and of nothing else.

A poll that fails is data, and so is a database that is away; a fault is what nobody thought of, and all of those are
logged with a traceback. So what is sent is read off the log. Sentry's own integrations would patch Celery, which other
applications of the process share, and send local variables, in which secrets are.
"""

import atexit
import os
from collections.abc import MutableMapping
from importlib.metadata import version
from typing import Any

from worker.errors import SettingsError
from worker.logs import tell_of_events
from worker.settings import Settings
from worker.telemetry.redaction import redact, secrets_of

_FLUSH_SECONDS = 2.0
# This process reports already, or the one it was forked from.
_REPORTED: list[str] = []
_FAULTS = {"error", "critical"}


def report_faults(chosen: Settings) -> None:
    """Send the faults of this process to Sentry from now on, where a DSN is set; SettingsError where that cannot be.

    It never waits for Sentry: what cannot be sent is lost.
    """
    named = chosen.sentry_dsn.get_secret_value() if chosen.sentry_dsn else None
    dsn = named or os.environ.get("SENTRY_DSN")
    if not dsn or _REPORTED:
        return
    try:
        import sentry_sdk  # noqa: PLC0415 -- of an extra
        from sentry_sdk.integrations.dedupe import DedupeIntegration  # noqa: PLC0415 -- likewise
    except ModuleNotFoundError as error:
        if named is None:
            # The variable may be meant for others.
            return
        raise SettingsError(
            "FEEDMILL_SENTRY_DSN is set and Sentry's client is not installed: `pip install '.[sentry]'` in the clone "
            "of Feedmill"
        ) from error
    secrets = secrets_of(chosen)
    try:
        sentry_sdk.init(
            dsn=dsn,
            release=f"feedmill@{version('feedmill')}",
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[DedupeIntegration()],
            include_local_variables=False,
            max_breadcrumbs=0,
            auto_session_tracking=False,
            before_send=lambda event, _hint: redact(event, secrets),
        )
    except sentry_sdk.utils.BadDsn as error:
        raise SettingsError(
            f"{'FEEDMILL_SENTRY_DSN' if named else 'SENTRY_DSN'} is wrong: it is the DSN of a project, as its settings "
            "in Sentry show it"
        ) from error
    _REPORTED.append(dsn)
    atexit.register(sentry_sdk.flush, _FLUSH_SECONDS)
    tell_of_events(_tell)


def _tell(event: MutableMapping[str, Any]) -> None:
    """Send a log event that has a traceback."""
    import sentry_sdk  # noqa: PLC0415 -- of an extra

    raised, trace = event.get("exc_info"), event.get("exception")
    if event.get("level") not in _FAULTS or not (raised or trace):
        return
    facts = {name: value for name, value in event.items() if name not in {"exc_info", "exception", "event", "level"}}
    with sentry_sdk.new_scope() as scope:
        for name, value in {**facts, "event": event.get("event")}.items():
            scope.set_extra(name, value)
        scope.set_tag("task", event.get("task_name"))
        if raised:
            # structlog says True where it means the exception that is being handled.
            sentry_sdk.capture_exception(None if raised is True else raised)
        else:
            # A traceback from the parser's child, which is text.
            last = str(trace).strip().rsplit("\n", 1)[-1]
            scope.set_extra("traceback", str(trace))
            scope.fingerprint = [str(event.get("event")), last]
            sentry_sdk.capture_message(f"{event.get('event')}: {last}", "error")
